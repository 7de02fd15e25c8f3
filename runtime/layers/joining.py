"""Layers that make one tensor of several by putting them side by side, or by dot products."""

import math
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ParameterError, ShapeError
from runtime.layers.measured import product
from runtime.layers.merging import Merging
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.types import Shape, show_shape


@register("Merging", rank=0)
class Concatenate(Merging):
    """Puts its inputs one behind the other along an axis; their order counts.

    Args:
        axis: The axis that becomes longer, counted with the batch; -1 is the last one.

    Call args:
        inputs: Two or more tensors that differ in that axis alone.

    Source:
        https://keras.io/api/layers/merging_layers/concatenate/
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """The inputs side by side."""
        return torch.cat(inputs, self.axis)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """The sizes along the axis added up; the others stay."""
        self.check_count(input_shape)
        first = input_shape[0]
        if not -len(first) <= self.axis < len(first):
            raise ShapeError(
                f"{self.label} has axis {self.axis}, but its inputs have only {len(first)} axes "
                f"({show_shape(first)}).",
                port="inputs",
                hint=f"Choose an axis from 1 to {len(first) - 1}, or -1 for the last one.",
            )
        axis = self.axis % len(first)
        sizes = list(first)
        for shape in input_shape[1:]:
            self._check_fit(first, shape, axis)
            for place, size in enumerate(shape):
                if place != axis:
                    sizes[place] = size if sizes[place] is None else sizes[place]
        along = [shape[axis] for shape in input_shape]
        sizes[axis] = None if None in along else sum(size or 0 for size in along)
        return tuple(sizes)

    def _check_fit(self, first: Shape, shape: Shape, axis: int) -> None:
        problem = ""
        if len(shape) != len(first):
            problem = "they have different numbers of axes"
        else:
            different = [
                place
                for place, (one, other) in enumerate(zip(first, shape, strict=True))
                if place != axis and one != other and None not in (one, other)
            ]
            if different:
                problem = f"they also differ at axis {different[0]}"
        if problem:
            raise ShapeError(
                f"{self.label} joins along axis {axis}, but gets {show_shape(first)} and "
                f"{show_shape(shape)}: {problem}.",
                port="inputs",
                hint="All other sizes must be equal; choose another axis, or reshape an input.",
            )

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """All places of the joined axis are taken together: they come from several inputs in a row."""
        del place
        joined = self.axis % len(shape)
        return kept(axis for axis in range(1, len(shape)) if axis != joined)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The inputs' masks side by side; an input without one counts throughout."""
        if previous_mask is None:
            return None
        masks = [
            torch.ones_like(tensor, dtype=torch.bool)
            if mask is None
            else mask.unsqueeze(-1).expand(tensor.shape)
            if mask.ndim < tensor.ndim
            else mask
            for tensor, mask in zip(inputs, previous_mask, strict=True)
        ]
        return torch.cat(masks, self.axis).any(-1)


@register("Merging")
class Dot(Merging):
    """Multiplies two inputs along an axis and adds up: how much do they point the same way?

    Args:
        axes: The axis to multiply along, counted with the batch; or one for each input.
        normalize: True scales the inputs to length 1 before, which makes it the cosine of their angle.

    Call args:
        inputs: Two tensors with equal size along the axes; all other axes stay.

    Source:
        https://keras.io/api/layers/merging_layers/dot/
    """

    _exactly = 2

    def __init__(self, axes: int | tuple[int, int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes: tuple[int, ...] = (axes, axes) if isinstance(axes, int) else tuple(axes)
        self.normalize = normalize
        if len(self.axes) != 2 or 0 in self.axes:
            raise ParameterError(
                f"{self.label} has axes {axes!r}, but it wants one axis or two, none of them the batch (0).",
                parameter="axes",
                received=axes,
                hint="For two rows of features it is 1.",
            )

    def call(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Dot products: (batch, other axes of the first, other axes of the second)."""
        first, second = inputs
        if self.normalize:
            if not (first.is_floating_point() and second.is_floating_point()):
                dtype = getattr(torch, self.compute_dtype)
                first, second = first.to(dtype), second.to(dtype)
            first, second = F.normalize(first, dim=self.axes[0]), F.normalize(second, dim=self.axes[1])
        first, second = first.movedim(self.axes[0], -1), second.movedim(self.axes[1], 1)
        rows, columns = first.shape[1:-1], second.shape[2:]
        size = second.shape[1]
        products = first.reshape(-1, math.prod(rows), size) @ second.reshape(-1, size, math.prod(columns))
        return products.reshape(products.shape[0], *((*rows, *columns) or (1,)))

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """The axes that were multiplied go, all others stay; at least one is left."""
        self.check_count(input_shape)
        first, second = input_shape
        for shape, axis in zip(input_shape, self.axes, strict=True):
            if len(shape) < 2 or axis % len(shape) == 0 or not -len(shape) < axis < len(shape):
                raise ShapeError(
                    f"{self.label} has axis {axis}, but {show_shape(shape)} has none such behind the batch.",
                    port="inputs",
                    hint=f"Choose an axis from 1 to {len(shape) - 1}.",
                )
        one, other = self.axes[0] % len(first), self.axes[1] % len(second)
        if first[one] != second[other]:
            differ = "only one of these is known" if None in (first[one], second[other]) else "these differ"
            raise ShapeError(
                f"{self.label} multiplies along axes {one} and {other}, but {differ}: {first[one] or '?'} in "
                f"{show_shape(first)}, {second[other] or '?'} in {show_shape(second)}.",
                port="inputs",
                hint="Choose other axes, or give the layers before it equal sizes; state them in the Input.",
            )
        rest = [size for axis, size in enumerate(first) if axis not in (0, one)]
        rest += [size for axis, size in enumerate(second) if axis not in (0, other)]
        return (first[0], *(rest or [1]))

    def macs(self, input_shape: list[Shape]) -> int | None:
        """Each output is a sum along the multiplied axis."""
        first = input_shape[0]
        return product(*self.compute_output_shape(input_shape)[1:], first[self.axes[0] % len(first)])

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """There are no steps left to be masked."""
        del inputs, previous_mask


def concatenate(inputs: list[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Several tensors one behind the other, as a new Concatenate layer puts them.

    Args:
        inputs: The tensors.
        axis: The axis that becomes longer, counted with the batch; -1 is the last one.
        **kwargs: Arguments every layer has, such as `name`.
    """
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: list[Any], axes: int | tuple[int, int] = -1, **kwargs: Any) -> Any:
    """The dot product of two tensors, as a new Dot layer computes it.

    Args:
        inputs: Both tensors.
        axes: The axis to multiply along, counted with the batch; or one for each input.
        **kwargs: Further arguments of Dot.
    """
    return Dot(axes=axes, **kwargs)(inputs)
