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
rng = np.random.default_rng(12)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
before = [w.copy() for w in base.get_weights()]
model.compile("sgd", "mse")
x = rng.normal(size=(40, 6)).astype("float32")
figures = model.fit(x, x[:, :1], epochs=3, shuffle=False, verbose=0).history["loss"]
assert all(np.array_equal(a, b) for a, b in zip(before, base.get_weights(), strict=True))
