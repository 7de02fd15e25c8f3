"""`ReversibleEmbedding`: from words to vectors, and from vectors back to words."""

from typing import Annotated, Any

import torch
from torch import Tensor

from runtime.errors import ShapeError
from runtime.layers.arguments import ConstraintLike, Count, InitializerLike, RegularizerLike
from runtime.layers.checking import require_known
from runtime.layers.embedding import Embedding
from runtime.layers.measured import product
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.types import Range, Shape, TensorSpec


@register("")
class ReversibleEmbedding(Embedding):
    """Looks up a vector for each word; called in reverse, it says how well each word fits a vector.

    It is called twice in a model, at the start and, with `reverse=True`, at the end, and so it is not in the
    palette, where each layer is called once.

    Args:
        input_dim: How many different words there are: one more than the largest number.
        output_dim: How long each vector is.
        tie_weights: True uses the same vectors both ways, False learns others for the way back.
        embeddings_initializer: Start values of the vectors.
        embeddings_regularizer: Penalty on large numbers in the vectors.
        embeddings_constraint: Rule the vectors are held to after each step of the optimizer.
        mask_zero: True makes the layers behind skip the steps where the number is 0 (padding).
        reverse_dtype: Element type the way back is computed in; None for the layer's own.
        logit_soft_cap: The scores of the way back stay between this and minus this; None for no bounds.

    Call args:
        inputs: Whole numbers, any shape; in reverse, vectors (…, output_dim).
        reverse: True goes the way back: (…, output_dim) → (…, input_dim).

    Source:
        Press & Wolf 2016, https://arxiv.org/abs/1608.05859
    """

    tie_weights: bool = True
    reverse_embeddings: Weight

    def __init__(
        self,
        input_dim: Count,
        output_dim: Count,
        tie_weights: bool = True,
        embeddings_initializer: InitializerLike = "uniform",
        embeddings_regularizer: RegularizerLike = None,
        embeddings_constraint: ConstraintLike = None,
        mask_zero: bool = False,
        reverse_dtype: str | None = None,
        logit_soft_cap: Annotated[float | None, Range(min=0, exclusive_min=True)] = None,
        **kwargs: Any,
    ) -> None:
        weights = kwargs.pop("weights", None)
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.tie_weights = tie_weights
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap
        if weights is not None:
            self.start_from(weights)

    def build(self, input_shape: Shape) -> None:
        """Makes the table (input_dim, output_dim), and one (output_dim, input_dim) for the way back."""
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                (self.output_dim, self.input_dim), self.embeddings_initializer, name="reverse_embeddings"
            )

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        """The vector of each number or, in reverse, the score of each number for a vector."""
        if not reverse:
            return super().call(inputs)
        kernel: Tensor = self.embeddings.t() if self.tie_weights else self.reverse_embeddings
        if self.reverse_dtype is not None:
            dtype = getattr(torch, self.reverse_dtype)
            inputs, kernel = inputs.to(dtype), kernel.to(dtype)
        scores = inputs @ kernel
        cap = self.logit_soft_cap
        return scores if cap is None else torch.tanh(scores / cap) * cap

    def compute_mask(self, inputs: Any, previous_mask: Any = None, reverse: bool = False) -> Any:
        """With `mask_zero`, False where the number is 0; the way back has no mask."""
        return None if reverse else super().compute_mask(inputs, previous_mask)

    def compute_output_shape(self, input_shape: Shape, reverse: bool = False) -> Shape:
        """One more axis, the vector; in reverse, one score for each number in place of the vector.

        Raises:
            ShapeError: In reverse, the vectors have another length.
        """
        if not reverse:
            return super().compute_output_shape(input_shape)
        length = require_known(self, input_shape, -1, "length of the vectors (the last axis)")
        if length != self.output_dim:
            raise ShapeError(
                f"{self.label} takes vectors of {self.output_dim} numbers in reverse, but gets {length}.",
                port="inputs",
                hint=f"Put a Dense({self.output_dim}) before it.",
            )
        return (*input_shape[:-1], self.input_dim)

    def macs(self, input_shape: Shape, reverse: bool = False) -> int | None:
        """None to look vectors up; in reverse, the products of vectors and words."""
        return product(*input_shape[1:], self.input_dim) if reverse else 0

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shape and dtype of the output, which depend on the direction."""
        reverse = bool((settings or {}).get("reverse", False))
        dtype = self.reverse_dtype if reverse and self.reverse_dtype else self.compute_dtype
        return {"output": TensorSpec(self.compute_output_shape(ports["inputs"].shape, reverse), dtype)}
