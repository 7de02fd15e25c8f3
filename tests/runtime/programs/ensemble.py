"""Three models vote; a model is called like a layer."""

import keras
import numpy as np
from keras import layers


def member():
    inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Dense(1)(layers.Dense(4, activation="tanh")(inputs)))


rng = np.random.default_rng(39)
members = [member() for _ in range(3)]
for each in members:
    each.set_weights([rng.normal(0, 0.4, w.shape) for w in each.get_weights()])
inputs = keras.Input((6,))
model = keras.Model(inputs, layers.average([each(inputs) for each in members]))
x = rng.normal(size=(30, 6)).astype("float32")
together = model.predict(x, verbose=0)
assert np.allclose(together, np.mean([each.predict(x, verbose=0) for each in members], axis=0), atol=1e-5)
model.compile(keras.optimizers.Adagrad(0.05), "huber")
figures = [together, *model.fit(x, x[:, 0], epochs=3, shuffle=False, verbose=0).history["loss"]]
