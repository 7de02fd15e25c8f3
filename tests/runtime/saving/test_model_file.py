"""Saving and loading from the user's side: endings, messages, names, atomic writing, classes of one's own."""

import json
import os
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import torch

from runtime import layers, models, saving
from runtime.errors import FileFormatError, LayerloomError, NotBuiltError, ParameterError, RefusedError
from runtime.models import load_model
from runtime.registries import custom_objects
from tests.runtime.saving.zoo import (
    assert_same_outputs,
    nested,
    ours,
    perceptron,
    samples,
    stir,
    theirs,
    three_deep,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Doubling(layers.Layer):
    """A layer of one's own."""

    def __init__(self, times: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.times = times

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs * self.times

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class Two(models.Model):
    """A model of one's own, with a list of layers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tower = [layers.Dense(3), layers.Dense(2)]
        self.answer = layers.Dense(1)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        for layer in self.tower:
            inputs = layer(inputs)
        return self.answer(inputs)


def test_the_old_file_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.h5"
    model = ours(perceptron)
    model.save(path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    for save in (model.save, model.save_weights):
        with pytest.raises(LayerloomError, match="No space left on device"):
            save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["m.h5"]


def test_files_are_replaced_whole_and_only_if_wanted(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "m.h5"
    model = ours(perceptron)
    model.save(path)
    path.chmod(0o640)
    with pytest.raises(LayerloomError, match="is there already"):
        model.save(path, overwrite=False)
    model.save(str(path))
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(path.parent) == ["m.h5"]


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    ours(perceptron).save(tmp_path / "m.h5")
    (tmp_path / "link.h5").symlink_to(tmp_path / "m.h5")
    ours(perceptron).save(tmp_path / "link.h5")
    assert (tmp_path / "link.h5").is_symlink()


def test_endings(tmp_path: Path) -> None:
    model = ours(perceptron)
    with pytest.raises(LayerloomError, match=r"ending \.h5 or \.keras"):
        model.save(tmp_path / "m.onnx")
    with pytest.raises(LayerloomError, match=r"\.weights\.h5"):
        model.save_weights(tmp_path / "m.txt")
    model.save(tmp_path / "m.hdf5")
    os.rename(tmp_path / "m.hdf5", tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras").count_params() == model.count_params()
    with pytest.raises(FileFormatError, match="There is no file"):
        load_model(tmp_path / "nowhere.h5")
    with pytest.raises(FileFormatError, match="is a text file that begins with"):
        load_model(__file__)


def test_weights_alone_are_no_model(tmp_path: Path) -> None:
    model = ours(perceptron)
    model.save_weights(tmp_path / "m.h5")
    with pytest.raises(FileFormatError, match=r"weights without a model.*load_weights"):
        load_model(tmp_path / "m.h5")
    model.save(tmp_path / "whole.h5")
    stir(model)
    before = model.get_weights()
    model.load_weights(tmp_path / "whole.h5")
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_a_model_without_weights_yet(tmp_path: Path) -> None:
    model = models.Sequential([layers.Dense(2)])
    for action in (model.save_weights, model.load_weights):
        with pytest.raises(NotBuiltError, match="no weights yet"):
            action(tmp_path / "m.weights.h5")
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    assert again(np.ones((1, 4), "float32")).shape == (1, 2)


@pytest.mark.parametrize("ending", [".h5", ".weights.h5"])
def test_a_shape_that_differs_is_named(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"m{ending}"
    ours(perceptron).save_weights(path)
    other = models.Sequential(
        [layers.Input((4,)), layers.Dense(7, name="hidden"), layers.Dense(3, use_bias=False, name="dense")]
    )
    before = other.get_weights()
    with pytest.raises(FileFormatError, match=r"'hidden'.*weight 'kernel'.*\(4, 7\).*\(4, 6\)"):
        other.load_weights(path)
    assert all(map(np.array_equal, before, other.get_weights()))
    with pytest.warns(UserWarning, match="Skipped") as skipped:
        other.load_weights(path, skip_mismatch=True)
    assert len(skipped) == (3 if ending == ".h5" else 2)


def test_layers_are_paired_by_name(tmp_path: Path) -> None:
    model = ours(perceptron)
    stir(model)
    model.save_weights(tmp_path / "m.h5")
    other = models.Sequential(
        [layers.Input((4,)), layers.Dense(6, name="hidden"), layers.Dense(4), layers.Dense(2)]
    )
    with pytest.raises(FileFormatError, match=r"2 layers.*3 layers"):
        other.load_weights(tmp_path / "m.h5")
    other.load_weights(tmp_path / "m.h5", by_name=True)
    assert np.array_equal(other.layers[0].get_weights()[0], model.layers[0].get_weights()[0])
    model.save_weights(tmp_path / "m.weights.h5")
    with pytest.raises(FileFormatError, match="by_name"):
        other.load_weights(tmp_path / "m.weights.h5", by_name=True)


def test_a_class_of_ones_own_needs_to_be_known(tmp_path: Path) -> None:
    model = models.Sequential([layers.Input((2,)), Doubling(3), layers.Dense(1)])
    for ending in (".h5", ".keras"):
        model.save(tmp_path / f"m{ending}")
        with pytest.raises(RefusedError, match="custom_objects") as caught:
            load_model(tmp_path / f"m{ending}")
        assert caught.value.what == "Doubling"
        again = load_model(tmp_path / f"m{ending}", custom_objects={"Doubling": Doubling})
        assert again.layers[0].times == 3
        assert_same_outputs(again, model, samples(model))
        with saving.custom_object_scope({"Doubling": Doubling}):
            assert load_model(tmp_path / f"m{ending}").layers[0].times == 3


def test_functions_of_ones_own(tmp_path: Path) -> None:
    def shrink(x: torch.Tensor) -> torch.Tensor:
        return x / 2

    model = models.Sequential([layers.Input((2,)), layers.Dense(2, activation=shrink)])
    model.save(tmp_path / "m.h5")
    with pytest.raises(RefusedError, match="activation 'shrink'"):
        load_model(tmp_path / "m.h5")
    assert load_model(tmp_path / "m.h5", {"shrink": shrink}).layers[0].activation is shrink


def test_registered_classes_are_known_by_their_packages(tmp_path: Path) -> None:
    before = dict(custom_objects)
    try:
        saving.register_keras_serializable(package="shop")(Doubling)
        assert saving.get_registered_name(Doubling) == "shop>Doubling"
        assert saving.get_registered_object("shop>Doubling") is Doubling
        assert saving.get_custom_objects()["shop>Doubling"] is Doubling
        model = models.Sequential([layers.Input((2,)), Doubling(5)])
        for ending in (".h5", ".keras"):
            model.save(tmp_path / f"m{ending}")
            assert load_model(tmp_path / f"m{ending}").layers[0].times == 5
        with h5py.File(tmp_path / "m.h5") as file:
            assert "shop>Doubling" in file.attrs["model_config"]
        with pytest.raises(ParameterError, match="get_config"):
            saving.register_keras_serializable()(Path)
    finally:
        custom_objects.clear()
        custom_objects.update(before)
        del Doubling._registered_name


def test_a_model_that_is_a_class_of_its_own(tmp_path: Path) -> None:
    model = Two()
    inputs = np.ones((2, 4), "float32")
    model(inputs)
    with pytest.raises(LayerloomError, match="save_weights"):
        model.save(tmp_path / "m.h5")
    for ending in (".h5", ".weights.h5"):
        model.save_weights(tmp_path / f"m{ending}")
        other = Two()
        other(inputs)
        other.load_weights(tmp_path / f"m{ending}")
        assert_same_outputs(other, model, inputs)
    with h5py.File(tmp_path / "m.weights.h5") as file:
        assert set(file) == {"answer", "layers", "vars"}
        assert set(file["layers"]) == {"dense", "dense_1"}


def test_what_is_in_a_file(tmp_path: Path) -> None:
    model = ours(nested)
    for ending in (".h5", ".keras"):
        model.save(tmp_path / f"m{ending}")
        seen = saving.inspect_model(tmp_path / f"m{ending}")
        assert seen.keras_version == 3
        assert [layer.name for layer in seen.layers if layer.class_name == "Dense"] == ["inner/p", "inner/q"]
        assert sorted(seen.weights.values()) == [(3,), (3,), (3, 3), (3, 3)]
        assert not seen.refused


def test_what_would_be_refused_is_shown(tmp_path: Path) -> None:
    model = models.Sequential([layers.Input((2,)), Doubling(name="mine"), layers.Dense(1)])
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        code = {"name": "evil", "function": ["4wEAAAA=", None, None]}
        config["config"]["layers"].append({"class_name": "Lambda", "config": code})
        config["config"]["layers"].append({"class_name": "Dense", "config": {"name": "odd", "units": -1}})
        file.attrs["model_config"] = json.dumps(config)
    seen = saving.inspect_model(tmp_path / "m.h5")
    assert [(layer.name, layer.what) for layer in seen.refused] == [
        ("mine", "Doubling"),
        ("evil", "Lambda"),
        ("odd", ""),
    ]
    assert "Python code" in seen.refused[1].refused
    assert "units" in seen.refused[2].refused


def test_many_layers_split_the_list_of_names(tmp_path: Path) -> None:
    """HDF5 keeps at most 64 KiB in one attribute."""
    names = [f"layer_{number}_{'x' * 1200}" for number in range(60)]
    model = models.Sequential([layers.Input((1,)), *(layers.Dense(1, name=name) for name in names)])
    stir(model)
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert "layer_names0" in file["model_weights"].attrs
    again = load_model(tmp_path / "m.h5")
    assert [layer.name for layer in again.layers] == names
    assert all(map(np.array_equal, again.get_weights(), model.get_weights()))
    keras.saving.load_model(tmp_path / "m.h5")


def test_equal_names_in_models_inside_one_another(tmp_path: Path) -> None:
    def chain(number: int) -> Any:
        return models.Sequential([layers.Input((2,)), layers.Dense(2, name="same")], name=f"chain_{number}")

    inner = models.Sequential([layers.Input((2,)), chain(0), chain(1)], name="inner")
    model = models.Sequential([layers.Input((2,)), inner])
    stir(model)
    model.save(tmp_path / "m.h5")
    assert_same_outputs(load_model(tmp_path / "m.h5"), model, samples(model))
    assert_same_outputs(keras.saving.load_model(tmp_path / "m.h5"), model, samples(model))


def test_half_precision_of_both_kinds(tmp_path: Path) -> None:
    for dtype in ("float16", "bfloat16"):
        model = models.Sequential([layers.Input((2,)), layers.Dense(2, dtype=dtype)])
        for ending in (".h5", ".keras"):
            model.save(tmp_path / f"m{ending}")
            again = load_model(tmp_path / f"m{ending}")
            assert again.weights[0].dtype == getattr(torch, dtype)
            assert torch.equal(again.weights[0], model.weights[0])


def test_by_hand_what_weights_of_a_frozen_model_look_like(tmp_path: Path) -> None:
    """Freezing a model changes the order in which its weights are listed; both ways it must be followed."""
    real, mine = theirs(three_deep), ours(three_deep)
    for model in (real, mine):
        model.layers[0].trainable = False
    stir(real)
    real.save(tmp_path / "m.h5")
    mine.load_weights(tmp_path / "m.h5")
    assert_same_outputs(mine, real, samples(mine))
    assert_same_outputs(load_model(tmp_path / "m.h5"), real, samples(mine))
