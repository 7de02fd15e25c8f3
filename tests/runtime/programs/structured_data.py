"""A table of numbers and words: normalized, looked up, encoded."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(32)
age = rng.integers(20, 80, (60, 1)).astype("float32")
chest = rng.choice(["typical", "none", "other"], (60, 1))
level = rng.integers(0, 4, (60, 1))
target = (age[:, 0] > 50).astype("float32")

normalize, look_up = layers.Normalization(), layers.StringLookup(output_mode="one_hot")
normalize.adapt(age)
look_up.adapt(chest)
bins = layers.Discretization(bin_boundaries=[30.0, 45.0, 60.0], output_mode="one_hot")
encode = layers.CategoryEncoding(num_tokens=4, output_mode="one_hot")
columns = [normalize(age), look_up(chest), bins(age), encode(level)]
table = np.concatenate([np.array(column).reshape(60, -1) for column in columns], axis=1)
assert table.shape == (60, 1 + 4 + 4 + 4)

model = keras.Sequential(
    [keras.Input((13,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")]
)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(table, target, epochs=4, batch_size=20, shuffle=False, verbose=0).history
figures = [table, *history["loss"]]
