"""Layers that add zeros around a sequence, picture or volume, or cut its edges off."""

from typing import Annotated, Any, ClassVar

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import DataFormat
from runtime.layers.reach import Reach, Sight
from runtime.layers.registration import register
from runtime.layers.reshaping import Rearranging
from runtime.layers.spatial import Spatial
from runtime.types import Range, Shape, Size

BeforeAfter = Annotated[int | tuple[int, int], Size(2), Range(min=0)]
"""An amount for both ends of an axis, or one for its start and one for its end."""
Edges = Any
"""An amount for all edges, one for each axis, or for each axis a pair: before and after it."""


def edges(layer: Any, argument: str, value: Any) -> tuple[tuple[int, int], ...]:
    """Amounts before and after each axis, from any form in which Keras takes them.

    Raises:
        ParameterError: The value has none of those forms.
    """
    rank = layer.rank
    per_side = value if isinstance(value, list | tuple) else (value,) * rank
    if rank == 1:
        per_side = (tuple(per_side) * 2,) if len(per_side) == 1 else (tuple(per_side),)
    pairs = tuple(tuple(item) if isinstance(item, list | tuple) else (item, item) for item in per_side)
    flat = [amount for pair in pairs for amount in pair]
    if len(pairs) != rank or any(len(pair) != 2 for pair in pairs) or not all(map(_is_amount, flat)):
        example = ", ".join(["(1, 1)"] * rank)
        raise ParameterError(
            f"{type(layer).__name__}({argument}=…) got {value!r}, but it wants a whole number, at least 0, "
            "one for each axis, or two for each axis.",
            parameter=argument,
            received=value,
            hint=f"For example 1, {(1,) * rank} or ({example}).",
        )
    return tuple((before, after) for before, after in pairs)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class ZeroPadding(Rearranging, Spatial):
    """Base of ZeroPadding1D, ZeroPadding2D and ZeroPadding3D.

    Args:
        padding: How many zeros are added: one number for all edges, one for each axis, or for each axis a
            pair, before and after it.
        data_format: Where the channels stand; None is "channels_last".
    """

    def __init__(self, padding: Any, data_format: DataFormat, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.padding = edges(self, "padding", padding)
        amounts = [amount for edge in reversed(self.padding) for amount in edge]
        self._amounts = [0, 0, *amounts] if self._channels_last else amounts

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input with zeros around it."""
        return F.pad(inputs, self._amounts)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """The same places, counted from another one."""
        del shape, place
        first = 1 if self._channels_last else 2
        return {
            axis: (axis, Reach.window(1, before=before))
            for axis, (before, _) in enumerate(self.padding, start=first)
        }

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Each size and what is added to it."""
        self.check_rank(input_shape)
        sizes = tuple(
            None if size is None else size + sum(edge)
            for size, edge in zip(self.sizes_of(input_shape), self.padding, strict=True)
        )
        return self.shape_with(input_shape[0], sizes, self.channels_of(input_shape))


@register("Reshaping")
class ZeroPadding1D(ZeroPadding, rank=1):
    """Adds steps of zeros before and after a sequence.

    Args:
        padding: How many are added at both ends, or (before, after).

    Call args:
        inputs: (batch, steps, channels) → (batch, more steps, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/zero_padding1d/
    """

    _implied_in_keras_2: ClassVar[dict[str, Any]] = {"data_format": "channels_last"}

    def __init__(self, padding: BeforeAfter = 1, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@register("Reshaping")
class ZeroPadding2D(ZeroPadding, rank=2):
    """Adds a frame of zeros around a picture.

    Args:
        padding: How thick the frame is: one number, (rows, columns) or ((top, bottom), (left, right)).

    Call args:
        inputs: (batch, height, width, channels) → (batch, more height, more width, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/zero_padding2d/
    """

    def __init__(self, padding: Edges = (1, 1), data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@register("Reshaping")
class ZeroPadding3D(ZeroPadding, rank=3):
    """Adds zeros on all sides of a volume.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/zero_padding3d/
    """

    def __init__(
        self, padding: Edges = ((1, 1), (1, 1), (1, 1)), data_format: DataFormat = None, **kwargs: Any
    ) -> None:
        super().__init__(padding, data_format, **kwargs)


class Cropping(Rearranging, Spatial):
    """Base of Cropping1D, Cropping2D and Cropping3D.

    Args:
        cropping: How much is cut off: one number for all edges, one for each axis, or for each axis a pair,
            before and after it.
        data_format: Where the channels stand; None is "channels_last".
    """

    def __init__(self, cropping: Any, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.cropping = edges(self, "cropping", cropping)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input without its edges."""
        for axis, (before, after) in enumerate(self.cropping, start=1 if self._channels_last else 2):
            inputs = inputs.narrow(axis, before, inputs.shape[axis] - before - after)
        return inputs

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """The same places, counted from another one."""
        del shape, place
        first = 1 if self._channels_last else 2
        return {
            axis: (axis, Reach.window(1, before=-before))
            for axis, (before, _) in enumerate(self.cropping, start=first)
        }

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Each size without what is cut off."""
        self.check_rank(input_shape)
        found = self.sizes_of(input_shape)
        sizes = tuple(
            None if size is None else size - sum(edge)
            for size, edge in zip(found, self.cropping, strict=True)
        )
        if any(size is not None and size < 1 for size in sizes):
            amounts = tuple(sum(edge) for edge in self.cropping)
            raise ShapeError(
                f"{self.label} cuts {self.window_hint(amounts)} off a {self.thing} of only "
                f"{self.window_hint(found)}: nothing is left.",
                port="inputs",
                hint="Make cropping smaller.",
            )
        return self.shape_with(input_shape[0], sizes, self.channels_of(input_shape))


@register("Reshaping")
class Cropping1D(Cropping, rank=1):
    """Cuts steps off the start and the end of a sequence.

    Args:
        cropping: How many are cut off at both ends, or (before, after).

    Call args:
        inputs: (batch, steps, channels) → (batch, fewer steps, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/cropping1d/
    """

    def __init__(self, cropping: BeforeAfter = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, **kwargs)


@register("Reshaping")
class Cropping2D(Cropping, rank=2):
    """Cuts the edges off a picture.

    Args:
        cropping: How much is cut off: one number, (rows, columns) or ((top, bottom), (left, right)).

    Call args:
        inputs: (batch, height, width, channels) → (batch, less height, less width, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/cropping2d/
    """

    def __init__(
        self, cropping: Edges = ((0, 0), (0, 0)), data_format: DataFormat = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)


@register("Reshaping")
class Cropping3D(Cropping, rank=3):
    """Cuts the edges off a volume.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/cropping3d/
    """

    def __init__(
        self, cropping: Edges = ((1, 1), (1, 1), (1, 1)), data_format: DataFormat = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)
