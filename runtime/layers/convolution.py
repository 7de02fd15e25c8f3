"""Convolutions: small learned filters that slide over sequences, pictures and volumes."""

from collections.abc import Callable
from typing import Annotated, Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime import activations
from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import (
    ActivationLike,
    ConstraintLike,
    Count,
    DataFormat,
    InitializerLike,
    RegularizerLike,
)
from runtime.layers.checking import require_known
from runtime.layers.measured import product
from runtime.layers.registration import register
from runtime.layers.spatial import PerAxis, SequencePadding, per_axis
from runtime.layers.weights import Weight
from runtime.layers.windows import Windowed
from runtime.types import Range, Shape, TensorSpec

CONVOLUTIONS: dict[int, Callable[..., torch.Tensor]] = {1: F.conv2d, 2: F.conv2d, 3: F.conv3d}
"""torch's function for each rank; sequences are computed as pictures of height 1."""


class ActivatedConvolution(Windowed):
    """Base of all convolutions: a bias and an activation behind the sums.

    Args:
        kernel_size: Size of the filters' window.
        dilation_rate: Distance between the places a filter looks at; 1 is none between them.
        activation: Function applied to the sums; None for none.
        use_bias: True adds a learned number to each channel.
        bias_initializer: Start values of the biases.
        bias_regularizer: Penalty on large biases.
        bias_constraint: Rule the biases are held to after each step.
    """

    traits = frozenset({"linear"})
    bias: Weight | None
    use_bias: bool
    activation: Callable[[torch.Tensor], torch.Tensor] | None
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any

    def keep_bias_arguments(
        self, activation: Any, use_bias: bool, initializer: Any, regularizer: Any, constraint: Any
    ) -> None:
        """Remembers what is done with the sums."""
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializer
        self.bias_regularizer = regularizer
        self.bias_constraint = constraint

    def add_bias(self, channels: int) -> None:
        """Makes the bias, one number a channel, if the layer uses one."""
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (channels,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def input_channels(self, input_shape: Shape) -> int:
        """Number of channels that come in; weights depend on it.

        Raises:
            ShapeError: It is unknown, or another than the layer was built for.
        """
        self.check_rank(input_shape)
        channels = require_known(self, input_shape, self.channel_axis, "number of channels")
        built_for = getattr(self, "_built_for", channels)
        if channels != built_for:
            raise ShapeError(
                f"{self.label} was built for {built_for} channels, but gets {channels}.",
                port="inputs",
                hint="A layer that is used twice needs inputs with equal channels.",
            )
        return channels

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation, in torch's layout."""
        raise NotImplementedError(f"{type(self).__name__} computes no sums.")

    def preactivation(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation."""
        return self.from_torch(self.sums(inputs))

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums through the activation."""
        if self.activation is activations.relu:
            return self.from_torch(activations.activated(self.sums(inputs), self.activation))
        return activations.activated(self.preactivation(inputs), self.activation)


class Convolution(ActivatedConvolution):
    """Base of Conv1D, Conv2D and Conv3D.

    Formula: output[p] = activation(Σₖ inputs[p·strides + k·dilation_rate] · kernel[k] + bias)

    Args:
        filters: How many filters there are, and so how many channels come out.
        kernel_size: Size of the filters' window.
        strides: How far the window moves from one place to the next; 2 halves the output.
        padding: "valid" keeps the window inside the input, and the output shrinks; "same" adds zeros around.
        data_format: Where the channels stand; None is "channels_last".
        dilation_rate: Distance between the places a filter looks at; 1 is none between them.
        groups: Number of groups the channels are split into; each filter sees only one of them.
        activation: Function applied to the sums; None for none.
        use_bias: True adds a learned number to each channel.
        kernel_initializer: Start values of the filters.
        bias_initializer: Start values of the biases.
        kernel_regularizer: Penalty on large filter weights.
        bias_regularizer: Penalty on large biases.
        kernel_constraint: Rule the filters are held to after each step.
        bias_constraint: Rule the biases are held to after each step.
    """

    kernel: Weight

    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """Filters of size 1: as many as the wanted channels, at every place or every second, third, … one."""
        if wanted is None or not len(given.shape) == len(wanted) == cls.rank + 2 or not wanted[-1]:
            return None
        strides = {
            -(-have // want) if have and want else 1
            for have, want in zip(given.shape[1:-1], wanted[1:-1], strict=True)
        }
        step = strides.pop()
        if strides or any(
            (have and -(-have // step)) != want
            for have, want in zip(given.shape[1:-1], wanted[1:-1], strict=True)
        ):
            return None
        return {"filters": wanted[-1], "kernel_size": 1} | ({"strides": step} if step > 1 else {})

    def __init__(
        self,
        filters: Count,
        kernel_size: PerAxis,
        strides: PerAxis = 1,
        padding: SequencePadding = "valid",
        data_format: DataFormat = None,
        dilation_rate: PerAxis = 1,
        groups: Annotated[int, Range(min=1)] = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(kernel_size, strides, padding, dilation_rate, data_format, **kwargs)
        self.filters = filters
        self.kernel_size = per_axis(kernel_size, self.rank)
        self.groups = groups
        self.keep_bias_arguments(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.kernel_initializer = kernel_initializer
        self.kernel_regularizer = kernel_regularizer
        self.kernel_constraint = kernel_constraint
        if filters % groups:
            raise ParameterError(
                f"{self.label} cannot split {filters} filters into {groups} equal groups.",
                parameter="groups",
                received=groups,
                hint="Make filters a multiple of groups.",
            )
        refuse_strides_with_dilation(self)

    def build(self, input_shape: Shape) -> None:
        """Makes the kernel (*window, channels per group, filters) and the bias (filters,)."""
        channels = self._grouped_channels(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.add_bias(self.filters)
        self._built_for = channels

    def _grouped_channels(self, input_shape: Shape) -> int:
        channels = self.input_channels(input_shape)
        if channels % self.groups:
            raise ShapeError(
                f"{self.label} cannot split the {channels} channels of its input into {self.groups} equal "
                "groups.",
                port="inputs",
                hint="Choose groups so that it divides the channels.",
            )
        return channels

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation, in torch's layout."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.kernel.dtype)
        pixels, padding = self.padded(self.as_torch(inputs))
        return CONVOLUTIONS[self.rank](
            pixels,
            self.torch_kernel(self.kernel),
            self.bias,
            self._torch_strides,
            padding,
            self._torch_dilation,
            self.groups,
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """One place for each position of the window, `filters` channels."""
        self._grouped_channels(input_shape)
        return self.window_shape(input_shape, self.filters, "kernel_size")

    def macs(self, input_shape: Shape) -> int | None:
        """At each place, each filter sums over its window and the channels of its group."""
        places = self.sizes_of(self.compute_output_shape(input_shape))
        channels = self.input_channels(input_shape) // self.groups
        return product(*places, *self.kernel_size, channels, self.filters)


def refuse_strides_with_dilation(layer: Windowed) -> None:
    """Raises for a window that is both spread out and moved by more than one, as Keras does."""
    if max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        raise ParameterError(
            f"{layer.label} has strides {layer.strides} and dilation_rate {layer.dilation_rate}, but only "
            "one of them may be more than 1.",
            parameter="dilation_rate",
            received=layer.dilation_rate,
            hint="Set strides or dilation_rate to 1.",
        )


@register("Convolution", aliases=("Convolution1D",))
class Conv1D(Convolution, rank=1):
    """Slides learned filters along a sequence, to find patterns wherever in it they are.

    Args:
        padding: "valid" keeps the window inside the input, so the output shrinks; "same" adds zeros around
            it; "causal" adds them before it, so that no output looks into the future.

    Call args:
        inputs: (batch, steps, channels) → (batch, steps left, filters).

    Source:
        https://keras.io/api/layers/convolution_layers/convolution1d/
    """


@register("Convolution", aliases=("Convolution2D",))
class Conv2D(Convolution, rank=2):
    """Slides learned filters over a picture, to find edges, corners and shapes wherever they are.

    Call args:
        inputs: (batch, height, width, channels) → (batch, height left, width left, filters).

    Source:
        https://keras.io/api/layers/convolution_layers/convolution2d/
    """


@register("Convolution", aliases=("Convolution3D",))
class Conv3D(Convolution, rank=3):
    """Slides learned filters through a volume: a scan, or pictures in the order of time.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, filters).

    Source:
        https://keras.io/api/layers/convolution_layers/convolution3d/
    """
