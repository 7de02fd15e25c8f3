"""Texts become words, ids, vectors, and an answer."""

import keras
import numpy as np
from keras import layers

texts = [
    "a good film",
    "truly bad film",
    "good , very good",
    "bad acting and bad light",
    "a good cast",
    "bad",
]
labels = np.array([1, 0, 1, 0, 1, 0])
vectorize = layers.TextVectorization(max_tokens=12, output_mode="int", output_sequence_length=6)
vectorize.adapt(texts)
ids = np.array(vectorize(texts))
assert ids.shape == (6, 6)
assert vectorize.get_vocabulary()[:2] == ["", "[UNK]"]
model = keras.Sequential(
    [
        keras.Input((6,), dtype="int64"),
        layers.Embedding(12, 5),
        layers.Conv1D(4, 3, padding="valid", activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]
)
rng = np.random.default_rng(31)
model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(ids, labels, epochs=5, batch_size=3, shuffle=False, verbose=0).history
figures = [ids, *history["loss"], *history["accuracy"]]
