"""Conv1D, Conv2D and Conv3D, compared with the real Keras."""

import pytest

from tests.runtime.layers.oracle import arrays, assert_same, pair

INPUTS = {1: (2, 9, 4), 2: (2, 7, 8, 4), 3: (2, 5, 6, 7, 4)}


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"padding": "same"},
        {"padding": "same", "strides": 2, "activation": "relu"},
        {"kernel_size": 2, "padding": "same", "use_bias": False},
        {"kernel_size": 4, "padding": "same", "strides": 3},
        {"dilation_rate": 2, "padding": "same"},
        {"groups": 2, "activation": "tanh", "strides": 2},
        {"kernel_regularizer": "l2", "bias_initializer": "ones", "kernel_constraint": "non_neg"},
    ],
    ids=str,
)
def test_same_as_keras(rank, arguments):
    arguments = {"filters": 6, "kernel_size": 3, **arguments}
    assert_same(*pair(f"Conv{rank}D", **arguments), arrays(INPUTS[rank]))


@pytest.mark.parametrize("dilation_rate", [1, 2])
def test_causal(dilation_rate):
    assert_same(
        *pair("Conv1D", 3, 3, padding="causal", dilation_rate=dilation_rate, activation="relu"),
        arrays((2, 9, 4)),
    )


def test_sizes_per_axis():
    assert_same(*pair("Conv2D", 3, (1, 4), strides=(2, 1), padding="same"), arrays((2, 7, 8, 4)))
