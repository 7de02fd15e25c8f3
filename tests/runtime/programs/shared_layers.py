"""One embedding reads two questions."""

import keras
import numpy as np
from keras import layers

shared = layers.Embedding(50, 8)
first = keras.Input(shape=(None,), dtype="int32")
second = keras.Input(shape=(None,), dtype="int32")
pooled = [layers.GlobalMaxPooling1D()(shared(question)) for question in (first, second)]
same = layers.Dense(1, activation="sigmoid")(layers.Concatenate()(pooled))
model = keras.Model([first, second], same)
assert len(model.get_layer(shared.name).weights) == 1
model.compile("adam", "binary_crossentropy")
rng = np.random.default_rng(5)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
data = [rng.integers(0, 50, (32, 7)), rng.integers(0, 50, (32, 9))]
history = model.fit(data, rng.integers(0, 2, (32, 1)), epochs=2, shuffle=False, verbose=0)
figures = history.history["loss"]
assert model.predict(data, verbose=0).shape == (32, 1)
