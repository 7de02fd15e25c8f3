"""Pooling as PyTorch code."""

from typing import Any

from runtime.layers.adaptive_pooling import AdaptivePooling, _AdaptiveMaxPooling
from runtime.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalPooling,
    _GlobalAveragePooling,
    _GlobalMaxPooling,
)
from runtime.layers.pooling import _AveragePooling, _MaxPooling
from runtime.layers.torch_forms.convolutions import padded
from runtime.layers.torch_forms.pieces import shapes as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, sizes


def _window(layer: Any) -> str:
    stride = "" if layer.strides == layer.pool_size else f", stride={sizes(layer.strides)}"
    return f"{sizes(layer.pool_size)}{stride}"


@form(_MaxPooling)
def max_pooling(layer: Any, call: Call) -> None:
    """F.max_pool1d, 2d, 3d; what pads is less than any number."""
    x, first = call.image()
    x, _ = padded(layer, call, x, 'float("-inf")')
    code = f"F.max_pool{layer.rank}d({x}, {_window(layer)})"
    call.give(code if call.value.is_floating else f"{code}.to(torch.{call.value.dtype})", first=first)


@form(_AveragePooling)
def average_pooling(layer: Any, call: Call) -> None:
    """F.avg_pool1d, 2d, 3d; what pads does not count."""
    x, first = call.image()
    wide, _ = padded(layer, call, x, "0.0")
    pool = f"F.avg_pool{layer.rank}d"
    if wide == x:
        call.give(f"{pool}({x}, {_window(layer)})", first=first)
        return
    ones, _ = padded(layer, call, f"torch.ones_like({x})", "0.0")
    mean = call.let("mean", f"{pool}({wide}, {_window(layer)})")
    share = call.let("share", f"{pool}({ones}, {_window(layer)})")
    call.give(f"{mean} / {share}", first=first)


@form(AdaptivePooling)
def adaptive_pooling(layer: AdaptivePooling, call: Call) -> None:
    """F.adaptive_avg_pool1d and its like."""
    x, first = call.image()
    kind = "max" if isinstance(layer, _AdaptiveMaxPooling) else "avg"
    call.give(f"F.adaptive_{kind}_pool{layer.rank}d({x}, {sizes(layer.output_size)})", first=first)


@form(_GlobalMaxPooling, _GlobalAveragePooling)
def global_pooling(layer: GlobalPooling, call: Call) -> None:
    """The mean or the maximum over all places, wherever the channels stand."""
    kind = "amax" if isinstance(layer, _GlobalMaxPooling) else "mean"
    stated = layer.data_format == "channels_first"
    first = call.value.first and not stated
    code = call.last(floating=kind == "mean") if stated else call.any(floating=kind == "mean")
    begin = 2 if first or stated else 1
    axes = list(range(begin, begin + layer.rank))
    over = str(axes[0]) if len(axes) == 1 else str(tuple(axes))
    keep = ", keepdim=True" if layer.keepdims else ""
    call.give(f"{code}.{kind}({over}{keep})", first=first and layer.keepdims)


@form(GlobalAveragePooling1D)
def global_average_pooling_of_steps(layer: GlobalAveragePooling1D, call: Call) -> None:
    """The mean over the steps that count."""
    if call.mask is None:
        global_pooling(layer, call)
        return
    if layer.data_format == "channels_first":
        raise call.refuse("it has a mask and channels that stand first")
    call.piece(pieces.masked_mean)
    keep = ", keepdim=True" if layer.keepdims else ""
    call.give(f"masked_mean({call.last()}, {call.mask}{keep})")
