"""Activation functions under their names among the operations; the formulas are in `runtime.activations`.

Source: https://keras.io/api/ops/nn/
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch import Tensor

from runtime import activations
from runtime.ops.conversion import Axis, TensorLike, axes, tensor
from runtime.ops.registration import nn_op


def _activation(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    @wraps(function)
    def op(x: TensorLike, *args: Any, **kwargs: Any) -> Tensor:
        return function(tensor(x), *args, **kwargs)

    return nn_op()(op)


celu = _activation(activations.celu)
elu = _activation(activations.elu)
glu = _activation(activations.glu)
hard_shrink = _activation(activations.hard_shrink)
hard_sigmoid = _activation(activations.hard_sigmoid)
hard_silu = hard_swish = _activation(activations.hard_silu)
hard_tanh = _activation(activations.hard_tanh)
leaky_relu = _activation(activations.leaky_relu)
log_sigmoid = _activation(activations.log_sigmoid)
relu6 = _activation(activations.relu6)
selu = _activation(activations.selu)
sigmoid = _activation(activations.sigmoid)
silu = swish = _activation(activations.silu)
soft_shrink = _activation(activations.soft_shrink)
softplus = _activation(activations.softplus)
softsign = _activation(activations.softsign)
sparse_plus = _activation(activations.sparse_plus)
sparse_sigmoid = _activation(activations.sparse_sigmoid)
sparsemax = _activation(activations.sparsemax)
squareplus = _activation(activations.squareplus)
tanh_shrink = _activation(activations.tanh_shrink)
threshold = _activation(activations.threshold)


@nn_op()
def relu(x: TensorLike) -> Tensor:
    """Keeps positive numbers and turns negative ones into 0."""
    return torch.relu(tensor(x))


@nn_op()
def gelu(x: TensorLike, approximate: bool = True) -> Tensor:
    """A smooth relu: each number times the probability that a normal random number is smaller."""
    return activations.gelu(tensor(x), approximate)


@nn_op()
def softmax(x: TensorLike, axis: Axis = -1) -> Tensor:
    """Scores as probabilities, which add up to 1 along an axis."""
    return activations.softmax(tensor(x), axes(axis))


@nn_op()
def log_softmax(x: TensorLike, axis: Axis = -1) -> Tensor:
    """The logarithm of softmax, computed so that tiny probabilities do not become minus infinity."""
    return activations.log_softmax(tensor(x), axes(axis))
