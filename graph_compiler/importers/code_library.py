"""What names of Keras in a program stand for: looked up in tables of the runtime, never imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from graph_compiler.compile_settings import SCHEDULES
from graph_compiler.document import Configured
from graph_compiler.importers.arguments import own_settings
from graph_compiler.importers.code_values import CodeError, is_plain
from runtime import callbacks, layers, ops
from runtime.configurable import constructor_signature
from runtime.errors import UnknownNameError
from runtime.layers import Input, Layer, registry
from runtime.layers.operations import entries, operation_names
from runtime.layers.parameters import find_registry
from runtime.models import Model, Sequential
from runtime.symbolic import find_symbolic

KERAS = ("tensorflow.python.keras", "tensorflow.keras", "tf_keras", "keras.src", "keras.api", "keras")
"""Modules that are Keras, the longest names first."""
_FAMILIES = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
_MODULES = ("callbacks", "layers", "models", "ops", "utils", *_FAMILIES)
"""Modules of Keras that a program uses."""
_ACTIVATIONS = {"tensorflow.nn": "activations", "keras.ops": "activations"}
"""Modules whose functions programs give to layers as activations."""
_JOINING = ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract")
"""Functions of keras.layers that make a layer and call it."""


@dataclass(frozen=True)
class Name:
    """Something in a module, by its whole name; what is not of Keras keeps its own.

    Args:
        path: Such as "keras.layers".
    """

    path: str

    def member(self, name: str) -> "Name":
        """What is inside of it."""
        return named(f"{self.path}.{name}")


class Unreadable(Layer):
    """Stands for a layer that is not known here: it keeps its arguments, and passes its input on.

    Args:
        kept: The arguments, as far as they are plain.
    """

    def __init__(self, kept: Mapping[str, Any], name: str | None = None) -> None:
        super().__init__(name=name)
        self.kept = dict(kept)

    def get_config(self) -> dict[str, Any]:
        """The arguments that were kept."""
        return {**self.kept, "name": self.name}

    def call(self, inputs: torch.Tensor, *further: Any, **more: Any) -> Any:
        """The input as it is; nothing is ever computed with it."""
        del further, more
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """That of the input, or of the first of several."""
        return input_shape[0] if isinstance(input_shape, list) else input_shape


def named(path: str) -> Name:
    """A name with all the ways to say Keras made one."""
    for keras in KERAS:
        if path == keras or path.startswith(f"{keras}."):
            return Name(f"keras{path.removeprefix(keras)}")
    return Name(path)


def from_all(modules: Sequence[str], short: str) -> Name:
    """What a name stands for behind `from … import *`; without a module that has it, the name itself.

    Args:
        modules: The modules of which all was imported; the last that has the name counts.
        short: The name.
    """
    for module in reversed(modules):
        found = named(f"{module}.{short}")
        inside = found.path.rpartition(".")[0]
        if found.path == "keras" or (inside == "keras" and short in _MODULES):
            return found
        maker = _maker(inside, short)
        if maker is not None and maker is not Unreadable:
            return found
    return Name(short)


def made(name: Name, line: int, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What a call of something of Keras gives.

    Raises:
        CodeError: It is nothing that is read.
    """
    module, _, short = name.path.rpartition(".")
    maker = _maker(module, short)
    if maker is None:
        raise CodeError(line, f"{name.path} is not read.", quiet=not name.path.startswith("keras."))
    if maker is Unreadable:
        return _unreadable(short, args, kwargs)
    return maker(*args, **kwargs)


def _maker(module: str, short: str) -> Callable[..., Any] | None:
    if module in ("keras", "keras.models"):
        models: dict[str, Any] = {"Model": Model, "Sequential": Sequential, "Input": Input}
        return models.get(short)
    if module.startswith("keras.layers"):
        if short == Input.__name__:
            return Input
        if short in _JOINING:
            return getattr(layers, short)
        known = short[:1].isupper() and short in registry
        return registry.lookup(short) if known else Unreadable  # type: ignore[return-value]
    if module.startswith("keras.ops"):
        return _operation(short)
    family = module.removeprefix("keras.").partition(".")[0]
    if module == f"keras.{SCHEDULES}":
        known = find_registry(SCHEDULES)
        return known.lookup(short) if short in known else None
    if module == "keras.callbacks":
        return _callback(short)
    if family in _FAMILIES:
        try:
            return find_registry(family).lookup(short)
        except UnknownNameError:
            return None
    return None


def _callback(short: str) -> Callable[..., Any] | None:
    """What makes the entry of a document for a callback; None for one that a design cannot have."""
    if short not in callbacks.registry:
        return None
    cls: Any = callbacks.registry.lookup(short)

    def entry(*args: Any, **kwargs: Any) -> Configured:
        given = constructor_signature(cls).bind(*args, **kwargs).arguments
        if not is_plain(dict(given)):
            raise ValueError(f"the arguments of {short} are no plain values")
        return Configured(name=short, params=own_settings(cls, dict(given)))

    return entry


def callbacks_in(given: Any) -> tuple[Configured, ...]:
    """The callbacks among what a program gives to `fit`, as a document has them."""
    entries: list[Any] = given if isinstance(given, list) else [given]
    return tuple(entry for entry in entries if isinstance(entry, Configured))


def plain_member(name: Name, line: int) -> Any:
    """What a name of Keras stands for that is given to a layer and not called: `keras.activations.relu`."""
    module, _, short = name.path.rpartition(".")
    family = _ACTIVATIONS.get(module, module.removeprefix("keras.").partition(".")[0])
    if family in _FAMILIES and short in find_registry(family):
        return short
    raise CodeError(line, f"{name.path} is not read.")


def _operation(short: str) -> Callable[..., Any] | None:
    operation_names()
    known = {entry.function.__name__ for entry in entries.values()}
    if short not in known or not hasattr(ops, short):
        return None
    function = getattr(ops, short)

    def only_symbolic(*args: Any, **kwargs: Any) -> Any:
        if not find_symbolic([list(args), list(kwargs.values())]):
            raise ValueError(f"{short}() is read on tensors of the model only")
        return function(*args, **kwargs)

    return only_symbolic


def _unreadable(short: str, args: list[Any], kwargs: dict[str, Any]) -> Layer:
    kept = {key: value for key, value in kwargs.items() if is_plain(value) and key != "name"}
    kept |= {f"argument_{place}": value for place, value in enumerate(args) if is_plain(value)}
    name = kwargs.get("name")
    cls = type(short, (Unreadable,), {})
    return cls(kept, name=name if isinstance(name, str) else None)
