"""Transposed convolutions: learned filters that make a sequence, picture or volume larger."""

from collections.abc import Callable
from typing import Annotated, Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ParameterError
from runtime.layers.arguments import (
    ActivationLike,
    ConstraintLike,
    Count,
    DataFormat,
    InitializerLike,
    Padding,
    RegularizerLike,
)
from runtime.layers.convolution import ActivatedConvolution, refuse_strides_with_dilation
from runtime.layers.measured import product
from runtime.layers.reach import Reach, Sight
from runtime.layers.registration import register
from runtime.layers.spatial import PerAxis, per_axis
from runtime.layers.weights import Weight
from runtime.types import Range, Shape, Size

_FUNCTIONS: dict[int, Callable[..., torch.Tensor]] = {
    1: F.conv_transpose2d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}


def transposed_size(
    size: int | None, window: int, stride: int, padding: str, output_padding: int | None
) -> int | None:
    """Size of an axis behind a transposed convolution."""
    if size is None:
        return None
    if padding == "valid":
        extra = max(stride - window, 0) if output_padding is None else output_padding
        return (size - 1) * stride + window + extra
    if output_padding is None:
        return size * stride
    return (size - 1) * stride + window % 2 + output_padding


def transposed_crop(window: int, stride: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """What is cut off before and after the full result; less than 0 where something is added.

    The full result of n places has (n - 1)·stride + window of them. As in TensorFlow, "same" cuts it down to
    the place from which a convolution of the same window and stride would come back.
    """
    if padding == "valid":
        return 0, -(max(stride - window, 0) if output_padding is None else output_padding)
    kept = stride + window - 2 if output_padding is None else window + window % 2 - 2 + output_padding
    before = min(kept - kept // 2, window - 1)
    return window - 1 - before, window - 1 - (kept - before)


class TransposedConvolution(ActivatedConvolution):
    """Base of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose.

    Formula: sums[p·strides + k·dilation_rate] += inputs[p] · kernel[k]; output = activation(sums + bias)

    Args:
        filters: How many channels come out.
        kernel_size: Size of the filters' window.
        strides: How many places come out for each that goes in; 2 doubles the size.
        padding: "valid" keeps the whole result, "same" cuts it to the input's size times the strides.
        output_padding: Places added at the end of each axis, less than the strides; None works them out.
        data_format: Where the channels stand; None is "channels_last".
        dilation_rate: Distance between the places a filter writes to; 1 is none between them.
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

    def __init__(
        self,
        filters: Count,
        kernel_size: PerAxis,
        strides: PerAxis = 1,
        padding: Padding = "valid",
        output_padding: Annotated[int | tuple[int, ...] | None, Size(0), Range(min=0)] = None,
        data_format: DataFormat = None,
        dilation_rate: PerAxis = 1,
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
        self.output_padding = None if output_padding is None else per_axis(output_padding, self.rank)
        self.keep_bias_arguments(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.kernel_initializer = kernel_initializer
        self.kernel_regularizer = kernel_regularizer
        self.kernel_constraint = kernel_constraint
        refuse_strides_with_dilation(self)
        self._check_output_padding()
        # The front is cut off by torch's padding, the end by its output_padding or, where that would have to
        # be less than 0, afterwards.
        crops = [(0, 0)] if self.rank == 1 else []
        crops += [transposed_crop(*axis[1:]) for axis in self._axes((None,) * self.rank)]
        self._torch_padding = tuple(before for before, _ in crops)
        self._torch_output_padding = tuple(max(before - after, 0) for before, after in crops)
        self._cut_off = tuple(max(after - before, 0) for before, after in crops)

    def _check_output_padding(self) -> None:
        if self.output_padding is None:
            return
        if any(extra >= stride for extra, stride in zip(self.output_padding, self.strides, strict=True)):
            raise ParameterError(
                f"{self.label} has output_padding {self.output_padding}, but it must be less than "
                f"the strides {self.strides}.",
                parameter="output_padding",
                received=self.output_padding,
                hint="Leave it at None to have it worked out.",
            )

    def _axes(self, sizes: Shape) -> list[tuple[int | None, int, int, str, int | None]]:
        """Size, window, stride, padding and output padding of each axis."""
        extras = self.output_padding or (None,) * self.rank
        return [
            (size, window, stride, self.padding, extra)
            for size, window, stride, extra in zip(sizes, self._window, self.strides, extras, strict=True)
        ]

    def build(self, input_shape: Shape) -> None:
        """Makes the kernel (*window, filters, channels) and the bias (filters,)."""
        channels = self.input_channels(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, self.filters, channels),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.add_bias(self.filters)
        self._built_for = channels

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation, in torch's layout."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.kernel.dtype)
        # Unlike a convolution's, this kernel is worth a copy: torch is up to a quarter faster with it.
        layout = torch.channels_last_3d if self.rank == 3 else torch.channels_last
        kernel = self.torch_kernel(self.kernel).contiguous(memory_format=layout)
        sums = _FUNCTIONS[self.rank](
            self.as_torch(inputs),
            kernel,
            self.bias,
            self._torch_strides,
            self._torch_padding,
            self._torch_output_padding,
            1,
            self._torch_dilation,
        )
        if not any(self._cut_off):
            return sums
        # A copy without gaps is quicker in the end, in what comes behind and on the way back.
        return F.pad(sums, [edge for amount in reversed(self._cut_off) for edge in (0, -amount)])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`strides` places for each that goes in, `filters` channels."""
        self.input_channels(input_shape)
        sizes = tuple(transposed_size(*axis) for axis in self._axes(self.sizes_of(input_shape)))
        return self.shape_with(input_shape[0], sizes, self.filters)

    def macs(self, input_shape: Shape) -> int | None:
        """Each place that goes in is multiplied with the whole window of each filter."""
        channels = self.input_channels(input_shape)
        return product(*self.sizes_of(input_shape), *self.kernel_size, channels, self.filters)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """The places whose windows lie over a place; channels are taken together."""
        del place
        axes = zip(self._window, self.strides, self._axes(self.sizes_of(shape)), strict=True)
        reaches = [
            Reach.spread(window, stride, transposed_crop(*axis[1:])[0]) for window, stride, axis in axes
        ]
        first = 1 if self._channels_last else 2
        return {axis: (axis, reach) for axis, reach in enumerate(reaches, start=first)}


@register("Convolution", aliases=("Convolution1DTranspose",))
class Conv1DTranspose(TransposedConvolution, rank=1):
    """Makes a sequence longer: each step writes a learned pattern, as large as its number says.

    Call args:
        inputs: (batch, steps, channels) → (batch, more steps, filters).

    Source:
        https://keras.io/api/layers/convolution_layers/convolution1d_transpose/
    """


@register("Convolution", aliases=("Convolution2DTranspose",))
class Conv2DTranspose(TransposedConvolution, rank=2):
    """Makes a picture larger: each pixel paints a learned pattern, as strong as its number says.

    Call args:
        inputs: (batch, height, width, channels) → (batch, more height, more width, filters).

    Source:
        https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
    """


@register("Convolution", aliases=("Convolution3DTranspose",))
class Conv3DTranspose(TransposedConvolution, rank=3):
    """Makes a volume larger: each place writes a learned pattern, as strong as its number says.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, filters), with more places.

    Source:
        https://keras.io/api/layers/convolution_layers/convolution3d_transpose/
    """

    def __init__(
        self,
        filters: Count,
        kernel_size: PerAxis,
        strides: PerAxis = 1,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        output_padding: Annotated[int | tuple[int, ...] | None, Size(0), Range(min=0)] = None,
        dilation_rate: PerAxis = 1,
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
        # Keras has the data format before the output padding here, and behind it in the other two.
        TransposedConvolution.__init__(
            self,
            filters,
            kernel_size,
            strides,
            padding,
            output_padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
