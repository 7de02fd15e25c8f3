"""Up-sampling, compared with the real Keras."""

import pytest
import torch

from runtime import layers
from tests.runtime.layers.oracle import arrays, assert_same, pair

PICTURES = (2, 5, 6, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("UpSampling1D", {"size": 3}, (2, 4, 3)),
        ("UpSampling2D", {}, PICTURES),
        ("UpSampling2D", {"size": (1, 3)}, PICTURES),
        ("UpSampling2D", {"size": (2, 3), "data_format": "channels_first"}, PICTURES),
        ("UpSampling2D", {"interpolation": "bilinear"}, PICTURES),
        ("UpSampling2D", {"interpolation": "bicubic", "data_format": "channels_first"}, PICTURES),
        ("UpSampling3D", {"size": (1, 2, 3)}, (2, 2, 3, 4, 2)),
    ],
    ids=str,
)
def test_same_as_keras(name, arguments, shape):
    ours, theirs = pair(name, **arguments)
    outputs = assert_same(ours, theirs, arrays(shape))
    assert tuple(outputs.shape) == ours.compute_output_shape(shape)


def test_ids_are_repeated():
    ids = torch.arange(6).reshape(1, 2, 3, 1)
    repeated = layers.UpSampling2D((2, 1))(ids)
    assert repeated.dtype == torch.int64
    assert repeated[0, :, 0, 0].tolist() == [0, 0, 3, 3]


def test_every_place_is_repeated_equally_often():
    sequence = torch.arange(7.0).reshape(1, 7, 1)
    for size in (3, 41, 123):
        assert torch.equal(layers.UpSampling1D(size)(sequence), sequence.repeat_interleave(size, 1))
