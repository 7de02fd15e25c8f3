"""Normalization as PyTorch code."""

from typing import Any

import torch
from torch import Tensor

from runtime.layers.batch_normalization import BatchNormalization
from runtime.layers.feature_normalization import Normalization
from runtime.layers.group_normalization import GroupNormalization
from runtime.layers.layer_normalization import LayerNormalization
from runtime.layers.preprocessing import Rescaling
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import MOST_AXES, Call, literal
from runtime.layers.unit_normalization import RMSNormalization, UnitNormalization

_SMALLEST = 1e-7


def _affine(layer: Any, sizes: tuple[int, ...]) -> dict[str, Tensor]:
    """Gamma and beta under torch's names; those a layer has not are 1 and 0."""
    like = layer.gamma if layer.gamma is not None else layer.beta
    if like is None:
        return {}
    gamma = torch.ones_like(like) if layer.gamma is None else layer.gamma
    beta = torch.zeros_like(like) if layer.beta is None else layer.beta
    return {"weight": gamma.reshape(sizes), "bias": beta.reshape(sizes)}


def _fix(layer: Any, call: Call, module: str) -> None:
    """Freezes what torch has and the layer has not."""
    if layer.gamma is None and layer.beta is not None:
        call.fixed(module, "weight")
    if layer.beta is None and layer.gamma is not None:
        call.fixed(module, "bias")


def _second(call: Call, axis: int) -> tuple[str, str, bool]:
    """The tensor with an axis behind the batch, what turns it back, and whether channels stay first."""
    rank = len(call.value.shape)
    if axis % rank == rank - 1:
        return call.channels_first(), "", rank > 2
    x = call.last(floating=True)
    return (x, "", False) if axis % rank == 1 else (f"{x}.movedim({axis}, 1)", f".movedim(1, {axis})", False)


@form(BatchNormalization)
def batch_normalization(layer: BatchNormalization, call: Call) -> None:
    """nn.BatchNorm1d, 2d, 3d; torch's momentum is the rest of Keras's to 1."""
    rank, size = len(call.value.shape), layer.moving_mean.shape[0]
    if rank > MOST_AXES:
        raise call.refuse("PyTorch's batch normalization takes no more than five axes")
    arrays = _affine(layer, (size,))
    code = f"nn.BatchNorm{max(rank - 2, 1)}d({size}, eps={literal(layer.epsilon)}"
    code += f", momentum={literal(round(1 - layer.momentum, 12))}"
    norm = call.module(
        "",
        f"{code})" if arrays else f"{code}, affine=False)",
        **arrays,
        running_mean=layer.moving_mean,
        running_var=layer.moving_variance,
        num_batches_tracked=torch.zeros((), dtype=torch.int64),
    )
    _fix(layer, call, norm)
    if layer.renorm:
        call.note("renorm is left out")
    if call.value.mask is not None:
        call.note("masked steps count in the means of a batch")
    x, back, first = _second(call, layer.axis)
    if layer.trainable:
        call.give(f"{norm}({x}){back}", first=first)
        return
    # Frozen in Keras means: it goes by the running averages in training, too.
    averages = f"{norm}.running_mean, {norm}.running_var, {norm}.weight, {norm}.bias"
    call.give(f"F.batch_norm({x}, {averages}, eps={literal(layer.epsilon)}){back}", first=first)


@form(GroupNormalization)
def group_normalization(layer: GroupNormalization, call: Call) -> None:
    """nn.GroupNorm."""
    size = int(call.value.shape[layer.axis] or 0)
    arrays = _affine(layer, (size,))
    groups = size if layer.groups == -1 else layer.groups
    code = f"nn.GroupNorm({groups}, {size}, eps={literal(layer.epsilon)}"
    norm = call.module("", f"{code})" if arrays else f"{code}, affine=False)", **arrays)
    _fix(layer, call, norm)
    x, back, first = _second(call, layer.axis)
    call.give(f"{norm}({x}){back}", first=first)


def _behind(call: Call, axes: tuple[int, ...]) -> tuple[str, str]:
    """The tensor with these axes as its last ones, and what turns it back."""
    rank, x = len(call.value.shape), call.last(floating=True)
    if axes == tuple(range(rank - len(axes), rank)):
        return x, ""
    last = tuple(range(-len(axes), 0))
    return f"{x}.movedim({literal(axes)}, {literal(last)})", f".movedim({literal(last)}, {literal(axes)})"


def _in_order(layer: Any, rank: int) -> tuple[int, ...]:
    return tuple(sorted(axis % rank for axis in layer.axis))


@form(LayerNormalization)
def layer_normalization(layer: LayerNormalization, call: Call) -> None:
    """nn.LayerNorm over the last axes; others are moved there."""
    axes = _in_order(layer, len(call.value.shape))
    sizes = tuple(int(call.value.shape[axis] or 0) for axis in axes)
    arrays = _affine(layer, sizes)
    shape = str(sizes[0]) if len(sizes) == 1 else literal(sizes)
    code = f"nn.LayerNorm({shape}, eps={literal(layer.epsilon)}"
    norm = call.module("", f"{code})" if arrays else f"{code}, elementwise_affine=False)", **arrays)
    _fix(layer, call, norm)
    x, back = _behind(call, axes)
    call.give(f"{norm}({x}){back}")


@form(RMSNormalization)
def rms_normalization(layer: RMSNormalization, call: Call) -> None:
    """nn.RMSNorm over the last axes; others are moved there."""
    axes = _in_order(layer, len(call.value.shape))
    factors: Any = layer.scale
    sizes = tuple(int(call.value.shape[axis] or 0) for axis in axes)
    shape = str(sizes[0]) if len(sizes) == 1 else literal(sizes)
    code = f"nn.RMSNorm({shape}, eps={literal(layer.epsilon)})"
    norm = call.module("", code, weight=factors.reshape(sizes))
    x, back = _behind(call, axes)
    call.give(f"{norm}({x}){back}")


@form(UnitNormalization)
def unit_normalization(layer: UnitNormalization, call: Call) -> None:
    """F.normalize."""
    axes = layer.axis[0] if len(layer.axis) == 1 else layer.axis
    call.give(f"F.normalize({call.last(floating=True)}, dim={literal(axes)})")


@form(Rescaling)
def rescaling(layer: Rescaling, call: Call) -> None:
    """A product and a sum."""
    many = isinstance(layer.scale, tuple) or isinstance(layer.offset, tuple)
    x = call.last(floating=True) if many else call.any(floating=True)
    scale, offset = (
        f"torch.tensor({literal(numbers)})" if isinstance(numbers, tuple) else literal(numbers)
        for numbers in (layer.scale, layer.offset)
    )
    scale = f"({scale})" if "/" in scale else scale
    code = f"{x} * {scale}" + (f" + {offset}" if layer.offset else "")
    call.give(code) if many else call.give_any(code)


@form(Normalization)
def normalization(layer: Normalization, call: Call) -> None:
    """Less the mean, over the deviation: numbers that are kept with the weights."""
    if layer.input_mean is None:
        mean, variance = layer._spread(layer.adapt_mean), layer._spread(layer.adapt_variance)
        call.note("its mean and deviation come with the weights; without these, numbers stay as they are")
    else:
        mean, variance = layer.given_mean, layer.given_variance
    rank = len(call.value.shape)
    sizes = (1,) * (rank - mean.ndim) + tuple(mean.shape)
    deviation = variance.sqrt().clamp_min(_SMALLEST)
    middle = call.buffer("mean", mean.reshape(sizes))
    spread = call.buffer("deviation", deviation.reshape(sizes), "ones")
    x = call.last(floating=True)
    if layer.invert:
        call.give(f"{middle} + {x} * {spread}")
    else:
        call.give(f"{call.let('centred', f'{x} - {middle}')} / {spread}")
