"""Layers of one's own that make a mask, pass it on, and use it."""

import keras
import numpy as np
from keras import layers, ops


class Embed(layers.Layer):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.words, self.size = words, size

    def build(self, input_shape):
        self.table = self.add_weight(shape=(self.words, self.size), initializer="random_normal")

    def call(self, inputs):
        return ops.take(self.table, ops.cast(inputs, "int32"), axis=0)

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0)


class Double(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs):
        return inputs * 2


class MaskedSoftmax(layers.Layer):
    def call(self, inputs, mask=None):
        shown = ops.expand_dims(ops.cast(mask, "float32"), -1)
        exponents = ops.exp(inputs) * shown
        return exponents / ops.sum(exponents, axis=1, keepdims=True)


inputs = keras.Input((None,), dtype="int32")
outputs = MaskedSoftmax()(layers.Dense(1)(Double()(Embed(9, 4)(inputs))))
model = keras.Model(inputs, outputs)
rng = np.random.default_rng(36)
model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
ids = np.array([[1, 2, 0, 0], [3, 4, 5, 0], [6, 0, 0, 0]])
answer = model.predict(ids, verbose=0)
assert np.allclose(answer[2, :, 0], [1, 0, 0, 0])
figures = [answer]
