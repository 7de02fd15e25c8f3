"""Layers at the start of a sequence model: vectors for words, and marks for steps to skip."""

from typing import Annotated, Any

import torch
from torch import Tensor

from runtime import constraints, initializers, regularizers
from runtime.errors import DataError, ParameterError
from runtime.layers.arguments import ConstraintLike, Count, InitializerLike, RegularizerLike
from runtime.layers.base import Layer
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.types import Shape, TensorSpec, Whole


@register("Core")
class Embedding(Layer):
    """Looks up a learned vector for each whole number, such as the number of a word.

    Formula: output[i] = embeddings[inputs[i]]

    Args:
        input_dim: How many different numbers there are: one more than the largest.
        output_dim: How long each vector is.
        embeddings_initializer: Start values of the vectors.
        embeddings_regularizer: Penalty on large numbers in the vectors.
        embeddings_constraint: Rule the vectors are held to after each step of the optimizer.
        mask_zero: True makes the layers behind skip the steps where the number is 0 (padding).
        weights: Vectors to start from, (input_dim, output_dim), for example trained ones.

    Call args:
        inputs: Whole numbers from 0 to input_dim - 1, any shape: (batch, steps) for texts.

    Source:
        https://keras.io/api/layers/core_layers/embedding/
    """

    computes_in_full = True
    embeddings: Weight

    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """Makes vectors of whole numbers."""
        if wanted is not None or not given.dtype.startswith(("int", "uint")):
            return None
        return {"input_dim": 10_000, "output_dim": 16}

    def __init__(
        self,
        input_dim: Count,
        output_dim: Count,
        embeddings_initializer: InitializerLike = "uniform",
        embeddings_regularizer: RegularizerLike = None,
        embeddings_constraint: ConstraintLike = None,
        mask_zero: bool = False,
        weights: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Ids given as numbers with a fraction would be rounded in half precision.
        self.autocast = False
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.creates_mask = self.supports_mask = mask_zero
        # Start values are no argument of the layer: what they are now stands in its weights.
        self._arguments.pop("weights", None)
        if weights is not None:
            self.start_from(weights)

    def start_from(self, weights: Any) -> None:
        """Builds the layer with these vectors.

        Args:
            weights: Numbers (input_dim, output_dim), or a list of one such array.

        Raises:
            ParameterError: They have another shape.
        """
        values = weights[0] if isinstance(weights, list) and len(weights) == 1 else weights
        table = torch.as_tensor(values, dtype=getattr(torch, self.variable_dtype))
        if table.shape != (self.input_dim, self.output_dim):
            raise ParameterError(
                f"{type(self).__name__}(weights=…) got numbers of shape {tuple(table.shape)}, "
                f"but it wants {(self.input_dim, self.output_dim)}.",
                parameter="weights",
                received=tuple(table.shape),
                hint="They are as many rows as input_dim and as many columns as output_dim.",
            )
        self.build_from_shapes({"inputs": (None,)})
        with torch.no_grad():
            self.embeddings.copy_(table)

    def build(self, input_shape: Shape) -> None:
        """Makes the table (input_dim, output_dim)."""
        del input_shape
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            name="embeddings",
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs: Annotated[Tensor, Whole()]) -> Tensor:
        """The vector of each number: (…, output_dim)."""
        ids = inputs if inputs.dtype in (torch.int32, torch.int64) else inputs.to(torch.int32)
        try:
            return torch.nn.functional.embedding(ids, self.embeddings)
        except IndexError as error:
            raise DataError(
                f"{self.label} knows the numbers 0 to {self.input_dim - 1}, "
                f"but gets some from {ids.min().item()} to {ids.max().item()}.",
                hint=f"Set input_dim to at least {int(ids.max().item()) + 1}."
                if ids.min() >= 0
                else "Negative numbers have no vector: count from 0.",
            ) from error

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """One more axis: the vector."""
        return (*input_shape, self.output_dim)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Each vector from the number at its place."""
        del place
        return kept(range(1, len(shape)))

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """With `mask_zero`, False where the number is 0."""
        del previous_mask
        return inputs != 0 if self.mask_zero else None


@register("Core")
class Masking(Layer):
    """Makes the layers behind skip the steps at which all features have one agreed value.

    Args:
        mask_value: The value that marks a step to skip.

    Call args:
        inputs: (batch, steps, features).

    Source:
        https://keras.io/api/layers/core_layers/masking/
    """

    creates_mask = True
    supports_mask = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs, with 0 at the steps to skip."""
        return torch.where((inputs != self.mask_value).any(dim=-1, keepdim=True), inputs, 0)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """A step looks at all of its features."""
        del place
        return kept(range(1, len(shape) - 1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """False where all features equal `mask_value`."""
        del previous_mask
        return (inputs != self.mask_value).any(dim=-1)
