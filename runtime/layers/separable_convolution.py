"""Depthwise and separable convolutions: filters for each channel alone, with far fewer weights."""

from typing import Any

import torch

from runtime.layers.arguments import (
    ActivationLike,
    ConstraintLike,
    Count,
    DataFormat,
    InitializerLike,
    Padding,
    RegularizerLike,
)
from runtime.layers.convolution import CONVOLUTIONS, ActivatedConvolution
from runtime.layers.measured import product, total
from runtime.layers.registration import register
from runtime.layers.spatial import PerAxis, per_axis
from runtime.layers.weights import Weight
from runtime.types import Shape


class _PerChannel(ActivatedConvolution):
    """Base of layers whose filters see one channel each.

    Args:
        depth_multiplier: How many filters each channel has.
        depthwise_initializer: Start values of the filters for single channels.
        depthwise_regularizer: Penalty on large weights in them.
        depthwise_constraint: Rule they are held to after each step.
        kernel_size: Size of the filters' window.
        strides: How far the window moves from one place to the next; 2 halves the output.
        padding: "valid" keeps the window inside the input, "same" adds zeros around it.
        data_format: Where the channels stand; None is "channels_last".
        dilation_rate: Distance between the places a filter looks at; 1 is none between them.
    """

    depth_multiplier: int
    kernel_size: tuple[int, ...]
    depthwise_initializer: Any
    depthwise_regularizer: Any
    depthwise_constraint: Any

    def keep_depthwise_arguments(
        self, kernel_size: Any, multiplier: int, initializer: Any, regularizer: Any, constraint: Any
    ) -> None:
        """Remembers how the filters for single channels are made."""
        self.kernel_size = per_axis(kernel_size, self.rank)
        self.depth_multiplier = multiplier
        self.depthwise_initializer = initializer
        self.depthwise_regularizer = regularizer
        self.depthwise_constraint = constraint

    def add_depthwise_kernel(self, channels: int, name: str) -> Weight:
        """Makes the filters (*window, channels, depth_multiplier)."""
        return self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            name=name,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )

    def depthwise_macs(self, input_shape: Shape) -> int | None:
        """Products of the filters for single channels."""
        places = self.sizes_of(self.compute_output_shape(input_shape))
        channels = self.input_channels(input_shape) * self.depth_multiplier
        return product(*places, *self.kernel_size, channels)

    def depthwise(
        self, inputs: torch.Tensor, kernel: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        """Each channel through its own filters; input and output are in torch's layout."""
        kernel = kernel.unsqueeze(0) if self.rank == 1 else kernel
        channels, multiplier = kernel.shape[-2:]
        per_channel = kernel.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, *kernel.shape[:2])
        inputs, padding = self.padded(inputs)
        return CONVOLUTIONS[self.rank](
            inputs, per_channel, bias, self._torch_strides, padding, self._torch_dilation, channels
        )


class DepthwiseConvolution(_PerChannel):
    """Base of DepthwiseConv1D and DepthwiseConv2D.

    Formula: output[p, c] = activation(Σₖ inputs[p·strides + k·dilation_rate, c] · kernel[k, c] + bias)
    """

    kernel: Weight

    def __init__(
        self,
        kernel_size: PerAxis,
        strides: PerAxis = 1,
        padding: Padding = "valid",
        depth_multiplier: Count = 1,
        data_format: DataFormat = None,
        dilation_rate: PerAxis = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        depthwise_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(kernel_size, strides, padding, dilation_rate, data_format, **kwargs)
        self.keep_depthwise_arguments(
            kernel_size, depth_multiplier, depthwise_initializer, depthwise_regularizer, depthwise_constraint
        )
        self.keep_bias_arguments(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Makes the kernel (*window, channels, depth_multiplier) and the bias, one number a channel."""
        channels = self.input_channels(input_shape)
        self.kernel = self.add_depthwise_kernel(channels, "kernel")
        self.add_bias(channels * self.depth_multiplier)
        self._built_for = channels

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation, in torch's layout."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.kernel.dtype)
        return self.depthwise(self.as_torch(inputs), self.kernel, self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """One place for each position of the window, `depth_multiplier` channels for each that goes in."""
        channels = self.input_channels(input_shape)
        return self.window_shape(input_shape, channels * self.depth_multiplier, "kernel_size")

    def macs(self, input_shape: Shape) -> int | None:
        """At each place, each filter sums over its window in one channel."""
        return self.depthwise_macs(input_shape)


class SeparableConvolution(_PerChannel):
    """Base of SeparableConv1D and SeparableConv2D.

    Formula:
        sums[p, c] = Σₖ inputs[p·strides + k·dilation_rate, c] · depthwise[k, c]; output =
        activation(sums · pointwise + bias)

    Args:
        filters: How many channels come out.
        pointwise_initializer: Start values of the weights that mix the channels.
        pointwise_regularizer: Penalty on large weights in them.
        pointwise_constraint: Rule they are held to after each step.
    """

    depthwise_kernel: Weight
    pointwise_kernel: Weight

    def __init__(
        self,
        filters: Count,
        kernel_size: PerAxis,
        strides: PerAxis = 1,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dilation_rate: PerAxis = 1,
        depth_multiplier: Count = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        pointwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike = None,
        pointwise_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        depthwise_constraint: ConstraintLike = None,
        pointwise_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(kernel_size, strides, padding, dilation_rate, data_format, **kwargs)
        self.filters = filters
        self.keep_depthwise_arguments(
            kernel_size, depth_multiplier, depthwise_initializer, depthwise_regularizer, depthwise_constraint
        )
        self.keep_bias_arguments(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.pointwise_initializer = pointwise_initializer
        self.pointwise_regularizer = pointwise_regularizer
        self.pointwise_constraint = pointwise_constraint

    def build(self, input_shape: Shape) -> None:
        """Makes the kernels, (*window, channels, multiplier) and (1…, channels, filters), and the bias."""
        channels = self.input_channels(input_shape)
        self.depthwise_kernel = self.add_depthwise_kernel(channels, "depthwise_kernel")
        self.pointwise_kernel = self.add_weight(
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            name="pointwise_kernel",
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.add_bias(self.filters)
        self._built_for = channels

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation, in torch's layout: each channel filtered, then all mixed."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.pointwise_kernel.dtype)
        filtered = self.depthwise(self.as_torch(inputs), self.depthwise_kernel, None)
        return CONVOLUTIONS[self.rank](filtered, self.torch_kernel(self.pointwise_kernel), self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """One place for each position of the window, `filters` channels."""
        self.input_channels(input_shape)
        return self.window_shape(input_shape, self.filters, "kernel_size")

    def macs(self, input_shape: Shape) -> int | None:
        """At each place, a window in each channel, and then the channels for each filter."""
        places = self.sizes_of(self.compute_output_shape(input_shape))
        channels = self.input_channels(input_shape) * self.depth_multiplier
        return total(self.depthwise_macs(input_shape), product(*places, channels, self.filters))


@register("Convolution")
class DepthwiseConv1D(DepthwiseConvolution, rank=1):
    """Slides filters along a sequence that see one channel each, and keeps the channels apart.

    Call args:
        inputs: (batch, steps, channels) → (batch, steps left, channels × depth_multiplier).

    Source:
        https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/
    """


@register("Convolution")
class DepthwiseConv2D(DepthwiseConvolution, rank=2):
    """Slides filters over a picture that see one channel each, and keeps the channels apart.

    Call args:
        inputs: (batch, height, width, channels) → (batch, …, channels × depth_multiplier).

    Source:
        https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/
    """


@register("Convolution", aliases=("SeparableConvolution1D",))
class SeparableConv1D(SeparableConvolution, rank=1):
    """A convolution along a sequence in two cheap steps: filter each channel alone, then mix the channels.

    Call args:
        inputs: (batch, steps, channels) → (batch, steps left, filters).

    Source:
        https://keras.io/api/layers/convolution_layers/separable_convolution1d/
    """


@register("Convolution", aliases=("SeparableConvolution2D",))
class SeparableConv2D(SeparableConvolution, rank=2):
    """A convolution over a picture in two cheap steps: filter each channel alone, then mix the channels.

    Call args:
        inputs: (batch, height, width, channels) → (batch, height left, width left, filters).

    Source:
        Chollet 2017, https://arxiv.org/abs/1610.02357
    """
