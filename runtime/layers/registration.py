"""The registry of layers: what is in it is in the palette, opens from files and may be named in code."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from runtime.errors import ParameterError
from runtime.layers import spec
from runtime.layers.base import Layer
from runtime.registries import Registry

LayerClass = TypeVar("LayerClass", bound=type[Layer])

registry: Registry[Layer] = Registry("layer", "keras.layers")


def register(
    group: str,
    *,
    rank: int = 1,
    label: str | None = None,
    constructor: str | None = None,
    aliases: Iterable[str] = (),
) -> Callable[[LayerClass], LayerClass]:
    """Class decorator that makes a layer known.

    Args:
        group: Palette group: "Core", "Convolution", "Pooling", …; "" keeps it out of the palette.
        rank: Place in that group: 0 for what most designs use, 1, or 2 for what few do.
        label: Name on the canvas, the class name by default.
        constructor: How Keras code makes one, "layers.<class name>" by default.
        aliases: Further names found in files.
    """

    def decorate(cls: LayerClass) -> LayerClass:
        cls._group = group  # type: ignore[attr-defined]
        cls._rank = rank  # type: ignore[attr-defined]
        cls._label = label or cls.__name__  # type: ignore[attr-defined]
        if constructor:
            cls._constructor = constructor  # type: ignore[attr-defined]
        registry.register(aliases=aliases)(cls)
        return cls

    return decorate


def layer_names() -> tuple[str, ...]:
    """Names of all layers, in order of registration."""
    return registry.names()


def layer_spec(layer: str | type) -> spec.LayerSpec:
    """The description of a layer, given by name or class.

    Raises:
        UnknownNameError: There is no layer of that name; close names are suggested.
    """
    return spec.layer_spec(layer if isinstance(layer, type) else cast(type, registry.lookup(layer)))


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Layer:
    """Makes a layer from a config as `serialize` or Keras writes it.

    Raises:
        UnknownNameError: The class is neither a layer here nor among the custom objects.
    """
    return registry.deserialize(config, custom_objects)


def resolve_layer(value: Any) -> Layer:
    """The layer that a parameter stands for which is a layer itself.

    Args:
        value: A layer, its config as Keras writes it, or {"layer": name, "params": arguments}.

    Raises:
        ParameterError: It is none of these.
        UnknownNameError: There is no layer of that name; close names are suggested.
    """
    if isinstance(value, Layer):
        return value
    if isinstance(value, dict) and isinstance(value.get("layer"), str):
        return cast(type[Layer], registry.lookup(value["layer"]))(**(value.get("params") or {}))
    if isinstance(value, dict) and "class_name" in value:
        return deserialize(cast(dict[str, Any], value))
    raise ParameterError(
        f"{value!r} is no layer.",
        received=value,
        hint="Give a layer, such as layers.Dense(8), or its config.",
    )


def serialize(layer: Layer) -> dict[str, Any]:
    """Class name and arguments of a layer as JSON values."""
    return registry.serialize(layer)
