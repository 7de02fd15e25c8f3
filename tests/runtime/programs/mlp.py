"""A dense network tells three kinds of points apart."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(0)
y = rng.integers(0, 3, 300)
x = (rng.normal(size=(300, 4)) + 3 * np.eye(3, 4)[y]).astype("float32")

model = keras.Sequential(
    [
        keras.Input(shape=(4,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.02),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(x, y, epochs=15, batch_size=32, validation_split=0.2, shuffle=False, verbose=0)
figures = history.history["loss"] + history.history["val_accuracy"]
assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
loss, accuracy = model.evaluate(x, y, verbose=0)
assert accuracy > 0.9
assert model.predict(x[:5], verbose=0).shape == (5, 3)
