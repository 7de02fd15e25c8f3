"""Recurrent layers with masks, and with cells that torch has not, for programs."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn


def run_masked(
    rnn: nn.Module, x: torch.Tensor, mask: torch.Tensor
) -> tuple[torch.Tensor, Any]:
    """Runs a layer over the steps the mask keeps; others repeat the output before."""
    mask = mask.bool()
    lengths = mask.sum(1)
    # The steps that are kept come first, in their order.
    order = mask.int().argsort(dim=1, descending=True, stable=True).unsqueeze(-1)
    packed = nn.utils.rnn.pack_padded_sequence(
        x.gather(1, order.expand_as(x)),
        lengths.clamp(min=1).cpu(),
        batch_first=True,
        enforce_sorted=False,
    )
    outputs, last = rnn(packed)
    outputs, _ = nn.utils.rnn.pad_packed_sequence(
        outputs, batch_first=True, total_length=x.shape[1]
    )
    place = (mask.cumsum(1) - 1).unsqueeze(-1)
    outputs = outputs.gather(1, place.clamp(min=0).expand_as(outputs)) * (place >= 0)
    some = (lengths > 0).unsqueeze(-1)
    if isinstance(last, tuple):
        return outputs, tuple(state * some for state in last)
    return outputs, last * some


class StepByStep(nn.Module):
    """Runs a cell along sequences; steps the mask leaves out keep output and state."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.cell = cell

    def forward(
        self,
        x: torch.Tensor,
        state: tuple[torch.Tensor, ...] | None = None,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """Sequences (batch, steps, …) to all outputs, and the last states."""
        outputs: list[torch.Tensor] = []
        for step, inputs in enumerate(x.unbind(1)):
            output, after = self.cell(inputs, state)
            if mask is not None:
                kept = mask[:, step].bool().reshape(-1, *[1] * (output.ndim - 1))
                before = outputs[-1] if outputs else torch.zeros_like(output)
                held = state or [torch.zeros_like(each) for each in after]
                output = torch.where(kept, output, before)
                pairs = zip(after, held, strict=True)
                after = tuple(torch.where(kept, new, old) for new, old in pairs)
            outputs.append(output)
            state = after
        return torch.stack(outputs, 1), state or ()


class PlainCell(nn.Module):
    """One step of a simple recurrent layer, with any activation."""

    def __init__(
        self,
        features: int,
        units: int,
        activation: Callable[[torch.Tensor], torch.Tensor],
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.units = units
        self.activation = activation
        self.inputs = nn.Linear(features, units, bias)
        self.states = nn.Linear(units, units, bias=False)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, ...] | None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """A step (batch, features) and the state to the output and the new state."""
        (hidden,) = state or (x.new_zeros(len(x), self.units),)
        hidden = self.activation(self.inputs(x) + self.states(hidden))
        return hidden, (hidden,)


class LongShortCell(nn.Module):
    """One step of a long short-term memory, with any activations."""

    def __init__(
        self,
        features: int,
        units: int,
        activation: Callable[[torch.Tensor], torch.Tensor],
        gate: Callable[[torch.Tensor], torch.Tensor],
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.units = units
        self.activation = activation
        self.gate = gate
        self.inputs = nn.Linear(features, 4 * units, bias)
        self.states = nn.Linear(units, 4 * units, bias=False)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, ...] | None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """A step (batch, features) and the states to the output and the new states."""
        hidden, carry = state or (x.new_zeros(len(x), self.units),) * 2
        enter, keep, new, leave = (self.inputs(x) + self.states(hidden)).chunk(4, -1)
        carry = self.gate(keep) * carry + self.gate(enter) * self.activation(new)
        hidden = self.gate(leave) * self.activation(carry)
        return hidden, (hidden, carry)


class ResetBeforeCell(nn.Module):
    """One step of a gated recurrent unit that resets the state itself."""

    def __init__(
        self,
        features: int,
        units: int,
        activation: Callable[[torch.Tensor], torch.Tensor],
        gate: Callable[[torch.Tensor], torch.Tensor],
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.units = units
        self.activation = activation
        self.gate = gate
        self.inputs = nn.Linear(features, 3 * units, bias)
        self.gates = nn.Linear(units, 2 * units, bias=False)
        self.candidate = nn.Linear(units, units, bias=False)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, ...] | None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """A step (batch, features) and the state to the output and the new state."""
        (hidden,) = state or (x.new_zeros(len(x), self.units),)
        z, r, new = self.inputs(x).chunk(3, -1)
        for_z, for_r = self.gates(hidden).chunk(2, -1)
        update, reset = self.gate(z + for_z), self.gate(r + for_r)
        new = self.activation(new + self.candidate(reset * hidden))
        hidden = update * hidden + (1 - update) * new
        return hidden, (hidden,)


class ResetAfterCell(nn.Module):
    """One step of a gated recurrent unit with any activations."""

    def __init__(
        self,
        features: int,
        units: int,
        activation: Callable[[torch.Tensor], torch.Tensor],
        gate: Callable[[torch.Tensor], torch.Tensor],
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.units = units
        self.activation = activation
        self.gate = gate
        self.inputs = nn.Linear(features, 3 * units, bias)
        self.states = nn.Linear(units, 3 * units, bias)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, ...] | None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """A step (batch, features) and the state to the output and the new state."""
        (hidden,) = state or (x.new_zeros(len(x), self.units),)
        z, r, new = self.inputs(x).chunk(3, -1)
        for_z, for_r, for_new = self.states(hidden).chunk(3, -1)
        update, reset = self.gate(z + for_z), self.gate(r + for_r)
        new = self.activation(new + reset * for_new)
        hidden = update * hidden + (1 - update) * new
        return hidden, (hidden,)


class ConvolutionCell(nn.Module):
    """One step of a long short-term memory that convolves pictures."""

    def __init__(
        self,
        inputs: nn.Module,
        states: nn.Module,
        edges: tuple[int, ...],
        activation: Callable[[torch.Tensor], torch.Tensor],
        gate: Callable[[torch.Tensor], torch.Tensor],
    ) -> None:
        super().__init__()
        self.inputs = inputs
        self.states = states
        self.edges = edges
        self.activation = activation
        self.gate = gate

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, ...] | None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """A step (batch, channels, …) and the states to the output and new states."""
        sums = self.inputs(x)
        hidden, carry = state or (torch.zeros_like(sums.chunk(4, 1)[0]),) * 2
        sums = sums + self.states(F.pad(hidden, self.edges))
        enter, keep, new, leave = sums.chunk(4, 1)
        carry = self.gate(keep) * carry + self.gate(enter) * self.activation(new)
        hidden = self.gate(leave) * self.activation(carry)
        return hidden, (hidden, carry)
