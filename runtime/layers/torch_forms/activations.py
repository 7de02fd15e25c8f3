"""Activation functions and activation layers as PyTorch code."""

from collections.abc import Callable
from typing import Any

import torch

from runtime import activations
from runtime.layers.activation_layers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from runtime.layers.core import Activation
from runtime.layers.torch_forms.pieces import activations as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, literal

_FUNCTIONS: dict[Any, str] = {
    activations.relu: "F.relu",
    torch.relu: "F.relu",
    activations.leaky_relu: "F.leaky_relu({}, 0.2)",
    activations.relu6: "F.relu6",
    activations.elu: "F.elu",
    activations.celu: "F.celu",
    activations.selu: "F.selu",
    activations.gelu: "F.gelu",
    activations.silu: "F.silu",
    activations.hard_silu: "F.hardswish",
    activations.mish: "F.mish",
    activations.sigmoid: "torch.sigmoid",
    torch.sigmoid: "torch.sigmoid",
    activations.hard_sigmoid: "F.hardsigmoid",
    activations.log_sigmoid: "F.logsigmoid",
    activations.tanh: "torch.tanh",
    torch.tanh: "torch.tanh",
    activations.hard_tanh: "F.hardtanh",
    activations.tanh_shrink: "F.tanhshrink",
    activations.hard_shrink: "F.hardshrink",
    activations.soft_shrink: "F.softshrink",
    activations.softplus: "F.softplus",
    activations.softsign: "F.softsign",
    activations.exponential: "torch.exp",
}
_ALONG_CHANNELS: dict[Any, str] = {
    activations.softmax: "torch.softmax({}, dim={})",
    activations.log_softmax: "torch.log_softmax({}, dim={})",
    activations.glu: "F.glu({}, dim={})",
    activations.sparsemax: "sparsemax({}, dim={})",
}
_PIECES: dict[Any, Callable[..., Any]] = {
    activations.sparsemax: pieces.sparsemax,
    activations.sparse_sigmoid: pieces.sparse_sigmoid,
    activations.hard_sigmoid_of_keras_2: pieces.hard_sigmoid_of_keras_2,
    activations.sparse_plus: pieces.sparse_plus,
    activations.squareplus: pieces.squareplus,
}


def activated(call: Call, code: str, function: Any, *, first: bool = False) -> str:
    """An expression through an activation.

    Args:
        call: The layer that has the activation.
        code: What it is applied to.
        function: The activation, or None.
        first: True if the channels stand behind the batch.

    Raises:
        ExportError: It is a function of the program's own.
    """
    if function is None or function is activations.linear:
        return code
    if function in _PIECES:
        call.piece(_PIECES[function])
    if function in _ALONG_CHANNELS:
        return _ALONG_CHANNELS[function].format(code, 1 if first else -1)
    if function in _PIECES:
        return f"{_PIECES[function].__name__}({code})"
    known = _FUNCTIONS.get(function)
    if known is None:
        raise call.refuse("its activation is no function that PyTorch or Keras has")
    return known.format(code) if "{" in known else f"{known}({code})"


def as_function(call: Call, function: Any) -> str:
    """An activation as something to be called, for a cell."""
    if function is None or function is activations.linear:
        return "nn.Identity()"
    plain = _FUNCTIONS.get(function, "")
    if plain and "{" not in plain:
        return plain
    if function in _PIECES:
        return call.piece(_PIECES[function])
    return f"lambda x: {activated(call, 'x', function)}"


@form(Activation)
def activation(layer: Activation, call: Call) -> None:
    """The function."""
    call.give_any(activated(call, call.any(), layer.activation, first=call.value.first))


@form(ReLU)
def relu(layer: ReLU, call: Call) -> None:
    """Torch's ReLU where it is one."""
    x = call.any()
    if layer.max_value is None and not layer.threshold:
        slope = layer.negative_slope
        call.give_any(f"F.leaky_relu({x}, {literal(slope)})" if slope else f"F.relu({x})")
    elif layer.max_value == 6 and not layer.threshold and not layer.negative_slope:
        call.give_any(f"F.relu6({x})")
    else:
        call.piece(pieces.shifted_relu)
        numbers = (layer.negative_slope, layer.max_value, layer.threshold)
        call.give_any(f"shifted_relu({x}, {', '.join(map(literal, numbers))})")


@form(LeakyReLU)
def leaky_relu(layer: LeakyReLU, call: Call) -> None:
    """Torch's."""
    call.give_any(f"F.leaky_relu({call.any()}, {literal(layer.negative_slope)})")


@form(ELU)
def elu(layer: ELU, call: Call) -> None:
    """Torch's."""
    call.give_any(f"F.elu({call.any()}, {literal(layer.alpha)})")


@form(PReLU)
def prelu(layer: PReLU, call: Call) -> None:
    """Torch's where there is one factor a channel; the formula elsewhere."""
    sizes = layer.alpha.shape
    if all(size == 1 for size in sizes[:-1]):
        slopes = call.module("", f"nn.PReLU({sizes[-1]})", weight=layer.alpha.reshape(-1))
        call.give(f"{slopes}({call.channels_first()})", first=len(call.value.shape) > 2)
        return
    alpha, x = call.parameter("", layer.alpha), call.last()
    call.give(f"F.relu({x}) - {alpha} * F.relu(-{x})")


@form(Softmax)
def softmax(layer: Softmax, call: Call) -> None:
    """Torch's for one axis; the formula for several, and for masks."""
    rank = len(call.value.shape)
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    if call.mask is not None:
        call.piece(pieces.masked_softmax)
        call.give(f"masked_softmax({call.last()}, {call.mask}, {literal(layer.axis)})")
    elif len(axes) > 1:
        call.piece(pieces.softmax_over)
        call.give(f"softmax_over({call.last()}, {literal(layer.axis)})")
    else:
        axis = axes[-1]
        if axis % rank == rank - 1:
            call.give_any(activated(call, call.any(), activations.softmax, first=call.value.first))
        else:
            call.give(f"torch.softmax({call.last()}, dim={axis})")
