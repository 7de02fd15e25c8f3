"""Modules and functions of torch work inside of a layer."""

import keras
import numpy as np
import torch
from keras import layers


class TorchBlock(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        linear = torch.nn.Linear(5, 7)
        with torch.no_grad():
            linear.weight.copy_(torch.linspace(-0.5, 0.5, 35).reshape(7, 5))
            linear.bias.zero_()
        self.linear = linear

    def call(self, x):
        return torch.nn.functional.silu(self.linear(x))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 7)


rng = np.random.default_rng(49)
inputs = keras.Input((5,))
model = keras.Model(inputs, layers.Dense(1)(TorchBlock()(inputs)))
model.layers[-1].set_weights([rng.normal(0, 0.4, w.shape) for w in model.layers[-1].get_weights()])
x = rng.normal(size=(16, 5)).astype("float32")
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
figures = []
for _ in range(5):
    loss = ((model(x) - torch.as_tensor(x[:, :1])) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    figures.append(float(loss.detach()))
assert figures[-1] < figures[0]
