"""A model goes to a file and comes back, and goes on training."""

import os
import tempfile

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(11)
x, y = rng.normal(size=(60, 5)).astype("float32"), rng.integers(0, 2, 60)
model = keras.Sequential(
    [keras.Input((5,)), layers.Dense(6, activation="relu"), layers.Dense(2, activation="softmax")]
)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=2, shuffle=False, verbose=0)
figures = history.history["loss"]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.h5")
    model.save(path)
    again = keras.models.load_model(path)
assert np.allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
again.fit(x, y, epochs=1, verbose=0)
