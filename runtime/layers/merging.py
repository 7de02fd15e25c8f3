"""Layers that make one tensor of several, number by number."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch

from runtime.errors import ShapeError
from runtime.layers.base import Layer
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.promotion import result_type
from runtime.types import Shape, show_shape

Masks = list[torch.Tensor | None] | None


class Merging(Layer):
    """Base of layers with several inputs that become one output."""

    supports_mask = True
    _exactly: int | None = None

    def check_count(self, shapes: list[Shape]) -> None:
        """Raises a ShapeError for too few or too many inputs."""
        wanted = self._exactly
        if len(shapes) != wanted if wanted else not shapes:
            raise ShapeError(
                f"{self.label} wants {'exactly ' + str(wanted) if wanted else 'at least 1'} inputs, but gets "
                f"{len(shapes)}.",
                port="inputs",
                hint="Wire its inputs." if len(shapes) < (wanted or 1) else "Take a wire away.",
            )

    def output_dtype(self, dtypes: list[str]) -> str:
        """The dtype that holds all inputs."""
        kinds = [
            getattr(torch, self.compute_dtype if name.startswith(("float", "bfloat")) else name)
            for name in dtypes
        ]
        return str(reduce(torch.promote_types, kinds)).rpartition(".")[2]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """A step counts if it counts in any input; none is masked if an input has no mask."""
        del inputs
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        return reduce(torch.logical_or, previous_mask)


class Elementwise(Merging):
    """Base of layers that compute each number from the numbers at the same place of all inputs.

    Sizes must be equal, or 1: such an axis is repeated. An input with fewer axes than the others gets axes of
    size 1 behind the batch.
    """

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """The result for inputs with the same number of axes."""
        raise NotImplementedError

    def call(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """One tensor, computed number by number."""
        return self.merge(_with_equal_axes(inputs))

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """The shape into which all inputs fit."""
        self.check_count(input_shape)
        batches = {shape[0] for shape in input_shape} - {None}
        if len(batches) > 1:
            known = [shape for shape in input_shape if shape[0] is not None]
            different = next(shape for shape in known if shape[0] != known[0][0])
            self._refuse(known[0], different, 0)
        sizes = input_shape[0][1:]
        for shape in input_shape[1:]:
            sizes = self._fit_together(sizes, shape[1:], input_shape[0], shape)
        return (batches.pop() if batches else None, *sizes)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Each place the same one of every input; one that is repeated is seen from everywhere."""
        del place
        return kept(axis for axis in range(1, len(shape)) if shape[axis] != 1)

    def _fit_together(self, one: Shape, other: Shape, first: Shape, second: Shape) -> Shape:
        longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
        start = len(longer) - len(shorter)
        sizes = list(longer)
        for place, (mine, its) in enumerate(zip(longer[start:], shorter, strict=True), start=start):
            if mine is None or its is None:
                sizes[place] = None
            elif mine != its and 1 not in (mine, its):
                self._refuse(first, second, place + 1)
            else:
                sizes[place] = its if mine == 1 else mine
        return tuple(sizes)

    def _refuse(self, first: Shape, second: Shape, axis: int) -> None:
        raise ShapeError(
            f"{self.label} wants inputs of equal shape, but gets {show_shape(first)} and "
            f"{show_shape(second)}: they differ at axis {axis}.",
            port="inputs",
            hint="Give the layers before it equal sizes, or join the inputs with Concatenate.",
        )


def _with_equal_axes(inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    """Inputs with fewer axes than the others get axes of size 1 behind the batch."""
    most = max(tensor.ndim for tensor in inputs)
    if all(tensor.ndim == most for tensor in inputs):
        return inputs
    return [
        tensor.reshape(tensor.shape[0], *[1] * (most - tensor.ndim), *tensor.shape[1:]) for tensor in inputs
    ]


def _spread(mask: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    """A mask of steps as one of numbers."""
    return mask.to(torch.bool).reshape(*mask.shape, *[1] * (tensor.ndim - mask.ndim)).expand(tensor.shape)


def _spread_all(masks: list[torch.Tensor | None], inputs: list[torch.Tensor]) -> list[torch.Tensor | None]:
    """Masks of steps as masks of numbers, with as many axes as the input with most of them."""
    return [
        None if mask is None else _spread(mask, tensor).reshape(wide.shape)
        for mask, tensor, wide in zip(masks, inputs, _with_equal_axes(inputs), strict=True)
    ]


@register("Merging", rank=0)
class Add(Elementwise):
    """Adds its inputs, number by number: the shortcut of a residual network ends in one.

    Call args:
        inputs: Two or more tensors of equal shape → their sum.

    Source:
        https://keras.io/api/layers/merging_layers/add/
    """

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Their sum."""
        return reduce(torch.add, inputs)


@register("Merging")
class Subtract(Elementwise):
    """Takes its second input from the first, number by number.

    Call args:
        inputs: Two tensors of equal shape → their difference.

    Source:
        https://keras.io/api/layers/merging_layers/subtract/
    """

    _exactly = 2

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Their difference."""
        return inputs[0] - inputs[1]


@register("Merging")
class Multiply(Elementwise):
    """Multiplies its inputs, number by number: one can open and close the other like a gate.

    Call args:
        inputs: Two or more tensors of equal shape → their product. Masked steps do not count.

    Source:
        https://keras.io/api/layers/merging_layers/multiply/
    """

    def call(self, inputs: list[torch.Tensor], mask: Masks = None) -> torch.Tensor:
        """Their product; a masked step counts as 1, and is 0 where all inputs are masked."""
        masks = None if mask is None else _spread_all(mask, inputs)
        inputs = _with_equal_axes(inputs)
        if masks is None:
            return self.merge(inputs)
        product = self.merge(
            [x if item is None else torch.where(item, x, 1) for item, x in zip(masks, inputs, strict=True)]
        )
        known = [item for item in masks if item is not None]
        return (
            torch.where(reduce(torch.logical_or, known), product, 0) if len(known) == len(masks) else product
        )

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Their product."""
        return reduce(torch.mul, inputs)


@register("Merging")
class Average(Elementwise):
    """Takes the mean of its inputs, number by number: a vote of several networks.

    Call args:
        inputs: Two or more tensors of equal shape → their mean.

    Source:
        https://keras.io/api/layers/merging_layers/average/
    """

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Their mean."""
        return reduce(torch.add, inputs) / len(inputs)

    def output_dtype(self, dtypes: list[str]) -> str:
        """A mean is a floating number, whatever it is the mean of."""
        del dtypes
        return self.compute_dtype


class _Extreme(Elementwise):
    """Base of Maximum and Minimum, which leave out masked steps."""

    def output_dtype(self, dtypes: list[str]) -> str:
        """The dtype that holds all inputs; whole numbers have 32 bits at most, as in Keras."""
        found = super().output_dtype(dtypes)
        return result_type(found) if "int" in found else found

    def call(self, inputs: list[torch.Tensor], mask: Masks = None) -> torch.Tensor:
        """The extreme numbers; a masked step gives way to those of the other inputs."""
        found = self._extreme(inputs, mask)
        if found.is_floating_point():
            return found
        return found.to(getattr(torch, self.output_dtype([str(found.dtype).removeprefix("torch.")])))

    def _extreme(self, inputs: list[torch.Tensor], mask: Masks) -> torch.Tensor:
        masks = None if mask is None else _spread_all(mask, inputs)
        inputs = _with_equal_axes(inputs)
        if masks is None:
            return self.merge(inputs)
        result, counted = inputs[0], masks[0]
        for other, spread in zip(inputs[1:], masks[1:], strict=True):
            candidate = other if spread is None else torch.where(spread, other, result)
            result = result if counted is None else torch.where(counted, result, candidate)
            counted = None if spread is None or counted is None else counted | spread
            result = self.merge([result, candidate])
        return result


@register("Merging")
class Maximum(_Extreme):
    """Keeps the largest of its inputs' numbers at each place.

    Call args:
        inputs: Two or more tensors of equal shape → the largest number of each place.

    Source:
        https://keras.io/api/layers/merging_layers/maximum/
    """

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """The largest number of each place."""
        return reduce(torch.maximum, inputs)


@register("Merging")
class Minimum(_Extreme):
    """Keeps the smallest of its inputs' numbers at each place.

    Call args:
        inputs: Two or more tensors of equal shape → the smallest number of each place.

    Source:
        https://keras.io/api/layers/merging_layers/minimum/
    """

    def merge(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """The smallest number of each place."""
        return reduce(torch.minimum, inputs)


def _functional(layer: Callable[..., Layer], name: str, result: str) -> Callable[..., Any]:
    """The function form of a layer: makes the layer and calls it."""

    def merge(inputs: list[Any], **kwargs: Any) -> Any:
        return layer(**kwargs)(inputs)

    merge.__name__ = merge.__qualname__ = name
    merge.__doc__ = f"{result} of several tensors, as a new {name.capitalize()} layer computes it."
    return merge


add = _functional(Add, "add", "The sum")
subtract = _functional(Subtract, "subtract", "The difference")
multiply = _functional(Multiply, "multiply", "The product")
average = _functional(Average, "average", "The mean")
maximum = _functional(Maximum, "maximum", "The largest numbers")
minimum = _functional(Minimum, "minimum", "The smallest numbers")
