"""Layers that distort, cover and mix pictures, held to the real Keras; draws by their properties."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers, models
from runtime.errors import DataError, GraphError, ParameterError, ShapeError
from runtime.layers import layer_spec
from tests.runtime.layers.oracle import assert_same_config, pair

# Said by torch inside of Keras, once in a process.
pytestmark = pytest.mark.filterwarnings("ignore:Tensor.T is deprecated")

PICTURES = np.random.default_rng(2).uniform(0, 255, (4, 10, 12, 3)).astype("float32")
LABELS = np.eye(4, dtype="float32")
SAMPLES = {
    "AutoContrast": {},
    "Equalization": {},
    "ContrastLimitedAdaptiveHistogramEqualization": {"tile_grid_size": (2, 3)},
    "RandomGaussianBlur": {"factor": 0.7},
    "RandomSharpness": {"factor": 0.3},
    "RandomShear": {"x_factor": 0.3, "y_factor": (0.1, 0.2)},
    "RandomPerspective": {"factor": 0.7},
    "RandomElasticTransform": {"factor": 0.7},
    "RandomErasing": {"factor": (0.7, 0.9)},
    "RandomColorJitter": {"brightness_factor": 0.3, "hue_factor": 0.1},
    "RandAugment": {"num_ops": 3},
    "AugMix": {},
    "MixUp": {},
    "CutMix": {},
}
WITHOUT_DRAWS = ("AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization")
ALWAYS = WITHOUT_DRAWS[:2]
every_layer = pytest.mark.parametrize("name", SAMPLES)
random_layer = pytest.mark.parametrize("name", [name for name in SAMPLES if name not in WITHOUT_DRAWS])


def close(mine, wanted, atol=1e-3):
    """Pixels go up to 255: 1e-3 of them is a relative 4e-6."""
    assert mine.dtype == wanted.dtype
    np.testing.assert_allclose(mine.numpy(), wanted.numpy(), rtol=1e-5, atol=atol)


def same_calls(name, pictures=PICTURES, /, atol=1e-3, **arguments):
    ours, theirs = pair(name, **arguments)
    close(ours(pictures, training=True), theirs(pictures.copy(), training=True), atol)


def same_changes(name, mine, real, /, atol=1e-3, **arguments):
    """What both libraries make of the pictures when the same was drawn."""
    ours, theirs = pair(name, **arguments)
    images = torch.from_numpy(PICTURES)
    close(ours.transform_images(images, mine), theirs.transform_images(images, real, training=True), atol)


@pytest.mark.parametrize("value_range", [(0, 255), (0, 300), (-20, 255)])
@pytest.mark.parametrize("name", WITHOUT_DRAWS)
def test_shades_are_spread_as_in_keras(name, value_range):
    same_calls(name, value_range=value_range, data_format="channels_last")
    same_calls(name, PICTURES[0], value_range=value_range)
    flat = np.concatenate((np.full_like(PICTURES[:1], 50), PICTURES[:1] / 3 + 20))
    same_calls(name, flat, value_range=value_range)


@pytest.mark.parametrize("bins", [2, 16, 300])
def test_fewer_shades_are_those_of_keras(bins):
    same_calls("Equalization", bins=bins)
    same_calls("Equalization", np.full_like(PICTURES, 7.0), bins=bins)


@pytest.mark.parametrize("clip_limit", [0.0, 1.0, 40.0])
@pytest.mark.parametrize("grid", [(2, 3), (8, 8)])
def test_parts_are_equalized_as_in_keras(clip_limit, grid):
    name = "ContrastLimitedAdaptiveHistogramEqualization"
    same_calls(name, clip_limit=clip_limit, tile_grid_size=grid)
    same_calls(name, PICTURES.astype("uint8"), clip_limit=clip_limit, tile_grid_size=grid)
    first = np.ascontiguousarray(np.moveaxis(PICTURES, -1, 1))
    same_calls(name, first, clip_limit=clip_limit, tile_grid_size=grid, data_format="channels_first")


@pytest.mark.parametrize("kernel_size", [1, 3, 7])
@pytest.mark.parametrize("sigma", [0.0, 0.4, 1.0])
def test_blur_is_that_of_keras(kernel_size, sigma):
    same_calls("RandomGaussianBlur", factor=(1, 1), kernel_size=kernel_size, sigma=(sigma, sigma))


def test_blur_reaches_as_far_as_its_kernel_across_and_down():
    dot = torch.zeros(1, 9, 9, 1)
    dot[0, 4, 4] = 255
    blurred = layers.RandomGaussianBlur((1, 1), kernel_size=(1, 5), sigma=(1, 1))(dot)
    assert blurred[0, :, 4, 0].nonzero().flatten().tolist() == [4]
    assert blurred[0, 4, :, 0].nonzero().flatten().tolist() == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.5, 1.0])
def test_sharpness_is_that_of_keras(factor):
    same_calls("RandomSharpness", factor=(factor, factor), value_range=(10, 240))


@pytest.mark.parametrize("fill_mode", ["reflect", "constant", "wrap", "nearest"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_slants_are_those_of_keras(fill_mode, interpolation):
    draws = torch.tensor([[0.3, 0.1], [-0.31, 0.0], [0.0, 0.62], [-0.9, -0.4]])
    mine = layers.RandomShear().shear(*draws.unbind(1))
    settings = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 9.0}
    real = {"shear_factor": draws.clone(), "input_shape": PICTURES.shape}
    same_changes("RandomShear", mine, real, atol=1e-2, **settings)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_perspective_is_that_of_keras(interpolation):
    layer = layers.RandomPerspective(seed=3)
    drawn = layer.get_random_transformation(torch.from_numpy(PICTURES))
    drawn["chosen"] = torch.tensor([True, True, False, True])
    real = {
        "apply_perspective": drawn["chosen"],
        "start_points": drawn["start"],
        "end_points": drawn["end"],
    }
    # Places come from a system of eight equations in float32.
    same_changes("RandomPerspective", drawn, real, 5e-2, interpolation=interpolation, fill_value=5.0)


@pytest.mark.parametrize("strength", [0.02, 0.5, 1.0])
@pytest.mark.parametrize("fill_mode", ["reflect", "constant", "mirror"])
def test_ripples_are_those_of_keras(strength, fill_mode):
    chosen = torch.tensor([True, True, False, True])
    torch.manual_seed(4)
    noise = [torch.normal(0.0, 1.0, size=PICTURES.shape[:3]) for _ in range(2)]
    right, down = layers.RandomElasticTransform().ripples(noise, strength)
    drawn = {"apply_transform": chosen, "distortion_factor": torch.tensor(strength), "seed": 1}
    torch.manual_seed(4)
    mine = {"chosen": chosen, "right": right, "down": down}
    same_changes("RandomElasticTransform", mine, drawn, 1e-2, fill_mode=fill_mode, fill_value=30.0)


@pytest.mark.parametrize("fill_value", [7.0, (1.0, 2.0, 300.0)])
def test_covered_windows_are_those_of_keras(fill_value):
    ours, theirs = pair("RandomErasing", fill_value=fill_value)
    images = torch.from_numpy(PICTURES)
    drawn = ours.get_random_transformation(images)
    drawn["chosen"] = torch.tensor([True, True, False, True])
    fill = theirs._get_fill_value(images, images.shape, None)
    masks = drawn["inside"].expand(images.shape)
    real = {"apply_erasing": drawn["chosen"], "batch_masks": masks, "fill_value": fill}
    close(ours.transform_images(images, drawn), theirs.transform_images(images, real))


def test_windows_have_the_sizes_of_keras_and_are_anywhere():
    ours, theirs = pair("RandomErasing", scale=(0.02, 0.33), seed=3)
    images = torch.zeros(3000, 20, 30, 1)
    mine = ours.get_random_transformation(images)["inside"].float()
    real = theirs.get_random_transformation(images)["batch_masks"].float()
    for got, wanted in ((mine.mean((1, 2, 3)), real.mean((1, 2, 3))), (mine.mean(0), real.mean(0))):
        assert abs(float(got.mean() - wanted.mean())) < 0.01
        assert abs(float(got.std() - wanted.std())) < 0.01
    noise = layers.RandomErasing(seed=1).get_random_transformation(images[:50])["fill"]
    assert noise.shape == (50, 20, 30, 1)
    assert 0.45 < float((noise == 0).float().mean()) < 0.55


@pytest.mark.parametrize("name", ["MixUp", "CutMix"])
def test_pictures_labels_and_masks_are_mixed_as_in_keras(name):
    ours, theirs = pair(name, seed=3)
    images, labels = torch.from_numpy(PICTURES), torch.from_numpy(LABELS)
    drawn = ours.get_random_transformation(images)
    real = {"permutation_order": drawn["partners"], "mix_weight": drawn["share"]}
    if name == "CutMix":
        real["batch_masks"] = drawn["inside"].expand(images.shape)
    close(ours.transform_images(images, drawn), theirs.transform_images(images, real))
    close(ours.transform_labels(labels, drawn), theirs.transform_labels(labels, real))


@pytest.mark.parametrize(("name", "arguments"), [("MixUp", {"alpha": 0.4}), ("CutMix", {"factor": 0.6})])
def test_shares_are_drawn_as_in_keras(name, arguments):
    ours, theirs = pair(name, **arguments, seed=3)
    images = torch.zeros(100, 16, 16, 1)
    mine = torch.cat([ours.get_random_transformation(images)["share"].flatten() for _ in range(40)])
    real = [theirs.get_random_transformation(images)["mix_weight"].flatten() for _ in range(40)]
    for measure in (torch.mean, torch.std):
        assert abs(float(measure(mine) - measure(torch.cat(real)))) < 0.05
    assert float(mine.min()) >= 0
    assert float(mine.max()) <= 1


def test_colours_jitter_as_in_keras():
    same_calls("RandomColorJitter", brightness_factor=(0.2, 0.2), saturation_factor=(0.7, 0.7), atol=1e-2)
    same_calls("RandomColorJitter", contrast_factor=(0, 0), hue_factor=(0, 0), atol=1e-2)
    same_calls("RandomColorJitter")


@pytest.mark.parametrize("name", ["RandAugment", "AugMix"])
@pytest.mark.parametrize("factor", [0.3, (0.2, 0.6)])
def test_changes_to_choose_from_are_those_of_keras(name, factor):
    ours, theirs = pair(name, factor=factor, value_range=(0, 1))
    names = theirs._AUGMENT_LAYERS if name == "RandAugment" else theirs._augment_layers
    assert len(ours._changes) == len(names)
    for mine, attribute in zip(ours._changes, names, strict=True):
        real = getattr(theirs, attribute)
        assert type(mine).__name__ == type(real).__name__
        for bounds in (
            "factor",
            "x_factor",
            "y_factor",
            "addition_factor",
            "threshold_factor",
            "value_range",
        ):
            if hasattr(real, bounds) and real.__class__.__name__ not in ("AutoContrast", "Equalization"):
                assert tuple(getattr(mine, bounds)) == tuple(getattr(real, bounds)), (attribute, bounds)


def test_chosen_changes_are_made_one_after_the_other():
    layer = layers.RandAugment(num_ops=2, seed=1)
    images = torch.from_numpy(PICTURES)
    bright = (3, torch.full((4,), 30.0))
    twice = layer.transform_images(images, [bright, bright])
    torch.testing.assert_close(twice, ((images + 30).clamp(0, 255) + 30).clamp(0, 255))
    seen = {place for _ in range(200) for place, _ in layer.get_random_transformation(images)}
    assert seen == set(range(11))


def test_versions_are_mixed_as_in_keras():
    ours, theirs = pair("AugMix", num_chains=2, chain_depth=1)
    images = torch.from_numpy(PICTURES)
    shares, share = torch.tensor([0.3, 0.7]), torch.tensor(0.25)
    mine = {"chains": [[(5, None)], [(6, None)]], "shares": shares, "share": share}
    steps = [[{"layer_name": name, "transformation": None}] for name in ("auto_contrast", "equalization")]
    real = {"chain_mixing_weights": shares, "weight_sample": share, "chain_transforms": steps}
    close(ours.transform_images(images, mine), theirs.transform_images(images, real))


@every_layer
def test_configs_go_both_ways(name):
    arguments = dict(SAMPLES[name]) if name in WITHOUT_DRAWS else SAMPLES[name] | {"seed": 3}
    if name == "RandomShear":
        # Keras cannot read the bounds it writes for a single number.
        arguments["x_factor"] = (0.1, 0.3)
    assert_same_config(*pair(name, **arguments))


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_files_go_both_ways(ending, tmp_path):
    arguments = SAMPLES | {"RandomShear": {"x_factor": (0.1, 0.3)}}
    names = [name for name in SAMPLES if layer_spec(name).group]
    inputs = layers.Input((10, 12, 3))
    outputs = inputs
    for name in names:
        outputs = getattr(layers, name)(**arguments[name])(outputs)
    model = models.Model(inputs, outputs)
    model.save(tmp_path / f"ours.{ending}")
    real = keras.models.load_model(tmp_path / f"ours.{ending}", compile=False)
    assert [type(layer).__name__ for layer in real.layers[1:]] == names
    close(model(PICTURES, training=False), real(PICTURES, training=False))
    # Keras cannot write such layers into .h5.
    real.save(tmp_path / "theirs.keras")
    again = models.load_model(tmp_path / "theirs.keras", compile=False)
    close(again(PICTURES, training=False), real(PICTURES, training=False))


def test_a_slant_comes_back_from_the_bounds_that_keras_writes():
    ours = layers.RandomShear.from_config(keras.layers.RandomShear(0.2).get_config())
    assert ours.x_factor == (-0.2, 0.2)
    assert ours.get_config()["x_factor"] == 0.2


@every_layer
def test_nothing_changes_outside_of_training_but_without_draws(name):
    layer = getattr(layers, name)(**SAMPLES[name])
    same = torch.equal(layer(PICTURES, training=False), torch.from_numpy(PICTURES))
    assert same == layer.identity_in_inference == (name not in ALWAYS)


@random_layer
def test_a_seed_repeats_and_each_picture_has_its_own_draws(name):
    first, second = (getattr(layers, name)(**SAMPLES[name], seed=4) for _ in range(2))
    pictures = np.repeat(PICTURES[:1], 16, axis=0)
    if name in ("MixUp", "CutMix"):
        pictures = np.random.default_rng(1).uniform(0, 255, (16, 10, 12, 3)).astype("float32")
    once = first(pictures)
    assert not torch.equal(once, torch.from_numpy(pictures))
    assert torch.equal(once, second(pictures))
    again = [first(pictures) for _ in range(4)]
    assert not all(torch.equal(once, other) for other in again)
    if name not in ("RandAugment", "AugMix"):
        assert len({picture.numpy().tobytes() for picture in once}) > 1


@every_layer
def test_given_data_stay_as_they_are(name):
    layer = getattr(layers, name)(**SAMPLES[name])
    pictures, labels = PICTURES.copy(), LABELS.copy()
    masks = (PICTURES[..., :1] > 100).astype("int32")
    data = {"images": pictures, "labels": labels, "segmentation_masks": masks, "ids": np.arange(4)}
    kept = {name: value.copy() for name, value in data.items()}
    out = layer(data)
    assert out is not data
    assert list(data) == list(kept)
    for key, value in kept.items():
        np.testing.assert_array_equal(data[key], value)
    assert out["ids"].tolist() == [0, 1, 2, 3]
    assert out["images"].shape == PICTURES.shape
    assert out["segmentation_masks"].shape == masks.shape
    assert out["labels"].shape == LABELS.shape
    if name not in ("MixUp", "CutMix"):
        assert torch.equal(out["labels"], torch.from_numpy(LABELS))
    else:
        torch.testing.assert_close(out["labels"].sum(1), torch.ones(4))


@every_layer
def test_one_picture_channels_first_and_whole_pixels(name):
    seed = {} if name in WITHOUT_DRAWS else {"seed": 4}
    layer = getattr(layers, name)(**SAMPLES[name], **seed)
    assert layer(PICTURES[0]).shape == PICTURES[0].shape
    one = layer({"images": PICTURES[0], "labels": LABELS[0]})
    assert (one["images"].shape, one["labels"].shape) == (PICTURES[0].shape, LABELS[0].shape)
    whole = torch.uint8 if "Limited" in name else torch.float32
    assert layer(PICTURES.astype("uint8")).dtype == whole
    first = getattr(layers, name)(**SAMPLES[name], **seed, data_format="channels_first")
    again = getattr(layers, name)(**SAMPLES[name], **seed)
    moved = np.ascontiguousarray(np.moveaxis(PICTURES, -1, 1))
    torch.testing.assert_close(first(moved), again(PICTURES).movedim(-1, 1))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("RandomFlip", {}),
        ("RandomRotation", {"factor": 0.3}),
        ("RandomCrop", {"height": 6, "width": 5}),
        ("RandomShear", {"x_factor": 0.4}),
        ("RandomPerspective", {}),
        ("RandomElasticTransform", {}),
        ("RandAugment", {"num_ops": 3}),
        ("RandomBrightness", {"factor": 0.3}),
    ],
)
def test_masks_move_with_their_pictures(name, arguments):
    things = torch.zeros(8, 12, 12, 1)
    things[:, 3:8, 2:7] = 200
    masks = (things > 0).int()
    layer = getattr(layers, name)(**arguments, seed=5)
    out = layer({"images": things, "segmentation_masks": masks})
    assert out["segmentation_masks"].dtype == torch.int32
    assert set(out["segmentation_masks"].unique().tolist()) <= {0, 1}
    if name != "RandAugment":
        bright = out["images"][..., 0] > 100
        agree = (bright == out["segmentation_masks"][..., 0].bool()).float().mean()
        assert agree > 0.93


def test_boxes_are_filled_up_and_cut_off_as_in_keras():
    boxes = np.arange(24, dtype="float32").reshape(2, 3, 4)
    labels = np.array([[1, 2, 3], [4, 5, 6]])
    for number in (2, 3, 5):
        settings = {"max_number": number, "bounding_box_format": "xyxy"}
        ours, theirs = pair("MaxNumBoundingBoxes", **settings)
        data = {"images": PICTURES[:2], "bounding_boxes": {"boxes": boxes, "labels": labels}}
        mine = ours(data)
        real = theirs(
            {
                "images": PICTURES[:2],
                "bounding_boxes": {"boxes": torch.tensor(boxes), "labels": torch.tensor(labels)},
            }
        )
        for key in ("boxes", "labels"):
            np.testing.assert_array_equal(mine["bounding_boxes"][key], real["bounding_boxes"][key])
        assert data["bounding_boxes"]["boxes"] is boxes
        assert_same_config(ours, theirs)


def test_layers_follow_one_another_in_a_pipeline():
    steps = ({"scale": 1 / 255}, {"factor": (0.2, 0.2), "value_range": (0, 1)})
    ours = layers.Pipeline([layers.Rescaling(**steps[0]), layers.RandomSharpness(**steps[1])], name="prepare")
    theirs = keras.layers.Pipeline(
        [keras.layers.Rescaling(**steps[0]), keras.layers.RandomSharpness(**steps[1])], name="prepare"
    )
    close(ours(PICTURES), theirs(PICTURES, training=True), atol=1e-5)
    close(ours(PICTURES, training=False), theirs(PICTURES, training=False), atol=1e-5)
    again = layers.Pipeline.from_config(ours.get_config())
    assert torch.equal(again(PICTURES), ours(PICTURES))
    back = keras.layers.Pipeline.from_config(ours.get_config())
    close(ours(PICTURES), back(PICTURES, training=True), atol=1e-5)
    both = layers.Pipeline([layers.RandomFlip(seed=1), layers.MixUp(seed=1)])
    out = both({"images": PICTURES, "labels": LABELS})
    torch.testing.assert_close(out["labels"].sum(1), torch.ones(4))
    inputs = layers.Input((10, 12, 3))
    assert layers.Pipeline([layers.Resizing(4, 5), layers.RandomFlip()])(inputs).shape == (None, 4, 5, 3)


def test_what_needs_labels_is_not_in_the_palette():
    outside = {name for name in SAMPLES if not layer_spec(name).group}
    assert outside == {"MixUp", "CutMix", "Equalization"}


def test_keras_cannot_have_an_equalization_in_a_model():
    inputs = keras.Input((10, 12, 3))
    with pytest.raises(ValueError, match="cycle"):
        keras.Model(inputs, keras.layers.Equalization()(inputs))


@pytest.mark.parametrize(
    ("make_it", "error", "message"),
    [
        (lambda: layers.RandomGaussianBlur(kernel_size=4), ParameterError, "wants odd numbers"),
        (
            lambda: layers.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=3),
            ParameterError,
            "wants two numbers",
        ),
        (lambda: layers.RandomErasing(fill_value=(1.0, 2.0)), ParameterError, "a number or three"),
        (lambda: layers.RandomShear(x_factor=-0.5), ParameterError, "at least 0"),
        (lambda: layers.RandomShear(x_factor=(-0.5, 0.2)), ParameterError, "at least 0"),
        (lambda: layers.RandAugment(factor=1.5), ParameterError, "at most 1"),
        (lambda: layers.Pipeline(layers.RandomFlip()), ParameterError, "a list of layers"),
        (lambda: layers.MixUp()({"images": PICTURES, "labels": np.arange(4)}), ShapeError, "to_categorical"),
        (lambda: layers.RandomFlip()({"labels": LABELS}), DataError, 'under "images"'),
        (
            lambda: layers.RandomFlip()({"images": PICTURES, "bounding_boxes": {}}),
            DataError,
            "bounding_box_format",
        ),
        (
            lambda: layers.RandomFlip(bounding_box_format="xyxy")(
                {"images": PICTURES, "bounding_boxes": {"boxes": np.zeros((4, 1, 4))}}
            ),
            DataError,
            "cannot move bounding boxes",
        ),
        (lambda: layers.MixUp()({"images": layers.Input((4, 4, 3))}), GraphError, "inside of a model"),
        (lambda: layers.RandAugment()(layers.Input((4, 4, 2))), ShapeError, "in colour"),
    ],
)
def test_mistakes_are_told(make_it, error, message):
    with pytest.raises(error, match=message):
        make_it()
