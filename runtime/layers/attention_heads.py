"""Parts of multi-head attention: the projections into and out of heads, and the weighing of values."""

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime import activations, constraints, initializers, regularizers
from runtime.initializers import VarianceScaling
from runtime.layers.base import Layer
from runtime.layers.weights import Weight
from runtime.types import Shape


class HeadProjection(Layer):
    """Weighted sums over the last axes of its input, such as from features into heads.

    Args:
        input_sizes: Sizes of the last axes of the input, which are summed over.
        output_sizes: Sizes of the axes that take their place.
        activation: Function applied to the sums; None for none.
        use_bias: True adds a learned number to each sum.
        kernel_initializer: Start values of the weights.
        bias_initializer: Start values of the biases.
        kernel_regularizer: Penalty on large weights.
        bias_regularizer: Penalty on large biases.
        kernel_constraint: Rule the weights are held to after each step.
        bias_constraint: Rule the biases are held to after each step.

    Call args:
        inputs: (batch, …, *input_sizes).
    """

    kernel: Weight
    bias: Weight | None

    def __init__(
        self,
        input_sizes: tuple[int, ...],
        output_sizes: tuple[int, ...],
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input_sizes = input_sizes
        self.output_sizes = output_sizes
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        summed = len(input_sizes)
        self.kernel_initializer = with_axes(
            initializers.get(kernel_initializer), range(summed), range(summed, summed + len(output_sizes))
        )
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Makes the kernel (*input_sizes, *output_sizes) and the bias (*output_sizes)."""
        del input_shape
        self.kernel = self.add_weight(
            (*self.input_sizes, *self.output_sizes),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                self.output_sizes,
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def call(self, inputs: Tensor) -> Tensor:
        """The sums: (batch, …, *output_sizes)."""
        lead = inputs.shape[: inputs.ndim - len(self.input_sizes)]
        rows = inputs.reshape(-1, math.prod(self.input_sizes))
        kernel = self.kernel.reshape(rows.shape[1], -1)
        sums = rows @ kernel if self.bias is None else torch.addmm(self.bias.flatten(), rows, kernel)
        sums = sums.reshape(*lead, *self.output_sizes)
        return sums if self.activation is None else self.activation(sums)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The last axes become `output_sizes`."""
        return (*input_shape[: len(input_shape) - len(self.input_sizes)], *self.output_sizes)


def with_axes(initializer: Any, inputs: Sequence[int], outputs: Sequence[int]) -> Any:
    """An initializer that counts summed axes as inputs and the others as outputs, unless told otherwise.

    Args:
        initializer: Any initializer; only those that look at the axes are changed.
        inputs: Axes of the kernel that are summed over.
        outputs: Its other axes.
    """
    if not isinstance(initializer, VarianceScaling) or None not in (
        initializer.input_axes,
        initializer.output_axes,
    ):
        return initializer
    initializer = copy.copy(initializer)
    initializer.input_axes = tuple(inputs)
    initializer.output_axes = tuple(outputs)
    return initializer


class HeadAxes:
    """Moves the axes of projected tensors (batch, …, heads, size) so that attention is a matrix product.

    The attended axes are flattened to one: (batch, other axes, heads, steps, size).

    Args:
        rank: Number of axes of a projected tensor.
        attended: The axes attention runs over.
    """

    def __init__(self, rank: int, attended: tuple[int, ...]) -> None:
        self.attended = attended
        others = [axis for axis in range(rank - 1) if axis not in attended]
        self.order = [*others, *attended, rank - 1]
        self.back = [self.order.index(axis) for axis in range(rank)]
        self.first = len(others)

    def to_matrix(self, projected: Tensor) -> Tensor:
        """(batch, …, heads, size) → (batch, other axes, heads, steps, size)."""
        return projected.permute(self.order).flatten(self.first, -2)

    def from_matrix(self, matrix: Tensor, like: Tensor) -> Tensor:
        """The inverse of `to_matrix`, with the attended sizes of `like`."""
        return matrix.unflatten(self.first, self.sizes(like)).permute(self.back)

    def sizes(self, projected: Tensor) -> list[int]:
        """Sizes of the attended axes."""
        return [projected.shape[axis] for axis in self.attended]

    def mask_to_matrix(self, mask: Tensor, query: Tensor, key: Tensor) -> Tensor:
        """(batch, queries, keys) → a mask that goes with scores (batch, other axes, heads, queries, keys)."""
        count = len(self.attended)
        if count > 1:
            mask = mask.expand(*mask.shape[: -2 * count], *self.sizes(query), *self.sizes(key))
            mask = mask.flatten(-count).flatten(-count - 1, -2)
        missing = self.first + 2 - mask.ndim
        return mask.reshape(*mask.shape[:-2], *[1] * missing, *mask.shape[-2:])

    def scores_shape(self, query: Shape, key: Shape) -> Shape:
        """Shape of all scores for those of query and key with heads, (batch, …, heads)."""
        axes = self.order[: self.first]
        looks = [*(query[axis] for axis in self.attended), *(key[axis] for axis in self.attended)]
        return (*(query[axis] for axis in axes), *looks)

    def takes_mask(self, mask: Shape, scores: Shape) -> bool:
        """True if a mask goes with scores of that shape: its last axes are theirs, its first ones, too."""
        looks = 2 * len(self.attended)
        if not looks <= len(mask) <= len(scores):
            return False
        mask = (*mask[:-looks], *[1] * (len(scores) - len(mask)), *mask[-looks:])
        return all(
            size in (1, None, wanted) or wanted is None for size, wanted in zip(mask, scores, strict=True)
        )


def weigh_values(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scale: float, causal: bool
) -> Tensor:
    """Means of the values, weighted by how well query and key fit; in torch's own kernel.

    Args:
        query: (…, queries, size).
        key: (…, keys, size).
        value: (…, keys, value size).
        mask: True where a query may look at a key; goes with (…, queries, keys).
        scale: Factor of the products of query and key.
        causal: True lets the query at each step look at keys up to that step only; without a mask.
    """
    bias = None
    if mask is not None:
        # A finite number, as in Keras: a query that may look at nothing gets the mean of all values, not NaN.
        lowest = -0.7 * (65500.0 if query.dtype == torch.float16 else 3.38953e38)
        bias = torch.zeros_like(mask, dtype=query.dtype).masked_fill(~mask, lowest)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=scale, is_causal=causal)


def attention_scores(query: Tensor, key: Tensor, mask: Tensor | None, scale: float) -> Tensor:
    """How much each query looks at each key: (…, queries, keys), adding up to 1 over the keys.

    A query that may look at nothing has zeros.
    """
    products = (query * scale) @ key.transpose(-1, -2)
    if mask is None:
        return products.softmax(dim=-1)
    lowest = -3e4 if products.dtype == torch.float16 else -1e9
    return products.masked_fill(~mask, lowest).softmax(dim=-1).masked_fill(~mask, 0.0)


def causal_mask(queries: int, keys: int, device: torch.device) -> Tensor:
    """True where a key is not later than the query: (1, queries, keys)."""
    return torch.ones(1, queries, keys, dtype=torch.bool, device=device).tril()


def window_mask(queries: int, keys: int, width: int, device: torch.device) -> Tensor:
    """True where a key is less than `width` steps from the query, before or behind: (1, queries, keys)."""
    distance = torch.arange(queries, device=device).unsqueeze(1) - torch.arange(keys, device=device)
    return (distance.abs() < width).unsqueeze(0)
