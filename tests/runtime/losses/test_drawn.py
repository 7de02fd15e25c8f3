"""Every loss against the real Keras with drawn arguments, data, weights and masks."""

from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime import losses
from runtime.registries import snake_case
from tests.runtime import drawn

# A single class is drawn too.
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore:You are using a softmax")

CLASSES = [
    name
    for name in losses.registry.names()
    if isinstance(losses.registry.lookup(name), type) and name != "LossFunctionWrapper"
]
FUNCTIONS = [name for name in losses.registry.names() if name == snake_case(name)]
TABLE = {
    "axis": st.sampled_from([-1, -1, -2, 0, 1]),
    "BinaryCrossentropy.axis": st.sampled_from([-1, -2, 1, (0, 1), [-2, -1]]),
    "Dice.axis": st.sampled_from([None, 0, -1, (0, 1), [-2, -1]]),
    "Tversky.axis": st.sampled_from([None, 0, -1, (0, 1), [-2, -1]]),
    "ignore_class": st.sampled_from([None, 0, 1, -1, 255]),
    "reduction": st.sampled_from(losses.base.REDUCTIONS),
    "gamma": drawn.numbers(0, 4),
    "Circle.gamma": drawn.numbers(0, 100),
    "label_smoothing": drawn.numbers(0, 1),
    "from_logits": st.booleans(),
    "apply_class_balancing": st.booleans(),
    "alpha": drawn.numbers(0, 1),
    **dict.fromkeys(
        ("CategoricalFocalCrossentropy.alpha", "categorical_focal_crossentropy.alpha"),
        drawn.numbers(0, 1) | st.lists(drawn.numbers(0, 1), min_size=3, max_size=3),
    ),
    "beta": drawn.numbers(0, 2),
    "delta": drawn.numbers(0.05, 3),
    "q": drawn.numbers(0.01, 0.99),
}
# Classes lie on the axis that the loss is told.
OF_CLASSES = ("categorical", "sparse")
# Values to a power or through a logarithm grow rounding errors that the common tolerance does not allow for.
LOOSER = {
    "ctc": ({"rtol": 1e-4, "atol": 1e-5}, "sums of logarithms over all alignments, in another order"),
    "circle": ({"rtol": 1e-4, "atol": 1e-5}, "gamma up to 100 multiplies the rounding of the distances"),
}


@st.composite
def labelled(draw: st.DrawFn, name: str, arguments: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Labels and predictions of the form that a loss takes."""
    random = np.random.default_rng(draw(drawn.seeds))
    listed = isinstance(arguments.get("alpha"), list)
    classes = 3 if listed else draw(st.integers(2, 5))
    shape = (draw(st.integers(1, 6)), *draw(st.lists(st.integers(1, 4), max_size=2)), classes)
    scores = random.normal(size=shape) * draw(st.sampled_from([0.1, 1.0, 5.0]))
    if name in ("ctc", "circle"):
        return _special(draw, random, name, shape)
    axis = arguments.get("axis", -1)
    if isinstance(axis, int):
        assume(-len(shape) <= axis < len(shape))
    predicted = scores
    if name.startswith(OF_CLASSES):
        if not arguments.get("from_logits") and name != "categorical_hinge":
            predicted = drawn.soft(scores, axis)
        ids = random.integers(0, shape[axis], size=np.delete(shape, axis))
        if "generalized" in name or name.startswith("sparse"):
            if (ignored := arguments.get("ignore_class")) is not None:
                ids = np.where(random.uniform(size=ids.shape) < 0.3, ignored, ids)
            # Keras's generalized crossentropy takes a column for another axis of samples.
            if ids.ndim == 1 and name.startswith("sparse") and draw(st.booleans()):
                ids = np.expand_dims(ids, axis)
            return ids.astype(draw(st.sampled_from(["int64", "int32", "float32"]))), _as(draw, predicted)
        one_hot = np.moveaxis(np.eye(shape[axis])[ids], -1, axis)
        return one_hot.astype(draw(st.sampled_from(["int32", "float32", "bool"]))), _as(draw, predicted)
    if name.startswith("binary") or name in ("dice", "tversky"):
        predicted = scores if arguments.get("from_logits") else 1 / (1 + np.exp(-scores))
        kind = draw(st.sampled_from(["int32", "int64", "float32", "bool"]))
        return random.integers(0, 2, size=shape).astype(kind), _as(draw, predicted)
    if "hinge" in name:
        low = draw(st.sampled_from([0, -1]))
        return random.choice([low, 1], size=shape), _as(draw, predicted)
    return _measured(draw, random, name, predicted)


def _measured(
    draw: st.DrawFn, random: np.random.Generator, name: str, predicted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the range that a loss takes."""
    true = random.normal(size=predicted.shape)
    if name in ("poisson", "kl_divergence", "mean_squared_logarithmic_error"):
        true, predicted = np.abs(true), np.abs(predicted)
        predicted = drawn.soft(predicted) if name == "kl_divergence" else predicted
    if name == "cosine_similarity":
        # The gradient is divided by the length: near 0 there is nothing left of its digits.
        predicted = predicted + np.copysign(0.5, predicted)
    if draw(st.integers(0, 4)) == 0:
        true[..., 0] = 0
    return true.astype("float32"), _as(draw, predicted)


def _special(
    draw: st.DrawFn, random: np.random.Generator, name: str, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Texts with the steps they may lie on; groups with vectors."""
    if name == "circle":
        vectors = random.normal(size=(shape[0], shape[-1]))
        return random.integers(0, 3, size=shape[0]), _unit(vectors).astype("float32")
    steps = draw(st.integers(1, 6))
    labels = random.integers(0, shape[-1], size=(shape[0], draw(st.integers(1, steps))))
    # 0 stands for no symbol, and fills up the end.
    return -np.sort(-labels, -1), random.normal(size=(shape[0], steps, shape[-1])).astype("float32")


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _as(draw: st.DrawFn, values: np.ndarray) -> np.ndarray:
    return values.astype(draw(st.sampled_from(["float32", "float32", "float64"])))


def tolerance(name: str) -> dict[str, float]:
    return LOOSER.get(name, ({}, ""))[0]


def weights(draw: st.DrawFn, shape: tuple[int, ...], masked: bool) -> np.ndarray | None:
    """Weights for each value, some of them 0; for values of samples also one column."""
    # Keras cannot put one weight for all and a mask together.
    kind = draw(st.sampled_from(["none", "each", "column", *([] if masked else ["one"])]))
    random = np.random.default_rng(draw(drawn.seeds))
    if kind == "none" or not shape:
        return None
    weight = random.integers(0, 4, size=shape).astype(draw(st.sampled_from(["float32", "int64"])))
    if kind == "column" and len(shape) == 1:
        return weight[:, None]
    return np.float32(0.5) if kind == "one" else weight


@pytest.mark.parametrize("name", CLASSES)
@drawn.examples(25)
@given(data=st.data())
def test_drawn_losses_are_those_of_keras(name: str, data: st.DataObject) -> None:
    arguments = data.draw(drawn.arguments(getattr(losses, name), TABLE), "arguments")
    y_true, y_pred = data.draw(labelled(snake_case(name), arguments), "labels and predictions")
    ours, theirs = getattr(losses, name)(**arguments), getattr(keras.losses, name)(**arguments)
    plain = getattr(losses, name)(**{**arguments, "reduction": None})
    values = plain(y_true, y_pred)
    mine, their = (torch.tensor(y_pred, requires_grad=True) for _ in range(2))
    mask = None
    if values.ndim and data.draw(st.booleans(), "masked"):
        chance = torch.Generator().manual_seed(data.draw(drawn.seeds))
        mask = torch.rand(values.shape, generator=chance) > 0.4
        keras.src.backend.set_keras_mask(their, mask)
    own_mask = plain.value_mask(torch.as_tensor(y_true), values)
    weight = weights(data.draw, tuple(values.shape), mask is not None or own_mask is not None)
    value = ours(y_true, mine, sample_weight=weight, mask=mask)
    expected = theirs(torch.as_tensor(y_true), their, sample_weight=weight)
    drawn.same(value, expected, **tolerance(snake_case(name)))
    spread = torch.linspace(0.5, 1.5, max(value.numel(), 1)).reshape(value.shape)
    (value * spread).sum().backward()
    _, error = drawn.outcome((expected * spread).sum().backward)
    if error is None:
        drawn.same(mine.grad, their.grad, **tolerance(snake_case(name)))
    else:
        # Keras hands torch's function pictures in a memory order that it cannot go back through.
        assert "must be contiguous" in str(error)
        assert y_pred.ndim == 4


@pytest.mark.parametrize("name", FUNCTIONS)
@drawn.examples(8)
@given(data=st.data())
def test_drawn_functions_are_those_of_keras(name: str, data: st.DataObject) -> None:
    function = getattr(losses, name)
    strategy = drawn.arguments(
        function, TABLE, ("y_true", "y_pred", "ref_labels", "ref_embeddings", "remove_diagonal", "margin")
    )
    arguments = data.draw(strategy, "arguments")
    y_true, y_pred = data.draw(labelled(name, arguments), "labels and predictions")
    theirs = getattr(keras.losses, name)(torch.as_tensor(y_true), torch.as_tensor(y_pred), **arguments)
    drawn.same(function(y_true, y_pred, **arguments), theirs, **tolerance(name))
