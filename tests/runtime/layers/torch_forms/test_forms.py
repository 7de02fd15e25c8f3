"""Each layer of the palette in PyTorch, with all parameters other than their defaults."""

import inspect
from typing import Any

import numpy as np
import pytest
import torch

from graph_compiler.codegen.pytorch.module import RESERVED, Module, Statement
from graph_compiler.codegen.pytorch.program import LOADER, class_code
from runtime import layers
from runtime.errors import ExportError, ParameterError, ShapeError
from runtime.layers import Layer, layer_spec, registry
from runtime.layers.torch_forms import Call, ModuleText, Value, form_of, reason_against
from tests.graph_compiler.codegen.torch_runs import Runs
from tests.runtime.layers.samples import sample_inputs, sample_shapes, tries

IMPORTS = """
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
"""
REFUSED = {
    "ContrastLimitedAdaptiveHistogramEqualization",
    "GRUCell",
    "HashedCrossing",
    "Hashing",
    "InputLayer",
    "IntegerLookup",
    "LSTMCell",
    "MaxNumBoundingBoxes",
    "Pipeline",
    "SimpleRNNCell",
    "StackedRNNCells",
    "StringLookup",
    "TextVectorization",
}
"""The layers that have no form; the reasons stand in `torch_forms/refused.py`."""


def palette() -> list[str]:
    return [name for name in registry.names() if layer_spec(name).group and name not in REFUSED]


def test_every_layer_has_a_form_or_a_reason_against_it():
    refused = {name: reason_against(registry.lookup(name)) for name in registry.names()}  # type: ignore[arg-type]
    assert {name for name, reason in refused.items() if reason} == REFUSED
    assert "nobody has said how" not in refused.values()


def written(layer: Layer, given: dict[str, Any]) -> tuple[str, ModuleText, list[Any]]:
    """A module that has just this layer, and the arrays that go in."""
    text, arrays, inputs = ModuleText(variables=set(RESERVED)), [], {}
    for port, value in given.items():
        inputs[port] = []
        for array in value if isinstance(value, list) else [value]:
            inputs[port].append(Value(f"x{len(arrays)}", (None, *array.shape[1:]), str(array.dtype)))
            arrays.append(array)
    call = Call(text, layer, "layer", inputs)
    call.write_layer()
    outputs = [f"{value.code}.movedim(1, -1)" if value.first else value.code for value in call.outputs]
    arguments = [f"x{place}" for place in range(len(arrays))]
    module = Module(text, arguments, [Statement(code) for code in text.forward], outputs)
    return "\n\n\n".join([IMPORTS, *text.pieces.values(), class_code("Alone", module), LOADER]), text, arrays


def add_case(runs: Runs, name: str, arguments: dict[str, Any]) -> None:
    """A layer by itself, and what it computes."""
    torch.manual_seed(0)
    layer: Any = registry.lookup(name)(**arguments)
    spec = layer_spec(type(layer))
    shapes = sample_shapes(layer)
    by_argument = sample_inputs(layer, shapes)
    layer.build_from_shapes(shapes)
    with torch.no_grad():
        for weight in layer.weights:
            if weight.is_floating_point():
                weight.add_(torch.rand_like(weight) * 0.1)
    given = {
        port.name: by_argument[port.argument] if port.part is None else by_argument[port.argument][port.part]
        for port in spec.inputs
        if port.name in shapes
    }
    flag = {"training": False} if "training" in inspect.signature(layer.call).parameters else {}
    with torch.no_grad():
        outputs = layer(**by_argument, **flag)
    code, text, arrays = written(layer, given)
    weights = {key: tensor.detach().numpy() for key, tensor in text.arrays.items()}
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    runs.add(name, code, "Alone", weights, arrays, [tensor.detach().numpy() for tensor in outputs])


def test_layers_compute_the_same_in_pytorch(tmp_path):
    runs, left_out = Runs(tmp_path), set()
    for name in palette():
        required = {param.name for param in layer_spec(name).params if param.required}
        for place, arguments in enumerate(tries(name)):
            add_case(runs, name, arguments)
            runs.cases[-1] = (f"{name} {place}", *runs.cases[-1][1:])
        # The same with defaults: other forms are taken where nothing is out of the ordinary.
        plain = {key: value for key, value in tries(name)[0].items() if key in required}
        try:
            add_case(runs, name, plain)
        except (AssertionError, ParameterError, ShapeError):
            left_out.add(name)
    assert left_out == NOT_PLAIN
    found = runs.differences()
    assert {name: one for name, one in found.items() if one[0] or one[1] > 1e-5} == {}
    assert len(found) > 2 * len(palette()) - len(NOT_PLAIN) - 1


NOT_PLAIN = {"CategoryEncoding", "Concatenate", "Discretization", "GroupNormalization", "MelSpectrogram"}
"""Layers that want more than their required parameters for the shapes of their samples."""


class Doubled(layers.Dense):
    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Twice what the layer computes."""
        return 2 * super().call(inputs)


class Tripled(layers.Dense):
    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Three times what the layer computes."""
        return 3 * super().call(inputs)

    def torch_code(self, call: Call) -> None:
        """Three times the input."""
        call.give(f"3 * {call.last()}")


class Renamed(layers.Dense):
    """Computes what its base does."""


def test_a_layer_that_computes_something_else_has_no_part_in_its_bases_form():
    assert form_of(Renamed) is form_of(layers.Dense)
    assert form_of(Doubled) is None
    layer = Doubled(3)
    layer.build_from_shapes({"inputs": (None, 2)})
    with pytest.raises(ExportError, match="nobody has said how"):
        written(layer, {"inputs": np.zeros((1, 2), "float32")})


def test_a_layer_says_its_own_form():
    layer = Tripled(3)
    layer.build_from_shapes({"inputs": (None, 2)})
    code, _, _ = written(layer, {"inputs": np.zeros((1, 2), "float32")})
    assert "return 3 * x0" in code
