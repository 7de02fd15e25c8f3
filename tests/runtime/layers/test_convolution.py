"""Conv1D, Conv2D and Conv3D, compared with the real Keras."""

import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
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


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Conv1D", {"filters": 4, "kernel_size": 2, "padding": "same"}),
        ("Conv1D", {"filters": 4, "kernel_size": 2, "padding": "causal"}),
        ("Conv2D", {"filters": 4, "kernel_size": 2, "padding": "same", "activation": "relu"}),
        ("Conv2D", {"filters": 4, "kernel_size": (3, 2), "strides": 2, "groups": 2}),
        ("Conv3D", {"filters": 4, "kernel_size": 2, "padding": "same"}),
        ("DepthwiseConv1D", {"kernel_size": 3, "padding": "same"}),
        ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2}),
        ("SeparableConv1D", {"filters": 3, "kernel_size": 3}),
        ("SeparableConv2D", {"filters": 3, "kernel_size": 3, "padding": "same", "depth_multiplier": 2}),
        ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2}),
        ("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}),
        ("MaxPooling1D", {"pool_size": 2, "padding": "same"}),
        ("MaxPooling2D", {"pool_size": 2, "padding": "same"}),
        ("AveragePooling3D", {"pool_size": 2}),
    ],
    ids=str,
)
def test_channels_first(name, arguments):
    ours, theirs = pair(name, **arguments, data_format="channels_first")
    shape = {1: (2, 4, 7), 2: (2, 4, 7, 6), 3: (2, 4, 5, 4, 6)}[ours.rank]
    outputs = assert_same(ours, theirs, arrays(shape))
    assert tuple(outputs.shape) == ours.compute_output_shape(shape)


def test_pictures_of_whole_numbers():
    pixels = torch.randint(0, 255, (2, 6, 6, 1), dtype=torch.uint8)
    layer = layers.Conv2D(2, 3)
    torch.testing.assert_close(layer(pixels), layer(pixels.float()))


def test_unknown_sizes():
    layer = layers.Conv2D(8, 3, strides=2, padding="same")
    assert layer.compute_output_shape((None, None, 27, 3)) == (None, None, 14, 8)


@pytest.mark.parametrize(
    ("layer", "shape", "message", "hint"),
    [
        (
            layers.Conv2D(4, 3, name="conv"),
            (None, 784),
            r"'conv' wants batch × height × width × channels \(4 axes\), but gets batch × 784 \(2 axes\)",
            "Add a Reshape((28, 28, 1)) before it.",
        ),
        (layers.Conv2D(4, 3), (None, 28, 28), r"but gets batch × 28 × 28", "Add a Reshape((28, 28, 1))"),
        (layers.Conv1D(4, 3), (None, 100), r"wants batch × steps × channels", "Add a Reshape((100, 1))"),
        (layers.Conv1D(4, 3), (None, 8, 8, 3), r"wants batch × steps × channels", "there is Conv2D"),
        (layers.Conv2D(4, 3), (None, None), r"wants batch × height", "makes 3 axes of each sample"),
        (
            layers.Conv2D(4, 3, data_format="channels_first"),
            (None, 28, 28),
            r"wants batch × channels × height × width",
            "Add a Reshape((1, 28, 28))",
        ),
        (
            layers.Conv2D(4, (5, 3)),
            (None, 4, 8, 1),
            r"slides a window of 5 × 3 over a picture of only 4 × 8",
            "padding='same', a smaller kernel_size",
        ),
        (
            layers.Conv2D(4, 3, groups=2),
            (None, 8, 8, 3),
            r"cannot split the 3 channels",
            "divides the channels",
        ),
        (layers.Conv2D(4, 3), (None, 8, 8, None), r"needs to know the number of channels", "State the size"),
        (layers.MaxPooling1D(4), (None, 3, 2), r"window of 4 over a sequence of only 3", "smaller pool_size"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message, hint):
    with pytest.raises(ShapeError, match=message) as caught:
        layer.compute_output_shape(shape)
    assert caught.value.port == "inputs"
    assert hint in caught.value.hint


def test_another_number_of_channels_than_built_for():
    layer = layers.Conv2D(4, 3, name="conv")
    layer(arrays((1, 5, 5, 3)))
    with pytest.raises(ShapeError, match="'conv' was built for 3 channels, but gets 1"):
        layer(arrays((1, 5, 5, 1)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 5, "groups": 2}, "cannot split 5 filters into 2 equal groups"),
        ({"strides": 2, "dilation_rate": 2}, "only one of them may be more than 1"),
        ({"padding": "causal"}, r"Conv2D\(padding=…\) got 'causal'"),
        ({"kernel_size": (3, 3, 3)}, r"Conv2D\(kernel_size=…\) got \(3, 3, 3\)"),
        ({"kernel_size": 0}, r"at least 1"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        layers.Conv2D(**{"filters": 4, "kernel_size": 3, **arguments})


def test_each_rank_has_sizes_of_its_own():
    strides = [layers.layer_spec(layer).param("strides") for layer in (layers.Conv1D, layers.Conv2D)]
    assert [(param.axes, param.default) for param in strides] == [(1, 1), (2, (1, 1))]
    paddings = [layers.layer_spec(layer).param("padding") for layer in (layers.Conv1D, layers.Conv3D)]
    assert [param.choices for param in paddings] == [("valid", "same", "causal"), ("valid", "same")]
