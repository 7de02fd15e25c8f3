"""BatchNormalization: each feature over a batch, and by moving averages afterwards."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime import initializers
from runtime.errors import ShapeError
from runtime.layers.arguments import ConstraintLike, Epsilon, InitializerLike, Rate, RegularizerLike
from runtime.layers.normalization import Normalizing, along
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.types import Range, Shape

# Keras adds it to the number of unmasked steps, so that a batch without any is not divided by 0.
_KERAS_EPSILON = 1e-7


@register("Normalization", rank=0)
class BatchNormalization(Normalizing):
    """Brings each feature to mean 0 and spread 1, which makes deep networks train faster.

    In training mean and spread are those of the batch; moving averages of them are kept, and used outside
    training. A frozen layer always uses the averages.

    Formula: output = gamma · (inputs - mean) / √(variance + epsilon) + beta

    Args:
        momentum: Share of the old value in the moving averages, a fraction 0-1; near 1 they move slowly.
        moving_mean_initializer: Start values of the averaged means.
        moving_variance_initializer: Start values of the averaged variances.
        renorm: True corrects batches by the averages while training, for small or unequal batches.
        renorm_clipping: Bounds of the correction, by name: "rmin", "rmax", "dmax"; None for no bounds.
        renorm_momentum: As momentum, for the averages of the correction.
        synchronized: Accepted for Keras's sake; there is one device.

    Call args:
        inputs: (batch, …, features); the shape stays. Masked steps do not count.

    Source:
        Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167; renorm: Ioffe 2017, https://arxiv.org/abs/1702.03275
    """

    by_place = True

    computes_in_full = True
    moving_mean: Weight
    moving_variance: Weight
    moving_stddev: Weight
    renorm_mean: Weight
    renorm_stddev: Weight

    def __init__(
        self,
        axis: int = -1,
        momentum: Rate = 0.99,
        epsilon: Epsilon = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        moving_mean_initializer: InitializerLike = "zeros",
        moving_variance_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None,
        beta_constraint: ConstraintLike = None,
        gamma_constraint: ConstraintLike = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: Annotated[float, Range(min=0, max=1)] = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.moving_mean_initializer = moving_mean_initializer
        self.moving_variance_initializer = moving_variance_initializer
        self.renorm = renorm
        self.renorm_clipping = renorm_clipping
        self.renorm_momentum = renorm_momentum
        self.synchronized = synchronized
        self.keep_affine_arguments(
            center,
            scale,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )

    def build(self, input_shape: Shape) -> None:
        """Makes gamma, beta and the moving averages, one number a feature each."""
        shape = self.feature_sizes(input_shape, (self.axis,))
        self.add_affine(shape)
        self.keep_rank(input_shape)
        self.moving_mean = self._average("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._average("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:
            start = initializers.get(self.moving_variance_initializer)

            def spread(shape: tuple[int, ...], dtype: Any = None) -> torch.Tensor:
                return torch.as_tensor(start(shape, dtype=dtype)).sqrt()

            self.moving_stddev = self._average("moving_stddev", shape, spread)
            self.renorm_mean = self._average("renorm_mean", shape, self.moving_mean_initializer)
            self.renorm_stddev = self._average("renorm_stddev", shape, spread)

    def _average(self, name: str, shape: tuple[int, ...], initializer: Any) -> Weight:
        return self.add_weight(shape, initializer, name=name, trainable=False, autocast=False)

    def call(
        self, inputs: torch.Tensor, training: bool | None = None, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """The input with its features normalized, by the batch in training and by the averages otherwise."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.moving_mean.dtype)
        if not training or not self.trainable:
            return self._normalized_by(inputs, self.moving_mean, self.moving_variance)
        if mask is not None:
            mean, variance = self._masked_moments(inputs, mask)
            return self._with_moments(inputs, mean, variance)
        if self.renorm:
            axes = [axis for axis in range(inputs.ndim) if axis != self.axis % inputs.ndim]
            variance, mean = torch.var_mean(inputs, axes, correction=0)
            return self._with_moments(inputs, mean, variance)
        outputs, mean, inverse_spread = torch.native_batch_norm(
            self._features_second(inputs), self.gamma, self.beta, None, None, True, 0.0, self.epsilon
        )
        # torch would keep the unbiased variance in its own moving average, Keras keeps the biased one.
        variance = inverse_spread.pow(-2).sub_(self.epsilon).clamp_(min=0)
        _move(self.moving_mean, mean, self.momentum)
        _move(self.moving_variance, variance, self.momentum)
        return self._features_back(outputs, inputs)

    def _features_second(self, inputs: torch.Tensor) -> torch.Tensor:
        """A view with the features at axis 1, where torch wants them."""
        if self.axis in (-1, inputs.ndim - 1):
            return inputs.reshape(-1, inputs.shape[-1])
        return inputs.movedim(self.axis, 1)

    def _features_back(self, outputs: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
        if self.axis in (-1, inputs.ndim - 1):
            return outputs.view(inputs.shape)
        return outputs.movedim(1, self.axis)

    def _normalized_by(
        self, inputs: torch.Tensor, mean: torch.Tensor, variance: torch.Tensor
    ) -> torch.Tensor:
        features = self._features_second(inputs)
        if mean.dtype != inputs.dtype:
            mean, variance = mean.to(inputs.dtype), variance.to(inputs.dtype)
        outputs = F.batch_norm(features, mean, variance, self.gamma, self.beta, False, 0.0, self.epsilon)
        return self._features_back(outputs, inputs)

    def _with_moments(self, inputs: torch.Tensor, mean: torch.Tensor, variance: torch.Tensor) -> torch.Tensor:
        """The input normalized by moments of the batch through which gradients flow."""
        gamma, beta = self.gamma, self.beta
        spread = torch.sqrt(variance + self.epsilon)
        scale = 1 if gamma is None else gamma
        offset = 0 if beta is None else beta
        if self.renorm:
            factor, shift = self._correction(mean.detach(), spread.detach())
            offset = shift * scale + offset
            scale = factor * scale
            self._move_corrections(mean, spread)
        else:
            _move(self.moving_variance, variance, self.momentum)
        _move(self.moving_mean, mean, self.momentum)
        per_feature = scale / spread
        offset = offset - mean * per_feature
        axes = (self.axis % inputs.ndim,)
        return inputs * along(per_feature, axes, inputs.ndim) + along(offset, axes, inputs.ndim)

    def _masked_moments(self, inputs: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and variance of the unmasked steps."""
        if mask.ndim != inputs.ndim - 1:
            raise ShapeError(
                f"{self.label} wants a mask with one axis less than its input, but gets {mask.ndim} axes for "
                f"{inputs.ndim}.",
                port="inputs",
            )
        counted = mask.to(torch.bool).unsqueeze(-1).expand(inputs.shape)
        axes = [axis for axis in range(inputs.ndim) if axis != self.axis % inputs.ndim]
        count = counted.to(inputs.dtype).sum(axes, keepdim=True) + _KERAS_EPSILON
        mean = torch.where(counted, inputs, 0).sum(axes, keepdim=True) / count
        squares = torch.where(counted, inputs - mean, 0).square().sum(axes, keepdim=True)
        return mean.flatten(), (squares / count).flatten()

    def _correction(self, mean: torch.Tensor, spread: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Factor r and shift d that turn the batch's moments into the averaged ones."""
        averaged = self.renorm_stddev.clamp(min=self.epsilon**0.5)
        factor, shift = spread / averaged, (mean - self.renorm_mean) / averaged
        bounds = self.renorm_clipping or {}
        if "rmin" in bounds or "rmax" in bounds:
            factor = factor.clamp(bounds.get("rmin"), bounds.get("rmax"))
        if "dmax" in bounds:
            shift = shift.clamp(-bounds["dmax"], bounds["dmax"])
        return factor, shift

    @torch.no_grad()
    def _move_corrections(self, mean: torch.Tensor, spread: torch.Tensor) -> None:
        _move(self.renorm_mean, mean, self.renorm_momentum)
        _move(self.renorm_stddev, spread, self.renorm_momentum)
        _move(self.moving_stddev, spread, self.momentum)
        self.moving_variance.copy_((self.moving_stddev.square() - self.epsilon).clamp_(min=0))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self.feature_sizes(input_shape, (self.axis,))
        return input_shape


@torch.no_grad()
def _move(average: torch.Tensor, value: torch.Tensor, momentum: float) -> None:
    """Moves a moving average a step towards a value."""
    average.lerp_(value.to(average.dtype), 1 - momentum)
