"""What layers over one, two or three spatial axes share: signatures, and the way to torch."""

import inspect
import math
from collections.abc import Callable
from functools import reduce
from operator import or_
from types import FunctionType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, cast, get_args, get_origin

import torch

from runtime.layers.arguments import DataFormat, Padding, data_format_of
from runtime.layers.base import Layer
from runtime.layers.checking import require_rank
from runtime.types import Range, Shape, Size, show_shape

PerAxis = Annotated[int | tuple[int, ...], Size(0), Range(min=1)]
"""One whole number, or one for each spatial axis; how many those are, the layer's rank says."""
SequencePadding = Literal["valid", "same", "causal"]
"""Padding of a layer that, for sequences only, may also look at nothing but the past."""

_AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}
_THING = {1: "sequence", 2: "picture", 3: "volume"}


class Spatial(Layer):
    """Base of layers that work on sequences (rank 1), pictures (2) or volumes (3).

    Its subclasses are written once, with `PerAxis` for sizes, and then derived for each rank:
    `class Conv2D(Convolution, rank=2)`. The derived class gets a signature of its own, in which sizes have
    that many numbers, so that forms, checks and files see what Keras's class of that name takes.

    Args:
        data_format: Where the channels stand; None is "channels_last".
    """

    rank: ClassVar[int] = 0

    def __init_subclass__(cls, *, rank: int = 0, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if rank:
            cls.rank = rank
            constructor = constructor_for_rank(cast(FunctionType, cls.__init__), rank)
            cls.__init__ = constructor  # type: ignore[method-assign]

    def __init__(self, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)
        # torch computes sequences as pictures of height 1: its kernels for those are the faster ones.
        axes = max(self.rank, 2)
        self._channels_last = self.data_format == "channels_last"
        self._to_torch = (0, axes + 1, *range(1, axes + 1))
        self._from_torch = (0, *range(2, axes + 2), 1)
        self._height_axis = 1 if self._channels_last else 2

    def as_torch(self, inputs: torch.Tensor) -> torch.Tensor:
        """The same numbers as batch × channels × height × width, seen through without a copy."""
        if self.rank == 1:
            inputs = inputs.unsqueeze(self._height_axis)
        return inputs.permute(self._to_torch) if self._channels_last else inputs

    def from_torch(self, outputs: torch.Tensor) -> torch.Tensor:
        """The inverse of `as_torch`."""
        if self._channels_last:
            outputs = outputs.permute(self._from_torch)
        return outputs.squeeze(self._height_axis) if self.rank == 1 else outputs

    def torch_kernel(self, kernel: torch.Tensor) -> torch.Tensor:
        """Keras's kernel (*window, in, out) in torch's order (out, in, *window), mostly without a copy."""
        kernel = kernel.unsqueeze(0) if self.rank == 1 else kernel
        axes = kernel.ndim
        permuted = kernel.permute(axes - 1, axes - 2, *range(axes - 2))
        # For one filter and a batch of one, torch's backward pass wants the plain order.
        return permuted.contiguous() if permuted.shape[0] == 1 else permuted

    def for_torch(self, sizes: tuple[int, ...], fill: int = 1) -> tuple[int, ...]:
        """A size per axis as torch needs it: with one more in front for a sequence."""
        return (fill, *sizes) if self.rank == 1 else sizes

    def sizes_of(self, shape: Shape) -> Shape:
        """The spatial sizes in a shape."""
        return shape[1:-1] if self._channels_last else shape[2:]

    def channels_of(self, shape: Shape) -> int | None:
        """The number of channels in a shape."""
        return shape[self.channel_axis]

    @property
    def channel_axis(self) -> int:
        """Where the channels stand."""
        return -1 if self._channels_last else 1

    def shape_with(self, batch: int | None, sizes: Shape, channels: int | None) -> Shape:
        """A shape put together in the layer's data format."""
        return (batch, *sizes, channels) if self._channels_last else (batch, channels, *sizes)

    def check_rank(self, shape: Shape) -> None:
        """Raises a ShapeError unless a shape has batch, spatial axes and channels."""
        if len(shape) != self.rank + 2:
            named = self.shape_with(None, (None,) * self.rank, None)
            words = (
                [*_AXES[self.rank], "channels"] if self._channels_last else ["channels", *_AXES[self.rank]]
            )
            axes = " × ".join(["batch", *words])
            require_rank(self, shape, len(named), axes, hint=self._rank_hint(shape))

    @property
    def thing(self) -> str:
        """What the layer works on, in a word."""
        return _THING[self.rank]

    def _rank_hint(self, shape: Shape) -> str:
        """How to come from a shape of other rank to one that fits."""
        known = [size for size in shape[1:] if size is not None]
        missing = self.rank + 2 - len(shape)
        if missing < 0:
            other = type(self).__name__.replace(f"{self.rank}D", f"{len(shape) - 2}D")
            fits = 1 <= len(shape) - 2 <= 3
            return f"For inputs of this form there is {other}." if fits else "Put a Reshape before it."
        if len(known) != len(shape) - 1:
            return f"Put a Reshape before it that makes {self.rank + 1} axes of each sample."
        side = round(math.prod(known) ** (1 / self.rank))
        square = len(known) == 1 and side**self.rank == known[0]
        sizes = (side,) * self.rank if square else (*known, *(1,) * (missing - 1))
        target = (*sizes, 1) if self._channels_last else (1, *sizes)
        return f"Add a Reshape({target}) before it."

    def window_hint(self, sizes: Shape) -> str:
        """Sizes in words, for messages: "5 × 5"."""
        return show_shape((0, *sizes)).partition(" × ")[2]


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    """One number for each spatial axis, of a single one or as many as there are."""
    numbers = tuple(value) if isinstance(value, list | tuple) else (value,)
    return numbers * rank if len(numbers) == 1 else numbers


def constructor_for_rank(
    constructor: FunctionType, rank: int, *, widen_defaults: bool = True
) -> Callable[..., None]:
    """A copy of a constructor whose `PerAxis` arguments have `rank` numbers, in annotations and defaults.

    Args:
        constructor: An `__init__`.
        rank: Number of spatial axes.
        widen_defaults: False leaves defaults of one number as they are.
    """
    copy = FunctionType(
        constructor.__code__,
        constructor.__globals__,
        constructor.__name__,
        constructor.__defaults__,
        constructor.__closure__,
    )
    copy.__kwdefaults__ = constructor.__kwdefaults__
    parameters = inspect.signature(constructor).parameters.values()
    copy.__annotations__ = {
        name: _annotation_for_rank(annotation, rank)
        for name, annotation in constructor.__annotations__.items()
    }
    copy.__defaults__ = tuple(
        (parameter.default,) * rank
        if widen_defaults
        and rank > 1
        and parameter.annotation == PerAxis
        and isinstance(parameter.default, int)
        else parameter.default
        for parameter in parameters
        if parameter.default is not parameter.empty and parameter.kind is not parameter.KEYWORD_ONLY
    )
    return copy


def _annotation_for_rank(annotation: Any, rank: int) -> Any:
    if annotation == SequencePadding:
        return annotation if rank == 1 else Padding
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *markers = get_args(annotation)
        markers = [Size(rank) if marker == Size(0) else marker for marker in markers]
        return Annotated.__class_getitem__((inner, *markers))  # type: ignore[attr-defined]
    if origin in (Union, UnionType):
        return reduce(or_, (_annotation_for_rank(member, rank) for member in get_args(annotation)))
    return annotation
