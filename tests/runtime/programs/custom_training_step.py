"""A model with a training step and a loss of its own."""

import keras
import numpy as np
import torch
from keras import layers


class Doubled(keras.Model):
    def train_step(self, data):
        x, y = data
        self.zero_grad()
        loss = 2 * self.compute_loss(y=y, y_pred=self(x, training=True))
        loss.backward()
        weights = list(self.trainable_weights)
        with torch.no_grad():
            self.optimizer.apply([w.value.grad for w in weights], weights)
        return {"doubled_loss": loss}


inputs = keras.Input((3,))
model = Doubled(inputs, layers.Dense(1)(inputs))
model.set_weights([np.full(w.shape, 0.3) for w in model.get_weights()])
model.compile(optimizer="sgd", loss="mse")
x = np.ones((8, 3), "float32")
history = model.fit(x, np.zeros((8, 1)), epochs=2, batch_size=8, verbose=0)
figures = history.history["doubled_loss"]
assert history.history["doubled_loss"][1] < history.history["doubled_loss"][0]
