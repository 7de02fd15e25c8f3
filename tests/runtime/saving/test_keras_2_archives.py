"""Archives and weights of Keras 2.12 to 2.16, whose modules and lists had other names; texts in pieces."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from runtime.models import load_model
from tests.runtime.saving.old_files import DIALECTS, Dialect, config_in, write, write_weights
from tests.runtime.saving.zoo import (
    Builder,
    assert_same_outputs,
    attentive,
    both_directions,
    many_ends,
    nested,
    ours,
    perceptron,
    residual,
    samples,
    separable,
    stir,
    theirs,
    three_deep,
    words,
)

BUILDERS = [attentive, both_directions, many_ends, nested, perceptron, residual, separable, three_deep, words]
MODULES = {"2.12.0": "keras.engine", "2.13.1": "keras.src.engine", "2.16.0": "tf_keras.src.engine"}


def archive_of(real: Any, version: str, path: Path) -> None:
    """A `.keras` file of one of these versions."""
    config = config_in(Dialect(version, modules=True), real)
    name = config["class_name"]
    module = f"{MODULES[version]}.{name.lower()}"
    config |= {"module": module, "registered_name": name, "build_config": {"input_shape": None}}
    tree = path.with_name("tree.weights.h5")
    real.save_weights(tree)
    if version == "2.13.1":
        with h5py.File(tree, "r+") as file:
            _rename(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2023-05-01"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", tree.read_bytes())


def _rename(group: h5py.Group) -> None:
    for name in list(group):
        if isinstance(group[name], h5py.Group):
            _rename(group[name])
        if name == "layers":
            group.move("layers", "_layer_checkpoint_dependencies")


@pytest.mark.parametrize("version", MODULES)
@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_an_archive_opens(build: Builder, version: str, tmp_path: Path) -> None:
    real = theirs(build)
    stir(real)
    archive_of(real, version, tmp_path / "m.keras")
    opened = load_model(tmp_path / "m.keras")
    assert_same_outputs(opened, real, samples(real))
    twin = ours(build)
    twin.load_weights(tmp_path / "m.keras")
    assert_same_outputs(twin, real, samples(real))


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("build", [both_directions, residual], ids=lambda build: build.__name__)
def test_weights_alone_by_order_and_by_name(build: Builder, version: str, tmp_path: Path) -> None:
    real, inputs = theirs(build), None
    stir(real)
    inputs = samples(real)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, real, DIALECTS[version])
    for by_name in (False, True):
        mine = ours(build)
        mine.load_weights(tmp_path / "w.h5", by_name=by_name)
        assert_same_outputs(mine, real, inputs)


def test_a_layer_of_another_size_is_skipped(tmp_path: Path) -> None:
    real = theirs(perceptron)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, real, DIALECTS["2.7.0"])
        del file["hidden/hidden/kernel:0"]
        file["hidden/hidden/kernel:0"] = np.zeros((4, 9), "f4")
    mine = ours(perceptron)
    before = mine.layers[0].kernel.numpy().copy()
    with pytest.warns(UserWarning, match=r"'kernel' has shape \(4, 6\), but the file holds \(4, 9\)"):
        mine.load_weights(tmp_path / "w.h5", by_name=True, skip_mismatch=True)
    assert np.array_equal(mine.layers[0].kernel.numpy(), before)
    assert np.array_equal(mine.layers[-1].get_weights()[0], real.layers[-1].get_weights()[0])


@pytest.mark.parametrize("names", ["fixed", "chunks", "varying"])
def test_long_configs_and_many_layers(names: str, tmp_path: Path) -> None:
    """More than HDF5 keeps in one header: the config, and the names of the layers."""
    chain = [keras.layers.Dense(2, name=f"{'layer' * 20}_{place}") for place in range(150)]
    real = keras.Sequential([keras.layers.Input((2,)), *chain])
    stir(real)
    write(tmp_path / "m.h5", real, Dialect("2.7.0", names=names))
    with h5py.File(tmp_path / "m.h5") as file:
        assert len(file.attrs["model_config"]) > 65_536
        assert ("layer_names10" in file["model_weights"].attrs) == (names == "chunks")
    assert_same_outputs(load_model(tmp_path / "m.h5"), real, samples(real))


def test_weights_of_a_model_with_its_own_and_in_half_precision(tmp_path: Path) -> None:
    class Scaled(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
            self.head = keras.layers.Dense(3)

        def call(self, x: Any) -> Any:
            return self.head(x) * self.scale

    import runtime

    class OurScaled(runtime.Model):
        def __init__(self) -> None:
            super().__init__()
            self.scale = self.add_weight(shape=(3,), initializer="zeros", name="scale")
            self.head = runtime.layers.Dense(3)

        def call(self, x: Any) -> Any:
            return self.head(x) * self.scale

    x = np.ones((2, 4), "float32")
    real, mine = Scaled(), OurScaled()
    real(x), mine(x)
    stir(real)
    real.save_weights(tmp_path / "w.weights.h5")
    mine.load_weights(tmp_path / "w.weights.h5")
    assert_same_outputs(mine, real, x)
    half = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, dtype="bfloat16")])
    half.save_weights(tmp_path / "h.weights.h5")
    whole = runtime.Sequential([runtime.layers.Input((4,)), runtime.layers.Dense(3)])
    whole.load_weights(tmp_path / "h.weights.h5")
    wanted = np.asarray(half.layers[0].kernel.value.float().detach())
    assert np.array_equal(whole.layers[0].get_weights()[0], wanted)
