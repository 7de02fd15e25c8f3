"""Convolutions as PyTorch code: channels stand behind the batch, kernels are turned round."""

from typing import Any

from torch import Tensor

from runtime.layers.convolution import Convolution
from runtime.layers.separable_convolution import DepthwiseConvolution, SeparableConvolution
from runtime.layers.torch_forms.activations import activated
from runtime.layers.torch_forms.pieces import shapes as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, literal, sizes
from runtime.layers.transposed_convolution import TransposedConvolution
from runtime.layers.windows import Windowed, same_padding


def turned(kernel: Tensor) -> Tensor:
    """Keras's kernel (*window, in, out) as torch's (out, in, *window)."""
    return kernel.permute(kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))


def padded(layer: Windowed, call: Call, x: str, fill: str = "") -> tuple[str, str]:
    """The tensor with what must be padded by itself, and torch's `padding` argument for the rest.

    Args:
        layer: The layer with the window.
        call: Its call.
        x: The tensor, channels behind the batch.
        fill: What is padded; "" for 0, which torch can pad itself where it is the same on both sides.
    """
    if layer.padding == "valid":
        return x, ""
    if layer.padding == "causal":
        amount = layer._window[0] - 1
        return (f"F.pad({x}, ({amount}, 0))" if amount else x), ""
    found = layer.sizes_of(call.value.shape)
    if all(stride == 1 for stride in layer.strides):
        edges = [same_padding(window, window, 1) for window in layer._window]
    elif None in found:
        call.piece(pieces.pad_same)
        value = f", {fill}" if fill else ""
        return f"pad_same({x}, {literal(layer._window)}, {literal(layer.strides)}{value})", ""
    else:
        axes = zip(found, layer._window, layer.strides, strict=True)
        edges = [same_padding(size or 0, window, stride) for size, window, stride in axes]
    if not any(map(any, edges)):
        return x, ""
    if not fill and all(before == after for before, after in edges):
        return x, f", padding={sizes([before for before, _ in edges])}"
    amounts = tuple(amount for edge in reversed(edges) for amount in edge)
    return f"F.pad({x}, {literal(amounts)}{f', value={fill}' if fill else ''})", ""


def made(
    layer: Any, channels: int, filters: int, padding: str = "", *, groups: int = 1, bias: bool | None = None
) -> str:
    """The constructor call of a torch convolution with the settings of a layer."""
    code = f"nn.Conv{layer.rank}d({channels}, {filters}, {sizes(layer.kernel_size)}"
    if max(layer.strides) > 1:
        code += f", stride={sizes(layer.strides)}"
    code += padding
    if max(layer.dilation_rate) > 1:
        code += f", dilation={sizes(layer.dilation_rate)}"
    if groups > 1:
        code += f", groups={groups}"
    bias = layer.use_bias if bias is None else bias
    return f"{code})" if bias else f"{code}, bias=False)"


@form(Convolution)
def convolution(layer: Convolution, call: Call) -> None:
    """nn.Conv1d, 2d, 3d."""
    x, first = call.image()
    x, padding = padded(layer, call, x)
    channels = layer.kernel.shape[-2] * layer.groups
    code = made(layer, channels, layer.filters, padding, groups=layer.groups)
    conv = call.module("", code, weight=turned(layer.kernel), bias=layer.bias)
    give(layer, call, f"{conv}({x})", first)


def give(layer: Any, call: Call, sums: str, first: bool) -> None:
    """Gives the sums through the activation."""
    if first:
        call.give(activated(call, sums, layer.activation, first=True), first=True)
    else:
        call.give(activated(call, sums, layer.activation))


def per_channel(kernel: Tensor) -> Tensor:
    """A depthwise kernel (*window, channels, multiplier) as torch's (channels × multiplier, 1, *window)."""
    rank = kernel.ndim - 2
    return kernel.permute(rank, rank + 1, *range(rank)).flatten(0, 1).unsqueeze(1)


@form(DepthwiseConvolution)
def depthwise_convolution(layer: DepthwiseConvolution, call: Call) -> None:
    """A convolution with a group for each channel."""
    x, first = call.image()
    x, padding = padded(layer, call, x)
    channels, multiplier = layer.kernel.shape[-2:]
    code = made(layer, channels, channels * multiplier, padding, groups=channels)
    conv = call.module("", code, weight=per_channel(layer.kernel), bias=layer.bias)
    give(layer, call, f"{conv}({x})", first)


@form(SeparableConvolution)
def separable_convolution(layer: SeparableConvolution, call: Call) -> None:
    """A depthwise convolution and one over 1 × 1."""
    x, first = call.image()
    x, padding = padded(layer, call, x)
    channels, multiplier = layer.depthwise_kernel.shape[-2:]
    between = channels * multiplier
    code = made(layer, channels, between, padding, groups=channels, bias=False)
    depthwise = call.module("depthwise", code, weight=per_channel(layer.depthwise_kernel))
    bias = "" if layer.use_bias else ", bias=False"
    pointwise = call.module(
        "pointwise",
        f"nn.Conv{layer.rank}d({between}, {layer.filters}, 1{bias})",
        weight=turned(layer.pointwise_kernel),
        bias=layer.bias,
    )
    give(layer, call, f"{pointwise}({depthwise}({x}))", first)


@form(TransposedConvolution)
def transposed_convolution(layer: TransposedConvolution, call: Call) -> None:
    """nn.ConvTranspose1d, 2d, 3d, and what Keras cuts off."""
    x, first = call.image()
    rank = layer.rank
    padding, extra = layer._torch_padding[-rank:], layer._torch_output_padding[-rank:]
    code = f"nn.ConvTranspose{rank}d({layer.kernel.shape[-1]}, {layer.filters}, {sizes(layer.kernel_size)}"
    for name, numbers, usual in (
        ("stride", layer.strides, 1),
        ("padding", padding, 0),
        ("output_padding", extra, 0),
        ("dilation", layer.dilation_rate, 1),
    ):
        if any(number != usual for number in numbers):
            code += f", {name}={sizes(numbers)}"
    code += ")" if layer.use_bias else ", bias=False)"
    conv = call.module("", code, weight=turned(layer.kernel), bias=layer.bias)
    cut = layer._cut_off[-rank:]
    ends = "".join(f", :-{amount}" if amount else ", :" for amount in cut)
    sums = f"{conv}({x})[:, :{ends}]" if any(cut) else f"{conv}({x})"
    give(layer, call, sums, first)
