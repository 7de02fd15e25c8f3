"""Tensors without values: what flows between layers while a functional model is being described."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from runtime.errors import GraphError
from runtime.types import Shape, TensorSpec

if TYPE_CHECKING:
    from runtime.layers.base import Layer


_calls = count()


@dataclass(eq=False)
class Node:
    """One call of a layer in a functional graph.

    Args:
        layer: The layer that was called.
        arguments: Arguments of its `call`, by name; symbolic tensors stand where values will be.
        outputs: The symbolic tensors it returned.
        number: Counts calls up, so that those of one layer have an order.
    """

    layer: "Layer"
    arguments: dict[str, Any]
    outputs: list["KerasTensor"] = field(default_factory=list["KerasTensor"])
    number: int = field(default_factory=lambda: next(_calls))
    template: Any = None
    """The structure the outputs come in, where that is no plain tuple: a dict, or nested ones."""

    @property
    def inputs(self) -> list["KerasTensor"]:
        """The symbolic tensors among the arguments, in order."""
        return find_symbolic(self.arguments)


class KerasTensor:
    """A tensor that has a shape and a history, but no values.

    Args:
        shape: Sizes, batch first; None where unknown.
        dtype: Name of the element type.
        name: A name for messages.
        node: The call it comes from.
        index: Its place among the outputs of that call.
    """

    operate: ClassVar[Callable[..., "KerasTensor"]]
    """Puts an operation, given by its name, behind tensors; `runtime.layers.operations` brings it."""
    __array_ufunc__ = None
    """With an array on the left, numpy leaves the sign to the tensor."""

    def __init__(
        self,
        shape: Shape,
        dtype: str = "float32",
        name: str = "",
        node: Node | None = None,
        index: int = 0,
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self.name = name
        self.node = node
        self.index = index

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype."""
        return TensorSpec(self.shape, self.dtype)

    @property
    def ndim(self) -> int:
        """Number of axes, the batch included."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def _no_value(self, *_: Any) -> NoReturn:
        raise GraphError(
            f"{self!r} has no values yet: it only says what shape will come out of a layer.",
            hint="Wrap the computation in a Layer, or call the finished model on real data.",
        )

    def __add__(self, other: Any) -> "KerasTensor":
        return self.operate("Add", self, other)

    def __radd__(self, other: Any) -> "KerasTensor":
        return self.operate("Add", other, self)

    def __sub__(self, other: Any) -> "KerasTensor":
        return self.operate("Subtract", self, other)

    def __rsub__(self, other: Any) -> "KerasTensor":
        return self.operate("Subtract", other, self)

    def __mul__(self, other: Any) -> "KerasTensor":
        return self.operate("Multiply", self, other)

    def __rmul__(self, other: Any) -> "KerasTensor":
        return self.operate("Multiply", other, self)

    def __truediv__(self, other: Any) -> "KerasTensor":
        return self.operate("TrueDivide", self, other)

    def __rtruediv__(self, other: Any) -> "KerasTensor":
        return self.operate("TrueDivide", other, self)

    def __floordiv__(self, other: Any) -> "KerasTensor":
        return self.operate("FloorDivide", self, other)

    def __rfloordiv__(self, other: Any) -> "KerasTensor":
        return self.operate("FloorDivide", other, self)

    def __mod__(self, other: Any) -> "KerasTensor":
        return self.operate("Mod", self, other)

    def __rmod__(self, other: Any) -> "KerasTensor":
        return self.operate("Mod", other, self)

    def __pow__(self, other: Any) -> "KerasTensor":
        return self.operate("Power", self, other)

    def __rpow__(self, other: Any) -> "KerasTensor":
        return self.operate("Power", other, self)

    def __matmul__(self, other: Any) -> "KerasTensor":
        return self.operate("Matmul", self, other)

    def __rmatmul__(self, other: Any) -> "KerasTensor":
        return self.operate("Matmul", other, self)

    def __gt__(self, other: Any) -> "KerasTensor":
        return self.operate("Greater", self, other)

    def __ge__(self, other: Any) -> "KerasTensor":
        return self.operate("GreaterEqual", self, other)

    def __lt__(self, other: Any) -> "KerasTensor":
        return self.operate("Less", self, other)

    def __le__(self, other: Any) -> "KerasTensor":
        return self.operate("LessEqual", self, other)

    def __neg__(self) -> "KerasTensor":
        return self.operate("Negative", self)

    def __abs__(self) -> "KerasTensor":
        return self.operate("Absolute", self)

    def __getitem__(self, key: Any) -> "KerasTensor":
        return self.operate("GetItem", self, key if isinstance(key, tuple) else (key,))

    __bool__ = __float__ = __int__ = __len__ = __iter__ = __array__ = _no_value


def find_symbolic(value: Any) -> list[KerasTensor]:
    """All symbolic tensors in nested lists, tuples and dicts, in order."""
    if isinstance(value, KerasTensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in find_symbolic(item)]
    return []
