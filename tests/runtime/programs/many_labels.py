"""Several labels may be true at once."""

import keras
import numpy as np
from keras import layers, metrics

rng = np.random.default_rng(45)
x = rng.normal(size=(60, 5)).astype("float32")
y = (x[:, :4] > 0.2).astype("float32")
model = keras.Sequential(
    [keras.Input((5,)), layers.Dense(8, activation="gelu"), layers.Dense(4, activation="sigmoid")]
)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(
    "adam",
    loss=keras.losses.BinaryFocalCrossentropy(gamma=2.0),
    metrics=["binary_accuracy", metrics.AUC(multi_label=True, name="auc"), metrics.F1Score(threshold=0.5)],
)
history = model.fit(x, y, epochs=3, batch_size=15, shuffle=False, verbose=0).history
figures = [*history["loss"], *history["binary_accuracy"], *history["auc"], np.array(history["f1_score"])]
