"""Layers that change pictures at random: changes compared with the real Keras, draws by their properties."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same_config, pair

BYTES = np.random.default_rng(2).uniform(0, 255, (4, 5, 6, 3)).astype("float32")
MODES = ["horizontal", "vertical", "horizontal_and_vertical"]
SAMPLES = {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.2},
    "RandomZoom": {"height_factor": 0.3},
    "RandomTranslation": {"height_factor": 0.3, "width_factor": (-0.1, 0.2)},
    "RandomBrightness": {"factor": 0.2},
    "RandomContrast": {"factor": (0.4, 0.2)},
    "RandomInvert": {"factor": 0.5},
    "RandomPosterization": {"factor": 3},
    "Solarization": {"addition_factor": 0.2, "threshold_factor": (0.1, 0.4)},
    "RandomHue": {"factor": 0.5},
    "RandomSaturation": {"factor": (0.3, 0.7)},
    "RandomGrayscale": {},
    "RandomColorDegeneration": {"factor": 0.5},
}
every_layer = pytest.mark.parametrize("name", SAMPLES)


def changed_by_both(name, transformation, **arguments):
    """What both libraries make of the pictures when the same was drawn."""
    ours, theirs = pair(name, **arguments)
    mine = ours.transform_images(torch.from_numpy(BYTES), transformation[0])
    return mine, theirs.transform_images(torch.from_numpy(BYTES), transformation[1], training=True)


def close(mine, wanted, atol=1e-4):
    assert mine.dtype == wanted.dtype
    np.testing.assert_allclose(mine.numpy(), wanted.numpy(), rtol=1e-5, atol=atol)


@pytest.mark.parametrize("mode", MODES)
def test_flips_are_those_of_keras(mode):
    flips = torch.tensor([True, False, True, False])
    close(*changed_by_both("RandomFlip", (flips, {"flips": flips[:, None, None, None]}), mode=mode))


@pytest.mark.parametrize("fill_mode", ["reflect", "constant", "wrap", "nearest"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("angle", [0.05, 0.25, 0.4])
def test_turns_are_those_of_keras(fill_mode, interpolation, angle):
    settings = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 7.0}
    # A factor with equal bounds draws only one angle.
    ours, theirs = pair("RandomRotation", (angle, angle), **settings)
    close(ours(BYTES, training=True), theirs(BYTES, training=True), atol=1e-2)


@pytest.mark.parametrize("fill_mode", ["reflect", "constant", "wrap", "nearest"])
@pytest.mark.parametrize(("height", "width"), [(0.3, 0.3), (-0.4, 0.2), (0.25, None)])
def test_zooms_are_those_of_keras(fill_mode, height, width):
    arguments = {"height_factor": (height, height), "fill_mode": fill_mode, "fill_value": 3.0}
    arguments["width_factor"] = None if width is None else (width, width)
    ours, theirs = pair("RandomZoom", **arguments)
    close(ours(BYTES, training=True), theirs(BYTES, training=True), atol=1e-2)


@pytest.mark.parametrize("fill_mode", ["reflect", "constant", "wrap", "nearest"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_shifts_are_those_of_keras(fill_mode, data_format):
    pictures = np.moveaxis(BYTES, -1, 1) if data_format == "channels_first" else BYTES
    ours, theirs = pair(
        "RandomTranslation", (0.3, 0.3), (-0.7, -0.7), fill_mode=fill_mode, data_format=data_format
    )
    close(ours(pictures, training=True), theirs(pictures, training=True), atol=1e-2)


def test_light_is_that_of_keras():
    draws = torch.tensor([-300.0, -20.0, 0.0, 60.0])
    column = draws[:, None, None, None]
    close(*changed_by_both("RandomBrightness", (draws, {"rgb_delta": column}), factor=0.2))
    contrasts = torch.tensor([0.2, 0.9, 1.0, 1.7])
    column = contrasts[:, None, None, None]
    close(*changed_by_both("RandomContrast", (contrasts, {"contrast_factor": column}), factor=0.2))
    some = torch.tensor([True, False, False, True])
    close(*changed_by_both("RandomInvert", (some, {"apply_inversion": some})))


@pytest.mark.parametrize("value_range", [(0, 255), (0, 300)])
def test_shades_are_those_of_keras(value_range):
    lost = torch.tensor([0, 3, 5, 7])
    both = (lost, {"shift_factor": lost.to(torch.uint8)})
    close(*changed_by_both("RandomPosterization", both, factor=3, value_range=value_range))
    draws = {"additions": torch.tensor([0.0, 9, 50, 90]), "thresholds": torch.tensor([0.0, 128, 200, 20])}
    columns = {name: values[:, None, None, None] for name, values in draws.items()}
    close(*changed_by_both("Solarization", (draws, columns), value_range=value_range))


def test_colours_are_those_of_keras():
    shifts = torch.tensor([-0.5, -0.2, 0.1, 0.4])
    close(*changed_by_both("RandomHue", (shifts, {"factor": shifts}), factor=0.5), atol=1e-2)
    factors = torch.tensor([0.0, 0.3, 1.0, 4.0])
    close(*changed_by_both("RandomSaturation", (factors, {"factor": factors}), factor=0.5), atol=1e-2)
    some = torch.tensor([True, False, False, True])
    close(*changed_by_both("RandomGrayscale", (some, some[:, None, None, None])))
    shares = torch.tensor([0.0, 0.3, 0.6, 1.0])
    both = (shares, {"factor": shares[:, None, None, None]})
    close(*changed_by_both("RandomColorDegeneration", both, factor=0.5))


@every_layer
def test_configs_go_both_ways(name):
    assert_same_config(*pair(name, **SAMPLES[name], seed=3))


@every_layer
def test_ranges_of_draws_are_those_of_keras(name):
    ours, theirs = pair(name, **SAMPLES[name], seed=3)
    images = torch.zeros(3000, 2, 2, 3)
    mine, real = ours.get_random_transformation(images), theirs.get_random_transformation(images)
    if name == "RandomPosterization":
        real = real["shift_factor"]
    elif name == "RandomZoom":
        mine, real = mine[:, 4], real["height_zoom"]
    elif name == "RandomTranslation":
        mine, real = -mine[:, [2, 5]], real["translations"]
    elif name == "RandomRotation":
        mine, real = mine[:, :5], real["rotation_matrix"][:, :5]
    elif name == "Solarization":
        mine, real = mine["thresholds"], real["thresholds"]
    elif isinstance(real, dict):
        real = next(iter(real.values()))
    # The standard error of a mean of 3,000 draws is below 0.02 of their spread.
    got, wanted = mine.double().flatten(), torch.as_tensor(real).double().flatten()
    spread = float(wanted.std()) or 1.0
    assert abs(float(got.mean() - wanted.mean())) < 0.1 * spread
    assert abs(float(got.std() - wanted.std())) < 0.1 * spread
    assert abs(float(got.min() - wanted.min())) < 0.05 * spread + 1e-6
    assert abs(float(got.max() - wanted.max())) < 0.05 * spread + 1e-6


@every_layer
def test_nothing_changes_outside_of_training(name):
    layer = getattr(layers, name)(**SAMPLES[name])
    assert torch.equal(layer(BYTES, training=False), torch.from_numpy(BYTES))
    assert layer.identity_in_inference


@every_layer
def test_a_call_by_hand_changes_and_a_seed_repeats(name):
    first, second = (getattr(layers, name)(**SAMPLES[name], seed=4) for _ in range(2))
    pictures = BYTES.repeat(8, axis=0)
    once = first(pictures)
    assert not torch.equal(once, torch.from_numpy(pictures))
    assert torch.equal(once, second(pictures))
    if name not in ("RandomPosterization",):
        assert not torch.equal(once, first(pictures))


@every_layer
def test_one_picture_channels_first_and_whole_pixels(name):
    layer = getattr(layers, name)(**SAMPLES[name], seed=4)
    assert layer(BYTES[0], training=True).shape == BYTES[0].shape
    whole = layer(BYTES.astype("uint8"), training=True).dtype
    assert whole == (torch.uint8 if name == "RandomGrayscale" else torch.float32)
    if "data_format" in keras.layers.__dict__[name].__init__.__code__.co_varnames:
        first = getattr(layers, name)(**SAMPLES[name], seed=4, data_format="channels_first")
        again = getattr(layers, name)(**SAMPLES[name], seed=4)
        moved = np.ascontiguousarray(np.moveaxis(BYTES, -1, 1))
        wanted = again(BYTES, training=True).movedim(-1, 1)
        torch.testing.assert_close(first(moved, training=True), wanted)


@pytest.mark.parametrize("mode", MODES)
def test_flipped_twice_is_as_before(mode):
    layer = layers.RandomFlip(mode, seed=1)
    images = torch.from_numpy(BYTES)
    flips = layer.get_random_transformation(images)
    once = layer.transform_images(images, flips)
    assert torch.equal(layer.transform_images(once, flips), images)


def test_a_quarter_turn_of_a_known_picture():
    picture = torch.tensor([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)
    turned = layers.RandomRotation((0.25, 0.25))(picture)
    torch.testing.assert_close(turned[0, :, :, 0], torch.tensor([[2.0, 4], [1, 3]]))


def test_about_half_of_the_pictures_are_flipped():
    images = torch.zeros(4000, 1, 1, 1)
    share = float(layers.RandomFlip(seed=2).get_random_transformation(images).float().mean())
    assert abs(share - 0.5) < 0.05


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("RandomRotation", {"factor": 1.5}),
        ("RandomRotation", {"factor": "much"}),
        ("RandomZoom", {"height_factor": -1.0}),
        ("RandomTranslation", {"height_factor": (0.1, 0.2, 0.3), "width_factor": 0}),
        ("RandomContrast", {"factor": -0.1}),
        ("RandomBrightness", {"factor": 0.1, "value_range": 255}),
        ("RandomPosterization", {"factor": 9}),
    ],
    ids=str,
)
def test_factors_out_of_bounds_are_told(name, arguments):
    with pytest.raises(ParameterError, match=f"{name}\\(.*=…\\) got .* (Such as|Its default)"):
        getattr(layers, name)(**arguments)


def test_grey_pictures_have_no_hue():
    with pytest.raises(ShapeError, match="wants pictures in colour"):
        layers.RandomHue(0.1)(layers.Input((8, 8, 1)))
    with pytest.raises(ShapeError, match="wants pictures in colour"):
        layers.RandomHue(0.1)(arrays((2, 8, 8, 1)), training=True)
