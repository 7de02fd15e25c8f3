"""Early stopping, checkpoints and a log file."""

import os
import tempfile

import keras
import numpy as np
from keras import layers
from keras.callbacks import CSVLogger, EarlyStopping, LambdaCallback, ModelCheckpoint, ReduceLROnPlateau

rng = np.random.default_rng(10)
x = rng.normal(size=(100, 4)).astype("float32")
y = rng.normal(size=(100, 1)).astype("float32")
model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
seen = []
with tempfile.TemporaryDirectory() as folder:
    best, log = os.path.join(folder, "best.h5"), os.path.join(folder, "log.csv")
    history = model.fit(
        x,
        y,
        epochs=60,
        shuffle=False,
        validation_split=0.3,
        verbose=0,
        callbacks=[
            EarlyStopping(monitor="val_loss", min_delta=1e-3, patience=3, restore_best_weights=True),
            ModelCheckpoint(best, save_best_only=True),
            ReduceLROnPlateau(patience=1),
            CSVLogger(log),
            LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["val_loss"])),
        ],
    )
    assert os.path.exists(best)
    with open(log) as lines:
        assert len(lines.readlines()) == len(seen) + 1
assert len(seen) < 60
figures = seen
assert abs(model.evaluate(x[70:], y[70:], verbose=0) - min(seen)) < 5e-3
