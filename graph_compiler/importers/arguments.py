"""From a layer to the parameters of a node: only those that are not the layer's own defaults."""

from collections.abc import Mapping
from typing import Any

from graph_compiler.document.naming import name_from_label
from graph_compiler.document.values import plain_json, same_value
from graph_compiler.instances import parameters_of
from runtime.config import floatx
from runtime.configurable import constructor_parameters, to_json
from runtime.layers import Layer, Operation
from runtime.layers.parameters import REQUIRED, ParamSpec, find_registry
from runtime.layers.spec import layer_spec
from runtime.registries import snake_case

_OBJECTS = {"activity_regularizer": "regularizers"}
"""Parameters of all layers that are objects, and their families."""


_AS_IF_NOT_GIVEN = {"activation": "linear", "data_format": "channels_last"}
"""How files write parameters that nobody gave, where their default is None."""


def params_of(layer: Layer) -> dict[str, Any]:
    """The parameters a node needs to stand for a layer.

    Args:
        layer: A layer of the registry, built or not.

    Returns:
        Values as a document has them, by name.
    """
    spec = layer_spec(type(layer))
    config = layer.get_config()
    if isinstance(layer, Operation):
        return own_settings(type(layer), {key: value for key, value in config.items() if key != "name"})
    if spec.is_source:
        return _source_params(config)
    params: dict[str, Any] = {}
    for param in parameters_of(spec).values():
        if param.name in config:
            value = _value(param, config[param.name], vars(layer)["_arguments"].get(param.name))
            if param.default is REQUIRED or not same_value(to_json(param.default), to_json(value)):
                params[param.name] = value
    return params


def raw_params(cls: type, config: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in the config of a layer that could not be made, as far as a node may have them."""
    known = parameters_of(layer_spec(cls))
    kept: dict[str, Any] = {}
    for name, value in config.items():
        if name in known:
            try:
                found = plain_json(_value(known[name], value, None))
            except ValueError:
                continue
            if known[name].default is REQUIRED or not same_value(to_json(known[name].default), found):
                kept[name] = found
    return kept


def member(family: str, config: Any) -> Any:
    """An initializer, loss, … by its name alone where it has no settings of its own, else with these.

    Args:
        family: The family it is of, such as "initializers".
        config: Its name, or {"class_name", "config"}.
    """
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        return config
    registry = find_registry(family)
    name = config["class_name"].rpartition(">")[2]
    if name not in registry:
        return config
    found = registry.lookup(name)
    if not isinstance(found, type):
        return found.__name__
    settings = own_settings(found, config.get("config"))
    short = snake_case(found.__name__)
    if settings or short not in registry:
        return {"class_name": found.__name__, "config": settings}
    return short


def own_settings(cls: type, config: Any) -> dict[str, Any]:
    """The arguments in a config that differ from the defaults of the class."""
    defaults = constructor_parameters(cls)
    given: dict[str, Any] = config if isinstance(config, dict) else {}
    return {
        name: value
        for name, value in given.items()
        if name in defaults and not same_value(to_json(defaults[name].default), to_json(value))
    }


def dtype_in(config: Any) -> str | None:
    """The dtype in a layer's config, or None if it is the one all layers have."""
    value = config.get("config") if isinstance(config, dict) else config
    name = value.get("name") if isinstance(value, dict) else value
    return name if isinstance(name, str) and name != floatx() else None


def _source_params(config: Mapping[str, Any]) -> dict[str, Any]:
    """An input's config always has the shape with the batch; a person states it without."""
    batch, *sample = config["batch_shape"]
    params: dict[str, Any] = {"shape": sample}
    if batch is not None:
        params["batch_size"] = batch
    if config["dtype"] != floatx():
        params["dtype"] = config["dtype"]
    return params


def _value(param: ParamSpec, value: Any, given: Any) -> Any:
    if param.name == "dtype":
        return dtype_in(value)
    if param.kind in ("layer", "layers"):
        return _inner(given, value)
    family = param.registry or _OBJECTS.get(param.name, "")
    found = member(family, value) if family else value
    if param.default is None and found == _AS_IF_NOT_GIVEN.get(param.name):
        return None
    return found


def _inner(layer: Any, config: Any) -> Any:
    """The layer inside another one, or a list of them: by name in the registry and parameters."""
    if isinstance(layer, list | tuple) and isinstance(config, list | tuple):
        return [_inner(one, of_one) for one, of_one in zip(layer, config, strict=True)]
    if not isinstance(layer, Layer):
        return config
    name = type(layer).__name__
    params = params_of(layer)
    if layer.name != name_from_label(name):
        params["name"] = layer.name
    return {"layer": name, "params": params}
