"""An LSTM says whether a sequence of ids has more high than low ones."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(2)
x = rng.integers(1, 20, (200, 12))
y = (x.mean(axis=1) > 10).astype("float32")

model = keras.Sequential()
model.add(layers.Embedding(20, 8))
model.add(layers.LSTM(16))
model.add(layers.Dense(1, activation="sigmoid"))
model.build((None, 12))
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=10, batch_size=16, shuffle=False, verbose=0)
figures = history.history["loss"]
assert model.evaluate(x, y, verbose=0)[1] > 0.7
