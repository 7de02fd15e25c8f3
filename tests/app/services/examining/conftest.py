import pytest

import runtime as keras
from app.services.examining.probe import Probe
from runtime import layers


@pytest.fixture(scope="module")
def picture_model():
    """Two convolutions and a softmax, over pictures of 8 by 8."""
    keras.utils.set_random_seed(3)
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Rescaling(1 / 16, name="rescaling")(image)
    x = layers.Conv2D(4, 3, activation="relu", name="first")(x)
    x = layers.Conv2D(6, 3, activation="relu", name="second")(x)
    x = layers.Flatten(name="flat")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="answer")(x))


@pytest.fixture(scope="module")
def picture_probe(picture_model):
    return Probe(picture_model)


@pytest.fixture(scope="module")
def text_probe():
    """An embedding that is frozen, and a convolution over it."""
    keras.utils.set_random_seed(4)
    ids = keras.Input((12,), dtype="int32", name="ids")
    x = layers.Embedding(20, 5, name="vectors", trainable=False)(ids)
    x = layers.Conv1D(7, 3, padding="same", activation="tanh", name="words")(x)
    x = layers.GlobalMaxPooling1D(name="most")(x)
    return Probe(keras.Model(ids, layers.Dense(1, activation="sigmoid", name="answer")(x)))
