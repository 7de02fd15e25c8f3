"""Files that claim too much, in size, number or depth, or hold the wrong kinds of values."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime.errors import FileFormatError, LayerloomError
from runtime.models import load_model, model_from_json
from tests.runtime.saving.hostile import config_of, write
from tests.runtime.saving.zoo import nested, perceptron

pytestmark = pytest.mark.usefixtures("is_quick_and_modest")

BOMBS: dict[str, dict[str, Any]] = {
    "units": {"class_name": "Dense", "config": {"name": "d", "units": 10**12}},
    "units of three GiB": {"class_name": "Dense", "config": {"name": "d", "units": 3 * 2**28}},
    "embedding": {
        "class_name": "Embedding",
        "config": {"name": "e", "input_dim": 10**10, "output_dim": 10**3},
    },
    "filters": {
        "class_name": "Conv2D",
        "config": {"name": "c", "filters": 10**9, "kernel_size": [1000, 1000]},
    },
    "orthogonal": {
        "class_name": "Dense",
        "config": {"name": "d", "units": 10**8, "kernel_initializer": "orthogonal"},
    },
    "identity": {
        "class_name": "Dense",
        "config": {"name": "d", "units": 10**8, "kernel_initializer": "identity"},
    },
    "bias": {"class_name": "PReLU", "config": {"name": "p"}},
}


@pytest.mark.parametrize("kind", list(BOMBS))
def test_sizes_that_the_file_does_not_hold_cost_nothing(kind: str, tmp_path: Path) -> None:
    layers: list[Any] = [*config_of()["config"]["layers"][:1], BOMBS[kind]]
    if kind in ("filters", "bias"):
        layers[0]["config"]["batch_shape"] = [None, 10**6, 10**6, 3]
    config = {"class_name": "Sequential", "config": {"name": "bomb", "layers": layers}}
    with pytest.raises(FileFormatError, match="takes"):
        load_model(write(tmp_path / "bomb.h5", config))


def test_a_text_alone_is_held_to_the_memory_there_is() -> None:
    layers: list[Any] = [*config_of()["config"]["layers"][:1], BOMBS["units"]]
    with pytest.raises(FileFormatError, match="has not the memory"):
        model_from_json(json.dumps({"class_name": "Sequential", "config": {"name": "b", "layers": layers}}))


def deep(depth: int) -> dict[str, Any]:
    config: dict[str, Any] = {"class_name": "Dense", "config": {"name": "d", "units": 2}}
    for number in range(depth):
        config = {"class_name": "Sequential", "config": {"name": f"s{number}", "layers": [config]}}
    return config


def many(count: int) -> dict[str, Any]:
    layers = [
        {"class_name": "Activation", "config": {"name": f"a{n}", "activation": "relu"}} for n in range(count)
    ]
    return {"class_name": "Sequential", "config": {"name": "many", "layers": layers}}


def many_calls(count: int) -> dict[str, Any]:
    call = [["start", 0, 0, {}]]
    start = {
        "class_name": "InputLayer",
        "name": "start",
        "config": {"batch_shape": [None, 2], "name": "start"},
    }
    shared = {
        "class_name": "Dense",
        "name": "d",
        "config": {"units": 2, "name": "d"},
        "inbound_nodes": [call] * count,
    }
    ends = {"input_layers": [["start", 0, 0]], "output_layers": [["d", count - 1, 0]]}
    return {"class_name": "Functional", "config": {"name": "f", "layers": [start, shared], **ends}}


@pytest.mark.parametrize(
    "config",
    [
        deep(60),
        '{"class_name": "Sequential", "config": {"layers": [' * 900 + "]}}" * 900,
        many(6_000),
        many_calls(30_000),
        "[" * 100_000 + "]" * 100_000,
        '{"class_name":' * 5_000,
        "[" + "0," * 2_000_000 + "0]",
        '{"a": ' + "9" * 10_000 + "}",
    ],
    ids=["deep models", "very deep models", "many layers", "many calls", "deep", "open", "wide", "digits"],
)
def test_endless_configs(config: Any, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError):
        load_model(write(tmp_path / "m.h5", config))


WRONG: list[Any] = [
    None,
    True,
    5,
    -1,
    1.5,
    "text",
    "",
    [],
    {},
    [[]],
    [1, "a"],
    {"class_name": "Dense"},
    10**30,
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Generator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("build", [perceptron, nested])
def test_values_of_wrong_kinds_at_each_place(build: Any) -> None:
    """Either it means something here, or it is refused in our words: nothing else comes out."""
    config = config_of(build)
    random = np.random.default_rng(0)
    tried = refused = 0
    for path in _places(config):
        for new in random.permutation(np.array(WRONG, dtype=object))[:3]:
            tried += 1
            try:
                model_from_json(json.dumps(_with(config, path, new)))
            except LayerloomError:
                refused += 1
    assert tried > 150
    assert refused > tried // 4
