"""Activation functions: what a layer does to each number it has worked out, so that networks can bend.

Each is a plain function on tensors, found by name through `get`.
Source: https://keras.io/api/layers/activations/
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.registries import Registry

Activation = Callable[[Tensor], Tensor]

registry: Registry[Activation] = Registry("activation", "keras.activations")


@registry.register
def relu(
    x: Tensor, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Tensor:
    """Keeps positive numbers and turns negative ones into 0.

    Formula: max(x, 0)

    Args:
        x: Any tensor.
        negative_slope: What numbers below the threshold are multiplied with, instead of becoming 0.
        max_value: Ceiling of the result; None for no ceiling.
        threshold: Numbers up to this one count as negative.
    """
    if max_value is None and threshold == 0:
        return F.leaky_relu(x, negative_slope) if negative_slope else torch.relu(x)
    kept = torch.where(x > threshold, x, 0) if threshold else torch.relu(x)
    if max_value is not None:
        kept = kept.clamp(0, max_value)
    return kept - negative_slope * torch.relu(threshold - x) if negative_slope else kept


@registry.register
def leaky_relu(x: Tensor, negative_slope: float = 0.2) -> Tensor:
    """Like relu, but negative numbers only become smaller: they are multiplied with `negative_slope`.

    Formula: x for x > 0, else negative_slope · x
    """
    return F.leaky_relu(x, negative_slope)


@registry.register
def relu6(x: Tensor) -> Tensor:
    """Like relu, with a ceiling at 6.

    Formula: min(max(x, 0), 6)
    """
    return F.relu6(x)


@registry.register
def softmax(x: Tensor, axis: int | tuple[int, ...] | None = -1) -> Tensor:
    """Turns scores into probabilities: all between 0 and 1, adding up to 1 along `axis`.

    Formula: eˣ / Σ eˣ
    """
    return _along(torch.softmax, x, axis)


@registry.register
def log_softmax(x: Tensor, axis: int | tuple[int, ...] | None = -1) -> Tensor:
    """Logarithm of softmax, computed so that tiny probabilities do not become minus infinity.

    Formula: x - log Σ eˣ
    """
    return _along(torch.log_softmax, x, axis)


@registry.register
def sparsemax(x: Tensor, axis: int = -1) -> Tensor:
    """Like softmax, but small scores become exactly 0.

    Keras 3 takes the shift from the sum of all running totals where the paper takes the last one, so that the
    result may add up to less than 1. It is done as in Keras: a model must predict the same there and here.

    Source: Martins & Astudillo 2016, https://arxiv.org/abs/1602.02068
    """
    ranked = x.sort(dim=axis, descending=True).values
    totals = ranked.cumsum(dim=axis)
    ranks = torch.arange(1, x.shape[axis] + 1, device=x.device, dtype=x.dtype)
    ranks = ranks.reshape([-1 if axis % x.ndim == at else 1 for at in range(x.ndim)])
    support = ranked - (totals - 1) / ranks > 0
    count = support.sum(dim=axis, keepdim=True)
    shift = (torch.where(support, totals, 0).sum(dim=axis, keepdim=True) - 1) / count
    return (x - shift).clamp(min=0)


@registry.register
def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """Keeps positive numbers; negative ones flatten out smoothly towards `-alpha`.

    Formula: x for x > 0, else alpha · (eˣ - 1)
    """
    return F.elu(x, alpha)


@registry.register
def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """Like elu, but without a kink at 0 for every `alpha`.

    Formula: max(x, 0) + min(alpha · (e^(x / alpha) - 1), 0)
    """
    return F.celu(x, alpha)


@registry.register
def selu(x: Tensor) -> Tensor:
    """A scaled elu that keeps mean 0 and spread 1 from layer to layer (with lecun_normal weights).

    Formula: 1.0507 · x for x > 0, else 1.7581 · (eˣ - 1)
    """
    return F.selu(x)


@registry.register
def gelu(x: Tensor, approximate: bool = False) -> Tensor:
    """A smooth relu: each number times the probability that a normal random number is smaller.

    Formula: x · Φ(x), Φ the normal distribution

    Args:
        x: Any tensor.
        approximate: True for the quicker formula with tanh.
    """
    return F.gelu(x, approximate="tanh" if approximate else "none")


@registry.register(aliases=("swish",))
def silu(x: Tensor) -> Tensor:
    """A smooth relu: each number times its own sigmoid. Also called swish.

    Formula: x · sigmoid(x)
    """
    return F.silu(x)


@registry.register(aliases=("hard_swish",))
def hard_silu(x: Tensor) -> Tensor:
    """Silu made of straight lines: quick to compute. Also called hard_swish.

    Formula: x · hard_sigmoid(x)
    """
    return F.hardswish(x)


@registry.register
def mish(x: Tensor) -> Tensor:
    """A smooth relu: each number times tanh of its softplus.

    Formula: x · tanh(log(1 + eˣ))
    """
    return F.mish(x)


@registry.register
def glu(x: Tensor, axis: int = -1) -> Tensor:
    """Splits the tensor into halves along `axis`; the second half gates the first through a sigmoid.

    Formula: a · sigmoid(b), x = a and b side by side
    """
    return F.glu(x, axis)


@registry.register
def sigmoid(x: Tensor) -> Tensor:
    """Squeezes each number into 0…1: the probability of a yes.

    Formula: 1 / (1 + e⁻ˣ)
    """
    return torch.sigmoid(x)


@registry.register
def hard_sigmoid(x: Tensor) -> Tensor:
    """Sigmoid made of straight lines: 0 below -3, 1 above 3.

    Formula: min(max(x / 6 + 0.5, 0), 1)
    """
    return F.hardsigmoid(x)


@registry.register(listed=False)
def hard_sigmoid_of_keras_2(x: Tensor) -> Tensor:
    """What files of Keras 2 mean by "hard_sigmoid": 0 below -2.5, 1 above 2.5."""
    return (0.2 * x + 0.5).clamp(0, 1)


@registry.register
def log_sigmoid(x: Tensor) -> Tensor:
    """Logarithm of sigmoid, computed without overflow.

    Formula: -log(1 + e⁻ˣ)
    """
    return F.logsigmoid(x)


@registry.register
def sparse_sigmoid(x: Tensor) -> Tensor:
    """Sigmoid made of straight lines: 0 below -1, 1 above 1.

    Formula: min(max((x + 1) / 2, 0), 1)
    """
    return (0.5 * (x + 1)).clamp(0, 1)


@registry.register
def tanh(x: Tensor) -> Tensor:
    """Squeezes each number into -1…1, smoothly.

    Formula: (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)
    """
    return torch.tanh(x)


@registry.register
def hard_tanh(x: Tensor) -> Tensor:
    """Cuts each number off at -1 and 1.

    Formula: min(max(x, -1), 1)
    """
    return F.hardtanh(x)


@registry.register
def tanh_shrink(x: Tensor) -> Tensor:
    """What is left of each number after its tanh is taken away: small numbers nearly vanish.

    Formula: x - tanh(x)
    """
    return F.tanhshrink(x)


@registry.register
def hard_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """Turns numbers between `-threshold` and `threshold` into 0 and keeps the others.

    Formula: x for |x| > threshold, else 0
    """
    return F.hardshrink(x, threshold)


@registry.register
def soft_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """Moves each number towards 0 by `threshold`, and no further than 0.

    Formula: sign(x) · max(|x| - threshold, 0)
    """
    return F.softshrink(x, threshold)


@registry.register
def threshold(x: Tensor, threshold: float, default_value: float) -> Tensor:
    """Keeps numbers above `threshold` and puts `default_value` in place of the others."""
    return F.threshold(x, threshold, default_value)


@registry.register
def softplus(x: Tensor) -> Tensor:
    """A smooth relu that is always positive: log(exp(x) + 1).

    Formula: log(1 + eˣ)
    """
    return F.softplus(x)


@registry.register
def sparse_plus(x: Tensor) -> Tensor:
    """Softplus with exact 0 below -1 and x itself above 1.

    Formula: 0 for x ≤ -1, (x + 1)² / 4 up to 1, then x
    """
    return torch.where(x <= -1, 0, torch.where(x < 1, 0.25 * (x + 1) ** 2, x))


@registry.register
def squareplus(x: Tensor, b: float = 4) -> Tensor:
    """A smooth relu from a square root; `b` is the width of its bend.

    Formula: (x + √(x² + b)) / 2
    """
    return (x + torch.sqrt(x**2 + b)) / 2


@registry.register
def softsign(x: Tensor) -> Tensor:
    """Squeezes each number into -1…1, more gently than tanh: x / (|x| + 1).

    Formula: x / (1 + |x|)
    """
    return F.softsign(x)


@registry.register
def exponential(x: Tensor) -> Tensor:
    """Takes e to the power of each number: always positive, and quickly large.

    Formula: eˣ
    """
    return torch.exp(x)


@registry.register
def linear(x: Tensor) -> Tensor:
    """Leaves each number as it is.

    Formula: x
    """
    return x


def objection(activation: Any, *, keeps_shape: bool = True) -> str:
    """Why a function here cannot be what a layer applies to its sums; "" if it can.

    Args:
        activation: A member of the registry, or any other function: those are not judged.
        keeps_shape: True if the layer counts on as many numbers coming out as go in.
    """
    if activation is threshold:
        return "it has arguments of its own: give lambda x: activations.threshold(x, 0.5, 0.0)"
    if keeps_shape and activation is glu:
        return "it halves the number of features: put a layer Activation('glu') behind"
    return ""


def activated(sums: Tensor, activation: Activation | None) -> Tensor:
    """An activation of numbers that nobody else looks at: relu writes over them, which spares memory.

    Args:
        sums: What a layer has just computed.
        activation: The function; None for none.
    """
    if activation is relu and not torch.compiler.is_compiling() and not sums._is_view():
        return torch.relu_(sums)
    return sums if activation is None else activation(sums)


def _along(function: Callable[..., Tensor], x: Tensor, axis: int | tuple[int, ...] | None) -> Tensor:
    """Applies a function of one axis along one axis, several together, or all (None)."""
    if isinstance(axis, int):
        return function(x, dim=axis)
    axes = [at % x.ndim for at in (range(x.ndim) if axis is None else axis)]
    together = x.movedim(axes, list(range(-len(axes), 0)))
    result = function(together.flatten(-len(axes)), dim=-1).reshape(together.shape)
    return result.movedim(list(range(-len(axes), 0)), axes)


# Keras's other names of the same functions.
swish = silu
hard_swish = hard_silu


def get(identifier: Any) -> Activation:
    """Finds the activation of that name, config or function; None is `linear`."""
    return linear if identifier is None else registry.get(identifier)


serialize = registry.serialize
deserialize = registry.deserialize
