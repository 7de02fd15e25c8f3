"""Two outputs with losses and weights of their own, by name."""

import keras
import numpy as np
from keras import layers

inputs = keras.Input(shape=(5,), name="features")
hidden = layers.Dense(16, activation="relu")(inputs)
size = layers.Dense(1, name="size")(hidden)
kind = layers.Dense(3, activation="softmax", name="kind")(hidden)
model = keras.Model(inputs, [size, kind])
model.compile(
    optimizer="adam",
    loss={"size": "mse", "kind": "sparse_categorical_crossentropy"},
    loss_weights={"size": 0.5, "kind": 1.0},
    metrics={"size": ["mae"], "kind": ["accuracy"]},
)
rng = np.random.default_rng(4)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
x = rng.normal(size=(90, 5)).astype("float32")
targets = {"size": x.sum(axis=1, keepdims=True), "kind": np.argmax(x[:, :3], axis=1)}
history = model.fit(x, targets, epochs=10, batch_size=10, shuffle=False, verbose=0).history
figures = history["loss"] + history["size_mae"] + history["kind_loss"]
assert history["loss"][-1] < history["loss"][0]
assert {"kind_accuracy", "size_mae"} <= set(history)
sizes, kinds = model.predict(x, verbose=0)
assert sizes.shape == (90, 1)
assert kinds.shape == (90, 3)
