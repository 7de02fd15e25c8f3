"""Further names of layers stand for the same layers as in the real Keras, in code and in files."""

import keras
import pytest

from runtime import layers
from runtime.layers import other_names

NAMES = [name for name in vars(other_names) if name[0].isupper()]


@pytest.mark.parametrize("name", NAMES)
def test_same_layer_as_in_keras(name):
    layer = getattr(layers, name)
    assert layer.__name__ == getattr(keras.layers, name).__name__
    assert layers.registry.lookup(name) is layer
