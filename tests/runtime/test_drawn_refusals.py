"""What the real Keras refuses with a ValueError, the families refuse in words of their own."""

import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from runtime import constraints, initializers, losses, metrics, optimizers, regularizers
from runtime.optimizers import schedules
from tests.runtime import drawn

pytestmark = pytest.mark.filterwarnings("ignore")

FAMILIES = {
    "losses": (losses, keras.losses),
    "metrics": (metrics, keras.metrics),
    "optimizers": (optimizers, keras.optimizers),
    "schedules": (schedules, keras.optimizers.schedules),
    "regularizers": (regularizers, keras.regularizers),
    "constraints": (constraints, keras.constraints),
    "initializers": (initializers, keras.initializers),
}
MEMBERS = [
    (family, name)
    for family, (ours, _) in FAMILIES.items()
    for name in ours.registry.names()
    if isinstance(ours.registry.lookup(name), type)
    and name not in ("LossFunctionWrapper", "MeanMetricWrapper")
]
# Any name will do, a rate may be a whole number, and 0 stands for no.
KINDER = ("name", "learning_rate", "periodic")
ODD: list[Any] = [
    -1,
    0,
    1,
    2,
    0.5,
    1.5,
    -0.5,
    float("nan"),
    float("inf"),
    "none such",
    "",
    [],
    [2.0],
    [-1],
]
NEEDED = {
    "num_classes": 3,
    "target_class_ids": [0],
    "specificity": 0.5,
    "sensitivity": 0.5,
    "recall": 0.5,
    "precision": 0.5,
    "initial_learning_rate": 0.1,
    "decay_steps": 5,
    "first_decay_steps": 5,
    "decay_rate": 0.5,
    "boundaries": [2],
    "values": [0.1, 0.2],
}


def use(family: str, library: Any, name: str, arguments: dict[str, Any]) -> Callable[[], Any]:
    """Makes a member, and uses it once where that shows what its arguments are worth."""

    def used() -> Any:
        made = getattr(library, name)(**arguments)
        if family == "initializers":
            made((16, 1, 9) if name == "STFT" else (4, 4))
        if family == "schedules":
            made(3)
        return made

    return used


@pytest.mark.parametrize(("family", "name"), MEMBERS, ids=str)
@drawn.examples(12)
@given(data=st.data())
def test_arguments_keras_refuses_are_refused(family: str, name: str, data: st.DataObject) -> None:
    ours, theirs = FAMILIES[family]
    signature = inspect.signature(getattr(ours, name)).parameters
    names = [one for one, parameter in signature.items() if parameter.kind is not parameter.VAR_KEYWORD]
    needed = {one: NEEDED[one] for one in names if signature[one].default is signature[one].empty}
    names = [one for one in names if one not in KINDER]
    name_of_odd = data.draw(st.sampled_from([*names, "none_such"]), "argument")
    odd = data.draw(st.sampled_from(ODD), "value")
    if name_of_odd in signature and drawn.values_of(signature[name_of_odd].annotation) is not None:
        # Where Keras insists on a float, a whole number will do here.
        odd = float(odd) if type(odd) is int and "float" in str(signature[name_of_odd].annotation) else odd
    arguments = {**needed, name_of_odd: odd}
    drawn.same_refusal(use(family, ours, name, arguments), use(family, theirs, name, arguments))


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
LOSSES = [name for family, name in MEMBERS if family == "losses"]


@pytest.mark.parametrize("name", LOSSES)
@drawn.examples(15)
@given(data=st.data())
def test_shapes_keras_refuses_are_refused(name: str, data: st.DataObject) -> None:
    true, predicted = data.draw(SHAPES, "labels"), data.draw(SHAPES, "predictions")
    kind = data.draw(st.sampled_from([torch.float32, torch.int64]), "dtype")
    y_true = torch.as_tensor(np.zeros(true), dtype=kind)
    y_pred = torch.as_tensor(np.full(predicted, 0.5), dtype=torch.float32)
    drawn.same_refusal(
        lambda: getattr(losses, name)()(y_true, y_pred), lambda: getattr(keras.losses, name)()(y_true, y_pred)
    )


COMPARING = [name for family, name in MEMBERS if family == "metrics" and name not in ("Mean", "Sum")]


@pytest.mark.parametrize("name", COMPARING)
@drawn.examples(10)
@given(data=st.data())
def test_shapes_keras_refuses_are_refused_by_metrics(name: str, data: st.DataObject) -> None:
    true, predicted = data.draw(SHAPES, "labels"), data.draw(SHAPES, "predictions")
    y_true, y_pred = torch.zeros(true), torch.full(predicted, 0.5)
    needed = {
        one: NEEDED[one]
        for one, parameter in inspect.signature(getattr(metrics, name)).parameters.items()
        if parameter.default is parameter.empty
    }
    ours, theirs = (getattr(library, name)(**needed) for library in (metrics, keras.metrics))
    drawn.same_refusal(lambda: ours.update_state(y_true, y_pred), lambda: theirs.update_state(y_true, y_pred))
