"""Batches from a class that knows how many there are."""

import math

import keras
import numpy as np
from keras import layers


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size
        self.epochs = 0

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        low = index * self.batch_size
        return self.x[low : low + self.batch_size], self.y[low : low + self.batch_size]

    def on_epoch_end(self):
        self.epochs += 1


rng = np.random.default_rng(41)
x = rng.normal(size=(50, 4)).astype("float32")
batches = Batches(x, x[:, :1], 16)
model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile("sgd", "mse")
history = model.fit(batches, epochs=3, shuffle=False, validation_data=(x, x[:, :1]), verbose=0).history
assert batches.epochs >= 3
figures = [*history["loss"], *history["val_loss"], model.evaluate(batches, verbose=0)]
