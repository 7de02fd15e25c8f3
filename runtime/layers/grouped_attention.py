"""Attention in which several heads of the query share one head of keys and values."""

from typing import Annotated, Any, ClassVar

from runtime import regularizers
from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import ConstraintLike, Count, InitializerLike, RegularizerLike, Seed
from runtime.layers.attention import MultiHeadAttention
from runtime.layers.checking import require_rank
from runtime.layers.registration import register
from runtime.layers.regularization import RateBelowOne
from runtime.types import Range, Shape


@register("Attention", rank=2, aliases=("GroupedQueryAttention",))
class GroupQueryAttention(MultiHeadAttention):
    """Multi-head attention in which groups of heads share their keys and values: smaller, and nearly as good.

    For self-attention, wire the same tensor to query and value.

    Args:
        head_dim: How many numbers describe a query, a key and a value in each head.
        num_query_heads: In how many ways queries look at keys at once.
        num_key_value_heads: How many heads of keys and values there are; it divides num_query_heads.
        dropout: Fraction (0 to 1) of the looks that is dropped in training.
        use_bias: True adds a learned number to each sum.
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
        Ainslie et al. 2023, https://arxiv.org/abs/2305.13245
    """

    _class_in_files = "GroupedQueryAttention"
    _names_in_files: ClassVar[dict[str, str]] = {
        f"{name}_dense": f"_{name}_dense" for name in ("query", "key", "gate", "value", "output")
    }

    def __init__(
        self,
        head_dim: Count,
        num_query_heads: Count,
        num_key_value_heads: Count,
        dropout: RateBelowOne = 0.0,
        use_bias: bool = True,
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
        if num_query_heads % num_key_value_heads:
            raise ParameterError(
                f"GroupQueryAttention(num_key_value_heads=…) got {num_key_value_heads}, which does not "
                f"divide the {num_query_heads} heads of the query.",
                parameter="num_key_value_heads",
                received=num_key_value_heads,
                hint="Every head of keys and values serves equally many heads of the query.",
            )
        super().__init__(
            num_query_heads,
            head_dim,
            dropout=dropout,
            use_bias=use_bias,
            sliding_window=sliding_window,
            flash_attention=flash_attention,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            use_gate=use_gate,
            seed=seed,
            **kwargs,
        )
        # Keras counts the output twice: as a projection, and as what the layer gives.
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = self._key_heads = num_key_value_heads

    def compute_output_shape(
        self,
        query_shape: Shape,
        value_shape: Shape,
        key_shape: Shape | None = None,
        attention_mask_shape: Shape | None = None,
    ) -> Shape:
        """The shape of the query.

        Raises:
            ShapeError: Query, value, key and mask do not go together.
        """
        hint = "Set return_sequences=True on a recurrent layer before it, or reshape the input."
        for port, shape in (("query", query_shape), ("value", value_shape)):
            require_rank(self, shape, 3, "batch × steps × features", port=port, hint=hint)
        if None not in (query_shape[-1], value_shape[-1]) and query_shape[-1] != value_shape[-1]:
            raise ShapeError(
                f"{self.label} wants as many features in value as in query, but gets {value_shape[-1]} "
                f"and {query_shape[-1]}.",
                port="value",
                hint=f"Put a Dense({query_shape[-1]}) before the value.",
            )
        return super().compute_output_shape(query_shape, value_shape, key_shape, attention_mask_shape)
