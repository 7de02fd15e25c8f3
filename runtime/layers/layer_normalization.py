"""LayerNormalization: each sample by itself."""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ParameterError
from runtime.layers.arguments import ConstraintLike, Epsilon, InitializerLike, RegularizerLike
from runtime.layers.normalization import Normalizing, along
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.types import Shape


@register("Normalization", rank=0)
class LayerNormalization(Normalizing):
    """Brings the features of each sample to mean 0 and spread 1, without looking at other samples.

    Formula: output = gamma · (inputs - mean) / √(variance + epsilon) + beta

    Args:
        axis: The axis or axes of the features, counted with the batch; -1 is the last one.

    Call args:
        inputs: (batch, …); the shape stays.

    Source:
        Ba et al. 2016, https://arxiv.org/abs/1607.06450
    """

    computes_in_full = True

    def __init__(
        self,
        axis: int | tuple[int, ...] = -1,
        epsilon: Epsilon = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None,
        beta_constraint: ConstraintLike = None,
        gamma_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        # Keras still writes this argument of old, but has no meaning for it any more.
        if kwargs.pop("rms_scaling", False):
            raise ParameterError(
                "LayerNormalization(rms_scaling=True) is not supported.",
                parameter="rms_scaling",
                received=True,
                hint="Leave it out.",
            )
        super().__init__(**kwargs)
        self.autocast = False
        self.axis = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
        self.epsilon = epsilon
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
        """Makes gamma and beta, with the sizes of the feature axes."""
        self.add_affine(self.feature_sizes(input_shape, self.axis))

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input with each sample's features normalized."""
        inputs = self.as_measured(inputs)
        rank = inputs.ndim
        order = tuple(axis % rank for axis in self.axis)
        axes, gamma, beta = tuple(sorted(order)), self.gamma, self.beta
        if order != axes:
            # The weights have the axes as they were given; as in Keras, their numbers are taken in turn.
            sizes = [inputs.shape[axis] for axis in axes]
            gamma = None if gamma is None else gamma.reshape(sizes)
            beta = None if beta is None else beta.reshape(sizes)
        if axes == tuple(range(rank - len(axes), rank)):
            return F.layer_norm(inputs, inputs.shape[axes[0] :], gamma, beta, self.epsilon)
        variance, mean = torch.var_mean(inputs, axes, correction=0, keepdim=True)
        outputs = (inputs - mean) * torch.rsqrt(variance + self.epsilon)
        if gamma is not None:
            outputs = outputs * along(gamma, axes, rank)
        return outputs if beta is None else outputs + along(beta, axes, rank)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """What is normalized together is seen together."""
        del place
        together = {axis % len(shape) for axis in self.axis}
        return kept(axis for axis in range(1, len(shape)) if axis not in together)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self.feature_sizes(input_shape, self.axis)
        return input_shape
