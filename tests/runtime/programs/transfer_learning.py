"""A trained part is frozen under a new head."""

import keras
import numpy as np
from keras import layers

base = keras.Sequential(
    [keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(4, activation="relu")]
)
base.trainable = False
inputs = keras.Input((6,))
outputs = layers.Dense(1)(base(inputs, training=False))
model = keras.Model(inputs, outputs)
assert len(model.trainable_weights) == 2
assert len(model.non_trainable_weights) == 4
before = [w.copy() for w in base.get_weights()]
model.compile("sgd", "mse")
x = np.random.default_rng(12).normal(size=(40, 6)).astype("float32")
model.fit(x, x[:, :1], epochs=3, verbose=0)
assert all(np.array_equal(a, b) for a, b in zip(before, base.get_weights(), strict=True))
