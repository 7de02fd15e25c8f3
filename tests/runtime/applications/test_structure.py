"""The models are Keras's, layer for layer, and compute the same."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import inspect

import keras
import numpy as np
import pytest
import torch

from runtime import applications, naming
from tests.runtime.applications.filling import random_weights

MODELS = [
    "DenseNet121",
    "EfficientNetB0",
    "InceptionV3",
    "MobileNetV2",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "Xception",
]
CLASSES = [name for name in applications.__all__ if name[0].isupper()]


def both(function, **options):
    keras.utils.clear_session()
    naming.clear_session()
    ours, theirs = getattr(applications, function), getattr(keras.applications, function)
    return ours(weights=None, **options), theirs(weights=None, **options)


def table(model):
    return [
        (layer.name, type(layer).__name__, tuple(layer.output.shape), layer.count_params())
        for layer in model.layers
    ]


def assert_same_model(ours, theirs):
    assert ours.name == theirs.name
    assert table(ours) == table(theirs)
    assert [weight.path for weight in ours.weights] == [weight.path for weight in theirs.weights]


@pytest.mark.parametrize("name", MODELS)
def test_layers_and_features_are_those_of_keras(name):
    shape = (76, 75, 3)  # the smallest that all of them take, odd and even
    ours, theirs = both(name, include_top=False, input_shape=shape)
    assert_same_model(ours, theirs)
    weights = random_weights(theirs)
    theirs.set_weights(weights)
    ours.set_weights(weights)
    images = np.random.default_rng(1).uniform(0, 1, (1, *shape)).astype("float32")
    with torch.no_grad():
        expected = theirs(images).cpu().numpy()
        found = ours(images).numpy()
    assert np.abs(expected).max() > 1e-3
    # Rounding adds up over some hundred layers, whose parts are summed in another order.
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["EfficientNetB1", "MobileNetV2", "ResNet50", "Xception"])
def test_the_classifier_is_that_of_keras(name):
    ours, theirs = both(name, input_shape=(80, 80, 3), classes=3, classifier_activation="sigmoid")
    assert_same_model(ours, theirs)
    assert ours.layers[-1].get_config()["activation"] == "sigmoid"


def test_the_classifier_of_vgg_has_hidden_layers():
    model = applications.VGG16(weights=None, input_shape=(32, 32, 3), classes=3)
    assert [layer.name for layer in model.layers[-4:]] == ["flatten", "fc1", "fc2", "predictions"]
    assert model.count_params() == 14_714_688 + 512 * 4096 + 4096 + 4096 * 4097 + 4096 * 3 + 3


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("name", ["MobileNetV2", "VGG16"])
def test_pooling_of_a_model_for_any_size(name, pooling):
    assert_same_model(*both(name, include_top=False, pooling=pooling, name="any"))


@pytest.mark.parametrize("alpha", [0.35, 1.4])
def test_widths_of_mobilenet(alpha):
    assert_same_model(*both("MobileNetV2", alpha=alpha, input_shape=(96, 96, 3), include_top=False))


@pytest.mark.parametrize("name", CLASSES)
def test_arguments_and_defaults_are_those_of_keras(name):
    def signature(function):
        return [(one.name, one.default, one.kind) for one in inspect.signature(function).parameters.values()]

    ours = getattr(applications, name)
    assert signature(ours) == signature(getattr(keras.applications, name))
    assert ours.__name__ == name
    assert "Args:" in ours.__doc__


@pytest.mark.parametrize("module", [name for name in applications.__all__ if name[0].islower()])
def test_modules_hold_what_those_of_keras_hold(module):
    theirs = {name for name in dir(getattr(keras.applications, module)) if not name.startswith("_")}
    assert not theirs - set(dir(getattr(applications, module)))


def test_a_model_goes_on_from_a_tensor():
    from runtime import layers

    start = layers.Input((40, 40, 1))
    colored = layers.Concatenate()([start, start, start])
    model = applications.MobileNetV2(input_tensor=colored, include_top=False, weights=None, pooling="avg")
    assert model.input_shape == (None, 40, 40, 1)
    assert model(np.zeros((2, 40, 40, 1), "float32")).shape == (2, 1280)


def test_a_part_of_it_can_be_frozen_and_trained_on():
    from runtime import Sequential, layers

    body = applications.MobileNetV2(
        alpha=0.35, input_shape=(32, 32, 3), include_top=False, weights=None, pooling="avg"
    )
    body.trainable = False
    model = Sequential([body, layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    before = [weight.copy() for weight in body.get_weights()]
    images = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3)).astype("float32")
    model.fit(images, np.array([0, 1] * 4), epochs=1, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, body.get_weights(), strict=True))
