"""A layer's description follows from its signatures and docstring."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError
from runtime.layers import Layer, layer_spec
from runtime.layers.parameters import REQUIRED
from runtime.types import From, Implicit, Parts, Range, Shape, Size, Whole


class Described(Layer):
    """Does nothing, to be described.

    Some words more.

    Args:
        units: How many.
        mode: Which way,
            told on two lines.

    Call args:
        ids: (batch, steps).

    Source:
        A paper.
    """

    def __init__(
        self,
        units: Annotated[int, Range(min=1)],
        mode: Literal["sum", "mean"] = "sum",
        rate: Annotated[float, Range(0, 1)] = 0.5,
        kernel_size: Annotated[int | tuple[int, int], Size(2), Range(min=1)] = (3, 3),
        target: Shape | None = None,
        activation: Annotated[Any, From("activations")] = None,
        inner: Layer | None = None,
        flag: bool = True,
        factors: float | tuple[float, ...] = 1.0,
        shift: Annotated[float | tuple[float, float], Range(-1, 1)] = 0.5,
        limits: tuple[float, float] = (0, 255),
        parts: Sequence[Layer] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)

    def call(
        self,
        ids: Annotated[torch.Tensor, Whole()],
        others: list[torch.Tensor],
        extra: torch.Tensor | None = None,
        state: Annotated[list[torch.Tensor] | None, Parts(("hidden", "cell"))] = None,
        lengths: Annotated[torch.Tensor | None, Implicit()] = None,
        with_scores: bool = False,
        mask: Any = None,
        training: bool = False,
    ) -> torch.Tensor:
        return ids

    def compute_output_shape(self, ids_shape: Shape, others_shape: list[Shape]) -> Shape:
        return ids_shape


def test_parameters_have_kinds_bounds_and_texts() -> None:
    spec = layer_spec(Described)
    kinds = {param.name: param.kind for param in spec.params}
    assert kinds == {
        "units": "int",
        "mode": "choice",
        "rate": "float",
        "kernel_size": "size",
        "target": "shape",
        "activation": "registry",
        "inner": "layer",
        "flag": "bool",
        "factors": "floats",
        "shift": "bounds",
        "limits": "bounds",
        "parts": "layers",
    }
    units, mode = spec.params[0], spec.params[1]
    assert units.default is REQUIRED
    assert units.required
    assert units.range.min == 1
    assert mode.choices == ("sum", "mean")
    assert mode.help == "Which way, told on two lines."
    assert spec.param("kernel_size").axes == 2  # type: ignore[union-attr]
    assert (spec.param("shift").listed, spec.param("limits").listed) == (False, True)  # type: ignore[union-attr]
    assert "relu" in spec.param("activation").names  # type: ignore[union-attr]
    assert spec.summary == "Does nothing, to be described."
    assert spec.docstring.description == "Some words more."
    assert spec.docstring.source == "A paper."


def test_call_arguments_become_ports_and_settings() -> None:
    spec = layer_spec(Described)
    ports = [(port.name, port.optional, port.variadic, port.whole) for port in spec.inputs]
    assert ports == [
        ("ids", False, False, True),
        ("others", False, True, False),
        ("extra", True, False, False),
        ("hidden", True, False, False),
        ("cell", True, False, False),
    ]
    assert [setting.name for setting in spec.settings] == ["with_scores"]
    assert spec.call_arguments({"ids": 1, "others": [2, 3], "hidden": 4, "cell": 5}) == {
        "ids": 1,
        "others": [2, 3],
        "state": [4, 5],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("units", 0),
        ("units", 2.5),
        ("units", True),
        ("units", "8"),
        ("units", None),
        ("mode", "max"),
        ("rate", 1.5),
        ("kernel_size", (3, 3, 3)),
        ("kernel_size", 0),
        ("target", (2, "x")),
        ("activation", "rleu"),
        ("activation", {"class_name": "system", "config": {}}),
        ("inner", 3),
        ("flag", 1),
        ("factors", "1"),
        ("factors", [0.5, True]),
        ("shift", 2),
        ("shift", (0.1,)),
        ("shift", (0.1, 2)),
        ("shift", (0.1, 0.2, 0.3)),
        ("limits", 255),
        ("limits", "0-255"),
        ("parts", {"class_name": "Flatten", "config": {}}),
        ("parts", [3]),
    ],
)
def test_wrong_values_are_refused(name: str, value: Any) -> None:
    arguments = {"units": 4} | {name: value}
    with pytest.raises(ParameterError) as raised:
        Described(**arguments)
    assert raised.value.parameter == name
    assert repr(value) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel_size", 5),
        ("kernel_size", [5, 3]),
        ("rate", 1),
        ("target", [None, 3]),
        ("activation", torch.relu),
        ("factors", [0.5, 1]),
        ("shift", -1),
        ("shift", [-0.5, 1]),
        ("limits", [0, 1]),
        ("parts", [layers.Flatten(), {"layer": "Dense", "params": {"units": 2}}]),
    ],
)
def test_right_values_are_taken(name: str, value: Any) -> None:
    Described(**({"units": 4} | {name: value}))


def test_input_is_a_source_with_a_name_of_its_own() -> None:
    spec = layer_spec(layers.InputLayer)
    assert spec.is_source
    assert (spec.label, spec.constructor) == ("Input", "keras.Input")
    assert layer_spec(layers.Dense).constructor == "layers.Dense"
