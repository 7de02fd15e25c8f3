"""Layers that put the same numbers into another form: flatten, reshape, swap axes, repeat."""

import math
from typing import Annotated, Any

import torch

from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import Count, DataFormat, data_format_of
from runtime.layers.base import Layer
from runtime.layers.checking import require_rank
from runtime.layers.reach import SAME, Sight
from runtime.layers.registration import register
from runtime.types import Range, Shape, TensorSpec, show_shape


class Rearranging(Layer):
    """Base of layers that compute nothing: numbers keep their kind."""

    def output_dtype(self, dtypes: list[str]) -> str:
        """Ids stay ids; measurements get the layer's dtype."""
        return self.compute_dtype if dtypes[0].startswith(("float", "bfloat")) else dtypes[0]


@register("Reshaping")
class Flatten(Rearranging):
    """Lays all numbers of a sample out in one row: what a Dense layer behind pictures needs.

    Args:
        data_format: Where the channels stand in the input; None is "channels_last".

    Call args:
        inputs: (batch, …) → (batch, product of all other sizes).

    Source:
        https://keras.io/api/layers/reshaping_layers/flatten/
    """

    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """Makes a row of anything that is none."""
        return {} if len(given.shape) > 2 and wanted is None else None

    def __init__(self, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """One row a sample; channels first are moved last before."""
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = inputs.movedim(1, -1)
        return inputs.reshape(inputs.shape[0], -1 if inputs.shape[0] else math.prod(inputs.shape[1:]))

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """One row has no places any more: it is seen as a whole."""
        del shape, place
        return {}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Batch, and the product of all other sizes if they are known."""
        sizes = input_shape[1:]
        return (input_shape[0], None if None in sizes else math.prod(size or 0 for size in sizes))


@register("Reshaping")
class Reshape(Rearranging):
    """Puts the numbers of each sample, in their order, into a given form.

    Args:
        target_shape: The form, without the batch; one size may be -1: it is worked out from the others.

    Call args:
        inputs: (batch, …) → (batch, *target_shape).

    Source:
        https://keras.io/api/layers/reshaping_layers/reshape/
    """

    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """The wanted form, if it holds as many numbers."""
        if wanted is None or len(wanted) == len(given.shape) or None in (*given.shape[1:], *wanted[1:]):
            return None
        have, need = (math.prod(size or 0 for size in shape[1:]) for shape in (given.shape, wanted))
        return {"target_shape": list(wanted[1:])} if have == need else None

    def __init__(self, target_shape: Annotated[Shape, Range(min=-1)], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        self.built = True
        open_sizes = sum(size in (-1, None) for size in self.target_shape)
        if open_sizes > 1:
            raise ParameterError(
                f"{self.label} has target_shape {self.target_shape}, but {open_sizes} sizes in it are open.",
                parameter="target_shape",
                received=target_shape,
                hint="At most one of them can be -1.",
            )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The same numbers in the form asked for."""
        target = [-1 if size is None else size for size in self.target_shape]
        if -1 in target and not inputs.numel():
            found = self.compute_output_shape(tuple(inputs.shape))[1:]
            target = [0 if size is None else size for size in found]
        return inputs.reshape(inputs.shape[0], *target)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The target shape, its open size worked out."""
        known = math.prod(size for size in self.target_shape if size is not None and size >= 0)
        place = next((at for at, size in enumerate(self.target_shape) if size in (-1, None)), None)
        if None in input_shape[1:]:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        numbers = math.prod(size or 0 for size in input_shape[1:])
        if place is None and numbers == known:
            return (input_shape[0], *self.target_shape)
        if place is not None and known and numbers % known == 0:
            rest = numbers // known
            return (input_shape[0], *self.target_shape[:place], rest, *self.target_shape[place + 1 :])
        raise ShapeError(
            f"{self.label} cannot put the {numbers} numbers of a sample ({show_shape(input_shape)}) into "
            f"{self.target_shape}: that takes "
            + (f"{known} numbers." if place is None else f"a multiple of {known} numbers."),
            port="inputs",
            hint="The product of the sizes must stay the same; write -1 for a size to have it worked out.",
        )


@register("Reshaping")
class Permute(Rearranging):
    """Swaps the axes of each sample.

    Args:
        dims: The axes of the input in the order they shall have, counted from 1: (2, 1) swaps two axes.

    Call args:
        inputs: (batch, …) → the same sizes in the order asked for.

    Source:
        https://keras.io/api/layers/reshaping_layers/permute/
    """

    def __init__(self, dims: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(dims, int):
            raise ParameterError(
                f"Permute(dims=…) got {dims}, but it wants a tuple with every axis of a sample.",
                parameter="dims",
                received=dims,
                hint="(2, 1) swaps the two axes of each sample.",
            )
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ParameterError(
                f"{self.label} has dims {self.dims}, but it wants each of 1 to {len(self.dims)} once.",
                parameter="dims",
                received=dims,
                hint="Axes are counted from 1, the batch is left out: (2, 1) swaps two axes.",
            )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input with its axes swapped."""
        return inputs.permute(0, *self.dims)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """The axes in their new order."""
        del shape, place
        return {axis: (source, SAME) for axis, source in enumerate(self.dims, start=1)}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The sizes in their new order."""
        rank = len(self.dims) + 1
        axes = " × ".join(["batch", *["?"] * len(self.dims)])
        require_rank(self, input_shape, rank, axes, hint="Name each axis of the input once in dims.")
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))


@register("Reshaping")
class RepeatVector(Rearranging):
    """Repeats a row of features as the steps of a sequence.

    Args:
        n: How many steps come out.

    Call args:
        inputs: (batch, features) → (batch, n, features).

    Source:
        https://keras.io/api/layers/reshaping_layers/repeat_vector/
    """

    def __init__(self, n: Count, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = n

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The row, n times."""
        return inputs.unsqueeze(1).expand(-1, self.n, -1)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Every step shows the whole row."""
        del shape, place
        return {}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """An axis of n steps is put in."""
        require_rank(self, input_shape, 2, "batch × features", hint="Put a Flatten before it.")
        return (input_shape[0], self.n, input_shape[1])
