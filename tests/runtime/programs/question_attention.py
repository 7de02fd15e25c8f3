"""A question looks for its answer in a text: attention over masked words."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(38)
question, text = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
embed = layers.Embedding(20, 6, mask_zero=True)
query, value = embed(question), embed(text)
convolve = layers.Conv1D(5, 3, padding="same")
attended = layers.Attention(use_scale=True)([convolve(query), convolve(value)])
joined = layers.Concatenate()(
    [layers.GlobalAveragePooling1D()(convolve(query)), layers.GlobalAveragePooling1D()(attended)]
)
model = keras.Model([question, text], layers.Dense(1, activation="sigmoid")(joined))
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
ids = [rng.integers(0, 20, (16, 4)), rng.integers(0, 20, (16, 9))]
model.compile(keras.optimizers.Nadam(0.01), "binary_crossentropy")
history = model.fit(ids, rng.integers(0, 2, (16, 1)), epochs=3, batch_size=4, shuffle=False, verbose=0)
figures = history.history["loss"]
