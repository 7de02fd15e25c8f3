"""GroupNormalization: each group of channels of each sample by itself."""

from typing import Annotated, Any

import torch

from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import ConstraintLike, Epsilon, InitializerLike, RegularizerLike
from runtime.layers.normalization import Normalizing, along
from runtime.layers.reach import Sight
from runtime.layers.registration import register
from runtime.types import Range, Shape, show_shape


@register("Normalization")
class GroupNormalization(Normalizing):
    """Brings each group of channels of each sample to mean 0 and spread 1: works with small batches, too.

    Formula: output = gamma · (inputs - mean) / √(variance + epsilon) + beta

    Args:
        groups: Number of groups the channels are split into; 1 for all together, -1 for each by itself.
        axis: The axis of the channels, counted with the batch; -1 is the last one.

    Call args:
        inputs: (batch, …); the shape stays.

    Source:
        Wu & He 2018, https://arxiv.org/abs/1803.08494
    """

    computes_in_full = True

    def __init__(
        self,
        groups: Annotated[int, Range(min=-1)] = 32,
        axis: int = -1,
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
        super().__init__(**kwargs)
        self.autocast = False
        if groups == 0:
            raise ParameterError(
                "GroupNormalization(groups=…) got 0, but it wants at least 1 group.",
                parameter="groups",
                received=groups,
                hint="-1 makes a group of each channel.",
            )
        self.groups = groups
        self.axis = axis
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
        """Makes gamma and beta, one number a channel."""
        self.add_affine(self._channels(input_shape))
        self.keep_rank(input_shape)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input with each group normalized."""
        inputs = self.as_measured(inputs)
        channels = inputs.shape[self.axis]
        groups = channels if self.groups == -1 else self.groups
        first = inputs.movedim(self.axis, 1)
        if torch.is_grad_enabled():
            # torch 2.13 crashes when it goes back through pictures with channels last for the weights alone.
            first = first.contiguous()
        if self.gamma is None and self.beta is not None:
            # torch's function takes no offsets without factors.
            outputs = torch.group_norm(first, groups, None, None, self.epsilon)
            return (outputs + along(self.beta, (1,), inputs.ndim)).movedim(1, self.axis)
        return torch.group_norm(first, groups, self.gamma, self.beta, self.epsilon).movedim(1, self.axis)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """All places are normalized together."""
        del shape, place
        return {}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self._channels(input_shape)
        return input_shape

    def _channels(self, input_shape: Shape) -> tuple[int, ...]:
        sizes = self.feature_sizes(input_shape, (self.axis,))
        if self.axis % len(input_shape) == 0:
            raise ShapeError(
                f"{self.label} has axis {self.axis}, which is the batch in {show_shape(input_shape)}.",
                port="inputs",
                hint="Choose the axis of the channels; -1 is the last one.",
            )
        # No channels leave no group, not even for groups=-1.
        if sizes[0] == 0:
            raise ShapeError(
                f"{self.label} got {show_shape(input_shape)}: there are no channels to normalize.",
                port="inputs",
                hint="Mend what comes before: something takes all channels away.",
            )
        if sizes[0] % self.groups:
            raise ShapeError(
                f"{self.label} cannot split {sizes[0]} channels into {self.groups} equal groups.",
                port="inputs",
                hint="Choose groups by which the number of channels can be divided.",
            )
        return sizes
