"""A convolutional network finds the bright corner of small pictures."""

import numpy as np
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential

rng = np.random.default_rng(1)
y = rng.integers(0, 2, 200)
x = rng.random((200, 12, 12, 1)).astype("float32")
x[y == 0, :6, :6] += 1
x[y == 1, 6:, 6:] += 1

model = Sequential()
model.add(Conv2D(8, (3, 3), activation="relu", input_shape=(12, 12, 1)))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.1))
model.add(Flatten())
model.add(Dense(2, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
labels = np.eye(2, dtype="float32")[y]
model.fit(x, labels, batch_size=20, epochs=8, verbose=0)
assert model.evaluate(x, labels, verbose=0)[1] > 0.9
