"""Makes layers from configs nobody vouches for: names are looked up in an allow-list, never imported."""

import inspect
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

from runtime.configurable import Configurable, constructor_parameters
from runtime.errors import FileFormatError, LayerloomError, RefusedError, did_you_mean
from runtime.layers import Layer, registry
from runtime.layers.former_names import in_present_words
from runtime.layers.operations import is_operation, operation_class, operation_names
from runtime.layers.parameters import ParamSpec, find_registry
from runtime.layers.spec import layer_spec
from runtime.registries import Registry
from runtime.saving.arguments import known_arguments
from runtime.saving.custom_objects import get_registered_object

MAX_LAYERS = 2_500
MAX_CALLS = 10_000
MAX_NESTING = 40

_OF_KERAS_1 = {"m": "max_value"}
_CODE = {
    "Lambda": "it holds Python code",
    "TorchModuleWrapper": "it holds a pickled torch module",
    "TFSMLayer": "it loads another program from a path",
    "__lambda__": "it holds Python code",
    "__typespec__": "it names a class to import",
}


@dataclass
class Reading:
    """One file that is being read: what the caller trusts, and how much has been made so far.

    Args:
        custom_objects: Classes and functions by name, trusted by the caller.
        keras_version: Major version of the Keras that wrote the config.
    """

    custom_objects: Mapping[str, Any] = field(default_factory=dict[str, Any])
    keras_version: int = 3
    layers: int = 0
    calls: int = 0
    nesting: int = 0

    def count_layer(self) -> None:
        """Counts a layer in; there is a limit."""
        self.layers += 1
        if self.layers > MAX_LAYERS:
            raise FileFormatError(f"The config has more than {MAX_LAYERS:,} layers.")

    def count_calls(self, number: int) -> None:
        """Counts calls of layers in; there is a limit."""
        self.calls += number
        if self.calls > MAX_CALLS:
            raise FileFormatError(f"The config calls layers more than {MAX_CALLS:,} times.")

    @contextmanager
    def inside(self, label: str) -> Generator[None]:
        """Errors raised inside say which layer they are about, whatever a wrong value led to."""
        self.nesting += 1
        try:
            if self.nesting > MAX_NESTING:
                raise FileFormatError(f"Layers are nested more than {MAX_NESTING} deep.")
            yield
        except RefusedError as error:
            raise RefusedError(f"{label}: {error.message}", what=error.what, hint=error.hint) from error
        except LayerloomError as error:
            raise FileFormatError(f"{label}: {error.message}", hint=error.hint) from error
        except Exception as error:
            # A constructor may fail in any way on a value of the wrong kind: that is a fault of the file.
            raise FileFormatError(f"{label} cannot be made from its config: {error}.") from error
        finally:
            self.nesting -= 1


class ModelClass(Protocol):
    """What a class of models offers to the reader."""

    @classmethod
    def read_config(cls, config: Any, reading: Reading) -> Layer:
        """Makes the model."""
        ...


ModelType = TypeVar("ModelType", bound=type[Any])
model_classes: dict[str, type[ModelClass]] = {}
"""Models that files may hold, by their names in files."""


def model_class(*names: str) -> Any:
    """Class decorator that lets files hold models of this class, under these names."""

    def register(cls: ModelType) -> ModelType:
        model_classes.update(dict.fromkeys(names, cls))
        return cls

    return register


def class_and_config(config: Any, kind: str) -> tuple[str, Any]:
    """Name and arguments in a config {"class_name": …, "config": …}.

    Raises:
        FileFormatError: It is not of that form.
    """
    name = config.get("class_name") if isinstance(config, dict) else None
    if not isinstance(name, str) or not isinstance(config.get("config", {}), dict | list | str | None):
        raise FileFormatError(
            f"The config of a {kind} has no class_name and config: {str(config)[:200]}.",
            hint='It looks like {"class_name": "Name", "config": {…}}.',
        )
    if name in _CODE:
        raise RefusedError(
            f"{name} is not read from files, because {_CODE[name]}.",
            what=name,
            hint=f"Write the step as a layer class and give it in custom_objects={{'{name}': …}}.",
        )
    return name, config.get("config", {})


def is_known(config: dict[str, Any], reading: Reading) -> bool:
    """True if a config names a layer, a model, or a class of the caller's."""
    name = str(config.get("class_name")).rpartition(">")[2]
    return (
        name in model_classes
        or _own_class(config, name) is not None
        or _custom_class(config, reading) is not None
    )


def _own_class(config: dict[str, Any], name: str) -> type[Layer] | None:
    """The layer or the operation of that name.

    An operation is called as a layer may be; `.h5` files do not tell their module.
    """
    module = str(config.get("module") or "")
    if module.startswith("keras.src.ops"):
        return operation_class(name) if name in operation_names() else None
    if not module and is_operation(name, config.get("config")):
        return operation_class(name)
    # The registry knows names in small letters as well, which no file has.
    known = name[:1].isupper() and name in registry
    return cast(type[Layer], registry.lookup(name)) if known else None


def read_layer(config: Any, reading: Reading) -> Layer:
    """Makes a layer or a model from its config.

    Args:
        config: {"class_name", "config"} as any Keras since 2.0 writes it.
        reading: The file it stands in.

    Raises:
        RefusedError: A class that is not known, or that would run code from the file.
        FileFormatError: Anything else that is wrong, with the name of the layer.
    """
    custom = _custom_class(config, reading)
    name, arguments = (
        (str(config["class_name"]), config.get("config", {})) if custom else class_and_config(config, "layer")
    )
    reading.count_layer()
    with reading.inside(_label(name, arguments)):
        if custom is not None:
            made = _from_custom(custom, arguments, reading)
            shapes = config.get("build_config")
            if isinstance(shapes, dict) and isinstance(made, Layer) and not made.built:
                made.build_from_config(shapes)
            return made
        name = name.rpartition(">")[2]
        if name in model_classes:
            return model_classes[name].read_config(arguments, reading)
        present, arguments = in_present_words(name, arguments, reading.keras_version)
        cls = _own_class(config if present == name else {}, present)
        if cls is None:
            raise _unknown("layer", name, (*registry.names(), *model_classes))
        if not isinstance(arguments, dict):
            raise FileFormatError(f"its config is a {type(arguments).__name__}, not a dict.")
        return cls.from_config(read_arguments(cls, arguments, reading))


def read_arguments(cls: type[Layer], config: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Arguments for a layer class from a config: old names translated, objects and inner layers made."""
    spec = layer_spec(cls)
    arguments = known_arguments(cls, config)
    for name, value in arguments.items():
        if name == "activity_regularizer":
            arguments[name] = read_object(find_registry("regularizers"), value, reading)
        elif (param := spec.param(name)) is not None:
            if isinstance(value, str) and name in getattr(cls, "stated_instead", ()):
                raise RefusedError(
                    f"its {name} is the path of another file, which is not read.",
                    what=value[:200],
                    hint=f"Give the {name} itself.",
                )
            arguments[name] = _read_argument(param, value, reading)
    return arguments


def read_object(family: Registry[Any], value: Any, reading: Reading) -> Any:
    """Makes an initializer, loss, … from its config; a known name stays a name.

    Raises:
        RefusedError: A name that is neither in the family nor among the custom objects.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _named(family, value, reading)
    value = _as_since_keras_2(value)
    custom = _custom_class(value, reading)
    name, arguments = (
        (str(value["class_name"]), value.get("config", {}))
        if custom
        else class_and_config(value, family.kind)
    )
    if custom is not None:
        return _from_custom(custom, arguments, reading)
    if name == "function" and isinstance(arguments, str):
        return _named(family, arguments, reading)
    name = name.rpartition(">")[2]
    if name not in family:
        raise _unknown(family.kind, name, family.names())
    entry = family.lookup(name)
    if not isinstance(entry, type):
        return entry
    if not isinstance(arguments, dict | None):
        raise FileFormatError(f"The config of {name} is {type(arguments).__name__}, not a dict.")
    cls = cast(type[Configurable], entry)
    return cls.from_config(_without_newer_arguments(cls, arguments or {}))


def _read_argument(param: ParamSpec, value: Any, reading: Reading) -> Any:
    if param.kind == "registry":
        return read_object(find_registry(param.registry), value, reading)
    if param.kind == "int" and isinstance(value, list | tuple) and len(value) == 1:
        return value[0]
    return _read_inner_layers(value, reading)


def _read_inner_layers(value: Any, reading: Reading) -> Any:
    """Layers that are arguments of other layers: what a wrapper wraps, the cells of a recurrent layer."""
    if isinstance(value, list | tuple):
        return type(value)(_read_inner_layers(item, reading) for item in value)
    if isinstance(value, dict) and "class_name" in value:
        return read_layer(value, reading)
    if isinstance(value, dict) and isinstance(value.get("layer"), str):
        # Documents of the designer say layers so, which are made without any of the checks here.
        raise FileFormatError("a layer inside it has no class_name and config.")
    return value


def _named(family: Registry[Any], name: str, reading: Reading) -> Any:
    found = get_registered_object(name, reading.custom_objects)
    if found is not None:
        return found
    if name not in family:
        raise _unknown(family.kind, name, family.names())
    if name == "hard_sigmoid" and reading.keras_version < 3:
        return "hard_sigmoid_of_keras_2"
    return name


def _custom_class(config: Any, reading: Reading) -> Any:
    if not isinstance(config, dict):
        return None
    for name in (config.get("registered_name"), config.get("class_name")):
        found = get_registered_object(name, reading.custom_objects) if isinstance(name, str) else None
        if found is not None:
            return found
    return None


def _from_custom(entry: Any, arguments: Any, reading: Reading) -> Any:
    """An object of the caller's own class, by its own `from_config`."""
    if not isinstance(entry, type):
        return entry
    make = cast(type[Configurable], entry).from_config
    if "custom_objects" in inspect.signature(make).parameters:
        return make(arguments, custom_objects=dict(reading.custom_objects))  # type: ignore[call-arg]
    return make(dict(arguments))


def _as_since_keras_2(value: Any) -> Any:
    """A regularizer or constraint of Keras 1, which had its name among its arguments."""
    if not isinstance(value, dict) or "class_name" in value or not isinstance(value.get("name"), str):
        return value
    arguments = {_OF_KERAS_1.get(key, key): one for key, one in value.items() if key != "name"}
    name = "L1L2" if value["name"].endswith("Regularizer") else value["name"]
    return {"class_name": name, "config": arguments}


def _without_newer_arguments(cls: type[Configurable], config: dict[str, Any]) -> dict[str, Any]:
    """Arguments that only a newer Keras has are None when nobody gave them.

    The element type that TensorFlow 1 wrote for start values has no effect: the layer's own holds.
    """
    known = constructor_parameters(cls)
    config = {key: value for key, value in config.items() if key in known or value is not None}
    if "dtype" not in known and cls._module == "keras.initializers":
        config.pop("dtype", None)
    return config


def _unknown(kind: str, name: str, known: Any) -> RefusedError:
    close = did_you_mean(name, known)
    hint = f"Did you mean {' or '.join(map(repr, close))}? " if close else ""
    return RefusedError(
        f"The {kind} '{name[:200]}' is not known here.",
        what=name,
        hint=f"{hint}Give your own in custom_objects={{'{name[:60]}': …}}.",
    )


def _label(class_name: str, arguments: Any) -> str:
    name = arguments.get("name") if isinstance(arguments, dict) else None
    return f"Layer '{str(name)[:100]}' ({class_name[:100]})" if name else f"A layer ({class_name[:100]})"
