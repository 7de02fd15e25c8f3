"""The summary is, character for character, the one the real Keras prints."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras
import pytest

import runtime.layers as our_layers
import runtime.models as our_models
from runtime.errors import ParameterError
from runtime.models.text_table import Column, draw_table
from runtime.naming import clear_session


def chain(layers: ModuleType, models: Any) -> Any:
    return models.Sequential(
        [layers.Input((4,)), layers.Dense(30, activation="relu"), layers.Dense(3, name="answer")],
        name="chain",
    )


def without_input(layers: ModuleType, models: Any) -> Any:
    return models.Sequential([layers.Dense(3), layers.Dense(2)], name="unbuilt")


def branches(layers: ModuleType, models: Any) -> Any:
    left, right = layers.Input((3,), name="left"), layers.Input((5,), name="right")
    shared = layers.Dense(4, name="shared")
    joined = layers.Concatenate()(
        [shared(shared(layers.Dense(4)(left))), layers.Dense(4, use_bias=False)(right)]
    )
    return models.Model([left, right], [layers.Dense(1)(joined), layers.Dense(2)(joined)], name="branches")


def nested(layers: ModuleType, models: Any) -> Any:
    inner = models.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(4)], name="an_inner_model")
    inner.trainable = False
    start = layers.Input((4,))
    graph = models.Model(start, layers.Dense(4)(inner(start)), name="graph")
    outer = layers.Input((4,))
    return models.Model(outer, layers.Add()([graph(outer), inner(outer)]), name="outer")


def long_names(layers: ModuleType, models: Any) -> Any:
    start = layers.Input((6, 2))
    steps, *states = layers.LSTM(5, return_state=True, name="a_very_long_name_for_a_recurrent_layer")(start)
    return models.Model(start, [layers.Dense(1000)(steps), *states])


BUILDERS: list[Callable[[ModuleType, Any], Any]] = [chain, without_input, branches, nested, long_names]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"line_length": 100},
    {"show_trainable": True, "expand_nested": True},
    {"line_length": 66, "expand_nested": True},
]


def text_of(model: Any, **options: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_as_keras_prints_it(
    build: Callable[[ModuleType, Any], Any], options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "130")
    keras.utils.clear_session()
    clear_session()
    assert text_of(build(our_layers, our_models), **options) == text_of(
        build(keras.layers, keras.models), **options
    )


def test_a_range_of_layers() -> None:
    model = chain(our_layers, our_models)
    assert "answer" not in text_of(model, layer_range=["dense", "dense"])
    assert "dense" in text_of(model, layer_range=["dense.*", "dense.*"])
    with pytest.raises(ParameterError, match="names layers that are not there"):
        text_of(model, layer_range=["dense", "nowhere"])


def test_goes_to_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    chain(our_layers, our_models).summary()
    shown = capsys.readouterr().out
    assert "Total params: 243 (972.00 B)" in shown


def test_a_word_longer_than_its_column_ends_in_dots() -> None:
    lines = draw_table([Column("a", 8), Column("b", 4, "center")], [["0123456789abc", "x"]], 16)
    assert [line for line in lines if "│" in line] == ["│ 01234… │  x  │"]


def test_a_line_too_short_for_a_table_is_refused() -> None:
    with pytest.raises(ParameterError, match="does not fit"):
        text_of(chain(our_layers, our_models), line_length=8)
