"""Padding does not count: the same text, padded further, gives the same answer."""

import keras
import numpy as np
from keras import layers
from keras.utils import pad_sequences

texts = [[3, 5, 2], [7, 1, 4, 4, 2], [6]]
model = keras.Sequential(
    [layers.Embedding(10, 6, mask_zero=True), layers.Bidirectional(layers.GRU(5)), layers.Dense(1)]
)
short = pad_sequences(texts, maxlen=6, padding="post")
long = pad_sequences(texts, maxlen=9, padding="post")
rng = np.random.default_rng(51)
model.build((None, 6))
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
assert np.allclose(model.predict(short, verbose=0), model.predict(long, verbose=0), atol=1e-5)
model.compile("adam", "mse")
figures = model.fit(short, np.zeros((3, 1)), epochs=3, shuffle=False, verbose=0).history["loss"]
