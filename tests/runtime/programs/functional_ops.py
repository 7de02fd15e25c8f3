"""Functions of `keras.ops` and signs stand between the layers of a functional model."""

import keras
import numpy as np
from keras import layers, ops

rng = np.random.default_rng(20)
left, right = keras.Input((6,)), keras.Input((6,))
encode = layers.Dense(5, activation="tanh")
a, b = encode(left), encode(right)
features = ops.concatenate([a * b, ops.abs(a - b), ops.maximum(a, b)], axis=-1)
features = ops.reshape(features, (-1, 3, 5))
pooled = ops.mean(features, axis=1)
outputs = layers.Dense(1, activation="sigmoid")(pooled)
model = keras.Model([left, right], outputs)
assert model.output_shape == (None, 1)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile("sgd", "binary_crossentropy")
x = [rng.normal(size=(40, 6)).astype("float32") for _ in range(2)]
history = model.fit(x, rng.integers(0, 2, (40, 1)), epochs=3, batch_size=10, shuffle=False, verbose=0)
figures = history.history["loss"]
