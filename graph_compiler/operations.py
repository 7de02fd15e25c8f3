"""Functions between layers as nodes: `x + 1`, `x[:, 0]` or `ops.mean(x)` in a model that came in with a file.

Such a node's layer is "ops." and the name of the function's class. Tensors come by wire, one or several to a
port; what is no tensor stands among the node's settings under the port's name.
"""

from functools import cache
from typing import Any

import numpy as np

from graph_compiler.document import GraphDocument
from runtime.layers import Operation
from runtime.layers.operations import operation_class, operation_names
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec, PortSpec, layer_spec
from runtime.saving.call_arguments import read_call

PREFIX = "ops."
MOST_NUMBERS = 4096
"""Most numbers of a constant that a document keeps."""


@cache
def operation_spec(name: str) -> LayerSpec | None:
    """The description of a node's function, or None if the name is none of a function."""
    if not name.startswith(PREFIX) or name.removeprefix(PREFIX) not in operation_names():
        return None
    cls = operation_class(name.removeprefix(PREFIX))
    described, takes = layer_spec(cls), cls.entry.takes
    function = cls.entry.function.__name__
    return LayerSpec(
        name=name,
        label=function,
        group="",
        rank=2,
        constructor=f"{PREFIX}{function}",
        cls=cls,
        docstring=described.docstring,
        params=described.params,
        inputs=tuple(PortSpec(port, port, optional=True, variadic=True) for port in takes),
        settings=tuple(ParamSpec(port, "json", default=None) for port in takes),
    )


def uses_functions(document: GraphDocument) -> bool:
    """True if a design has nodes that are functions."""
    return any(node.layer.startswith(PREFIX) for node in document.nodes.values())


def is_function(spec: LayerSpec) -> bool:
    """True if a description is that of a function, not of a layer."""
    return issubclass(spec.cls, Operation)


def takes_many(cls: type[Operation], port: str) -> bool:
    """True if an argument of a function stands for any number of them."""
    return cls.entry.parameters[port].kind.name == "VAR_POSITIONAL"


def unwrapped(cls: type, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a function as it takes them: a port with one wire brings a tensor, not a list of one."""
    if not issubclass(cls, Operation):
        return arguments
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 and not takes_many(cls, name) else value
        for name, value in arguments.items()
    }


def constant(value: Any) -> Any:
    """What a function is given in place of a tensor, from its form in a document."""
    return _with_tuples(read_call({"args": [value], "kwargs": {}}).args[0])


def constant_as_json(value: Any) -> Any:
    """The form a constant has in a document: that of Keras's files.

    Raises:
        ValueError: It is too large, or of a kind that a document cannot keep.
    """
    if isinstance(value, slice):
        ends = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": ends}
    if value is ...:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(value, np.ndarray):
        if value.size > MOST_NUMBERS:
            raise ValueError(f"it calculates with {value.size:,} numbers that are no weights")
        return {"class_name": "__numpy__", "config": {"value": value.tolist(), "dtype": str(value.dtype)}}
    if isinstance(value, list | tuple):
        return [constant_as_json(item) for item in value]
    return value


def _with_tuples(value: Any) -> Any:
    return tuple(_with_tuples(item) for item in value) if isinstance(value, list) else value
