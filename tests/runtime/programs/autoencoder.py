"""An autoencoder squeezes eight numbers through two; encoder and decoder are models of their own."""

import keras
import numpy as np
from keras import layers

inputs = keras.Input(shape=(8,))
code = layers.Dense(2, name="code")(inputs)
outputs = layers.Dense(8, name="rebuilt")(code)
autoencoder = keras.Model(inputs, outputs, name="autoencoder")
encoder = keras.Model(inputs, code)
autoencoder.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
rng = np.random.default_rng(7)
autoencoder.set_weights([rng.normal(0, 0.4, w.shape) for w in autoencoder.get_weights()])
x = (rng.normal(size=(200, 2)) @ rng.normal(size=(2, 8))).astype("float32")
history = autoencoder.fit(x, x, epochs=30, batch_size=20, shuffle=False, verbose=0)
assert history.history["loss"][-1] < 0.2 * history.history["loss"][0]
figures = history.history["loss"]
assert encoder.predict(x, verbose=0).shape == (200, 2)
