"""What tests of exported files share: models to export, and onnxruntime to run them."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch

from runtime import Model
from runtime.data.nested import flatten
from runtime.layers import Input, layer_spec, registry
from runtime.naming import clear_session
from tests.runtime.layers.samples import sample_shapes, tries

EVERYTHING = bool(os.environ.get("EXPORT_ALL"))
"""Each model costs a second: a run tries some of them, with EXPORT_ALL=1 all."""


def run(path: Path, arrays: list[Any]) -> list[Any]:
    """What onnxruntime makes of some inputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    return [np.asarray(one) for one in session.run(None, dict(zip(names, arrays, strict=True)))]


def predicted(model: Any, arrays: list[Any], structure: Any = None) -> list[Any]:
    """What the model makes of them."""
    inputs = [torch.as_tensor(array) for array in arrays]
    with torch.no_grad():
        found = model(
            structure(inputs) if structure else inputs if len(inputs) > 1 else inputs[0], training=False
        )
    return [one.numpy() for one in flatten(found)]


def assert_close(found: list[Any], wanted: list[Any], tolerance: float = 1e-5) -> None:
    """Each output differs by no more than that part of its largest number."""
    assert len(found) == len(wanted)
    for got, want in zip(found, wanted, strict=True):
        assert got.shape == want.shape
        assert got.dtype == want.dtype
        assert np.abs(got.astype(float) - want).max() <= tolerance * np.abs(want).max()


def random_inputs(model: Any, batch: int, other: int = 6, ids: int = 9, seed: int = 11) -> list[Any]:
    """Numbers for the inputs of a functional model: rows of ids end in zeros."""
    random = np.random.default_rng(seed)
    arrays: list[Any] = []
    for tensor in model.inputs:
        shape = (batch, *(other if size is None else size for size in tensor.shape[1:]))
        if "int" in str(tensor.dtype):
            array = random.integers(0, ids, shape).astype(tensor.dtype)
            array[:, -1] = 0
        else:
            array = random.normal(size=shape).astype(tensor.dtype)
        arrays.append(array)
    return arrays


def layer_model(name: str, place: int) -> Any:
    """A model of one layer, with the arguments of the layer contract."""
    clear_session()
    torch.manual_seed(0)
    arguments = tries(name)[place]
    if arguments.get("stateful"):
        # Refused, which a test of its own looks at.
        arguments["stateful"] = False
    layer = registry.lookup(name)(**arguments)
    spec = layer_spec(type(layer))
    whole = {port.name: port.whole for port in spec.inputs}
    inputs: list[Any] = []

    def wire(shape: tuple[int, ...], name: str) -> Any:
        inputs.append(Input(shape[1:], dtype="int32" if whole[name] else "float32"))
        return inputs[-1]

    ports = {
        name: [wire(one, name) for one in shape] if isinstance(shape, list) else wire(shape, name)
        for name, shape in sample_shapes(layer).items()
    }
    return Model(inputs, layer(**spec.call_arguments(ports)))
