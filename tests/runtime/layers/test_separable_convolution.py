"""Depthwise and separable convolutions, compared with the real Keras."""

import pytest

from tests.runtime.layers.oracle import arrays, assert_same, pair

INPUTS = {1: (2, 9, 3), 2: (2, 7, 8, 3)}
ARGUMENTS = [
    {},
    {"padding": "same", "depth_multiplier": 2, "activation": "relu"},
    {"padding": "same", "strides": 2, "use_bias": False},
    {"dilation_rate": 2, "padding": "same", "kernel_size": 2},
    {"depthwise_regularizer": "l1", "bias_initializer": "ones", "depthwise_constraint": "non_neg"},
]


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_depthwise(rank, arguments):
    assert_same(*pair(f"DepthwiseConv{rank}D", **{"kernel_size": 3, **arguments}), arrays(INPUTS[rank]))


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("arguments", [*ARGUMENTS, {"pointwise_initializer": "he_normal"}], ids=str)
def test_separable(rank, arguments):
    arguments = {"filters": 5, "kernel_size": 3, **arguments}
    assert_same(*pair(f"SeparableConv{rank}D", **arguments), arrays(INPUTS[rank]))
