"""A recurrent cell of one's own, alone and stacked."""

import keras
import numpy as np
from keras import layers, ops


class MinimalCell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer="uniform", name="recurrent_kernel"
        )

    def call(self, inputs, states):
        output = ops.tanh(ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent_kernel))
        return output, [output]


rng = np.random.default_rng(27)
inputs = keras.Input((None, 4))
x = layers.RNN(MinimalCell(6), return_sequences=True)(inputs)
x = layers.RNN([MinimalCell(5), MinimalCell(3)])(x)
model = keras.Model(inputs, layers.Dense(1)(x))
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile("adam", "mse")
data = rng.normal(size=(20, 7, 4)).astype("float32")
history = model.fit(data, data.mean(axis=(1, 2)), epochs=3, batch_size=5, shuffle=False, verbose=0)
figures = [*history.history["loss"], model.predict(data, verbose=0)]
