"""Random models survive save → load → save: the same texts, and weights and predictions bit for bit."""

import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import torch
from hypothesis import given

import runtime
from runtime import layers
from runtime.models import load_model, model_from_json
from runtime.naming import clear_session
from tests.runtime.drawn import examples, seeds
from tests.runtime.saving.random_graphs import Graph
from tests.runtime.saving.zoo import outputs, samples, stir


@runtime.saving.register_keras_serializable(package="graphs")
class Scaled(layers.Layer):
    """A layer of the program's own."""

    def __init__(self, times: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.times = times

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs * self.times

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def texts(path: Path) -> list[Any]:
    """What a file says of the model and of its training, byte for byte."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            return [archive.read("config.json")]
    with h5py.File(path) as file:
        return [file.attrs.get(name) for name in ("model_config", "training_config")]


def same_bits(one: Any, other: Any) -> None:
    assert len(one) == len(other)
    for mine, again in zip(one, other, strict=True):
        assert mine.dtype == again.dtype
        assert mine.shape == again.shape
        assert mine.tobytes() == again.tobytes()


def predictions(model: Any) -> list[Any]:
    with np.errstate(all="ignore"):
        return outputs(model, samples(model))


@given(seed=seeds)
@examples(20)
def test_save_load_save(tmp_path: Path, seed: int) -> None:
    clear_session()
    model = Graph(seed, runtime, Scaled).model()
    stir(model)
    for ending in (".h5", ".keras"):
        first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
        model.save(first)
        again = load_model(first)
        again.save(second)
        assert texts(first) == texts(second)
        same_bits(model.get_weights(), again.get_weights())
        same_bits(predictions(model), predictions(again))
    for ending in (".h5", ".weights.h5"):
        model.save_weights(tmp_path / f"weights{ending}")
        fresh = model_from_json(model.to_json())
        fresh.load_weights(tmp_path / f"weights{ending}")
        same_bits(model.get_weights(), fresh.get_weights())
        assert fresh.to_json() == model.to_json()


@given(seed=seeds)
@examples(6)
def test_the_real_keras_predicts_the_same(tmp_path: Path, seed: int) -> None:
    """Built there, and read there from our file; 1e-4 of the largest number, as many steps add up."""
    clear_session()
    model, real = Graph(seed, runtime).model(), Graph(seed, keras).model()
    stir(model)
    real.set_weights(model.get_weights())
    model.save(tmp_path / "m.keras", include_optimizer=False)
    read = keras.saving.load_model(tmp_path / "m.keras")
    assert [layer.name for layer in read.layers] == [layer.name for layer in model.layers]
    for other in (real, read):
        for one, two in zip(predictions(model), predictions(other), strict=True):
            scale = max(1.0, float(abs(two).max()))
            np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4 * scale)
