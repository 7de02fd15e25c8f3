"""How arguments and inputs are drawn that have to fit each other."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.runtime.layers.drawn_values import (
    CHANNELS_FIRST,
    Arguments,
    Draw,
    Shapes,
    Values,
    batches,
    named,
    random_shape,
    sizes,
    small,
)


@dataclass(frozen=True)
class Rule:
    """What a description does not say of a layer.

    Args:
        rank: Number of axes of its inputs.
        shapes: Draws the shapes, by port, in place of one for all ports.
        values: Parameter → a function that draws its value for the shapes and the arguments before it.
        needed: Optional parameters that are always given.
        dtypes: Element types its inputs may have.
        inputs: Draws the values of the inputs for the arguments and shapes.
    """

    rank: int | None = None
    shapes: Callable[[Draw], Shapes] | None = None
    values: dict[str, Callable[[Draw, Shapes, Arguments], Any]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    inputs: Callable[[Draw, Shapes, Arguments], dict[str, Any]] | None = None


def one_of(*values: Any) -> Callable[[Draw, Shapes, Arguments], Any]:
    """Draws one of these whatever the shapes are."""
    return lambda draw, shapes, arguments: draw(st.sampled_from(values))


def groups(draw: Draw, shapes: Shapes, arguments: Arguments) -> int:
    shape = shapes["inputs"]
    channels = shape[1 if arguments.get("data_format") == CHANNELS_FIRST else -1]
    common = math.gcd(channels, max(arguments.get("filters", channels), 0))
    return draw(
        st.sampled_from([n for n in range(1, common + 1) if common % n == 0] or [1]) | st.integers(1, 3)
    )


def group_norm_groups(draw: Draw, shapes: Shapes, arguments: Arguments) -> int:
    shape = shapes["inputs"]
    divisors = [n for n in range(1, 9) if any(size % n == 0 for size in shape[1:])]
    return draw(st.sampled_from([*divisors, -1]))


def target_shape(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int]:
    total = math.prod(shapes["inputs"][1:])
    first = draw(st.sampled_from([n for n in range(1, total + 1) if total % n == 0]))
    return draw(
        st.sampled_from([[total], [first, total // first], [first, -1], [-1], [-1, 1, first], [2, 3], []])
    )


def permutation(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int]:
    rank = len(shapes["inputs"])
    return draw(st.permutations(range(1, rank)) | st.lists(st.integers(0, 3), min_size=1, max_size=3))


def noise_shape(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int | None]:
    return [draw(st.sampled_from([None, 1, size])) for size in shapes["inputs"]]


def paddings(axes: int) -> Callable[[Draw, Shapes, Arguments], Any]:
    def draw_padding(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
        number = st.integers(0, 2)
        pairs = st.lists(st.lists(number, min_size=2, max_size=2), min_size=axes, max_size=axes)
        return draw(st.one_of(number, st.lists(number, min_size=axes, max_size=axes), pairs))

    return draw_padding


def similar_shapes(draw: Draw) -> Shapes:
    first = random_shape(draw, None)
    shapes = [first]
    for _ in range(draw(st.sampled_from([1, 1, 2, 0]))):
        shape = [size if draw(st.integers(0, 7)) < 7 else 1 for size in first]
        shape[0] = first[0] if draw(st.integers(0, 19)) < 19 else shape[0]
        if draw(st.integers(0, 7)) == 7 and len(shape) > 2:
            del shape[1]
        shapes.append(tuple(shape))
    return {"inputs": shapes}


def joined_shapes(draw: Draw) -> Shapes:
    first = random_shape(draw, None)
    axis = draw(st.integers(1, len(first) - 1))
    others = [
        tuple(draw(sizes) if place == axis else size for place, size in enumerate(first))
        for _ in range(draw(st.sampled_from([1, 2, 0])))
    ]
    return {"inputs": [first, *others]}


def join_axis(draw: Draw, shapes: Shapes, arguments: Arguments) -> int:
    first, *others = shapes["inputs"]
    different = [
        place for place in range(len(first)) if any(other[place] != first[place] for other in others)
    ]
    axis = different[0] if different else draw(st.integers(1, len(first) - 1))
    return draw(st.sampled_from([axis, axis - len(first)]) | st.integers(-3, 3))


def dot_shapes(draw: Draw) -> Shapes:
    first, second = random_shape(draw, None), random_shape(draw, None)
    second = (first[0], *second[1:])
    if draw(st.integers(0, 7)) < 7:
        one, other = draw(st.integers(1, len(first) - 1)), draw(st.integers(1, len(second) - 1))
        second = tuple(first[one] if place == other else size for place, size in enumerate(second))
    return {"inputs": [first, second]}


def dot_axes(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    first, second = shapes["inputs"]
    fits = [
        [one, other]
        for one in range(1, len(first))
        for other in range(1, len(second))
        if first[one] == second[other]
    ]
    fits += [[one - len(first), other - len(second)] for one, other in fits]
    fits += [one for one, other in fits if one == other]
    return draw(st.sampled_from(fits or [1]) | st.sampled_from([1, 2, -1, [1, 2]]))


EQUATIONS = {
    "ab,bc->ac": 2,
    "abc,cd->abd": 3,
    "...x,xy->...y": 3,
    "abc,bcd->ad": 3,
    "abcd,de->abce": 4,
    "abc,dc->abd": 3,
    "abc,cde->abde": 3,
    "ab...,bc->ac...": 3,
    "abc,cb->abc": 3,
}


def einsum_shapes(draw: Draw) -> Shapes:
    return {"inputs": random_shape(draw, draw(st.sampled_from([3, 3, 2, 4])))}


def equation(draw: Draw, shapes: Shapes, arguments: Arguments) -> str:
    fits = [text for text, rank in EQUATIONS.items() if rank == len(shapes["inputs"])]
    return draw(st.sampled_from(fits or list(EQUATIONS)))


def einsum_output(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int | None]:
    equation, shape = arguments["equation"], shapes["inputs"]
    source, _, rest = equation.partition(",")
    target = rest.partition("->")[2].replace("...", "")
    known = {} if "..." in source else dict(zip(source, shape, strict=False))
    wanted = []
    for letter in target[1:] if not equation.startswith("...") else target:
        value = known.get(letter) if letter in known else draw(small)
        wanted.append(draw(st.sampled_from([None, value])) if letter in known else value)
    return wanted


def bias_axes(draw: Draw, shapes: Shapes, arguments: Arguments) -> str | None:
    target = arguments["equation"].partition("->")[2].replace("...", "")
    return draw(st.sampled_from([None, target[-1], target[1:] or target[-1]]))


def attention_shapes(draw: Draw) -> Shapes:
    rank = draw(st.sampled_from([3, 3, 3, 4]))
    query = random_shape(draw, rank)
    value = (*query[:1], *[draw(sizes) for _ in range(max(len(query) - 2, 0))], draw(sizes))
    if len(query) == 4:
        value = (*query[:2], *value[2:])
    shapes = {"query": query, "value": value}
    if draw(st.booleans()):
        shapes["key"] = (*value[:-1], draw(sizes))
    if len(query) == 3 and draw(st.integers(0, 3)) == 3:
        shapes["attention_mask"] = (draw(st.sampled_from([query[0], 1])), query[1], value[1])
    return shapes


def attention_inputs(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
    return {
        port: Values(shape, "bool", 0, 1)
        if port == "attention_mask"
        else Values(shape, masked=len(shape) == 3 and draw(st.integers(0, 3)) == 3)
        for port, shape in shapes.items()
    }


def score_shapes(draw: Draw) -> Shapes:
    query = random_shape(draw, 3)
    value = (*query[:1], *[draw(sizes) for _ in query[1:-1]], query[-1]) if len(query) > 1 else query
    shapes = [query, value]
    if draw(st.booleans()):
        shapes.append((*value[:-1], query[-1]) if len(value) else value)
        shapes[1] = (*value[:-1], draw(sizes)) if len(value) else value
    return {"inputs": shapes}


def pictures(draw: Draw) -> Shapes:
    channels = draw(st.sampled_from([3, 1, 3, 2]))
    picture = (draw(sizes), draw(sizes), channels)
    return {"inputs": (draw(batches), *picture)}


def colors(draw: Draw) -> Shapes:
    return {"inputs": (draw(batches), draw(sizes), draw(sizes), 3)}


def factor(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    return draw(st.sampled_from([0.2, [0.1, 0.3], 0.0, [0.2, 0.2]]))


def statistics(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    shape = shapes["inputs"]
    axis = arguments.get("axis", -1)
    if axis is None:
        return 0.5
    axes = axis if isinstance(axis, list) else [axis]
    kept = [shape[place] for place in sorted(place % len(shape) for place in axes)]
    count = math.prod(kept)
    return draw(st.sampled_from([np.linspace(0.25, 2, count).reshape(kept).tolist(), 0.5]))


def ids(high: int) -> Callable[[Draw, Shapes, Arguments], dict[str, Any]]:
    def draw_ids(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
        limit = arguments.get("input_dim") or arguments.get("num_tokens") or high
        return {
            port: Values(shape, draw(st.sampled_from(["int32", "int64", "float32"])), 0, max(limit - 1, 0))
            if port == "inputs"
            else Values(shape)
            for port, shape in shapes.items()
        }

    return draw_ids


def encoding_shapes(draw: Draw) -> Shapes:
    shape = random_shape(draw, draw(st.sampled_from([1, 2, 2, 3])))
    return {"inputs": shape, **({"count_weights": shape} if draw(st.integers(0, 2)) == 2 else {})}


def recurrent_shapes(draw: Draw) -> Shapes:
    return {"sequences": random_shape(draw, 3)}


def steps(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
    return {
        port: Values(shape, masked=len(shape) == 3 and draw(st.integers(0, 2)) == 2)
        for port, shape in shapes.items()
    }


def sequence_states(states: tuple[str, ...]) -> Callable[[Draw, Shapes, Arguments], dict[str, Any]]:
    def draw_steps(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
        values = steps(draw, shapes, arguments)
        if draw(st.integers(0, 3)) == 3:
            shape = (shapes["sequences"][0], max(arguments["units"], 1))
            values |= {port: Values(shape) for port in states}
        return values

    return draw_steps


cells = st.sampled_from(
    [
        {"class_name": "SimpleRNNCell", "config": {"units": 3}},
        {"class_name": "LSTMCell", "config": {"units": 2}},
        {"class_name": "GRUCell", "config": {"units": 2, "reset_after": False}},
        {"class_name": "GRUCell", "config": {"units": 3}},
    ]
).map(lambda config: {"module": "keras.layers", "registered_name": None, **config})


def cell(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    if draw(st.integers(0, 3)) < 3:
        return named(draw(cells), "cell")
    stack = {
        "cells": [named(draw(cells), f"cell_{number}") for number in range(draw(st.integers(1, 2)))],
        "name": "cells",
    }
    return {
        "module": "keras.layers",
        "registered_name": None,
        "class_name": "StackedRNNCells",
        "config": stack,
    }


def stateful(draw: Draw, shapes: Shapes, arguments: Arguments) -> bool:
    # Keras cannot reset the states of stacked cells.
    return arguments["cell"]["class_name"] != "StackedRNNCells" and draw(st.booleans())


def recurrent_config(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    kind = draw(st.sampled_from(["LSTM", "GRU", "SimpleRNN"]))
    config = {"name": "inner", "units": draw(small), "return_sequences": draw(st.booleans())}
    if draw(st.integers(0, 3)) == 3:
        config["return_state"] = True
    return {"module": "keras.layers", "registered_name": None, "class_name": kind, "config": config}


def cell_inputs(count: int) -> Callable[[Draw, Shapes, Arguments], dict[str, Any]]:
    def draw_states(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
        shape = shapes["inputs"]
        state = Values((shape[0], max(arguments["units"], 1)))
        return {"inputs": Values(shape), "states": [state] * count}

    return draw_states


def masked_list(draw: Draw, shapes: Shapes) -> dict[str, Any]:
    return {
        port: [Values(shape, masked=len(shape) == 3 and draw(st.integers(0, 3)) == 3) for shape in many]
        for port, many in shapes.items()
    }
