"""Weights are punished and held in bounds."""

import keras
import numpy as np
from keras import constraints, layers, regularizers

rng = np.random.default_rng(40)
model = keras.Sequential(
    [
        keras.Input((6,)),
        layers.Dense(
            8,
            activation="relu",
            kernel_regularizer=regularizers.L1L2(1e-3, 1e-2),
            bias_regularizer="l2",
            activity_regularizer=regularizers.L2(1e-3),
            kernel_constraint=constraints.MaxNorm(0.8),
        ),
        layers.ActivityRegularization(l1=1e-3),
        layers.Dense(1, kernel_constraint=constraints.NonNeg(), kernel_regularizer="l1"),
    ]
)
model.set_weights([rng.normal(0, 0.6, w.shape) for w in model.get_weights()])
model.compile("adam", "mse", metrics=["mae"])
x = rng.normal(size=(40, 6)).astype("float32")
history = model.fit(x, x[:, :1], epochs=4, batch_size=8, shuffle=False, verbose=0).history
assert np.all(model.layers[-1].get_weights()[0] >= 0)
assert np.linalg.norm(model.layers[0].get_weights()[0], axis=0).max() < 0.8001
figures = history["loss"] + history["mae"]
