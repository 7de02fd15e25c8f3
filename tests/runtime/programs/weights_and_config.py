"""A model is rebuilt from its config and takes the weights of the first."""

import keras
import numpy as np
from keras import layers

model = keras.Sequential(
    [keras.Input((3,)), layers.Dense(4, activation="relu", name="hidden"), layers.Dense(2)]
)
again = keras.Sequential.from_config(model.get_config())
again.set_weights(model.get_weights())
x = np.ones((2, 3), "float32")
assert np.allclose(model.predict(x, verbose=0), again.predict(x, verbose=0))
assert again.get_layer("hidden").units == 4
from_json = keras.models.model_from_json(model.to_json())
figures = [model.get_config()["layers"][1]["config"]["name"], from_json.count_params()]
assert len(from_json.get_weights()) == 4
