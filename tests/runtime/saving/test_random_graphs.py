"""Random models survive save → load → save: the same texts, weights, predictions and training bit for bit.

The real Keras predicts the same from the files, and has the same gradients.
"""

import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import torch
from hypothesis import given

import runtime
from runtime import layers
from runtime.models import load_model, model_from_json
from runtime.naming import clear_session
from tests.runtime.drawn import examples, seeds
from tests.runtime.saving.random_graphs import Graph
from tests.runtime.saving.zoo import outputs, samples, stir

# The real Keras tells that models inside of models lose masks.
pytestmark = pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask:UserWarning")


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
    read: Any = keras.saving.load_model(tmp_path / "m.keras")
    assert [layer.name for layer in read.layers] == [layer.name for layer in model.layers]
    for other in (real, read):
        for one, two in zip(predictions(model), predictions(other), strict=True):
            scale = max(1.0, float(abs(two).max()))
            np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4 * scale)


def _trained(model: Any, steps: int) -> None:
    """Steps towards numbers that follow from nothing but the place of the output."""
    targets = [np.full((3, 2), 0.1 * place, "float32") for place in range(len(model.outputs))]
    named = dict(zip(model.output_names, targets, strict=True))
    given = named if isinstance(model.output, dict) else targets if len(targets) > 1 else targets[0]
    for _ in range(steps):
        model.train_on_batch(samples(model), given)


def _state(model: Any) -> list[Any]:
    return [tensor.detach().numpy() for _, tensor in model.optimizer.variables]


@given(seed=seeds)
@examples(6)
def test_training_goes_on_bit_for_bit(tmp_path: Path, seed: int) -> None:
    clear_session()
    graph = Graph(seed, runtime, Scaled)
    model = graph.model()
    stir(model)
    if not model.compiled:
        model.compile(**graph.settings())
    _trained(model, 1)
    for ending in (".h5", ".keras"):
        first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
        model.save(first)
        load_model(first).save(second)
        assert texts(first) == texts(second)
        again = load_model(second)
        for _ in range(2):
            same_bits(_state(model), _state(again))
            same_bits(model.get_weights(), again.get_weights())
            _trained(model, 1)
            _trained(again, 1)


def _gradients(model: Any, arrays: list[Any], weights: list[Any]) -> list[Any]:
    """Of all outputs, each number weighed otherwise, with respect to inputs of numbers and to weights."""
    inputs = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    found = model(inputs if len(inputs) > 1 else inputs[0])
    found = list(found.values()) if isinstance(found, dict) else found
    ends = found if isinstance(found, list | tuple) else [found]
    total: Any = sum((end * torch.linspace(0.5, 1.5, end.numel()).reshape(end.shape)).sum() for end in ends)
    wanted = [tensor for tensor in inputs if tensor.requires_grad] + weights
    return list(torch.autograd.grad(total, wanted, allow_unused=True))


@given(seed=seeds)
@examples(8)
def test_gradients_are_those_of_the_real_keras(seed: int) -> None:
    """1e-4 of the largest number of each gradient, or of 1, as many steps add up."""
    clear_session()
    model, real = Graph(seed, runtime).model(), Graph(seed, keras).model()
    stir(model)
    real.set_weights(model.get_weights())
    arrays = samples(model)
    arrays = arrays if isinstance(arrays, list) else [arrays]
    mine = _gradients(model, arrays, list(model.trainable_weights))
    theirs = _gradients(real, arrays, [weight.value for weight in real.trainable_weights])
    assert len(mine) == len(theirs)
    assert any(gradient is not None for gradient in mine)
    for one, two in zip(mine, theirs, strict=True):
        assert (one is None) == (two is None)
        if two is not None:
            scale = max(1.0, float(two.abs().max()))
            np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4 * scale)
