"""`InputSpec`: what a layer of one's own says of the inputs it takes, checked at each call."""

from dataclasses import dataclass, fields
from typing import Any, Self

from runtime.errors import DataError, ParameterError, ShapeError
from runtime.formats import standardize_dtype
from runtime.types import Shape, show_shape

_NOT_IN_CONFIG = ("allow_last_axis_squeeze", "name")


@dataclass
class InputSpec:
    """What is expected of one input: give it to a layer as `self.input_spec`, or a list of them.

    Args:
        dtype: Element type.
        shape: Sizes, the batch included; None takes any size.
        ndim: Number of axes, the batch included.
        max_ndim: At most as many axes.
        min_ndim: At least as many axes.
        axes: Axis → size it must have; negative axes count from the last.
        allow_last_axis_squeeze: True takes a shape with a last axis of size 1 too much, or one too few where
            the last axis in `shape` is 1.
        name: Key of the input where the inputs come as a dict.
        optional: True takes None as well.
    """

    dtype: Any = None
    shape: Any = None
    ndim: int | None = None
    max_ndim: int | None = None
    min_ndim: int | None = None
    axes: Any = None
    allow_last_axis_squeeze: bool = False
    name: str | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        self.dtype = None if self.dtype is None else standardize_dtype(self.dtype)
        if self.shape is not None:
            self.shape = tuple(self.shape)
            self.ndim = len(self.shape)
        try:
            self.axes = {int(axis): size for axis, size in (self.axes or {}).items()}
        except (AttributeError, TypeError, ValueError) as error:
            raise ParameterError(
                f"InputSpec(axes=…) got {self.axes!r}.",
                parameter="axes",
                received=self.axes,
                hint="It is a dict of axis → size, such as {-1: 3}.",
            ) from error
        most = self.ndim or self.max_ndim
        if self.axes and most is not None and max(self.axes) >= most:
            raise ParameterError(
                f"InputSpec(axes=…) got the axis {max(self.axes)}, but there are at most {most} axes.",
                parameter="axes",
                received=self.axes,
                hint="Axes are counted from 0, which is the batch.",
            )

    def get_config(self) -> dict[str, Any]:
        """What is expected, as JSON values."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in _NOT_IN_CONFIG
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes an equal one from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        said = {
            name: getattr(self, name) for name in ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        }
        return f"InputSpec({', '.join(f'{name}={value}' for name, value in said.items() if value)})"


def check_inputs(spec: Any, inputs: Any, layer: Any, port: str) -> None:
    """Raises unless inputs are what a layer expects.

    Args:
        spec: An InputSpec, or lists or dicts of them, one for each input.
        inputs: Tensors or symbolic tensors, in the same structure.
        layer: The layer that asks, for the message.
        port: Its first input port.

    Raises:
        ShapeError: A number of inputs, a number of axes or a size does not fit.
        DataError: An element type does not fit.
    """
    specs = _flat(spec)
    values = _by_name(specs, inputs, layer, port) if isinstance(inputs, dict) else _flat(inputs)
    if len(values) != len(specs):
        raise ShapeError(
            f"{layer.label} expects {_inputs(len(specs))}, but gets {_inputs(len(values))}.",
            port=port,
            hint="Its input_spec says what it takes.",
        )
    for place, (value, one) in enumerate(zip(values, specs, strict=True)):
        if one is None or (value is None and one.optional):
            continue
        which = f"input {place}" if len(specs) > 1 else "an input"
        if not hasattr(value, "shape"):
            raise DataError(
                f"{layer.label} takes tensors, but as {which} it gets {str(value)[:60]!r}, "
                f"a {type(value).__name__}."
            )
        _check(one, value, f"{layer.label} expects {which} with", port)


def _check(spec: InputSpec, value: Any, expects: str, port: str) -> None:
    shape: Shape = tuple(value.shape)
    axes = len(shape)

    def refuse(wanted: str, hint: str) -> ShapeError:
        got = f"{show_shape(shape)} ({axes} {'axis' if axes == 1 else 'axes'})"
        return ShapeError(f"{expects} {wanted}, but gets {got}.", port=port, hint=hint)

    reshape = "Reshape it before."
    if spec.ndim is not None and axes != spec.ndim and not spec.allow_last_axis_squeeze:
        raise refuse(f"ndim={spec.ndim}", reshape)
    if spec.max_ndim is not None and axes > spec.max_ndim:
        raise refuse(f"max_ndim={spec.max_ndim}", reshape)
    if spec.min_ndim is not None and axes < spec.min_ndim:
        raise refuse(f"min_ndim={spec.min_ndim}", reshape)
    found = str(value.dtype).rpartition(".")[2]
    if spec.dtype is not None and found != spec.dtype:
        raise DataError(f"{expects} dtype={spec.dtype}, but gets {found}.", hint="Convert it before.")
    for axis, size in spec.axes.items():
        if not -axes <= axis < axes:
            raise refuse(f"size {size} at axis {axis}", reshape)
        if size is not None and shape[axis] not in (size, None):
            raise refuse(
                f"size {size} at axis {axis}", "A layer that is used twice needs inputs of equal size."
            )
    if spec.shape is not None and not _fits(spec, shape):
        raise refuse(f"shape={spec.shape}", reshape)


def _fits(spec: InputSpec, shape: Shape) -> bool:
    wanted: Shape = spec.shape
    if spec.allow_last_axis_squeeze:
        shape, wanted = (one[:-1] if one and one[-1] == 1 else one for one in (shape, wanted))
    sizes = zip(wanted, shape, strict=False)
    return len(wanted) == len(shape) and all(a == b or None in (a, b) for a, b in sizes)


def _by_name(specs: list[Any], inputs: dict[Any, Any], layer: Any, port: str) -> list[Any]:
    """Inputs by the names in their specs; without names they come in the order of their keys."""
    names = [one.name for one in specs if one is not None]
    if len(names) < len(specs) or None in names:
        return _flat(inputs)
    missing = next((name for name in names if name not in inputs), None)
    if missing is not None:
        raise ShapeError(
            f"{layer.label} misses the input {missing!r}; it gets {list(inputs)}.",
            port=port,
            hint=f"It takes a dict with the keys {names}.",
        )
    return [inputs[name] for name in names]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, list | tuple):
        return [item for part in value for item in _flat(part)]
    return [value]


def _inputs(count: int) -> str:
    return f"{count} input{'' if count == 1 else 's'}"
