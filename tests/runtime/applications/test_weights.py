"""Published weights are fetched, checked and taken; wrong wishes are told."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import hashlib
import json

import keras
import numpy as np
import pytest
import torch

from runtime import applications
from runtime.applications import efficientnet, imagenet_utils, mobilenet_v2
from runtime.applications.building import WeightsFile
from runtime.errors import DataError, DownloadError, FileFormatError, ParameterError
from tests.runtime.applications.filling import random_weights
from tests.runtime.utils.serving import serving


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))


def test_published_weights_are_fetched_and_taken(tmp_path, monkeypatch):
    options = {"alpha": 0.35, "input_shape": (96, 96, 3), "include_top": False, "pooling": "avg"}
    theirs = keras.applications.MobileNetV2(weights=None, **options)
    theirs.set_weights(random_weights(theirs))
    file = tmp_path / "weights.h5"
    theirs.save_weights(tmp_path / "model.weights.h5")
    keras.src.legacy.saving.legacy_h5_format.save_weights_to_hdf5_group(_h5(file, "w"), theirs)
    name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5"
    with serving({f"/{name}": file.read_bytes()}) as (address, asked):
        monkeypatch.setattr(mobilenet_v2, "_FOLDER", address)
        models = [applications.MobileNetV2(weights="imagenet", **options) for _ in range(2)]
        assert asked == [f"/{name}"]
    models.append(applications.MobileNetV2(weights=file, **options))
    models.append(applications.MobileNetV2(weights=str(tmp_path / "model.weights.h5"), **options))
    images = np.random.default_rng(1).uniform(-1, 1, (1, 96, 96, 3)).astype("float32")
    with torch.no_grad():
        expected = theirs(images).cpu().numpy()
        for model in models:
            np.testing.assert_allclose(model(images).numpy(), expected, rtol=1e-4, atol=1e-4)


def _h5(path, mode):
    import h5py

    return h5py.File(path, mode)


def test_models_with_published_weights_scale_pixels_as_these_were_trained(tmp_path, monkeypatch):
    theirs = keras.applications.EfficientNetB0(weights=None, include_top=False)
    file = tmp_path / "weights.h5"
    with _h5(file, "w") as opened:
        keras.src.legacy.saving.legacy_h5_format.save_weights_to_hdf5_group(opened, theirs)
    content = file.read_bytes()
    with serving({"/b0.h5": content}) as (address, _):
        published = WeightsFile(f"{address}/b0.h5", hashlib.md5(content).hexdigest())
        monkeypatch.setattr(WeightsFile, "fetched", _instead(published, WeightsFile.fetched))
        ours = applications.EfficientNetB0(weights="imagenet", include_top=False)
    first = [type(layer).__name__ for layer in ours.layers[:4]]
    assert first == ["InputLayer", "Rescaling", "Normalization", "Rescaling"]
    np.testing.assert_allclose(ours.layers[3].scale, 1 / np.sqrt([0.229, 0.224, 0.225]))
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def _instead(file, fetched):
    return lambda _: fetched(file)


def test_without_a_network_it_is_said_plainly(monkeypatch):
    monkeypatch.setattr(mobilenet_v2, "_FOLDER", "http://127.0.0.1:9")
    with pytest.raises(DownloadError, match="Is there a network"):
        applications.MobileNetV2()


def test_each_published_file_has_an_https_address_and_a_checksum():
    functions = [getattr(applications, name) for name in applications.__all__ if name[0].isupper()]
    designs = [cell.cell_contents for function in functions for cell in function.__closure__ or ()]
    files = [file for design in designs if hasattr(design, "files") for file in design.files]
    assert len(files) == 2 * (len(functions) - 1)
    assert len({file.checksum for file in files}) == len({file.origin for file in files}) == len(files)
    for file in files:
        assert file.origin.startswith("https://")
        assert len(file.checksum) == 32


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weights": "imagnet"}, "no file of weights"),
        ({"weights": "imagenet", "classes": 10}, "not 10"),
        ({"weights": "imagenet", "input_shape": (64, 64, 3)}, "are for"),
        ({"weights": "imagenet", "include_top": False, "input_shape": (64, 64, 1)}, "3 channels"),
        ({"weights": "imagenet", "classifier_activation": "relu"}, "softmax"),
        ({"weights": None, "input_shape": (31, 64, 3), "include_top": False}, "at least 32"),
        ({"weights": None, "input_shape": (64, 64)}, "height, width and channels"),
        ({"weights": None, "input_shape": (None, None, 3)}, "state it"),
        ({"weights": None, "include_top": False, "pooling": "mean"}, "'avg', 'max'"),
    ],
)
def test_wrong_wishes_are_told(options, said):
    with pytest.raises(ParameterError, match=said):
        applications.ResNet50(**options)


def test_widths_and_sizes_without_published_weights_are_told(monkeypatch):
    with pytest.raises(ParameterError, match=r"alpha=0\.4"):
        applications.MobileNetV2(alpha=0.4)
    monkeypatch.setattr(mobilenet_v2, "_FOLDER", "http://127.0.0.1:9")
    with pytest.warns(UserWarning, match="224 × 224 are taken"), pytest.raises(DownloadError):
        applications.MobileNetV2(input_shape=(100, 100, 3), include_top=False)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_pixels_are_prepared_as_by_keras(mode, layout, batch, dtype):
    pixels = np.random.default_rng(0).uniform(0, 255, (3, 3, 3, 3)[not batch :]).astype(dtype)
    before = pixels.copy()
    expected = keras.applications.imagenet_utils.preprocess_input(pixels.copy(), layout, mode)
    found = imagenet_utils.preprocess_input(pixels, layout, mode)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(pixels, before)
    tensor = imagenet_utils.preprocess_input(torch.from_numpy(pixels), layout, mode)
    np.testing.assert_allclose(tensor.numpy(), found, rtol=1e-6)


@pytest.mark.parametrize("module", [name for name in applications.__all__ if name[0].islower()])
def test_each_family_prepares_pixels_its_own_way(module):
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 4, 4, 3)).astype("float32")
    ours = getattr(applications, module).preprocess_input(pixels)
    theirs = getattr(keras.applications, module).preprocess_input(pixels.copy())
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-4)


def test_unknown_ways_are_told():
    with pytest.raises(ParameterError, match="mode='pytorch'"):
        imagenet_utils.preprocess_input(np.zeros((1, 1, 3)), mode="pytorch")
    with pytest.raises(ParameterError, match="data_format"):
        efficientnet.preprocess_input(imagenet_utils.preprocess_input(np.zeros((1, 1, 3)), "last"))


def test_predictions_get_names(monkeypatch):
    index = {str(number): [f"n{number:08}", f"thing {number}"] for number in range(1000)}
    content = json.dumps(index).encode()
    with serving({"/names.json": content, "/few.json": b'{"0": ["n0", "a"]}'}) as (address, _):
        file = WeightsFile(f"{address}/names.json", hashlib.md5(content).hexdigest())
        monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", file)
        values = np.random.default_rng(0).permutation(1000)[None].repeat(2, 0).astype("float32")
        found = applications.vgg16.decode_predictions(values, top=3)
        best = int(values[0].argmax())
        assert len(found) == 2
        assert found[0][0] == (f"n{best:08}", f"thing {best}", 999.0)
        assert [round(float(entry[2])) for entry in found[1]] == [999, 998, 997]
        assert imagenet_utils.decode_predictions(torch.from_numpy(values), top=3) == found
        monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", WeightsFile(f"{address}/few.json"))
        with pytest.raises(FileFormatError, match="does not name 1000"):
            imagenet_utils.decode_predictions(values)
    with pytest.raises(DataError, match="1000"):
        imagenet_utils.decode_predictions(values[:, :10])
