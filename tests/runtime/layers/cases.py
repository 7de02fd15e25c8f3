"""Layers drawn with their arguments and inputs, from the description of each class.

Sizes are drawn first, then arguments, of which some (axes, groups, target shapes) have to fit the sizes.
"""

import json
from typing import Any

from hypothesis import strategies as st

from runtime.layers import layer_spec, registry
from runtime.layers.image_layers import RandomPictures
from runtime.layers.spec import LayerSpec, PortSpec
from tests.runtime.layers.drawn_rules import Rule
from tests.runtime.layers.drawn_values import (
    NAMES,
    Arguments,
    Case,
    Draw,
    Shape,
    Shapes,
    Values,
    random_shape,
    rank_of,
    value_of,
)
from tests.runtime.layers.layer_rules import NOT_DRAWN, PICTURES, RULES

COMMON: dict[str, Any] = {
    "activity_regularizer": st.sampled_from(NAMES["regularizers"]),
    "trainable": st.just(False),
    "dtype": st.just("float64"),
}
NEVER_GIVEN = {"synchronized"}


def names() -> list[str]:
    """The layers that are drawn."""
    return [
        name
        for name in registry.names()
        if name not in NOT_DRAWN and layer_spec(registry.lookup(name)).inputs
    ]


def _shapes(draw: Draw, spec: LayerSpec, rule: Rule) -> Shapes:
    if rule.shapes:
        return rule.shapes(draw)
    ports: list[PortSpec] = [port for port in spec.inputs if not port.optional]
    shape = random_shape(draw, rule.rank or rank_of(spec.name))
    return {port.name: [shape, shape] if port.variadic else shape for port in ports}


def _arguments(draw: Draw, spec: LayerSpec, rule: Rule, shapes: Shapes) -> Arguments:
    first = next(iter(shapes.values()))
    shape = first[0] if isinstance(first, list) else first
    arguments: Arguments = {}
    # The layout and numbers of filters come first: others depend on them.
    params = sorted(spec.params, key=lambda param: param.name != "data_format")
    for param in params:
        if param.name in NEVER_GIVEN:
            continue
        odds = 7 if param.kind == "registry" else 2
        given = param.required or param.name in (*rule.needed, "seed") or draw(st.integers(0, odds)) == odds
        if not given:
            continue
        own = rule.values.get(param.name)
        value = own(draw, shapes, arguments) if own else value_of(draw, param, shape)
        arguments[param.name] = value
    holds_layers = any(param.kind == "layer" for param in spec.params)
    for name, strategy in COMMON.items():
        # Layers inside have dtypes of their own.
        if not (name == "dtype" and holds_layers) and draw(st.integers(0, 15)) == 15:
            arguments.setdefault(name, draw(strategy))
    return json.loads(json.dumps(arguments))


def _inputs(draw: Draw, spec: LayerSpec, rule: Rule, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
    if rule.inputs:
        return rule.inputs(draw, shapes, arguments)
    cls = registry.lookup(spec.name)
    masks = cls.supports_mask or cls.creates_mask  # type: ignore[union-attr]
    dtype = draw(st.sampled_from(["float32"] * 10 + ["float64", "int32"]))

    def make(shape: Shape) -> Values:
        masked = masks and len(shape) == 3 and draw(st.integers(0, 2)) == 2
        return Values(shape, dtype, masked=masked)

    return {
        port: [make(item) for item in shape] if isinstance(shape, list) else make(shape)
        for port, shape in shapes.items()
    }


@st.composite
def cases(draw: Draw, name: str) -> Case:
    """Cases of one layer."""
    spec = layer_spec(registry.lookup(name))
    rule = RULES.get(name, PICTURES if issubclass(spec.cls, RandomPictures) else Rule())
    shapes = _shapes(draw, spec, rule)
    arguments = _arguments(draw, spec, rule, shapes)
    inputs = _inputs(draw, spec, rule, shapes, arguments)
    settings = {
        setting.name: draw(st.booleans()) for setting in spec.settings if draw(st.integers(0, 2)) == 2
    }
    unknown = draw(st.lists(st.integers(1, 3), max_size=2, unique=True)) if draw(st.booleans()) else []
    return Case(name, arguments, inputs, settings, tuple(unknown), draw(st.integers(0, 2**16)))
