"""Operations: functions of tensors as steps of a graph, as `x + y`, `x[:, 0]` or `ops.mean(x)` put into it.

Each is a layer without weights that bears the name Keras gives the function in files. They stand in a table
of their own: `Add` is a layer, too. The functions themselves are in `runtime.ops`, which is loaded when one
is needed.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
import torch

from runtime.configurable import constructor_parameters, to_json
from runtime.data.nested import flatten, packer
from runtime.errors import GraphError, UnknownNameError
from runtime.layers.base import Layer
from runtime.layers.inference import names_of
from runtime.symbolic import KerasTensor, Node, find_symbolic
from runtime.types import TensorSpec

entries: dict[str, Any] = {}
"""Class name → what `runtime.ops` knows of the function."""


def operation_names() -> tuple[str, ...]:
    """Names of the classes of all operations."""
    import_module("runtime.ops")
    return tuple(entries)


def operation_class(name: str) -> type["Operation"]:
    """The class of that name.

    Raises:
        UnknownNameError: There is none; close names are suggested.
    """
    if name not in operation_names():
        raise UnknownNameError("operation", name, operation_names())
    return entries[name].cls


def is_operation(name: Any, config: Any) -> bool:
    """True if a class name and a config are those of an operation: it has none of a layer's arguments."""
    if not isinstance(name, str) or not isinstance(config, dict) or "trainable" in config:
        return False
    # Settings that say nothing may be those of an older or newer Keras.
    said = {key for key, value in config.items() if value is not None and value is not False}
    return name in operation_names() and said <= set(constructor_parameters(entries[name].cls))


class Operation(Layer):
    """Base of all operations; `runtime.ops.registration` makes one class for each function."""

    entry: ClassVar[Any]

    def __init__(self, *, name: str | None = None, **settings: Any) -> None:
        unknown = {key: settings[key] for key in settings if key not in constructor_parameters(type(self))}
        super().__init__(name=name, **unknown)
        self.settings = settings
        self.autocast = False
        self.built = True
        self._has_constants = False

    def get_config(self) -> dict[str, Any]:
        """The name and the settings, as Keras writes them."""
        held = next((key for key, value in self.settings.items() if any(map(callable, flatten(value)))), None)
        if held is not None:
            raise GraphError(
                f"{self.label} holds a function ({held}), which files cannot.",
                hint="Write the step as a Layer.",
            )
        settings = {key: to_json(self._argument(key)) for key in constructor_parameters(type(self))}
        return {**settings, "name": self.name}

    def compute(self, *args: Any, **kwargs: Any) -> Any:
        """The function of real tensors."""
        takes = self.entry.takes
        given = {**self.settings, **dict(zip(takes, args, strict=False)), **kwargs}
        places: list[Any] = []
        parameters = self.entry.parameters
        if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters.values()):
            for key, parameter in parameters.items():
                if parameter.kind is parameter.VAR_POSITIONAL:
                    places += given.pop(key)
                    break
                places.append(given.pop(key))
        return self.entry.function(*places, **given)

    def to_program(self) -> Callable[..., Any]:
        """The function a compiled graph calls: the bare one, its settings filled in."""
        parameters = list(self.entry.parameters.values())
        in_order = tuple(parameter.name for parameter in parameters[: len(self.entry.takes)])
        simple = in_order == self.entry.takes and all(
            parameter.kind is not parameter.VAR_POSITIONAL for parameter in parameters
        )
        function = partial(self.entry.function, **self.settings) if simple else self.compute
        if not self.settings and simple:
            function = self.entry.function
        if self._has_constants:
            function = partial(_on_one_device, function)
        return function

    def _call_symbolic(self, arguments: dict[str, Any]) -> Any:
        arguments = {name: _constant(value) for name, value in arguments.items()}
        self._has_constants = any(map(_holds_tensor, arguments.values()))
        specs = self.describe(arguments)
        node = Node(self, arguments)
        self._nodes.append(node)
        node.outputs = [
            KerasTensor(spec.shape, spec.dtype, f"{self.name}/output_{index}", node, index)
            for index, spec in enumerate(flatten(specs))
        ]
        if not isinstance(specs, dict | list | tuple):
            return node.outputs[0]
        nested = isinstance(specs, dict) or any(isinstance(item, dict | list | tuple) for item in specs)
        if nested or len(specs) == 1:
            node.template = specs
        return packer(specs)[0](node.outputs)

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shape and element type of each result, for those of the tensors and for what else is given."""
        found = self.describe({name: _symbolic(value) for name, value in ports.items()} | (settings or {}))
        return dict(zip(names_of(found), flatten(found), strict=True))

    def describe(self, arguments: dict[str, Any]) -> Any:
        """Shape and element type of the result, or a list of them, for symbolic tensors in the arguments.

        Raises:
            ShapeError: They do not go together.
        """
        return self.entry.describe(self, arguments)

    def file_arguments(self, arguments: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call by place and by name, as files have them."""
        args: list[Any] = []
        rest = dict(arguments)
        for name in self.entry.takes:
            value = rest.pop(name, None)
            many = self.entry.parameters[name].kind.name == "VAR_POSITIONAL"
            args += value if many else [value]
        return args, rest

    def bind(self, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The inverse of `file_arguments`."""
        arguments: dict[str, Any] = {}
        places = list(args)
        for name in self.entry.takes:
            if self.entry.parameters[name].kind.name == "VAR_POSITIONAL":
                arguments[name], places = places, []
            elif places:
                arguments[name] = places.pop(0)
        arguments |= kwargs
        return {name: value for name, value in arguments.items() if value is not None}


def _symbolic(value: Any) -> Any:
    if isinstance(value, list):
        return [_symbolic(item) for item in value]
    return KerasTensor(value.shape, value.dtype) if isinstance(value, TensorSpec) else value


def _holds_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor) or (isinstance(value, list) and any(map(_holds_tensor, value)))


def _on_one_device(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Constants follow the data."""
    given = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
    device = next((value.device for value in given if value.device.type != "cpu"), None)
    if device is None:
        return function(*args, **kwargs)
    moved = {
        name: value.to(device) if isinstance(value, torch.Tensor) else value for name, value in kwargs.items()
    }
    return function(
        *(value.to(device) if isinstance(value, torch.Tensor) else value for value in args), **moved
    )


def _constant(value: Any) -> Any:
    """An argument as it is kept in the graph: arrays as tensors, floating ones as float32."""
    if isinstance(value, list | tuple | dict) and find_symbolic(value):
        if isinstance(value, dict):
            return {key: _constant(item) for key, item in value.items()}
        return [_constant(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        value = torch.from_numpy(np.asarray(value))
    if isinstance(value, torch.Tensor):
        return value.to(torch.float32) if value.dtype == torch.float64 else value
    return value


def operate(name: str, *arguments: Any) -> Any:
    """What a sign makes of symbolic tensors: the output of a new operation.

    Raises:
        GraphError: The other side is nothing one can calculate with.
    """
    for value in arguments:
        if not isinstance(value, KerasTensor | torch.Tensor | np.ndarray | np.generic | int | float):
            raise GraphError(
                f"A symbolic tensor and {value!r} cannot be computed with {name}().",
                hint="The other side must be a tensor, an array or a number.",
            )
    return change(name, *arguments)


def change(name: str, tensor: Any, *settings: Any) -> Any:
    """What a function of that name makes of a symbolic tensor."""
    return getattr(import_module("runtime.ops"), name)(tensor, *settings)


KerasTensor.operate = staticmethod(operate)
KerasTensor.change = staticmethod(change)
