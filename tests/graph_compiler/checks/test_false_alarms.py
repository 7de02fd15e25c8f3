"""Designs that look like a mistake at a careless look, and are none."""

from typing import Any

import pytest

from graph_compiler import analyze
from graph_compiler.checks.endings import is_of_classes, wants_class_numbers
from graph_compiler.data_facts import DataFacts
from runtime.losses import Loss, as_loss, registry
from runtime.registries import snake_case
from tests.graph_compiler.checks.examples import IRIS, ending
from tests.graph_compiler.designs import Sketch

MEASURED = {
    "cosine_similarity",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
}
LOSSES = sorted({snake_case(name) for name in registry.names()} - {"loss_function_wrapper"})


def codes(sketch: Sketch, data: DataFacts | None = None) -> set[str]:
    return {finding.code for finding in analyze(sketch.document, data).findings}


@pytest.mark.parametrize("loss", LOSSES)
def test_accuracy_goes_with_all_losses_but_those_of_measurements(loss: str) -> None:
    sketch = Sketch().add("InputLayer", "picture", shape=[8, 8, 3])
    sketch.add("Conv2D", "edges", "picture", filters=4, kernel_size=3, activation="relu")
    sketch.add("Conv2D", "areas", "edges", filters=2, kernel_size=3, activation="softmax")
    assert ("NN412" in codes(sketch.compiled(loss, metrics=("accuracy",)))) == (loss in MEASURED)


def test_losses_from_logits_are_of_classes() -> None:
    made = [as_loss(name) for name in LOSSES]
    fused = [loss.from_logits_form() for loss in made if isinstance(loss, Loss) and loss.fuses_with]
    assert len(fused) >= 3
    assert all(is_of_classes(loss) for loss in fused)


def test_some_losses_want_class_numbers() -> None:
    assert {name for name in LOSSES if wants_class_numbers(as_loss(name))} == {
        "categorical_generalized_cross_entropy",
        "circle",
        "sparse_categorical_crossentropy",
    }


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"])
def test_class_numbers_go_with_one_value_a_class(loss: str) -> None:
    assert codes(ending(3, "softmax", loss), IRIS) == set()
    assert codes(ending(5, "softmax", loss), IRIS) == {"NN425"}


def test_places_of_samples_may_have_any_number_of_values() -> None:
    assert codes(ending(16, None, "circle"), IRIS) == set()


def pair(layer: str, **params: Any) -> Sketch:
    """Two inputs, the same layer on both, and nothing behind it."""
    sketch = Sketch().add("InputLayer", "left", shape=[4]).add("InputLayer", "right", shape=[4])
    sketch.add(layer, "tower", "left", **params).add(layer, "tower_1", "right", shares="tower")
    return sketch.compiled("mse", metrics=())


def test_a_further_call_of_a_layer_that_learns_is_no_dead_end() -> None:
    assert "NN115" not in codes(pair("LayerNormalization"))
    assert "NN115" in codes(pair("Reshape", target_shape=[2, 2]))


def test_a_further_call_of_a_layer_that_learns_comes_behind_what_disturbs() -> None:
    sketch = Sketch().add("InputLayer", "left", shape=[4]).add("InputLayer", "right", shape=[4])
    sketch.add("Dropout", "noise", "left", rate=0.5).add("Dropout", "noise_1", "right", rate=0.5)
    sketch.add("Dense", "tower", "noise", units=3).add("Dense", "tower_1", "noise_1", shares="tower")
    sketch.compiled("mse", metrics=())
    assert "NN116" not in codes(sketch)
    assert "NN116" in codes(sketch.add("Dropout", "late", "tower_1", rate=0.5))


def texts() -> Sketch:
    sketch = Sketch().add("InputLayer", "words", shape=[6], dtype="int32")
    return sketch.add("Embedding", "lookup", "words", input_dim=9, output_dim=2, mask_zero=True)


def read(**params: Any) -> dict[str, Any]:
    return {"layer": "LSTM", "params": {"units": 8, **params}}


def decoded(sketch: Sketch) -> Sketch:
    """What was read as a whole is told again, step by step."""
    return sketch.add("RepeatVector", "again", "reader", n=4).add("LSTM", "teller", "again", units=8)


def test_a_mask_ends_where_steps_are_read_into_one() -> None:
    assert "NN206" not in codes(decoded(texts().add("LSTM", "reader", "lookup", units=8)))
    assert "NN206" not in codes(decoded(texts().add("Bidirectional", "reader", "lookup", layer=read())))


@pytest.mark.parametrize(
    ("layer", "params"),
    [
        ("LSTM", {"units": 8, "return_sequences": True}),
        ("Bidirectional", {"layer": read(return_sequences=True)}),
        ("TimeDistributed", {"layer": {"layer": "Dense", "params": {"units": 2}}}),
    ],
)
def test_a_mask_goes_on_with_the_steps(layer: str, params: dict[str, Any]) -> None:
    assert "NN206" in codes(texts().add(layer, "reader", "lookup", **params).add("Flatten", "row", "reader"))
