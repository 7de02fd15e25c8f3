"""Signs between symbolic tensors: what `x + y`, `x * 2`, `-x`, `x @ y` and `x[:, 0]` put into a graph.

Each is a layer without weights that bears the name Keras gives the operation in files. They stand in a
registry of their own: `Add` is a layer, too.
"""

import operator
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch

from runtime.errors import GraphError, ShapeError
from runtime.layers.base import Layer
from runtime.registries import Registry
from runtime.symbolic import KerasTensor, Node
from runtime.types import Shape, TensorSpec, show_shape

registry: Registry[Layer] = Registry("operation", "keras.src.ops.numpy")


class Operation(Layer):
    """Base of all operations: a function of tensors and constants."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The name alone, as Keras writes it."""
        return {"name": self.name}

    def _call_symbolic(self, arguments: dict[str, Any]) -> KerasTensor:
        arguments = {name: self.constant(name, value) for name, value in arguments.items()}
        spec = self.describe(**arguments)
        node = Node(self, arguments)
        self._nodes.append(node)
        node.outputs = [KerasTensor(spec.shape, spec.dtype, f"{self.name}/output", node)]
        return node.outputs[0]

    def constant(self, name: str, value: Any) -> Any:
        """An argument that is no symbolic tensor, as it is kept in the graph.

        Raises:
            GraphError: It is nothing one can calculate with.
        """
        if isinstance(value, np.ndarray | np.generic):
            value = torch.from_numpy(np.asarray(value))
        if isinstance(value, torch.Tensor):
            return value.to(torch.float32) if value.is_floating_point() else value
        if not isinstance(value, KerasTensor | int | float):
            raise GraphError(
                f"{type(self).__name__} of {value!r} and a symbolic tensor cannot be computed.",
                hint=f"{name} must be a tensor, an array or a number.",
            )
        return value

    def describe(self, **arguments: Any) -> TensorSpec:
        """Shape and dtype of the result.

        Raises:
            ShapeError: The shapes do not go together.
        """
        shape = self.compute_output_shape(*(_shape_of(value) for value in arguments.values()))
        # The same on single numbers: torch knows best which element type comes out.
        result = self.call(**{name: _single(value) for name, value in arguments.items()})
        return TensorSpec(shape, str(result.dtype).rpartition(".")[2])

    def output_dtype(self, dtypes: list[str]) -> str:
        """The element type that torch's function gives."""
        numbers = (torch.ones((1, 1), dtype=getattr(torch, dtype)) for dtype in dtypes)
        return str(self.call(*numbers).dtype).rpartition(".")[2]

    def _refuse(self, one: Shape, other: Shape, hint: str) -> ShapeError:
        return ShapeError(
            f"{self.label} gets {show_shape(one)} and {show_shape(other)}, which do not go together.",
            port="x2",
            hint=hint,
        )


class Unary(Operation):
    """Base of operations on each number of one tensor."""

    function: ClassVar[Callable[..., Any]]

    def call(self, x: torch.Tensor) -> torch.Tensor:
        """The function of each number."""
        return type(self).function(x)

    def compute_output_shape(self, x_shape: Shape) -> Shape:
        """The shape stays."""
        return x_shape


class Binary(Operation):
    """Base of operations on two tensors, or a tensor and a number, place by place."""

    function: ClassVar[Callable[..., Any]]

    def call(self, x1: torch.Tensor, x2: torch.Tensor) -> torch.Tensor:
        """The function of the numbers at each place."""
        return type(self).function(*_on_one_device(x1, x2))

    def compute_output_shape(self, x1_shape: Shape, x2_shape: Shape) -> Shape:
        """The shape into which both fit; axes are matched from the last one on."""
        shape = _broadcast(x1_shape, x2_shape)
        if shape is None:
            raise self._refuse(
                x1_shape, x2_shape, "Sizes must be equal, or 1; the last axes are matched first."
            )
        return shape


def _named(name: str, base: type[Operation], function: Callable[..., Any], words: str) -> type[Operation]:
    cls = type(
        name, (base,), {"__doc__": f"{words}.", "__module__": __name__, "function": staticmethod(function)}
    )
    return registry.register(cls)


Absolute = _named("Absolute", Unary, torch.abs, "Each number without its sign")
Negative = _named("Negative", Unary, torch.neg, "Each number with the other sign")
Add = _named("Add", Binary, operator.add, "The sum")
Subtract = _named("Subtract", Binary, operator.sub, "The difference")
Multiply = _named("Multiply", Binary, operator.mul, "The product")
TrueDivide = _named("TrueDivide", Binary, operator.truediv, "The quotient")
FloorDivide = _named("FloorDivide", Binary, operator.floordiv, "The quotient rounded down")
Mod = _named("Mod", Binary, operator.mod, "What a division leaves over")
Power = _named("Power", Binary, operator.pow, "The first to the power of the second")
Greater = _named("Greater", Binary, operator.gt, "Where the first is larger")
GreaterEqual = _named("GreaterEqual", Binary, operator.ge, "Where the first is as large or larger")
Less = _named("Less", Binary, operator.lt, "Where the first is smaller")
LessEqual = _named("LessEqual", Binary, operator.le, "Where the first is as small or smaller")


@registry.register
class Matmul(Operation):
    """The matrix product along the last axis of the first and the last but one of the second."""

    def call(self, x1: torch.Tensor, x2: torch.Tensor) -> torch.Tensor:
        """The product of the last two axes, for each place of the others."""
        return torch.matmul(*_on_one_device(x1, x2))

    def compute_output_shape(self, x1_shape: Shape, x2_shape: Shape) -> Shape:
        """Rows of the first, columns of the second; the axes before are matched."""
        hint = "The last axis of the first must be as long as the last but one of the second."
        if not x1_shape or not x2_shape:
            raise self._refuse(x1_shape, x2_shape, "A number has no axes: use * to multiply by it.")
        inner = x2_shape[-2:][0]
        lead = _broadcast(x1_shape[:-2], x2_shape[:-2])
        if lead is None or (x1_shape[-1] != inner and None not in (x1_shape[-1], inner)):
            raise self._refuse(x1_shape, x2_shape, hint)
        return (*lead, *x1_shape[-2:-1], *x2_shape[-1:][: len(x2_shape) - 1])


@registry.register
class GetItem(Operation):
    """A part of a tensor: `x[:, 0]`, `x[..., 1:3]`."""

    def call(self, x: torch.Tensor, key: Any = None) -> torch.Tensor:
        """The part that the key names."""
        return x[tuple(key) if isinstance(key, list) else key]

    def constant(self, name: str, value: Any) -> Any:
        """The key as a tuple of numbers, slices, None and "...".

        Raises:
            GraphError: Something else is in it.
        """
        if name != "key":
            return super().constant(name, value)
        key = tuple(value) if isinstance(value, list | tuple) else (value,)
        for item in key:
            step = item.step if isinstance(item, slice) else None
            if (
                isinstance(item, bool)
                or not isinstance(item, int | slice | type(...) | None)
                or (step or 1) < 1
            ):
                raise GraphError(
                    f"A symbolic tensor has no part [{item!r}].",
                    hint="Take whole numbers, slices that go forward, None and '...'.",
                )
        # A number alone stays one: in files, tuples are lists, and a list of numbers picks several places.
        return key[0] if len(key) == 1 and isinstance(key[0], int) else key

    def describe(self, **arguments: Any) -> TensorSpec:
        """The shape of the part; the element type stays."""
        x: KerasTensor = arguments["x"]
        key = arguments.get("key", (None,))
        key = key if isinstance(key, tuple) else (key,)
        named = sum(item is not None and item is not Ellipsis for item in key)
        if named > len(x.shape) or sum(item is Ellipsis for item in key) > 1:
            raise self._no_part(key, x.shape)
        if Ellipsis not in key:
            key = (*key, Ellipsis)
        sizes: list[int | None] = list(x.shape)
        shape: list[int | None] = []
        for item in key:
            if item is None:
                shape.append(1)
            elif item is Ellipsis:
                rest = len(x.shape) - named
                shape, sizes = shape + sizes[:rest], sizes[rest:]
            elif isinstance(item, slice):
                size = sizes.pop(0)
                shape.append(None if size is None else len(range(*item.indices(size))))
            else:
                size = sizes.pop(0)
                if size is not None and item not in range(-size, size):
                    raise self._no_part(key, x.shape)
        return TensorSpec(tuple(shape), x.dtype)

    def _no_part(self, key: tuple[Any, ...], shape: Shape) -> ShapeError:
        return ShapeError(
            f"{self.label} wants the part {list(key)} of {show_shape(shape)}, which is not there.",
            port="x",
            hint="The first axis is the batch: x[:, 0] is the first of the next axis.",
        )


def operate(name: str, *arguments: Any) -> Any:
    """What a sign makes of symbolic tensors: the output of a new operation."""
    return registry.lookup(name)()(*arguments)


KerasTensor.operate = staticmethod(operate)


def _shape_of(value: Any) -> Shape:
    return value.shape if isinstance(value, KerasTensor) else tuple(getattr(value, "shape", ()))


def _single(value: Any) -> Any:
    if isinstance(value, KerasTensor | torch.Tensor):
        dtype = getattr(torch, value.dtype) if isinstance(value, KerasTensor) else value.dtype
        # As many axes: a tensor without any counts less in the choice of the element type.
        return torch.ones([1] * len(value.shape), dtype=dtype)
    return value


def _on_one_device(one: Any, other: Any) -> tuple[Any, Any]:
    """Constants follow the data."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor) and one.device != other.device:
        device = next((x.device for x in (one, other) if x.device.type != "cpu"), one.device)
        return one.to(device), other.to(device)
    return one, other


def _broadcast(one: Shape, other: Shape) -> Shape | None:
    """The shape into which both fit, matched from the last axis on; None if there is none."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    sizes = list(longer)
    for place, its in enumerate(shorter, start=len(longer) - len(shorter)):
        mine = sizes[place]
        if mine == 1 or (mine is None and its != 1):
            sizes[place] = its
        elif its not in (1, None, mine):
            return None
    return tuple(sizes)
