"""Layers with a layer inside, as PyTorch code."""

from dataclasses import replace
from typing import Any

from runtime.layers.base import Layer
from runtime.layers.recurrent import RNN
from runtime.layers.spec import layer_spec
from runtime.layers.spectral_normalization import SpectralNormalization
from runtime.layers.torch_forms.pieces import recurrent as pieces
from runtime.layers.torch_forms.recurrent import (
    fused_arrays,
    fused_code,
    fused_name,
    note_dropout,
)
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, Value
from runtime.layers.wrappers import Bidirectional, TimeDistributed


@form(SpectralNormalization)
def spectral_normalization(layer: SpectralNormalization, call: Call) -> None:
    """The layer inside: its kernel is normalized in training only."""
    call.note("its kernel is not normalized in training")
    for value in call.inside(layer.layer, "", replace(call.value, mask=None)):
        call.give(value.code, first=value.first)


@form(TimeDistributed)
def time_distributed(layer: TimeDistributed, call: Call) -> None:
    """Steps are put together with the batch, and apart again behind the layer."""
    value = call.value
    if value.mask is not None and len(value.shape) < 2:
        raise call.refuse("its mask has no steps")
    source = call.last()
    x = source if source.isidentifier() else call.let("input", source)
    steps = Value(f"{x}.flatten(0, 1)", (None, *value.shape[2:]), value.dtype)
    found = call.inside(layer.layer, "", steps)
    inner = call.let("steps", found[0].code)
    if found[0].first:
        inner = f"{inner}.movedim(1, -1)"
    call.give(f"{inner}.unflatten(0, {x}.shape[:2])")


@form(Bidirectional)
def bidirectional(layer: Bidirectional, call: Call) -> None:
    """Torch's own with `bidirectional=True` where that is the same; else one layer for each direction."""
    if _is_one_module(layer, call):
        _both_at_once(layer, call)
        return
    states = call.values[1:]
    half = len(states) // 2
    forward = _direction(layer.forward_layer, "forward", call, states[:half])
    backward = _direction(layer.backward_layer, "backward", call, states[half:])
    first, second = forward[0], backward[0]
    mask = call.mask if layer.return_sequences else None
    ahead, back = first.code, second.code
    if layer.return_sequences:
        ahead, back = call.last(first), f"{call.last(second)}.flip(1)"
    if any("(" in code for code in (ahead, back)):
        ahead, back = call.let("ahead", ahead), call.let("back", back)
    axis = 1 if first.first else -1
    match layer.merge_mode:
        case "concat":
            joined = [f"torch.cat([{ahead}, {back}], {axis})"]
        case "sum":
            joined = [f"{ahead} + {back}"]
        case "ave":
            joined = [f"({ahead} + {back}) / 2"]
        case "mul":
            joined = [f"{ahead} * {back}"]
        case _:
            joined = [ahead, back]
    for code in joined:
        call.give(code, first=first.first and not layer.return_sequences, mask=mask)
    for state in (*forward[1:], *backward[1:]):
        call.give(state.code, first=state.first, mask=None)


def _is_one_module(layer: Bidirectional, call: Call) -> bool:
    ahead, back = layer.forward_layer, layer.backward_layer
    if not (isinstance(ahead, RNN) and isinstance(back, RNN)) or ahead.go_backwards or ahead.stateful:
        return False
    one: Any = ahead.cell
    other: Any = back.cell
    if not fused_name(one) or fused_name(one) != fused_name(other) or len(call.values) > 1:
        return False
    same = (one.units, one.use_bias, one.activation) == (other.units, other.use_bias, other.activation)
    return same and layer.merge_mode == "concat"


def _both_at_once(layer: Bidirectional, call: Call) -> None:
    ahead: Any = layer.forward_layer
    back: Any = layer.backward_layer
    note_dropout(ahead.cell, call)
    arrays = {**fused_arrays(ahead.cell), **fused_arrays(back.cell, "_reverse")}
    module = call.module("", fused_code(ahead.cell, ", bidirectional=True"), **arrays)
    x, mask = call.last(floating=True), call.mask
    run = f"{module}({x})"
    if mask is not None:
        call.piece(pieces.run_masked)
        run = f"run_masked({module}, {x}, {mask})"
    count = len(ahead.state_sizes)
    names = ["_"] * count
    if layer.return_state:
        words = ["hidden", "carry"][:count]
        names = [call.local(word) for word in words]
    elif not layer.return_sequences:
        names[0] = call.local("last")
    pair = names[0] if count == 1 else f"({', '.join(names)})"
    pair = "_" if set(names) == {"_"} else pair
    output = "_"
    if layer.return_sequences:
        output = call.variable(0, "output") if mask is None else call.local("steps")
    call.write(f"{output}, {pair} = {run}")
    if not layer.return_sequences:
        call.give(f"torch.cat([{names[0]}[0], {names[0]}[1]], -1)", mask=None)
    elif mask is None:
        call.give(output)
    else:
        call.give(f"torch.where({mask}.unsqueeze(-1), {output}, 0)", mask=mask)
    if layer.return_state:
        for way in (0, 1):
            for name in names:
                call.give(f"{name}[{way}]", mask=None)


def _direction(layer: Layer, way: str, call: Call, states: list[Value]) -> list[Value]:
    ports = [port.name for port in layer_spec(type(layer)).inputs]
    inputs = {ports[0]: [replace(call.value, mask=call.mask)]}
    inputs |= {port: [state] for port, state in zip(ports[1:], states, strict=False)}
    one = Call(call.text, layer, f"{call.name}_{way}", inputs)
    one.write_layer()
    return one.outputs
