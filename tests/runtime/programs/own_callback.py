"""Callbacks of one's own look on, and stop the training."""

import keras
import numpy as np
from keras import layers

events = []


class Watch(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        events.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        events.append(f"epoch {epoch}")

    def on_train_batch_end(self, batch, logs=None):
        events.append(f"batch {batch} {sorted(logs)}")

    def on_test_end(self, logs=None):
        events.append(f"test {sorted(logs)}")

    def on_predict_batch_begin(self, batch, logs=None):
        events.append(f"predict {batch}")

    def on_train_end(self, logs=None):
        events.append(f"end {sorted(logs)}")


class StopAtMinimum(keras.callbacks.Callback):
    def __init__(self, patience=0):
        super().__init__()
        self.patience = patience
        self.best_weights = None

    def on_train_begin(self, logs=None):
        self.wait, self.best = 0, np.inf

    def on_epoch_end(self, epoch, logs=None):
        if logs["loss"] < self.best - 0.2:
            self.best, self.wait, self.best_weights = logs["loss"], 0, self.model.get_weights()
        else:
            self.wait += 1
            if self.wait > self.patience:
                self.model.stop_training = True
                self.model.set_weights(self.best_weights)


rng = np.random.default_rng(25)
x = rng.normal(size=(32, 3)).astype("float32")
model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.SGD(0.1), "mse")
model.fit(
    x,
    x.sum(1),
    epochs=20,
    batch_size=16,
    validation_split=0.25,
    verbose=0,
    callbacks=[Watch(), StopAtMinimum()],
)
model.predict(x, batch_size=16, verbose=0, callbacks=[Watch()])
assert 5 < len(events) < 100
figures = events
