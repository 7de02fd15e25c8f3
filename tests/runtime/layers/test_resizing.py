"""Resizing, CenterCrop and RandomCrop, compared with the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, assert_same_config, pair

PICTURES = arrays((2, 7, 9, 3))
SIZES = [(4, 5), (11, 6), (7, 9), (3, 20)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"antialias": True},
        {"crop_to_aspect_ratio": True},
        {"pad_to_aspect_ratio": True, "fill_value": 2.0},
        {"data_format": "channels_first"},
    ],
    ids=str,
)
def test_resizing_is_that_of_keras(size, interpolation, arguments):
    pictures = np.moveaxis(PICTURES, -1, 1) if "data_format" in arguments else PICTURES
    assert_same(*pair("Resizing", *size, interpolation=interpolation, **arguments), pictures)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "bicubic"])
def test_whole_pixels_stay_whole(interpolation):
    pixels = np.random.default_rng(3).integers(0, 256, (2, 7, 9, 3)).astype("uint8")
    ours, theirs = pair("Resizing", 5, 4, interpolation=interpolation)
    np.testing.assert_array_equal(ours(pixels).numpy(), theirs(pixels).numpy())
    assert ours(pixels).dtype == torch.uint8


@pytest.mark.parametrize("name", ["Resizing", "CenterCrop"])
@pytest.mark.parametrize("size", SIZES)
def test_one_picture_alone(name, size):
    ours, theirs = pair(name, *size)
    np.testing.assert_allclose(ours(PICTURES[0]).numpy(), theirs(PICTURES[0]).numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_center_crop_is_that_of_keras(size, data_format):
    pictures = np.moveaxis(PICTURES, -1, 1) if data_format == "channels_first" else PICTURES
    assert_same(*pair("CenterCrop", *size, data_format=data_format), pictures)


def test_random_crop_cuts_windows():
    layer = layers.RandomCrop(3, 4, seed=1)
    pictures = torch.arange(7 * 9.0).reshape(1, 7, 9, 1)
    begins = set()
    for _ in range(200):
        window = layer(pictures, training=True)[0, :, :, 0]
        top, left = divmod(int(window[0, 0]), 9)
        assert torch.equal(window, pictures[0, top : top + 3, left : left + 4, 0])
        begins.add((top, left))
    assert begins == {(top, left) for top in range(5) for left in range(6)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("training", [False, True])
def test_random_crop_of_small_pictures_is_the_middle(size, training):
    if training and size == (4, 5):
        size = (7, 5)
    outputs = layers.RandomCrop(*size)(PICTURES, training=training)
    wanted = keras.layers.Resizing(*size, crop_to_aspect_ratio=True)(PICTURES)
    torch.testing.assert_close(outputs, wanted)


def test_random_crop_can_be_read_by_keras():
    assert_same_config(*pair("RandomCrop", 3, 4, seed=5))


def test_sizes_of_a_model_are_known():
    inputs = layers.Input((None, None, 3))
    assert layers.Resizing(4, 5)(inputs).shape == (None, 4, 5, 3)
    assert layers.CenterCrop(4, 5)(inputs).shape == (None, 4, 5, 3)
    assert layers.RandomCrop(4, 5)(inputs).shape == (None, 4, 5, 3)


def test_pictures_without_channels_are_refused():
    with pytest.raises(ShapeError, match="wants pictures, batch × height × width × channels"):
        layers.Resizing(4, 5)(layers.Input((28, 28)))


def test_cropping_and_padding_contradict():
    with pytest.raises(ParameterError, match="only do one"):
        layers.Resizing(4, 5, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)
