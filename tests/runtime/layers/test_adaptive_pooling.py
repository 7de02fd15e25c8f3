"""Adaptive pooling against the real Keras."""

import pytest

from runtime import layers
from runtime.errors import ParameterError, ShapeError

from .oracle import arrays, assert_same, pair

SIZES = {1: (7,), 2: (5, 7), 3: (4, 5, 3)}


@pytest.mark.parametrize("kind", ["Average", "Max"])
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("output_size", [1, 3, "each"])
def test_computes_the_same(kind, rank, data_format, output_size):
    sizes = SIZES[rank]
    shape = (2, *sizes, 3) if data_format == "channels_last" else (2, 3, *sizes)
    wanted = tuple(range(2, 2 + rank)) if output_size == "each" else output_size
    ours, theirs = pair(f"Adaptive{kind}Pooling{rank}D", wanted, data_format=data_format, name="pool")
    assert_same(ours, theirs, arrays(shape))
    assert ours.compute_output_shape(shape) == tuple(theirs.compute_output_shape(shape))


def test_may_make_more_of_less_and_of_unknown_sizes():
    ours, theirs = pair("AdaptiveAveragePooling1D", 6, name="pool")
    assert_same(ours, theirs, arrays((2, 4, 3)))
    assert ours.compute_output_shape((None, None, 3)) == (None, 6, 3)


def test_wrong_arguments_and_inputs_are_told():
    with pytest.raises(ParameterError, match=r"AdaptiveMaxPooling2D\(output_size=…\) got 0"):
        layers.AdaptiveMaxPooling2D(0)
    with pytest.raises(ShapeError, match="batch × height × width × channels"):
        layers.AdaptiveMaxPooling2D(2).compute_output_shape((None, 4, 3))
