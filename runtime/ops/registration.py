"""Makes functions known under Keras's names, so that they also work on symbolic tensors and in files.

A function is written once, for real tensors:

    @numpy_op("x1", "x2")
    def add(x1, x2): ...

Called on a symbolic tensor, it becomes a step of the graph, an `Operation` whose class has the name and the
arguments that Keras gives it in files.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ParamSpec, TypeVar

from runtime.errors import LayerloomError, ShapeError
from runtime.layers.operations import Operation, entries
from runtime.ops.conversion import SymbolicArgumentError, dtype_name
from runtime.ops.tracing import describe_result
from runtime.symbolic import find_symbolic
from runtime.types import show_shape

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(eq=False)
class Entry:
    """One function and what its class looks like.

    Args:
        function: Computes on real tensors.
        module: Where Keras has the class; written to files, never imported.
        name: Name of the class.
        takes: The arguments that go along the wires of a graph; all others are settings of the class.
        meant: What is written to files for settings of None.
    """

    function: Callable[..., Any]
    module: str
    name: str
    takes: tuple[str, ...]
    meant: dict[str, Any]

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The function's arguments, without `**kwargs`."""
        found = inspect.signature(self.function).parameters
        return {name: p for name, p in found.items() if p.kind is not p.VAR_KEYWORD}

    @cached_property
    def cls(self) -> type[Operation]:
        """The class, made when it is first needed."""
        own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        name = inspect.Parameter("name", inspect.Parameter.KEYWORD_ONLY, default=None)
        settings = [p for key, p in self.parameters.items() if key not in self.takes]
        taken = [_plain(self.parameters[key]) for key in self.takes]

        def init(self: Operation, **kwargs: Any) -> None:
            Operation.__init__(self, **kwargs)

        def call(self: Operation, *args: Any, **kwargs: Any) -> Any:
            return self.compute(*args, **kwargs)

        init.__signature__ = inspect.Signature([own, *map(_keyword, settings), name])  # type: ignore[attr-defined]
        call.__signature__ = inspect.Signature([own, *taken])  # type: ignore[attr-defined]
        body = {
            "__doc__": self.function.__doc__,
            "__module__": __name__,
            "_module": self.module,
            "entry": self,
            "__init__": init,
            "call": call,
        }
        return type(self.name, (Operation,), body)

    def describe(self, operation: Operation, arguments: dict[str, Any]) -> Any:
        """Shape and element type of the result, or a list of them.

        Raises:
            ShapeError: The arguments do not go together.
        """
        try:
            return describe_result(operation.compute, arguments, self.name, self.module)
        except LayerloomError:
            raise
        except Exception as error:
            shapes = " and ".join(show_shape(tensor.shape) for tensor in find_symbolic(arguments))
            raise ShapeError(
                f"{operation.label} cannot take {shapes}: {str(error).splitlines()[0]}.",
                port=next(reversed(arguments)),
                hint="The first size is the batch's; sizes are matched from the last axis on.",
            ) from error

    def symbolic(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A step of the graph in place of numbers."""
        bound = inspect.signature(self.function).bind(*args, **kwargs)
        bound.apply_defaults()
        given = {name: bound.arguments[name] for name in self.parameters}
        further = next((value for name, value in bound.arguments.items() if name not in given), {})
        taken = {name: given.pop(name) for name in self.takes}
        given |= {name: value for name, value in self.meant.items() if given[name] is None}
        if given.get("dtype") is not None:
            given["dtype"] = dtype_name(given["dtype"])
        if isinstance(sizes := given.get("newshape"), int):
            given["newshape"] = (sizes,)
        return self.cls(**given)(
            **{name: value for name, value in taken.items() if value is not None}, **further
        )


def family(module: str) -> Callable[..., Any]:
    """The decorator for functions of one of Keras's modules.

    Args:
        module: Name of the module, as it is written to files.
    """

    def register(
        *takes: str, named: str = "", meant: dict[str, Any] | None = None
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Makes a function known.

        Args:
            takes: The arguments that go along the wires of a graph, the first one if none is said.
            named: Name of the class in files, by default the function's in camel case.
            meant: What is written to files for settings of None.
        """

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            name = named or "".join(part.capitalize() for part in function.__name__.split("_"))
            entry = Entry(function, module, name, takes or (_first_argument(function),), meant or {})
            entries.setdefault(name, entry)

            @functools.wraps(function)
            def op(*args: P.args, **kwargs: P.kwargs) -> R:
                try:
                    return function(*args, **kwargs)
                except SymbolicArgumentError:
                    return entry.symbolic(args, kwargs)

            return op

        return decorate

    return register


core_op = family("keras.src.ops.core")
numpy_op = family("keras.src.ops.numpy")
nn_op = family("keras.src.ops.nn")
math_op = family("keras.src.ops.math")
linalg_op = family("keras.src.ops.linalg")
image_op = family("keras.src.ops.image")
einops_op = family("keras.src.ops.einops")


def _first_argument(function: Callable[..., Any]) -> str:
    return function.__code__.co_varnames[0]


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    """An argument of `call`; any number of tensors come as one list."""
    if parameter.kind is parameter.VAR_POSITIONAL:
        return inspect.Parameter(parameter.name, parameter.POSITIONAL_OR_KEYWORD, annotation=list)
    return parameter.replace(kind=parameter.POSITIONAL_OR_KEYWORD, annotation=parameter.empty)


def _keyword(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=parameter.empty)


def op_like(function: Callable[P, R], name: str, summary: str) -> Callable[P, R]:
    """A copy of a function of one's own table, under a public name and with one line of documentation."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = summary
    return function
