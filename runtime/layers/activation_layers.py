"""Activation functions that are layers of their own, because they have arguments or weights."""

from typing import Annotated, Any, ClassVar

import torch

from runtime import activations
from runtime.errors import ShapeError
from runtime.layers.arguments import ConstraintLike, InitializerLike, RegularizerLike
from runtime.layers.base import Layer
from runtime.layers.checking import require_known, require_mask
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.types import Range, Shape, show_shape

NotNegative = Annotated[float, Range(min=0)]

# What masked scores are set to: so low that nothing is left of them, and yet finite.
_LOWEST = {torch.float16: -3e4}
_LOWEST_ELSE = -1e9


class ActivationLayer(Layer):
    """Base of layers that change each number by itself: the shape stays."""

    supports_mask = True
    by_place = True

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape


@register("Activation")
class ReLU(ActivationLayer):
    """Keeps positive numbers and turns negative ones into 0; with bends of your own choice.

    Args:
        max_value: Ceiling of the output; None for no ceiling.
        negative_slope: What numbers below the threshold are multiplied with, instead of becoming 0.
        threshold: Numbers below this one count as negative.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/activation_layers/relu/
    """

    applies = "relu"

    def __init__(
        self,
        max_value: NotNegative | None = None,
        negative_slope: NotNegative = 0.0,
        threshold: NotNegative = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The function at each number."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


@register("Activation")
class LeakyReLU(ActivationLayer):
    """Like relu, but negative numbers only become smaller, so that no unit dies.

    Formula: x for x > 0, else negative_slope · x

    Args:
        negative_slope: What negative numbers are multiplied with.

    Call args:
        inputs: Any shape.

    Source:
        Maas et al. 2013, https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf
    """

    _former_arguments: ClassVar[dict[str, str | None]] = {"alpha": "negative_slope"}

    def __init__(self, negative_slope: NotNegative = 0.3, **kwargs: Any) -> None:
        # Before Keras 3 the argument was called alpha.
        if "alpha" in kwargs:
            negative_slope = self._arguments["negative_slope"] = kwargs.pop("alpha")
        super().__init__(**kwargs)
        self.negative_slope = negative_slope
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The function at each number."""
        return activations.leaky_relu(inputs, self.negative_slope)


@register("Activation")
class PReLU(ActivationLayer):
    """A leaky relu that learns, for each place, what negative numbers are multiplied with.

    Formula: x for x > 0, else alpha · x

    Args:
        alpha_initializer: Start values of the factors.
        alpha_regularizer: Penalty on large factors.
        alpha_constraint: Rule the factors are held to after each step.
        shared_axes: Axes along which all places share a factor, counted from 1: (1, 2) gives a picture one
            for each channel.

    Call args:
        inputs: (batch, …); the shape stays.

    Source:
        He et al. 2015, https://arxiv.org/abs/1502.01852
    """

    alpha: Weight

    def __init__(
        self,
        alpha_initializer: InitializerLike = "Zeros",
        alpha_regularizer: RegularizerLike = None,
        alpha_constraint: ConstraintLike = None,
        shared_axes: int | tuple[int, ...] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = alpha_initializer
        self.alpha_regularizer = alpha_regularizer
        self.alpha_constraint = alpha_constraint
        self.shared_axes = (shared_axes,) if isinstance(shared_axes, int) else tuple(shared_axes or ())

    def build(self, input_shape: Shape) -> None:
        """Makes the factors: the input's shape without the batch, 1 at shared axes."""
        self.alpha = self.add_weight(
            self._factors_shape(input_shape),
            self.alpha_initializer,
            name="alpha",
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def _factors_shape(self, input_shape: Shape) -> tuple[int, ...]:
        for axis in self.shared_axes:
            if not 1 <= axis < len(input_shape):
                raise ShapeError(
                    f"{self.label} shares axis {axis}, which {show_shape(input_shape)} does not have.",
                    port="inputs",
                    hint="Axes are counted from 1, the batch is left out.",
                )
        return tuple(
            1 if axis in self.shared_axes else require_known(self, input_shape, axis, f"size of axis {axis}")
            for axis in range(1, len(input_shape))
        )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The function at each number."""
        return torch.relu(inputs) - self.alpha * torch.relu(-inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        wanted = self._factors_shape(input_shape)
        if self.built and wanted != tuple(self.alpha.shape):
            raise ShapeError(
                f"{self.label} has factors for {show_shape((None, *self.alpha.shape))}, but gets "
                f"{show_shape(input_shape)}.",
                port="inputs",
                hint="Share the axes that change, or use a layer for each input.",
            )
        return input_shape


@register("Activation")
class ELU(ActivationLayer):
    """Keeps positive numbers; negative ones flatten out smoothly towards -alpha.

    Formula: x for x > 0, else alpha · (eˣ - 1)

    Args:
        alpha: How far below 0 the output can come.

    Call args:
        inputs: Any shape.

    Source:
        Clevert et al. 2015, https://arxiv.org/abs/1511.07289
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The function at each number."""
        return activations.elu(inputs, self.alpha)


@register("Activation")
class Softmax(ActivationLayer):
    """Turns scores into probabilities: all between 0 and 1, adding up to 1 along an axis.

    Formula: eˣ / Σ eˣ

    Args:
        axis: The axis, or the axes, along which they add up to 1; -1 is the last one.

    Call args:
        inputs: Any shape. Masked scores get probability 0.

    Source:
        https://keras.io/api/layers/activation_layers/softmax/
    """

    applies = "softmax"

    def __init__(self, axis: int | tuple[int, ...] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else tuple(axis)
        # Said where it is the plain function, so that a loss behind it can be computed from the scores.
        self.activation = activations.softmax if axis == -1 else None
        self.built = True

    def preactivation(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input itself: the scores."""
        return inputs

    def call(self, inputs: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Probabilities; masked places are 0."""
        if mask is None:
            return activations.softmax(inputs, self.axis)
        require_mask(self, mask, inputs.shape)
        counted = mask if mask.dtype == torch.bool else mask > 0.5
        scores = torch.where(counted, inputs, _LOWEST.get(inputs.dtype, _LOWEST_ELSE))
        return torch.where(counted, activations.softmax(scores, self.axis), 0)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """What adds up to 1 is seen together."""
        del place
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        together = {axis % len(shape) for axis in axes}
        return kept(axis for axis in range(1, len(shape)) if axis not in together)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        for axis in (self.axis,) if isinstance(self.axis, int) else self.axis:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ShapeError(
                    f"{self.label} has axis {axis}, which {show_shape(input_shape)} does not have.",
                    port="inputs",
                    hint="-1 is the last axis.",
                )
        return input_shape
