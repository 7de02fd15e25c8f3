"""Values of a document as Keras code: numbers, names, and objects given by name and config."""

from collections.abc import Mapping
from typing import Any

from graph_compiler.codegen.expressions import (
    Expression,
    call,
    dict_of,
    keyword,
    list_of,
    text,
    tuple_of,
)
from graph_compiler.document.values import same_value
from graph_compiler.instances import KEPT_AS_TUPLES, parameters_of
from runtime.configurable import constructor_parameters, to_json
from runtime.layers import registry as layer_registry
from runtime.layers.parameters import REQUIRED, ParamSpec, find_registry
from runtime.layers.spec import LayerSpec, layer_spec

_SMALLEST_FRACTION = 1e-12
"""Below it numbers are written as such: what 1 is divided by might be too large for a number."""


def constructor_arguments(spec: LayerSpec, params: Mapping[str, Any], name: str | None) -> list[Expression]:
    """What stands in the brackets where a layer is made: only what differs from the defaults.

    Args:
        spec: The description of the layer.
        params: Its parameters as a document has them.
        name: Its name, written last; None writes none.

    Returns:
        The leading required arguments by place, all others by name.
    """
    arguments: list[Expression] = []
    by_place = True
    for param in parameters_of(spec).values():
        by_place = by_place and param.required
        if param.name in params and not is_default(param, params[param.name]):
            value = parameter_value(param, params[param.name])
            arguments.append(value if by_place else keyword(param.name, value))
        else:
            by_place = False
    if name is not None:
        arguments.append(keyword("name", literal(name)))
    return arguments


def is_default(param: ParamSpec, value: Any) -> bool:
    """True if a value need not be written, as it is the parameter's own."""
    return param.default is not REQUIRED and same_value(to_json(param.default), to_json(value))


def parameter_value(param: ParamSpec, value: Any) -> Expression:
    """A parameter's value as code."""
    if param.kind in ("layer", "layers"):
        return _inner(value)
    if isinstance(value, dict) and param.registry:
        return made(param.registry, value)
    return literal(value, as_tuple=param.kind in KEPT_AS_TUPLES)


def literal(value: Any, *, as_tuple: bool = False) -> Expression:
    """A JSON value as a Python literal.

    Args:
        value: Number, text, None, list or dictionary.
        as_tuple: True writes lists as tuples.
    """
    if isinstance(value, str):
        return text(_quoted(value))
    if isinstance(value, float):
        return text(_number(value))
    if isinstance(value, list | tuple):
        items = [literal(item, as_tuple=as_tuple) for item in value]
        return tuple_of(items) if as_tuple else list_of(items)
    if isinstance(value, dict):
        return dict_of((_quoted(key), literal(item)) for key, item in value.items())
    return text(repr(value))


def _quoted(words: str) -> str:
    """The text in double quotes where that needs no more escapes, as the formatters have it."""
    plain = repr(words)
    if plain.startswith("'") and '"' not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def _number(value: float) -> str:
    """The number; a fraction such as 1/255 is written as one where that is exactly the number."""
    plain = repr(value)
    if len(plain) > 8 and _SMALLEST_FRACTION < abs(value) < 1:
        whole = round(1 / value)
        if 1 / whole == value:
            return f"1 / {whole}"
    return plain


def _inner(value: Any) -> Expression:
    """A layer inside another one, or a list of them."""
    if isinstance(value, list):
        return list_of([_inner(item) for item in value])
    return _inner_layer(value) if isinstance(value, dict) else literal(value)


def _inner_layer(value: Mapping[str, Any]) -> Expression:
    if "layer" in value:
        spec = layer_spec(layer_registry.lookup(value["layer"]))  # type: ignore[arg-type]
        params = dict(value.get("params") or {})
    else:
        spec = layer_spec(layer_registry.lookup(str(value["class_name"])))  # type: ignore[arg-type]
        params = dict(value.get("config") or {})
    name = params.pop("name", None)
    known = parameters_of(spec)
    return call(
        spec.constructor,
        constructor_arguments(spec, {key: item for key, item in params.items() if key in known}, name),
    )


def made(family: str, config: Mapping[str, Any]) -> Expression:
    """An initializer, regularizer, callback, … given by class name and config."""
    found = find_registry(family).lookup(str(config["class_name"]).rpartition(">")[2])
    if not isinstance(found, type):
        return literal(found.__name__)
    given = config.get("config") or {}
    arguments = [
        keyword(name, literal(given[name]))
        for name, parameter in constructor_parameters(found).items()
        if name in given and not same_value(to_json(parameter.default), given[name])
    ]
    return call(f"keras.{family}.{found.__name__}", arguments)
