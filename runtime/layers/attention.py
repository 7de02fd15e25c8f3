"""Multi-head attention: each step of a sequence gathers from all others what it needs."""

import math
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import ConstraintLike, Count, InitializerLike, RegularizerLike, Seed
from runtime.layers.attention_heads import (
    HeadAxes,
    HeadProjection,
    attention_scores,
    causal_mask,
    weigh_values,
    window_mask,
)
from runtime.layers.base import Layer
from runtime.layers.checking import require_known, sizes_fit
from runtime.layers.measured import product, total
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.layers.regularization import RateBelowOne, drop
from runtime.types import Implicit, Range, Shape, TensorSpec, show_shape

Mask = Annotated[Tensor | None, Implicit()]


@register("Attention")
class MultiHeadAttention(Layer):
    """Each query looks at all keys, in several ways at once, and takes the mean of the values it likes most.

    For self-attention, wire the same tensor to query and value.

    Formula: each head: softmax(Q·Kᵀ / √key_dim)·V

    Args:
        num_heads: In how many ways queries look at keys at once.
        key_dim: How many numbers describe a query and a key in each head.
        value_dim: How many numbers describe a value in each head; None for key_dim.
        dropout: Fraction (0 to 1) of the looks that is dropped in training.
        use_bias: True adds a learned number to each sum.
        output_shape: Sizes that come out for each step; None for as many as the query has.
        attention_axes: Axes to look along; None for all between batch and features.
        sliding_window: Looks reach fewer than this many steps forward and back; None for all steps.
        flash_attention: Accepted for Keras's sake: torch takes the fastest kernel by itself.
        kernel_initializer: Start values of the weights.
        bias_initializer: Start values of the biases.
        kernel_regularizer: Penalty on large weights.
        bias_regularizer: Penalty on large biases.
        activity_regularizer: Penalty on large sums, of the output and of all projections.
        kernel_constraint: Rule the weights are held to after each step.
        bias_constraint: Rule the biases are held to after each step.
        use_gate: True lets the query open and shut what comes out of each head.
        seed: A whole number that makes dropout repeat; None for new draws each time.

    Call args:
        query: What looks: (batch, query steps, features).
        value: What is gathered: (batch, key steps, features).
        key: What is looked at: (batch, key steps, features); the value itself when unwired.
        attention_mask: True where a query may look at a key: (batch, query steps, key steps).
        return_attention_scores: True gives the scores as well: (batch, heads, query steps, key steps).
        use_causal_mask: True lets each step look back only.

    Source:
        Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
    """

    supports_mask = True
    _names_in_files: ClassVar[dict[str, str]] = {"gate_dense": "_gate_dense"}
    query_dense: HeadProjection
    key_dense: HeadProjection
    gate_dense: HeadProjection | None
    value_dense: HeadProjection
    output_dense: HeadProjection

    def __init__(
        self,
        num_heads: Count,
        key_dim: Count,
        value_dim: Annotated[int | None, Range(min=1)] = None,
        dropout: RateBelowOne = 0.0,
        use_bias: bool = True,
        output_shape: Annotated[int | tuple[int, ...] | None, Range(min=1)] = None,
        attention_axes: int | tuple[int, ...] | None = None,
        sliding_window: Annotated[int | None, Range(min=1)] = None,
        flash_attention: bool | None = None,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        use_gate: bool = False,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if flash_attention and dropout:
            raise ParameterError(
                f"{type(self).__name__}(dropout=…) got {dropout}, but flash attention knows no dropout.",
                parameter="dropout",
                received=dropout,
                hint="Set dropout=0, or leave flash_attention out.",
            )
        self.num_heads = num_heads
        self._key_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim or key_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self._output_sizes = _tuple(output_shape)
        self._given_axes = _tuple(attention_axes)
        self.sliding_window = sliding_window
        self.flash_attention = flash_attention
        self.use_gate = use_gate
        self.seed = seed
        self._generator: torch.Generator | None = None
        self._projection_arguments = {
            "use_bias": use_bias,
            "kernel_initializer": kernel_initializer,
            "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer,
            "bias_regularizer": bias_regularizer,
            "activity_regularizer": activity_regularizer,
            "kernel_constraint": kernel_constraint,
            "bias_constraint": bias_constraint,
            "dtype": self.dtype_policy,
        }

    def attention_axes_of(self, rank: int) -> tuple[int, ...]:
        """The axes to look along in inputs with `rank` axes."""
        if self._given_axes is None:
            return tuple(range(1, rank - 1))
        axes = tuple(axis % rank for axis in self._given_axes)
        if len(set(axes)) < len(axes) or any(not -rank <= axis < rank for axis in self._given_axes):
            raise ShapeError(
                f"{self.label} looks along axes {self._given_axes}, which inputs with {rank} axes "
                "do not have.",
                port="query",
                hint="Axes are counted with the batch: 1 is the first behind it. Name each once.",
            )
        return axes

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Makes a projection each for query, key, value and output, and for the gate if there is one."""
        key_shape = value_shape if key_shape is None else key_shape
        heads = self.num_heads
        self.query_dense = self._projection("query", query_shape, (heads, self.key_dim))
        self.key_dense = self._projection("key", key_shape, (self._key_heads, self.key_dim))
        self.gate_dense = None
        if self.use_gate:
            self.gate_dense = self._projection(
                "gate", query_shape, (heads, self.value_dim), activation="sigmoid"
            )
        self.value_dense = self._projection("value", value_shape, (self._key_heads, self.value_dim))
        features = require_known(self, query_shape, -1, "number of features (the last axis)", port="query")
        self.output_dense = self._made(
            "attention_output", (heads, self.value_dim), self._output_sizes or (features,)
        )
        self._axes = HeadAxes(len(query_shape) + 1, self.attention_axes_of(len(query_shape)))

    def _projection(self, name: str, shape: Shape, sizes: tuple[int, ...], **kwargs: Any) -> HeadProjection:
        port = "query" if name == "gate" else name
        features = require_known(self, shape, -1, "number of features (the last axis)", port=port)
        return self._made(name, (features,), sizes, **kwargs)

    def _made(
        self, name: str, inputs: tuple[int, ...], outputs: tuple[int, ...], **kwargs: Any
    ) -> HeadProjection:
        layer = HeadProjection(inputs, outputs, name=name, **self._projection_arguments, **kwargs)
        layer.build_from_shapes({"inputs": (None, *inputs)})
        return layer

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Mask = None,
        value_mask: Mask = None,
        key_mask: Mask = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """The gathered values (batch, query steps, features), and the scores if asked."""
        if return_attention_scores and self.flash_attention:
            raise ParameterError(
                "Flash attention does not work out scores, so it cannot return them.",
                parameter="return_attention_scores",
                received=True,
                hint="Leave flash_attention out.",
            )
        gate = None if self.gate_dense is None else self.gate_dense.to_program()(query)
        queries = self.query_dense.to_program()(query)
        keys = self._for_all_heads(self.key_dense.to_program()(value if key is None else key))
        values = self._for_all_heads(self.value_dense.to_program()(value))
        steps = [None if mask is None else mask.bool() for mask in (query_mask, value_mask, key_mask)]
        # Torch's kernel cuts off the future by itself, but not along with another mask.
        explicit = bool(self.dropout) or return_attention_scores or queries.ndim != 4
        only_causal = use_causal_mask and self.sliding_window is None and not explicit
        only_causal = only_causal and attention_mask is None and all(mask is None for mask in steps)
        mask = self._mask(queries, keys, steps, attention_mask, use_causal_mask and not only_causal)

        matrices = [self._axes.to_matrix(tensor) for tensor in (queries, keys, values)]
        scale = 1 / math.sqrt(self.key_dim)
        scores = None
        if explicit:
            scores = attention_scores(matrices[0], matrices[1], mask, scale)
            gathered = self._dropped(scores, training) @ matrices[2]
        else:
            gathered = weigh_values(matrices[0], matrices[1], matrices[2], mask, scale, only_causal)
        gathered = self._axes.from_matrix(gathered, queries)
        output = self.output_dense.to_program()(gathered if gate is None else gathered * gate)
        if not return_attention_scores or scores is None:
            return output
        sizes = [*self._axes.sizes(queries), *self._axes.sizes(keys)]
        return output, scores.reshape(*scores.shape[:-2], *sizes)

    def _for_all_heads(self, projected: Tensor) -> Tensor:
        """Keys or values, (…, heads, size): one for each head of the query."""
        shared = self.num_heads // self._key_heads
        return projected if shared == 1 else projected.repeat_interleave(shared, dim=-2)

    def _dropped(self, scores: Tensor, training: bool | None) -> Tensor:
        if not (training and self.dropout):
            return scores
        device = scores.device
        if self.seed is not None and (self._generator is None or self._generator.device != device):
            self._generator = torch.Generator(device).manual_seed(self.seed)
        return drop(scores, self.dropout, scores.shape, self._generator)

    def _mask(
        self, queries: Tensor, keys: Tensor, steps: list[Tensor | None], given: Tensor | None, causal: bool
    ) -> Tensor | None:
        """All masks as one that goes with the scores, or None."""
        query_mask, value_mask, key_mask = steps
        masks = [] if query_mask is None else [query_mask.unsqueeze(-1)]
        masks += [mask.unsqueeze(-2) for mask in (value_mask, key_mask) if mask is not None]
        axis = self._axes.attended[0]
        sizes = queries.shape[axis], keys.shape[axis]
        if causal:
            masks.append(causal_mask(*sizes, queries.device))
        if self.sliding_window is not None:
            masks.append(window_mask(*sizes, self.sliding_window, queries.device))
        if masks:
            self._refuse_steps_of(self._axes.attended)
        if given is not None:
            masks.append(given.bool())
        if not masks:
            return None
        mask = masks[0]
        for other in masks[1:]:
            mask = mask & other
        scores = self._axes.scores_shape(tuple(queries.shape[:-1]), tuple(keys.shape[:-1]))
        if not self._axes.takes_mask(tuple(mask.shape), scores):
            raise ShapeError(
                f"{self.label} gets a mask of {show_shape(tuple(mask.shape))}, which does not go with its "
                f"scores of {show_shape(scores)}.",
                port="attention_mask" if given is not None else "query",
                hint="A mask of steps has two axes: batch × steps.",
            )
        return self._axes.mask_to_matrix(mask, queries, keys)

    def _refuse_steps_of(self, attended: tuple[int, ...]) -> None:
        if len(attended) > 1:
            raise ParameterError(
                f"{self.label} looks along {len(attended)} axes, where a mask of steps, a causal "
                f"mask or a sliding window has no meaning.",
                parameter="attention_axes",
                received=attended,
                hint="Choose one axis, or give an attention_mask.",
            )

    def compute_output_shape(
        self,
        query_shape: Shape,
        value_shape: Shape,
        key_shape: Shape | None = None,
        attention_mask_shape: Shape | None = None,
    ) -> Shape:
        """The shape of the query, its last axis as long as `output_shape` says.

        Raises:
            ShapeError: Query, value, key and mask do not go together.
        """
        key_shape = value_shape if key_shape is None else key_shape
        shapes = {"query": query_shape, "value": value_shape, "key": key_shape}
        for port, shape in shapes.items():
            if len(shape) < 3:
                raise ShapeError(
                    f"{self.label} wants batch × steps × features (3 axes or more), "
                    f"but gets {show_shape(shape)} ({len(shape)} axes).",
                    port=port,
                    hint="Set return_sequences=True on a recurrent layer before it, or reshape the input.",
                )
            features = require_known(self, shape, -1, "number of features (the last axis)", port=port)
            dense: HeadProjection | None = getattr(self, f"{port}_dense") if self.built else None
            if dense is not None and dense.input_sizes != (features,):
                raise ShapeError(
                    f"{self.label} was built for {dense.input_sizes[0]} features, but gets {features}.",
                    port=port,
                    hint="A layer that is used twice needs inputs of equal size.",
                )
        if value_shape[1:-1] != key_shape[1:-1]:
            unknown = sizes_fit(value_shape[1:-1], key_shape[1:-1])
            raise ShapeError(
                f"{self.label} wants as many steps in key as in value, but gets {show_shape(key_shape)} "
                f"and {show_shape(value_shape)}.",
                port="key",
                hint="State the number of steps in both Inputs, or in none."
                if unknown
                else "Wire both to outputs of the same sequence.",
            )
        attended = self.attention_axes_of(len(query_shape))
        others = [axis for axis in range(1, len(query_shape) - 1) if axis not in attended]
        if len(query_shape) != len(value_shape) or not sizes_fit(
            [query_shape[axis] for axis in others], [value_shape[axis] for axis in others]
        ):
            raise ShapeError(
                f"{self.label} wants query and value that differ at most in axes {attended} and in features, "
                f"but gets {show_shape(query_shape)} and {show_shape(value_shape)}.",
                port="value",
                hint="Reshape one of them, or set attention_axes.",
            )
        if self.sliding_window is not None:
            self._refuse_steps_of(attended)
        if attention_mask_shape is not None:
            axes = HeadAxes(len(query_shape) + 1, attended)
            wanted = axes.scores_shape((*query_shape[:-1], self.num_heads), (*key_shape[:-1], self.num_heads))
            if not axes.takes_mask(attention_mask_shape, wanted):
                looks = " × ".join(
                    "?" if size is None else str(size) for size in wanted[-2 * len(attended) :]
                )
                raise ShapeError(
                    f"{self.label} wants an attention mask of batch × {looks} (queries × keys), but gets "
                    f"{show_shape(attention_mask_shape)}.",
                    port="attention_mask",
                    hint="Each number says whether that query may look at that key.",
                )
        return (*query_shape[:-1], *(self._output_sizes or query_shape[-1:]))

    def macs(
        self,
        query_shape: Shape,
        value_shape: Shape,
        key_shape: Shape | None = None,
        attention_mask_shape: Shape | None = None,
    ) -> int | None:
        """The projections, the products of queries and keys, and the means of the values."""
        del attention_mask_shape
        queries, keys = product(*query_shape[1:-1]), product(*value_shape[1:-1])
        looked_at = product(*(value_shape[axis] for axis in self.attention_axes_of(len(query_shape))))
        key_features = (value_shape if key_shape is None else key_shape)[-1]
        outputs = self._output_sizes or query_shape[-1:]
        return total(
            product(queries, query_shape[-1], self.num_heads, self.key_dim),
            product(queries, query_shape[-1], self.num_heads, self.value_dim) if self.use_gate else 0,
            product(keys, key_features, self._key_heads, self.key_dim),
            product(keys, value_shape[-1], self._key_heads, self.value_dim),
            product(queries, looked_at, self.num_heads, self.key_dim + self.value_dim),
            product(queries, self.num_heads, self.value_dim, *outputs),
        )

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Of the query the place itself; of key and value all places along the attended axes."""
        attended = () if place == 0 else self.attention_axes_of(len(shape))
        return kept(axis for axis in range(1, len(shape) - 1) if axis not in attended)

    def output_names(self, **settings: Any) -> tuple[str, ...]:
        """The output, and the scores if asked."""
        return ("output", "attention_scores") if settings.get("return_attention_scores") else ("output",)

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shape and dtype of the output, and of the scores if asked."""
        specs = super().output_spec(ports)
        if settings and settings.get("use_causal_mask"):
            self._refuse_steps_of(self.attention_axes_of(len(ports["query"].shape)))
        if "attention_scores" in self.output_names(**(settings or {})):
            query, key = ports["query"].shape, ports.get("key", ports["value"]).shape
            attended = self.attention_axes_of(len(query))
            others = [query[axis] for axis in range(1, len(query) - 1) if axis not in attended]
            looks = [*(query[axis] for axis in attended), *(key[axis] for axis in attended)]
            shape = (query[0], *others, self.num_heads, *looks)
            specs["attention_scores"] = TensorSpec(shape, self.compute_dtype)
        return specs


def _tuple(value: Any) -> tuple[int, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, int) else tuple(value)
