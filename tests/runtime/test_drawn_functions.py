"""Activations, regularizers and constraints against the real Keras with drawn arguments and data."""

from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime import activations, constraints, regularizers
from tests.runtime import drawn

TABLE = {
    "axis": st.sampled_from([-1, 0, 1]),
    "softmax.axis": st.sampled_from([-1, 0, 1, None]),
    "log_softmax.axis": st.sampled_from([-1, 0, 1, None]),
    "MaxNorm.axis": st.sampled_from([0, -1, 1, [0, 1], (0, 2)]),
    "UnitNorm.axis": st.sampled_from([0, -1, 1, [0, 1], (0, 2)]),
    "MinMaxNorm.axis": st.sampled_from([0, -1, 1, [0, 1], (0, 2)]),
    "negative_slope": drawn.numbers(0, 1),
    "max_value": st.none() | drawn.numbers(0, 6),
    "MaxNorm.max_value": drawn.numbers(0, 3),
    "MinMaxNorm.max_value": drawn.numbers(0.5, 3),
    "threshold": drawn.numbers(-1, 1),
    "hard_shrink.threshold": drawn.numbers(0, 1),
    "soft_shrink.threshold": drawn.numbers(0, 1),
    "default_value": drawn.numbers(-3, 3),
    "alpha": drawn.numbers(0.1, 3),
    "b": drawn.numbers(0, 6),
    "factor": drawn.numbers(0, 2),
}
# Where functions bend, and where exponentials end.
SPECIAL = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 6.0, 20.0, -20.0, 100.0, -100.0]


@st.composite
def data(draw: st.DrawFn, axes: tuple[int, int] = (1, 4), zeros: bool = True) -> np.ndarray:
    """Numbers of any shape, some of them special, some of the vectors 0."""
    random = np.random.default_rng(draw(drawn.seeds))
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=axes[0], max_size=axes[1])))
    values = random.normal(size=shape) * draw(st.sampled_from([0.3, 1.0, 5.0]))
    if zeros and draw(st.booleans()):
        values[random.uniform(size=shape[0]) < 0.3] = 0
    return values.astype(draw(st.sampled_from(["float32", "float32", "float64"])))


def compare(ours: Any, theirs: Any, values: np.ndarray, rounding: float = 1e-6, **arguments: Any) -> None:
    """Both functions give the same values and gradients, those with as much rounding as is said."""
    mine, their = (torch.tensor(values, requires_grad=True) for _ in range(2))
    value, expected = ours(mine, **arguments), theirs(their, **arguments)
    drawn.same(value, expected)
    if expected.requires_grad:
        spread = torch.linspace(0.5, 1.5, max(expected.numel(), 1), dtype=expected.dtype).reshape(
            expected.shape
        )
        (value * spread).sum().backward()
        (expected * spread).sum().backward()
        drawn.same(mine.grad, their.grad, atol=rounding)


def fits(arguments: dict[str, Any], ndim: int) -> bool:
    axis = arguments.get("axis", 0)
    return all(-ndim <= one < ndim for one in (axis if isinstance(axis, list | tuple) else [axis or 0]))


@pytest.mark.filterwarnings("ignore:You are using a softmax")
@pytest.mark.parametrize("name", activations.registry.names())
@drawn.examples(20)
@given(given=st.data())
def test_drawn_activations_are_those_of_keras(name: str, given: st.DataObject) -> None:
    arguments = given.draw(drawn.arguments(getattr(activations, name), TABLE, ("x",)), "arguments")
    values = given.draw(data(), "x")
    assume(fits(arguments, values.ndim))
    if name == "glu":
        assume(values.shape[arguments.get("axis", -1)] % 2 == 0)
    compare(getattr(activations, name), getattr(keras.activations, name), values, **arguments)


@pytest.mark.parametrize("name", activations.registry.names())
def test_activations_bend_where_those_of_keras_do(name: str) -> None:
    arguments = {"threshold": {"threshold": 0.5, "default_value": 2.0}}.get(name, {})
    special = torch.tensor(SPECIAL)
    ours = getattr(activations, name)(special[:12], **arguments)
    drawn.same(ours, getattr(keras.activations, name)(special[:12], **arguments))


@pytest.mark.parametrize("name", regularizers.registry.names())
@drawn.examples(25)
@given(given=st.data())
def test_drawn_regularizers_are_those_of_keras(name: str, given: st.DataObject) -> None:
    arguments = given.draw(drawn.arguments(getattr(regularizers, name), TABLE), "arguments")
    # Of a vector of length 0 Keras's gradient is no number.
    orthogonal = name == "OrthogonalRegularizer"
    values = given.draw(data((2, 2), zeros=False) if orthogonal else data(), "weight")
    ours = getattr(regularizers, name)(**arguments)
    # Along a vector its gradient is 0 up to rounding, which a short vector makes larger by its length.
    lengths = np.linalg.norm(
        values, axis=(0 if arguments.get("mode") == "columns" else 1) if orthogonal else None
    )
    rounding = max(1e-6, 1e-7 / lengths.min()) if orthogonal else 1e-6
    compare(ours, getattr(keras.regularizers, name)(**arguments), values, rounding)


@pytest.mark.parametrize("name", constraints.registry.names())
@drawn.examples(25)
@given(given=st.data())
def test_drawn_constraints_are_those_of_keras(name: str, given: st.DataObject) -> None:
    arguments = given.draw(drawn.arguments(getattr(constraints, name), TABLE), "arguments")
    values = given.draw(data(), "weight")
    assume(fits(arguments, values.ndim))
    weight = torch.tensor(values)
    theirs = getattr(keras.constraints, name)(**arguments)(weight.clone())
    drawn.same(getattr(constraints, name)(**arguments)(weight), theirs)
