"""Layers that disturb training: what they do to numbers on the whole, and how they are written."""

import copy

import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, assert_same_config, pair

ALL = [
    ("Dropout", {"rate": 0.3}),
    ("SpatialDropout1D", {"rate": 0.3}),
    ("SpatialDropout2D", {"rate": 0.3}),
    ("SpatialDropout3D", {"rate": 0.3}),
    ("AlphaDropout", {"rate": 0.3}),
    ("GaussianNoise", {"stddev": 0.3}),
    ("GaussianDropout", {"rate": 0.3}),
]
SHAPES = {
    "SpatialDropout1D": (2, 4, 3),
    "SpatialDropout2D": (2, 4, 5, 3),
    "SpatialDropout3D": (2, 2, 2, 3, 3),
}


@pytest.mark.parametrize(("name", "arguments"), ALL)
def test_nothing_happens_outside_training(name, arguments):
    assert_same(*pair(name, **arguments), arrays(SHAPES.get(name, (3, 5))))


@pytest.mark.parametrize(("name", "arguments"), ALL)
def test_without_strength_nothing_happens_in_training(name, arguments):
    inputs = torch.from_numpy(arrays(SHAPES.get(name, (3, 5))))
    layer = getattr(layers, name)(**dict.fromkeys(arguments, 0.0))
    assert torch.equal(layer(inputs, training=True), inputs)


@pytest.mark.parametrize(("name", "arguments"), ALL)
def test_a_seed_repeats_and_goes_on(name, arguments):
    inputs = torch.ones(SHAPES.get(name, (50, 50))).repeat(1, *[8] * (len(SHAPES.get(name, (50, 50))) - 1))
    make = getattr(layers, name)
    one, other = make(**arguments, seed=7), make(**arguments, seed=7)
    first, second = one(inputs, training=True), one(inputs, training=True)
    assert torch.equal(first, other(inputs, training=True))
    assert torch.equal(second, other(inputs, training=True))
    assert not torch.equal(first, second)
    assert copy.deepcopy(one)(inputs, training=True).shape == inputs.shape


@pytest.mark.parametrize("seed", [None, 3])
def test_dropout_keeps_the_mean(seed):
    outputs = layers.Dropout(0.3, seed=seed)(torch.ones(200, 200), training=True)
    assert float((outputs == 0).float().mean()) == pytest.approx(0.3, abs=0.02)
    assert outputs.unique().tolist() == pytest.approx([0, 1 / 0.7])


def test_dropout_of_everything():
    assert not layers.Dropout(1.0)(torch.ones(4, 4), training=True).any()
    assert not layers.Dropout(1.0, seed=1)(torch.ones(4, 4), training=True).any()


def test_noise_shape_drops_together():
    outputs = layers.Dropout(0.5, noise_shape=(None, 1, 6))(torch.ones(30, 5, 6), training=True)
    assert torch.equal(outputs, outputs[:, :1].expand(30, 5, 6))
    assert outputs[:, 0].unique().numel() == 2


@pytest.mark.parametrize(
    ("layer", "shape", "shared"),
    [
        (layers.SpatialDropout1D(0.5), (20, 4, 6), (1,)),
        (layers.SpatialDropout2D(0.5), (20, 4, 5, 6), (1, 2)),
        (layers.SpatialDropout2D(0.5, data_format="channels_first"), (20, 6, 4, 5), (2, 3)),
        (layers.SpatialDropout3D(0.5), (20, 4, 5, 2, 6), (1, 2, 3)),
        (layers.SpatialDropout3D(0.5, data_format="channels_first"), (20, 6, 4, 5, 2), (2, 3, 4)),
    ],
)
def test_spatial_dropout_drops_channels(layer, shape, shared):
    outputs = layer(torch.ones(shape), training=True)
    means = outputs.mean(shared)
    assert sorted(means.unique().tolist()) == [0, 2]
    assert (means == 0).any(0).all()


@pytest.mark.parametrize(
    ("layer", "spread"),
    [
        (layers.GaussianNoise(0.25), 0.25),
        (layers.GaussianDropout(0.2), 0.5),
        (layers.GaussianDropout(0.2, seed=1), 0.5),
    ],
)
def test_strength_of_noise(layer, spread):
    outputs = layer(torch.ones(300, 300), training=True)
    assert float(outputs.mean()) == pytest.approx(1, abs=0.01)
    assert float(outputs.std()) == pytest.approx(spread, rel=0.02)


@pytest.mark.parametrize(
    ("name", "arguments"), [*ALL, ("Dropout", {"rate": 0.2, "noise_shape": (None, 1), "seed": 4})]
)
def test_configs(name, arguments):
    assert_same_config(*pair(name, **arguments))


def test_activity_regularization():
    ours, theirs = pair("ActivityRegularization", l1=0.1, l2=0.02)
    inputs = arrays((4, 3))
    assert_same(ours, theirs, inputs)
    (penalty,) = ours.losses
    wanted = 0.1 * np.abs(inputs).sum() + 0.02 * (inputs**2).sum()
    assert penalty.item() == pytest.approx(wanted / len(inputs), rel=1e-5)
    assert penalty.item() == pytest.approx(theirs.losses[0].item(), rel=1e-5)


def test_alpha_dropout_keeps_mean_and_spread():
    inputs = torch.nn.functional.selu(torch.randn(400, 400, generator=torch.Generator().manual_seed(1)))
    inputs = (inputs - inputs.mean()) / inputs.std()
    outputs = layers.AlphaDropout(0.3, seed=1)(inputs, training=True)
    assert float(outputs.mean()) == pytest.approx(0, abs=0.02)
    assert float(outputs.std()) == pytest.approx(1, abs=0.02)
    dropped = outputs.flatten().mode().values
    assert float((outputs == dropped).float().mean()) == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("name", ["Dropout", "SpatialDropout1D", "GaussianDropout"])
def test_rates_are_fractions(name):
    with pytest.raises(ParameterError, match=r"rate=…\) got 1.5"):
        getattr(layers, name)(1.5)


def test_a_whole_number_too_large_to_compute_with_is_no_rate():
    with pytest.raises(ParameterError, match="rate=…"):
        layers.Dropout(10**400)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            layers.Dropout(0.5, noise_shape=(None, 1)),
            (None, 4, 4),
            "noise_shape batch × 1, which does not fit",
        ),
        (layers.Dropout(0.5, noise_shape=(None, 3)), (None, 4), "which does not fit its input batch × 4"),
        (layers.SpatialDropout1D(0.5), (None, 4), r"wants batch × steps × channels \(3 axes\), but gets"),
        (layers.SpatialDropout2D(0.5), (None, 4, 4), r"wants batch × height × width × channels \(4 axes\)"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ShapeError, match=message):
        layer.compute_output_shape(shape)
