"""Batches come from a generator, and from a loop of one's own."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(13)


def batches():
    while True:
        x = rng.normal(size=(16, 4)).astype("float32")
        yield x, x.sum(axis=1, keepdims=True)


model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
history = model.fit(batches(), steps_per_epoch=10, epochs=4, verbose=0)
assert history.history["loss"][-1] < 0.1 * history.history["loss"][0]
figures = history.history["loss"] + history.history["mae"]
x, y = next(batches())
assert len(model.train_on_batch(x, y)) == 2
assert np.isfinite(model.test_on_batch(x, y)).all()
assert model.predict_on_batch(x).shape == (16, 1)
