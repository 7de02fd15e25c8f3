"""A siamese network learns how far two points are from each other."""

import keras
import numpy as np
from keras import layers

base = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(3)], name="base")
left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
difference = layers.Subtract()([base(left), base(right)])
distance = layers.Dense(1)(difference)
model = keras.Model([left, right], distance)
assert [layer.name for layer in model.layers][:3] == ["left", "right", "base"]
model.compile(optimizer="sgd", loss="mean_absolute_error")
rng = np.random.default_rng(6)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
a, b = rng.normal(size=(2, 50, 4)).astype("float32")
history = model.fit([a, b], a[:, 0] - b[:, 0], epochs=5, shuffle=False, verbose=0)
figures = history.history["loss"]
assert (
    abs(float(np.mean(model.predict([a, a], verbose=0))) - float(model.layers[-1].get_weights()[1][0])) < 1e-5
)
