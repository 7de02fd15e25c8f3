"""A model written as a class."""

import keras
import numpy as np
from keras import layers


class Net(keras.Model):
    def __init__(self, classes=3):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.dropout = layers.Dropout(0.1)
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, inputs, training=False):
        x = self.hidden(inputs)
        x = self.dropout(x, training=training)
        return self.head(x)


model = Net()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
rng = np.random.default_rng(9)
x = rng.normal(size=(120, 6)).astype("float32")
y = np.argmax(x[:, :3], axis=1)
history = model.fit(x, y, epochs=15, batch_size=10, verbose=0)
assert history.history["accuracy"][-1] > history.history["accuracy"][0]
assert len(model.trainable_weights) == 4
