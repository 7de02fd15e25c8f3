"""A recurrent layer that goes on from where the last batch ended."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(26)
paragraphs = [rng.normal(size=(4, 5, 3)).astype("float32") for _ in range(3)]
lstm = layers.LSTM(6, stateful=True)
model = keras.Sequential([keras.Input(batch_shape=(4, 5, 3)), lstm, layers.Dense(1)])
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
one, two = model.predict(paragraphs[0], verbose=0), model.predict(paragraphs[0], verbose=0)
assert not np.allclose(one, two)
lstm.reset_states()
again = model.predict(paragraphs[0], verbose=0)
assert np.allclose(one, again, atol=1e-6)
for paragraph in paragraphs:
    last = model.predict(paragraph, verbose=0)
figures = [one, two, again, last]
