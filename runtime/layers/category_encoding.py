"""Turns numbers of categories into rows of 0 and 1, or of counts."""

from typing import Annotated, Any, Literal

import torch

from runtime.errors import DataError, ParameterError, ShapeError
from runtime.layers.arguments import Count
from runtime.layers.base import Layer
from runtime.layers.registration import register
from runtime.types import Shape, Whole, show_shape

Encoding = Literal["int", "one_hot", "multi_hot", "count"]


def refuse_sparse(layer: type, arguments: dict[str, Any]) -> None:
    """Takes `sparse` and `ragged`, which only Keras on TensorFlow has, out of further arguments.

    Raises:
        ParameterError: One of them is True.
    """
    for name in ("sparse", "ragged"):
        if arguments.pop(name, False):
            raise ParameterError(
                f"{layer.__name__}({name}=True) needs TensorFlow's {name} tensors, which are not here.",
                parameter=name,
                received=True,
                hint=f"Leave {name} out: the output is a plain tensor.",
            )


def encode(
    ids: torch.Tensor,
    mode: str,
    depth: int,
    dtype: torch.dtype,
    *,
    label: str,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """Numbers of categories in one of the forms that layers offer.

    Args:
        ids: Whole numbers; negative ones stand for nothing.
        mode: "int" leaves them, "one_hot" makes a row of each number, "multi_hot" one row of a whole sample,
            "count" the same with how often each number is there.
        depth: How many categories there are.
        dtype: Element type of the output.
        label: The layer, for messages.
        weights: For "count": how much each number counts, in the shape of `ids`.

    Raises:
        DataError: A number is too large.
    """
    if mode == "int":
        return ids.to(dtype)
    ids = ids.unsqueeze(0) if ids.ndim == 0 else ids
    # While a model is exported, there are no numbers to look at.
    largest = int(ids.max()) if not torch.compiler.is_exporting() and ids.numel() else -1
    if largest >= depth:
        raise DataError(
            f"{label} knows the numbers 0 to {depth - 1}, but gets {largest}.",
            hint=f"It needs room for {largest + 1} categories.",
        )
    if mode == "one_hot":
        ids = ids.squeeze(-1) if ids.ndim > 1 and ids.shape[-1] == 1 else ids
        return (ids.unsqueeze(-1) == torch.arange(depth, device=ids.device)).to(dtype)
    axis = min(ids.ndim - 1, 1)
    # What stands for nothing is counted in a place of its own, and left out at last.
    places = torch.where(ids < 0, depth, ids).movedim(axis, -1)
    rows = torch.zeros((*places.shape[:-1], depth + 1), dtype=dtype, device=ids.device)
    if mode == "multi_hot":
        return rows.scatter(-1, places, 1)[..., :depth]
    counts = torch.ones_like(places, dtype=dtype) if weights is None else weights.movedim(axis, -1)
    return rows.to(counts.dtype).scatter_add(-1, places, counts)[..., :depth]


def encoded_shape(shape: Shape, mode: str, depth: int | None) -> Shape:
    """The shape that `encode` makes of a shape."""
    if mode == "int":
        return shape
    shape = shape or (1,)
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)


@register("Preprocessing")
class CategoryEncoding(Layer):
    """Turns numbers of categories into rows of 0 and 1 that a Dense layer can work with.

    Args:
        num_tokens: How many categories there are: numbers go from 0 to num_tokens - 1.
        output_mode: "multi_hot" makes one row a sample, 1 at each number that is in it; "count" says how
            often it is; "one_hot" makes a row of each number.

    Call args:
        inputs: Whole numbers, (batch, numbers).
        count_weights: For "count": how much each number counts, in the shape of the inputs.

    Source:
        https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
    """

    def __init__(
        self,
        num_tokens: Count | None = None,
        output_mode: Literal["multi_hot", "one_hot", "count"] = "multi_hot",
        **kwargs: Any,
    ) -> None:
        refuse_sparse(type(self), kwargs)
        super().__init__(**kwargs)
        if num_tokens is None:
            raise ParameterError(
                "CategoryEncoding needs num_tokens: how many categories there are.",
                parameter="num_tokens",
                hint="If that is not known, IntegerLookup learns it from the data.",
            )
        # Ids given as numbers with a fraction would be rounded in half precision.
        self.autocast = False
        self.num_tokens = num_tokens
        self.output_mode = output_mode
        self.built = True

    def call(
        self, inputs: Annotated[torch.Tensor, Whole()], count_weights: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Rows of num_tokens numbers."""
        dtype = getattr(torch, self.dtype)
        weights = None if count_weights is None else count_weights.to(dtype).expand(inputs.shape)
        return encode(
            inputs.long(), self.output_mode, self.num_tokens, dtype, label=self.label, weights=weights
        )

    def output_dtype(self, dtypes: list[str]) -> str:
        """That of weights: counts are no results of a computation."""
        del dtypes
        return self.dtype

    def compute_output_shape(self, input_shape: Shape, count_weights_shape: Shape | None = None) -> Shape:
        """(batch, num_tokens); with "one_hot" one more axis. More axes than (batch, numbers) go before."""
        if count_weights_shape is not None and self.output_mode != "count":
            raise ShapeError(
                f"{self.label} gets count_weights, but its output_mode is {self.output_mode!r}.",
                port="count_weights",
                hint='Only output_mode="count" counts.',
            )
        if count_weights_shape is not None and not _spreads(count_weights_shape, input_shape):
            raise ShapeError(
                f"{self.label} wants a weight for each number of {show_shape(input_shape)}, but gets "
                f"{show_shape(count_weights_shape)}.",
                port="count_weights",
                hint="Wire weights of the shape of the inputs.",
            )
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)


def _spreads(shape: Shape, over: Shape) -> bool:
    """True if numbers of a shape can be spread over another, where sizes of 1 are repeated."""
    return len(shape) <= len(over) and all(
        size in (1, None, there) or there is None
        for size, there in zip(reversed(shape), reversed(over), strict=False)
    )
