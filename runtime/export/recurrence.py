"""Recurrent kernels as the single operations that ONNX has for them, so that the number of steps stays open.

torch describes the shapes of its kernels by walking along the sequence, which binds the number of steps.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from runtime.layers import recurrent_kernels

_FUSED = recurrent_kernels.FUSED
_library = torch.library.Library("layerloom", "DEF")
_STATES = {"lstm": 2, "gru": 1, "rnn_tanh": 1, "rnn_relu": 1}
_ORDER = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn_tanh": (0,), "rnn_relu": (0,)}
"""Places of torch's gates in ONNX's order."""


def _describe(steps: Tensor, states: list[Tensor], *weights: Tensor) -> list[Tensor]:
    del weights
    outputs = steps.new_empty(steps.shape[0], steps.shape[1], states[0].shape[2])
    return [outputs, *(torch.empty_like(state) for state in states)]


for _name in _STATES:
    _library.define(f"{_name}(Tensor steps, Tensor[] states, Tensor w, Tensor r, Tensor b) -> Tensor[]")
    _library.impl(_name, _describe, "Meta")


@contextmanager
def single_operations() -> Generator[None]:
    """Within this, traced recurrent layers call one operation for a whole sequence."""
    before = dict(_FUSED)
    _FUSED.update({name: _substitute(name, kernel) for name, kernel in before.items()})
    try:
        yield
    finally:
        _FUSED.update(before)


def translations(opset: int | None) -> dict[Callable[..., Any], Callable[..., Any]]:
    """Each of the operations → the function that says it in ONNX.

    Args:
        opset: Version of ONNX's operations.
    """
    import onnxscript  # noqa: PLC0415 (an extra)

    op = onnxscript.opset18 if opset is None or opset >= 18 else getattr(onnxscript, f"opset{opset}")
    return {getattr(torch.ops.layerloom, name).default: _translation(op, name) for name in _STATES}


def _substitute(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    operation = getattr(torch.ops.layerloom, name)

    def traced(sequences: Tensor, states: Any, weights: list[Tensor], biased: bool, *settings: Any) -> Any:
        if type(sequences) is Tensor:
            # Somebody else computes at the same time.
            return kernel(sequences, states, weights, biased, *settings)
        states = list(states) if isinstance(states, list | tuple) else [states]
        inputs, recurrent = (_in_order(name, weight)[None] for weight in weights[:2])
        if biased:
            bias = torch.cat([_in_order(name, one) for one in weights[2:]])[None]
        else:
            bias = inputs.new_zeros(1, 2 * weights[0].shape[0])
        return tuple(operation(sequences, states, inputs, recurrent, bias))

    return traced


def _in_order(name: str, weight: Tensor) -> Tensor:
    gates = weight.chunk(len(_ORDER[name]))
    return torch.cat([gates[place] for place in _ORDER[name]])


def _translation(op: Any, name: str) -> Callable[..., Any]:
    def say(steps: Any, states: Any, w: Any, r: Any, b: Any) -> Any:
        first = op.Transpose(steps, perm=[1, 0, 2])
        units = int(r.shape[2])
        if name == "lstm":
            found = op.LSTM(first, w, r, b, None, *states, hidden_size=units)
        elif name == "gru":
            found = op.GRU(first, w, r, b, None, *states, hidden_size=units, linear_before_reset=1)
        else:
            activation = {"rnn_tanh": "Tanh", "rnn_relu": "Relu"}[name]
            found = op.RNN(first, w, r, b, None, *states, hidden_size=units, activations=[activation])
        outputs = op.Transpose(op.Squeeze(found[0], op.Constant(value_ints=[1])), perm=[1, 0, 2])
        return [outputs, *found[1:]]

    return say
