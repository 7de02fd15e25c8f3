"""Attention without weights of its own for query, key and value: they are compared as they come."""

from typing import Any, Literal

import torch
from torch import Tensor

from runtime.errors import ShapeError
from runtime.layers.arguments import Seed
from runtime.layers.attention_heads import causal_mask
from runtime.layers.base import Layer
from runtime.layers.checking import require_known, require_mask, sizes_fit
from runtime.layers.measured import product, total
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.layers.regularization import RateBelowOne, drop
from runtime.layers.weights import Weight
from runtime.types import Shape, TensorSpec, show_shape


@register("Attention")
class Attention(Layer):
    """Each query takes the mean of the values, weighted by how well the query fits their keys.

    Formula: output = softmax(query·keyᵀ)·value

    Args:
        use_scale: True learns a factor of the scores.
        score_mode: How query and key are compared: "dot" multiplies, "concat" adds and takes tanh.
        dropout: Fraction (0 to 1) of the scores that is dropped in training.
        seed: A whole number that makes dropout repeat; None for new draws each time.

    Call args:
        inputs: Query (batch, query steps, features), value (batch, key steps, features) and, if it is not
            the value, key (batch, key steps, features).
        return_attention_scores: True gives the scores as well: (batch, query steps, key steps).
        use_causal_mask: True lets each step look back only.

    Source:
        Luong et al. 2015, https://arxiv.org/abs/1508.04025
    """

    supports_mask = True
    scale: Weight | None
    concat_score_weight: Weight | None

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: Literal["dot", "concat"] = "dot",
        dropout: RateBelowOne = 0.0,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        self._generator: torch.Generator | None = None

    def build(self, input_shape: list[Shape]) -> None:
        """Makes the factors that are learned."""
        del input_shape
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """How well each query fits each key: (batch, query steps, key steps)."""
        if self.concat_score_weight is None:
            products = query @ key.transpose(-1, -2)
            return products if self.scale is None else products * self.scale
        sums = query.unsqueeze(-2) + key.unsqueeze(-3)
        if self.scale is not None:
            sums = sums * self.scale
        return self.concat_score_weight * sums.tanh().sum(dim=-1)

    def call(
        self,
        inputs: list[Tensor],
        mask: list[Tensor | None] | None = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """The weighted means (batch, query steps, features), and the scores if asked."""
        query, value, key = inputs[0], inputs[1], inputs[-1]
        query_mask, value_mask = (None, None) if mask is None else (mask[0], mask[1])
        for tensor, steps in ((query, query_mask), (value, value_mask)):
            if steps is not None:
                require_mask(self, steps, tensor.shape[:-1])
        scores = self.scores(query, key)
        allowed = None if value_mask is None else value_mask.bool().unsqueeze(-2)
        if use_causal_mask:
            causal = causal_mask(scores.shape[-2], scores.shape[-1], scores.device)
            allowed = causal if allowed is None else allowed & causal
        if allowed is not None:
            scores = torch.where(
                allowed, scores, scores - (65504.0 if scores.dtype == torch.float16 else 1e9)
            )
        weights = scores.softmax(dim=-1)
        if training and self.dropout:
            weights = drop(weights, self.dropout, weights.shape, self._draws(weights.device))
        output = weights @ value
        if query_mask is not None:
            output = torch.where(query_mask.bool().unsqueeze(-1), output, 0)
        return (output, weights) if return_attention_scores else output

    def _draws(self, device: torch.device) -> torch.Generator | None:
        if self.seed is not None and (self._generator is None or self._generator.device != device):
            self._generator = torch.Generator(device).manual_seed(self.seed)
        return self._generator

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the query goes on."""
        del inputs
        return previous_mask[0] if isinstance(previous_mask, list) else previous_mask

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """As many steps as the query has, as many features as the value has.

        Raises:
            ShapeError: Query, value and key do not go together.
        """
        if len(input_shape) not in (2, 3):
            raise ShapeError(
                f"{self.label} wants 2 or 3 inputs, but gets {len(input_shape)}.",
                port="inputs",
                hint="Wire the query, then the value, then (if it is not the value) the key.",
            )
        query, value, key = input_shape[0], input_shape[1], input_shape[-1]
        for name, shape in (("query", query), ("value", value), ("key", key)):
            if len(shape) < 3:
                raise ShapeError(
                    f"{self.label} wants batch × steps × features (3 axes) as {name}, "
                    f"but gets {show_shape(shape)} ({len(shape)} axes).",
                    port="inputs",
                    hint="Set return_sequences=True on a recurrent layer before it, or reshape the input.",
                )
        for name, shape in (("value", value), ("key", key)):
            if len(shape) != len(query) or not sizes_fit(shape[:-2], query[:-2]):
                raise ShapeError(
                    f"{self.label} wants query and {name} that differ in steps and features only, "
                    f"but gets {show_shape(query)} and {show_shape(shape)}.",
                    port="inputs",
                    hint="Reshape one of them: attention runs along the axis before the last.",
                )
        for name, one, other, axis in (("query", query, key, -1), ("value", value, key, -2)):
            if None not in (one[axis], other[axis]) and one[axis] != other[axis]:
                raise ShapeError(
                    f"{self.label} wants as many {'features' if axis == -1 else 'steps'} in {name} as in "
                    f"key, but gets {show_shape(one)} and {show_shape(other)}.",
                    port="inputs",
                    hint="Bring them to equal size, by a Dense for example." if axis == -1 else "",
                )
        return (*query[:-1], value[-1])

    def macs(self, input_shape: list[Shape]) -> int | None:
        """The comparison of queries and keys, and the means of the values."""
        query, value = input_shape[:2]
        pairs = product(*query[1:-1], value[-2])
        return total(product(pairs, self._compared(query)), product(pairs, value[-1]))

    def _compared(self, query: Shape) -> int | None:
        """Products for the comparison of a query and a key: none where they are added."""
        return query[-1] if self.score_mode == "dot" else 0

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Of the query the place itself; of key and value all places."""
        return kept(range(1, len(shape) - (1 if place == 0 else 2)))

    def output_names(self, **settings: Any) -> tuple[str, ...]:
        """The output, and the scores if asked."""
        return ("output", "attention_scores") if settings.get("return_attention_scores") else ("output",)

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shape and dtype of the output, and of the scores if asked."""
        specs = super().output_spec(ports)
        if "attention_scores" in self.output_names(**(settings or {})):
            query, key = ports["inputs"][0].shape, ports["inputs"][-1].shape
            specs["attention_scores"] = TensorSpec((*query[:-1], key[-2]), self.compute_dtype)
        return specs


@register("Attention")
class AdditiveAttention(Attention):
    """Each query takes the mean of the values; query and key are compared by adding them and taking tanh.

    Formula: output = softmax(Σ tanh(query + key))·value

    Args:
        use_scale: True learns a factor for each feature.
        dropout: Fraction (0 to 1) of the scores that is dropped in training.

    Source:
        Bahdanau et al. 2014, https://arxiv.org/abs/1409.0473
    """

    def __init__(self, use_scale: bool = True, dropout: RateBelowOne = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: list[Shape]) -> None:
        """Makes a factor for each feature."""
        self.scale = None
        if self.use_scale:
            size = require_known(self, input_shape[0], -1, "number of features (the last axis)")
            self.scale = self.add_weight((size,), "glorot_uniform", name="scale")

    def _compared(self, query: Shape) -> int | None:
        """Products for the comparison of a query and a key: one for each feature that has a factor."""
        return query[-1] if self.use_scale else 0

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """How well each query fits each key: (batch, query steps, key steps)."""
        fits = (query.unsqueeze(-2) + key.unsqueeze(-3)).tanh()
        return fits.sum(dim=-1) if self.scale is None else fits @ self.scale
