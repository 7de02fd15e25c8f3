"""Recurrent layers as PyTorch code: torch's own where they compute the same, cells step by step elsewhere."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from runtime import activations
from runtime.layers.conv_lstm import ConvLSTM
from runtime.layers.conv_lstm_cell import ConvLSTMCell
from runtime.layers.gru import GRU, GRUCell
from runtime.layers.lstm import LSTM, LSTMCell
from runtime.layers.recurrent import RNN
from runtime.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from runtime.layers.torch_forms.activations import as_function
from runtime.layers.torch_forms.convolutions import made, turned
from runtime.layers.torch_forms.pieces import recurrent as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, Value, literal
from runtime.layers.windows import same_padding

_TANH = (activations.tanh, torch.tanh)
_RANK = 3
"""Axes of plain sequences: batch, steps, features."""
_SIGMOID = (activations.sigmoid, torch.sigmoid)


@dataclass(frozen=True)
class Built:
    """How a recurrent module is made.

    Args:
        code: The constructor call.
        arrays: Its weights by their names within it.
        fused: True for one of torch's own, whose states have one axis more.
    """

    code: str
    arrays: dict[str, Tensor | None]
    fused: bool


def fused_name(cell: Any) -> str:
    """Torch's class that computes what a cell does: "nn.LSTM", …; empty if there is none."""
    if isinstance(cell, LSTMCell) and cell.activation in _TANH and cell.recurrent_activation in _SIGMOID:
        return "nn.LSTM"
    if isinstance(cell, GRUCell) and cell.activation in _TANH and cell.recurrent_activation in _SIGMOID:
        return "nn.GRU" if cell.reset_after else ""
    if isinstance(cell, SimpleRNNCell) and cell.activation in (*_TANH, activations.relu, torch.relu):
        return "nn.RNN"
    return ""


def fused_arrays(cell: Any, ending: str = "") -> dict[str, Tensor | None]:
    """A cell's weights as torch's own layers have them."""
    kernel, state_kernel, bias = cell.kernel, cell.recurrent_kernel, cell.bias
    state_bias = None if bias is None else torch.zeros_like(bias)
    if isinstance(cell, GRUCell):
        kernel, state_kernel = _reset_first(kernel), _reset_first(state_kernel)
        if bias is not None:
            bias, state_bias = (_reset_first(row) for row in bias)
    arrays = {"weight_ih": kernel.T, "weight_hh": state_kernel.T, "bias_ih": bias, "bias_hh": state_bias}
    return {f"{name}_l0{ending}": tensor for name, tensor in arrays.items()}


def _reset_first(columns: Tensor) -> Tensor:
    """Blocks for update, reset and candidate in torch's order: reset, update, candidate."""
    update, reset, candidate = columns.chunk(3, dim=-1)
    return torch.cat([reset, update, candidate], dim=-1)


def fused_code(cell: Any, more: str = "") -> str:
    """The constructor call of torch's own layer for a cell."""
    relu = ', nonlinearity="relu"' if cell.activation in (activations.relu, torch.relu) else ""
    bias = "" if cell.use_bias else ", bias=False"
    return f"{fused_name(cell)}({cell.kernel.shape[0]}, {cell.units}{relu}{bias}, batch_first=True{more})"


def built(layer: RNN, call: Call) -> Built:
    """The module that runs a layer's cell."""
    cell: Any = layer.cell
    if fused_name(cell):
        return Built(fused_code(cell), fused_arrays(cell), fused=True)
    call.piece(pieces.StepByStep)
    if isinstance(cell, ConvLSTMCell):
        code, arrays = _convolution_cell(cell, call)
    else:
        code, arrays = _cell(cell, call)
    return Built(f"StepByStep({code})", {f"cell.{name}": tensor for name, tensor in arrays.items()}, False)


def _cell(cell: Any, call: Call) -> tuple[str, dict[str, Tensor | None]]:
    features, bias = cell.kernel.shape[0], "" if cell.use_bias else ", bias=False"
    arguments = f"{features}, {cell.units}, {as_function(call, cell.activation)}"
    inputs = {"inputs.weight": cell.kernel.T, "inputs.bias": cell.bias}
    if isinstance(cell, SimpleRNNCell):
        name = call.piece(pieces.PlainCell)
        return f"{name}({arguments}{bias})", {**inputs, "states.weight": cell.recurrent_kernel.T}
    gate = as_function(call, cell.recurrent_activation)
    if isinstance(cell, LSTMCell):
        name = call.piece(pieces.LongShortCell)
        return f"{name}({arguments}, {gate}{bias})", {**inputs, "states.weight": cell.recurrent_kernel.T}
    if cell.reset_after:
        name = call.piece(pieces.ResetAfterCell)
        both = (None, None) if cell.bias is None else (cell.bias[0], cell.bias[1])
        return f"{name}({arguments}, {gate}{bias})", {
            "inputs.weight": cell.kernel.T,
            "inputs.bias": both[0],
            "states.weight": cell.recurrent_kernel.T,
            "states.bias": both[1],
        }
    name = call.piece(pieces.ResetBeforeCell)
    gates, candidate = cell.recurrent_kernel.split([2 * cell.units, cell.units], dim=1)
    return f"{name}({arguments}, {gate}{bias})", {
        **inputs,
        "gates.weight": gates.T,
        "candidate.weight": candidate.T,
    }


def _convolution_cell(cell: ConvLSTMCell, call: Call) -> tuple[str, dict[str, Tensor | None]]:
    channels, filters = cell.kernel.shape[-2], cell.filters
    found = cell.sizes_of((None, *call.value.shape[2:]))
    axes = zip(found, cell._window, cell.strides, strict=True)
    edges = [same_padding(size or 0, window, stride) for size, window, stride in axes]
    around = [(0, 0)] * cell.rank if cell.padding == "valid" else edges
    inputs, path = made(cell, channels, 4 * filters), "inputs"
    if any(map(any, around)):
        inputs = f"nn.Sequential(nn.ConstantPad{cell.rank}d({_amounts(around)}, 0.0), {inputs})"
        path = "inputs.1"
    states = f"nn.Conv{cell.rank}d({filters}, {4 * filters}, {literal(cell.kernel_size)}, bias=False)"
    around = [same_padding(size, size, 1) for size in cell.kernel_size]
    name = call.piece(pieces.ConvolutionCell)
    functions = f"{as_function(call, cell.activation)}, {as_function(call, cell.recurrent_activation)}"
    return f"{name}({inputs}, {states}, {_amounts(around)}, {functions})", {
        f"{path}.weight": turned(cell.kernel),
        f"{path}.bias": cell.bias,
        "states.weight": turned(cell.recurrent_kernel),
    }


def _amounts(edges: list[tuple[int, int]]) -> str:
    return literal(tuple(amount for edge in reversed(edges) for amount in edge))


@form(RNN, LSTM, GRU, SimpleRNN, ConvLSTM)
def recurrent(layer: RNN, call: Call) -> None:
    """nn.LSTM, nn.GRU or nn.RNN, or a cell step by step."""
    if not isinstance(layer.cell, LSTMCell | GRUCell | SimpleRNNCell | ConvLSTMCell):
        raise call.refuse(f"there is no form of its cell {type(layer.cell).__name__}")
    note_dropout(layer.cell, call)
    made = built(layer, call)
    module = call.module("", made.code, **made.arrays)
    sequences, mask = inputs_of(layer, call)
    states = [_state(value, layer, call) for value in call.values[1:]]
    given = _given(states, made, isinstance(layer.cell, LSTMCell))
    if layer.stateful:
        given = _remembered(call, given, mask if made.fused else None)
    if mask is None:
        run = f"{module}({sequences}{f', {given}' if given else ''})"
    elif made.fused:
        call.piece(pieces.run_masked)
        run = f"run_masked({module}, {sequences}, {mask})"
    else:
        run = f"{module}({sequences}, {given or 'None'}, {mask})"
    _outputs(layer, call, made, run, mask)


def note_dropout(cell: Any, call: Call) -> None:
    """Says that dropout within a cell is left out."""
    if cell.dropout or cell.recurrent_dropout:
        call.note("its dropout is left out")


def inputs_of(layer: RNN, call: Call) -> tuple[str, str | None]:
    """The sequences and the mask, in the order they are run through."""
    sequences, mask = call.last(floating=True), call.mask
    if isinstance(layer.cell, ConvLSTMCell) and layer.cell._channels_last:
        sequences = f"{sequences}.movedim(-1, 2)"
    if layer.go_backwards:
        sequences, mask = f"{sequences}.flip(1)", f"{mask}.flip(1)" if mask else None
    return sequences, mask


def _state(value: Value, layer: RNN, call: Call) -> str:
    if isinstance(layer.cell, ConvLSTMCell) and layer.cell._channels_last:
        return call.channels_first(value)
    return call.last(value, floating=True)


def _given(states: list[str], made: Built, is_pair: bool) -> str:
    """The states a run starts from, as its argument."""
    if not states:
        return ""
    if not made.fused:
        return f"({', '.join(states)}{',' * (len(states) == 1)})"
    wide = [f"{state}.unsqueeze(0)" for state in states]
    return f"({', '.join(wide)})" if is_pair else wide[0]


def _remembered(call: Call, given: str, mask: str | None) -> str:
    """The state of the call before, which a stateful layer goes on from."""
    if mask is not None:
        raise call.refuse("it remembers its state and skips masked steps")
    attribute = call.text.attribute(f"{call.name}_state")
    call.text.init.append(f"self.{attribute} = None")
    call.note(f"set `model.{attribute} = None` to let it forget its state")
    return given or f"self.{attribute}"


def _outputs(layer: RNN, call: Call, made: Built, run: str, mask: str | None) -> None:
    """Writes the run, and gives the output and the states if they are wanted."""
    count = len(layer.state_sizes)
    wanted = layer.return_state or layer.stateful
    last_is_state = made.fused and not layer.return_sequences and not layer.zero_output_for_mask
    names = [call.local(word) for word in _words(count)] if wanted else ["_"] * count
    if last_is_state and not wanted:
        names[0] = call.local("last")
    pair = names[0] if made.fused and count == 1 else f"({', '.join(names)}{',' * (count == 1)})"
    pair = "_" if set(names) == {"_"} else pair
    zeroed = mask is not None and layer.zero_output_for_mask
    if last_is_state:
        output = "_"
    elif layer.return_sequences and not zeroed and not isinstance(layer.cell, ConvLSTMCell):
        output = call.variable(0, "output")
    else:
        output = call.local("steps")
    call.write(f"{output}, {pair} = {run}")
    if layer.stateful:
        _remember(call, names, made)
    if last_is_state:
        call.give(f"{names[0]}.squeeze(0)", mask=None)
    else:
        _give_steps(layer, call, output, mask if zeroed else None)
    if layer.return_state:
        first = isinstance(layer.cell, ConvLSTMCell) and layer.cell._channels_last
        for name in names:
            call.give(f"{name}.squeeze(0)" if made.fused else name, first=first, mask=None)


def _words(count: int) -> list[str]:
    return ["hidden", "carry"] if count == 2 else ["hidden"]


def _remember(call: Call, names: list[str], made: Built) -> None:
    attribute = f"{call.name}_state"
    kept = [f"{name}.detach()" for name in names]
    alone = made.fused and len(names) == 1
    value = kept[0] if alone else f"({', '.join(kept)}{',' * (len(kept) == 1)})"
    call.write(f"self.{attribute} = {value}")


def _give_steps(layer: RNN, call: Call, steps: str, mask: str | None) -> None:
    """Gives all outputs, or that of the last step."""
    rank = len(call.value.shape)
    moved = isinstance(layer.cell, ConvLSTMCell) and layer.cell._channels_last
    if mask is not None:
        counted = call.let("counted", mask) if "." in mask else mask
        wide = f"{counted}.unsqueeze(-1)" if rank == _RANK else f"{counted}[:, :{', None' * (rank - 2)}]"
        steps = f"torch.where({wide}, {steps}, 0)"
    if not layer.return_sequences:
        call.give(f"{steps}[:, -1]", first=moved, mask=None)
    elif moved:
        call.give(f"{steps}.movedim(2, -1)", mask=call.mask)
    else:
        call.give(steps, mask=call.mask)
