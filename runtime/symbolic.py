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
        return find_symbolic(list(self.arguments.values()))


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
    """Puts a sign, by the name of its function, behind tensors; `runtime.layers.operations` brings it."""
    change: ClassVar[Callable[..., "KerasTensor"]]
    """The same for a function of one tensor and settings."""
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
        return self.operate("add", self, other)

    def __radd__(self, other: Any) -> "KerasTensor":
        return self.operate("add", other, self)

    def __sub__(self, other: Any) -> "KerasTensor":
        return self.operate("subtract", self, other)

    def __rsub__(self, other: Any) -> "KerasTensor":
        return self.operate("subtract", other, self)

    def __mul__(self, other: Any) -> "KerasTensor":
        return self.operate("multiply", self, other)

    def __rmul__(self, other: Any) -> "KerasTensor":
        return self.operate("multiply", other, self)

    def __truediv__(self, other: Any) -> "KerasTensor":
        return self.operate("true_divide", self, other)

    def __rtruediv__(self, other: Any) -> "KerasTensor":
        return self.operate("true_divide", other, self)

    def __floordiv__(self, other: Any) -> "KerasTensor":
        return self.operate("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> "KerasTensor":
        return self.operate("floor_divide", other, self)

    def __mod__(self, other: Any) -> "KerasTensor":
        return self.operate("mod", self, other)

    def __rmod__(self, other: Any) -> "KerasTensor":
        return self.operate("mod", other, self)

    def __pow__(self, other: Any) -> "KerasTensor":
        return self.operate("power", self, other)

    def __rpow__(self, other: Any) -> "KerasTensor":
        return self.operate("power", other, self)

    def __matmul__(self, other: Any) -> "KerasTensor":
        return self.operate("matmul", self, other)

    def __rmatmul__(self, other: Any) -> "KerasTensor":
        return self.operate("matmul", other, self)

    def __gt__(self, other: Any) -> "KerasTensor":
        return self.operate("greater", self, other)

    def __ge__(self, other: Any) -> "KerasTensor":
        return self.operate("greater_equal", self, other)

    def __lt__(self, other: Any) -> "KerasTensor":
        return self.operate("less", self, other)

    def __le__(self, other: Any) -> "KerasTensor":
        return self.operate("less_equal", self, other)

    def __neg__(self) -> "KerasTensor":
        return self.operate("negative", self)

    def __abs__(self) -> "KerasTensor":
        return self.operate("absolute", self)

    def __ne__(self, other: object) -> Any:
        # As in Keras: != compares the numbers, == asks whether it is the same symbolic tensor.
        return self.operate("not_equal", self, other)

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> "KerasTensor":
        return self.operate("logical_and", self, other)

    def __rand__(self, other: Any) -> "KerasTensor":
        return self.operate("logical_and", other, self)

    def __or__(self, other: Any) -> "KerasTensor":
        return self.operate("logical_or", self, other)

    def __ror__(self, other: Any) -> "KerasTensor":
        return self.operate("logical_or", other, self)

    def __xor__(self, other: Any) -> "KerasTensor":
        return self.operate("logical_xor", self, other)

    def __rxor__(self, other: Any) -> "KerasTensor":
        return self.operate("logical_xor", other, self)

    def __invert__(self) -> "KerasTensor":
        return self.operate("logical_not", self)

    def __round__(self, ndigits: int | None = None) -> "KerasTensor":
        return self.operate("round", self, ndigits or 0)

    def __getitem__(self, key: Any) -> "KerasTensor":
        return self.change("get_item", self, (None,) if key is None else key)

    def reshape(self, newshape: Any) -> "KerasTensor":
        """The same numbers in other axes, the batch included."""
        return self.change("reshape", self, newshape)

    def squeeze(self, axis: Any = None) -> "KerasTensor":
        """The same without axes of length 1."""
        return self.change("squeeze", self, axis)

    __bool__ = __float__ = __int__ = __len__ = __iter__ = __array__ = _no_value


def find_symbolic(value: Any) -> list[KerasTensor]:
    """All symbolic tensors in nested lists, tuples and dicts; those of a dict in the order of their names."""
    if isinstance(value, KerasTensor):
        return [value]
    if isinstance(value, dict):
        value = [value[name] for name in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in find_symbolic(item)]
    return []
