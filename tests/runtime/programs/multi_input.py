"""Two inputs of different kinds are joined."""

import keras
import numpy as np
from keras import layers

words = keras.Input(shape=(6,), dtype="int32", name="words")
numbers = keras.Input(shape=(3,), name="numbers")
text = layers.GlobalAveragePooling1D()(layers.Embedding(30, 4)(words))
joined = layers.concatenate([text, numbers])
price = layers.Dense(1, name="price")(layers.Dense(8, activation="relu")(joined))
model = keras.Model(inputs=[words, numbers], outputs=price)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])

rng = np.random.default_rng(3)
data = {"words": rng.integers(0, 30, (64, 6)), "numbers": rng.normal(size=(64, 3)).astype("float32")}
target = data["numbers"].sum(axis=1, keepdims=True)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
first = model.evaluate(data, target, verbose=0, return_dict=True)["loss"]
history = model.fit(data, target, epochs=12, batch_size=8, shuffle=False, verbose=0)
figures = history.history["loss"] + history.history["mae"]
assert model.evaluate(data, target, verbose=0, return_dict=True)["loss"] < first
assert model.predict([data["words"], data["numbers"]], verbose=0).shape == (64, 1)
