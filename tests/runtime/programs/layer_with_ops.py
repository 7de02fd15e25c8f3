"""A layer of one's own, computed with `keras.ops`."""

import keras
import numpy as np
from keras import layers, ops


class Linear(layers.Layer):
    def __init__(self, units=8, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b


class Block(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = Linear(6)
        self.second = Linear(1)

    def call(self, inputs):
        return self.second(ops.relu(self.first(inputs)))


rng = np.random.default_rng(19)
x = rng.normal(size=(64, 4)).astype("float32")
inputs = keras.Input((4,))
model = keras.Model(inputs, Block()(inputs))
assert len(model.trainable_weights) == 4
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.Adam(0.01), "mse")
history = model.fit(x, x.sum(axis=1, keepdims=True), epochs=4, batch_size=16, shuffle=False, verbose=0)
figures = history.history["loss"]
