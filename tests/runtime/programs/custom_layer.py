"""A layer of one's own, with weights, config and a loss."""

import keras
import numpy as np
from keras import layers


class Scale(layers.Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.factor = self.add_weight(
            shape=(input_shape[-1],),
            initializer=keras.initializers.Constant(self.start),
            trainable=True,
            name="factor",
        )

    def call(self, inputs):
        self.add_loss(0.001 * (self.factor**2).sum())
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        config.update({"start": self.start})
        return config


inputs = keras.Input((3,))
model = keras.Model(inputs, layers.Dense(1)(Scale(2.0)(inputs)))
model.set_weights([np.full(w.shape, 0.3) for w in model.get_weights()])
model.compile("sgd", "mse")
x = np.ones((20, 3), "float32")
figures = model.fit(x, np.zeros((20, 1)), epochs=2, shuffle=False, verbose=0).history["loss"]
again = Scale.from_config(model.layers[1].get_config())
assert again.start == 2.0
assert model.layers[1].count_params() == 3
