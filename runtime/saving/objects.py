"""Any object of the API as a config, and back: what layers of one's own use for what they hold."""

import json
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType
from typing import Any, cast

import numpy as np
import torch

from runtime.configurable import Configurable, object_config
from runtime.errors import FileFormatError, ParameterError
from runtime.layers import Layer
from runtime.layers.parameters import find_registry
from runtime.saving.custom_objects import get_registered_name, get_registered_object
from runtime.saving.graph_writing import layer_config
from runtime.saving.reading import Reading, class_and_config, is_known, read_layer, read_object

_FAMILIES = (
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
)


def serialize_keras_object(obj: Any) -> Any:
    """Describes an object by values of JSON, in Keras's form; `deserialize_keras_object` makes it again.

    Args:
        obj: A layer, model, loss, initializer, … or a function that was registered; numbers, texts, arrays
            and lists, tuples and dicts of all these.

    Returns:
        Plain values stay, the rest becomes {"module", "class_name", "config", "registered_name"}.

    Raises:
        ParameterError: It cannot be described: a lambda, or an object without `get_config`.
    """
    match obj:
        case None | bool() | int() | float() | str():
            return obj
        case list() | tuple():
            return type(obj)(serialize_keras_object(item) for item in obj)
        case dict():
            return {key: serialize_keras_object(item) for key, item in obj.items()}
        case np.generic():
            return obj.item()
        case np.ndarray():
            return _special("__numpy__", value=obj.tolist(), dtype=str(obj.dtype))
        case torch.Tensor():
            dtype = str(obj.dtype).removeprefix("torch.")
            return _special("__tensor__", value=obj.detach().cpu().tolist(), dtype=dtype)
        case bytes():
            return _special("__bytes__", value=obj.decode())
        case slice():
            return _special("__slice__", start=obj.start, stop=obj.stop, step=obj.step)
        case Layer():
            return layer_config(obj)
        case Configurable():
            return object_config(obj)
        case _:
            return {"class_name": "__ellipsis__", "config": {}} if obj is ... else _others(obj)


def config_text(config: Any, **options: Any) -> str:
    """A config as text; objects that a class of one's own left in its config are described in it.

    Args:
        config: The config.
        **options: Passed on to `json.dumps`, such as `indent=2`.

    Raises:
        ParameterError: Something in it cannot be described.
    """
    return json.dumps(config, default=options.pop("default", serialize_keras_object), **options)


def _special(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": config}


def _others(obj: Any) -> dict[str, Any]:
    """A function, or an object of a class of the program's own."""
    if isinstance(obj, FunctionType | BuiltinFunctionType) and obj.__name__ != "<lambda>":
        name = get_registered_name(obj)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}
    get_config = getattr(obj, "get_config", None)
    if get_config is None:
        raise ParameterError(
            f"{obj!r} cannot be described by a config.",
            received=obj,
            hint="Give a class get_config(); write a lambda as a named function and register it.",
        )
    cls = type(obj)
    return {
        "module": cls.__module__,
        "class_name": cls.__name__,
        "config": get_config(),
        "registered_name": get_registered_name(cls),
    }


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **options: Any
) -> Any:
    """Makes the object a config describes.

    Nothing is imported and no code in the config is run: names are looked up among Keras's own and those
    that the program registered or gives.

    Args:
        config: What `serialize_keras_object` returned, or a part of a Keras file.
        custom_objects: Classes and functions of the program, by the names the config has for them.
        safe_mode: Accepted for Keras's sake: code in a config is refused in any case.
        **options: Accepted for Keras's sake.

    Raises:
        RefusedError: It names something that is not known, or would run code.
        FileFormatError: It is wrong in another way.
    """
    del safe_mode, options
    return _made(config, Reading(custom_objects or {}))


def _made(config: Any, reading: Reading) -> Any:
    if isinstance(config, list | tuple):
        return type(config)(_made(item, reading) for item in config)
    if not isinstance(config, dict):
        return config
    if "class_name" not in config:
        return {key: _made(item, reading) for key, item in config.items()}
    if is_known(config, reading):
        return read_layer(config, reading)
    name, inner = class_and_config(config, "object")
    if name.startswith("__"):
        return _plain(name, inner)
    if name == "function":
        known = get_registered_object(str(inner), reading.custom_objects)
        return known if known is not None else _function(str(inner), reading)
    return read_object(_family(config, name), config, reading)


def _plain(name: str, config: Any) -> Any:
    """Values that JSON does not have."""
    try:
        match name:
            case "__numpy__":
                return np.array(config["value"], dtype=config["dtype"])
            case "__tensor__":
                return torch.tensor(config["value"], dtype=getattr(torch, config["dtype"]))
            case "__bytes__":
                return config["value"].encode()
            case "__slice__":
                return slice(config["start"], config["stop"], config["step"])
            case "__tuple__":
                return tuple(config["items"])
            case "__ellipsis__":
                return ...
            case _:
                raise FileFormatError(f"The config of an object is of a kind not known here: {name[:60]}.")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"The config of a {name.strip('_')} cannot be read: {error}.") from error


def _function(name: str, reading: Reading) -> Any:
    """The function of that name, in whatever family it is."""
    for family in map(find_registry, _FAMILIES):
        if name in family:
            return family.get(name)
    return read_object(find_registry("activations"), name, reading)


def _family(config: Mapping[str, Any], name: str) -> Any:
    """The family a config names, or the first that knows the class."""
    module = str(config.get("module") or "").removeprefix("keras.")
    wanted = [family for family in _FAMILIES if family == module]
    families = [find_registry(family) for family in (*wanted, *_FAMILIES)]
    short = name.rpartition(">")[2]
    return cast(Any, next((family for family in families if short in family), families[0]))
