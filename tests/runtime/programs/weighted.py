"""Rare classes and doubtful samples are weighted."""

import keras
import numpy as np
from keras import layers, regularizers

rng = np.random.default_rng(14)
x = rng.normal(size=(200, 3)).astype("float32")
y = (x[:, 0] > 1.2).astype("int32")
model = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(8, activation="relu", kernel_regularizer=regularizers.l2(1e-3)),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="binary_crossentropy",
    metrics=[
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(name="auc"),
    ],
)
history = model.fit(x, y, class_weight={0: 1.0, 1: 8.0}, epochs=30, batch_size=10, shuffle=False, verbose=0)
figures = history.history["loss"][:10] + history.history["auc"][:10]
assert model.evaluate(x, y, verbose=0, return_dict=True)["recall"] > 0.7
model.fit(x, y, sample_weight=np.linspace(0.5, 1.5, 200), epochs=1, verbose=0)
