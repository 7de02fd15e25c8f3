"""Runs a recurrent cell along a sequence: at once in a fused kernel where there is one, else step by step."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

States = list[Tensor]
Step = Callable[[Tensor, States], tuple[Tensor, States]]
"""One step of a cell: its input and the states before → its output and the states after."""
Kernel = Callable[[Tensor, States, Tensor | None], tuple[Tensor, States]]
"""A whole sequence at once: inputs, states, which steps at the end to skip → all outputs, states after."""

FUSED: dict[str, Callable[..., Any]] = {
    name: getattr(torch._VF, name)  # type: ignore[attr-defined]
    for name in ("lstm", "gru", "rnn_tanh", "rnn_relu")
}
"""torch's kernels. An exporter puts operations of its own in their place while it traces."""

# A card's kernel wants one block of memory with all weights, copies them there and warns of it. They are
# weights of their own here, as in Keras's files, and small beside the sequences.
warnings.filterwarnings("ignore", message="RNN module weights are not part of single contiguous chunk")


def run_steps(step: Step, sequences: Tensor, states: States, mask: Tensor | None) -> tuple[Tensor, States]:
    """Calls a cell once a time step. A masked step leaves the states and the output as they were.

    Args:
        step: The cell.
        sequences: (batch, steps, …).
        states: One tensor a state, (batch, …).
        mask: (batch, steps), False for the steps to skip.

    Returns:
        All outputs (batch, steps, …), and the states after the last step.
    """
    outputs: list[Tensor] = []
    kept = [None] * sequences.shape[1] if mask is None else mask.unbind(1)
    for inputs, keep in zip(sequences.unbind(1), kept, strict=True):
        output, after = step(inputs, states)
        if keep is not None:
            previous = outputs[-1] if outputs else torch.zeros_like(output)
            output = torch.where(_beside(keep, output), output, previous)
            after = [
                torch.where(_beside(keep, new), new, old) for new, old in zip(after, states, strict=True)
            ]
        outputs.append(output)
        states = after
    return torch.stack(outputs, dim=1), states


def run_masked(kernel: Kernel, sequences: Tensor, states: States, mask: Tensor) -> tuple[Tensor, States]:
    """Runs a fused kernel, which knows no masks, over the unmasked steps only.

    The unmasked steps of each sequence are moved to the front, the kernel runs, and each output is copied to
    the steps it belongs to: its own one and the masked ones behind.

    Args:
        kernel: The fused kernel. Its first state must be its last output.
        sequences: (batch, steps, features).
        states: One tensor a state, (batch, units).
        mask: (batch, steps), False for the steps to skip.

    Returns:
        All outputs (batch, steps, units), and the states after the last unmasked step.
    """
    order = mask.logical_not().byte().argsort(dim=1, stable=True)
    lengths = mask.sum(dim=1, keepdim=True)
    skipped = torch.arange(mask.shape[1], device=mask.device) >= lengths
    outputs, after = kernel(_take(sequences, order), states, skipped)

    steps_so_far = mask.cumsum(dim=1)
    spread = torch.where(
        _beside(steps_so_far > 0, outputs), _take(outputs, (steps_so_far - 1).clamp_min(0)), 0
    )
    last = _take(outputs, (lengths - 1).clamp_min(0)).squeeze(1)
    after = [torch.where(lengths > 0, new, old) for new, old in zip([last, *after[1:]], states, strict=True)]
    return spread, after


def zero_masked(outputs: Tensor, mask: Tensor) -> Tensor:
    """The outputs with those of masked steps set to 0."""
    return torch.where(_beside(mask, outputs), outputs, 0)


def fused_lstm(
    sequences: Tensor,
    states: States,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    skipped: Tensor | None = None,
) -> tuple[Tensor, States]:
    """A long short-term memory over whole sequences in one call of torch.

    torch returns the carry only after the last step. For sequences that end earlier, a further feature tells
    the skipped steps: it opens the forget gate and shuts the input gate wholly, so that the carry stays.

    Args:
        sequences: (batch, steps, features).
        states: Hidden state and carry, (batch, units) each.
        kernel: (features, 4 · units), gates in the order input, forget, cell, output: torch's order, too.
        recurrent_kernel: (units, 4 · units).
        bias: (4 · units,), or None.
        skipped: (batch, steps), True for steps at the end that shall not change the carry.
    """
    if skipped is not None:
        units = recurrent_kernel.shape[0]
        hold = kernel.new_zeros(1, 4 * units)
        hold[:, :units], hold[:, units : 2 * units] = -_SHUT, _SHUT
        sequences = torch.cat([sequences, skipped.unsqueeze(-1).to(sequences.dtype)], dim=-1)
        kernel = torch.cat([kernel, hold])
    weights = _flat_weights(kernel, recurrent_kernel, bias, None)
    hidden, carry = (state.unsqueeze(0) for state in states)
    outputs, hidden, carry = FUSED["lstm"](
        sequences, (hidden, carry), weights, bias is not None, 1, 0.0, torch.is_grad_enabled(), False, True
    )
    return outputs, [hidden.squeeze(0), carry.squeeze(0)]


def fused_gru(
    sequences: Tensor, states: States, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor | None
) -> tuple[Tensor, States]:
    """A gated recurrent unit (reset after the product) over whole sequences in one call of torch.

    Args:
        sequences: (batch, steps, features).
        states: The hidden state, (batch, units).
        kernel: (features, 3 · units), gates in Keras's order update, reset, candidate.
        recurrent_kernel: (units, 3 · units).
        bias: (2, 3 · units): for the inputs and for the state; or None.
    """
    # torch's order of the gates is reset, update, candidate.
    kernel, recurrent_kernel = _reset_first(kernel), _reset_first(recurrent_kernel)
    input_bias, state_bias = (None, None) if bias is None else _reset_first(bias).unbind(0)
    weights = _flat_weights(kernel, recurrent_kernel, input_bias, state_bias)
    outputs, hidden = FUSED["gru"](
        sequences,
        states[0].unsqueeze(0),
        weights,
        bias is not None,
        1,
        0.0,
        torch.is_grad_enabled(),
        False,
        True,
    )
    return outputs, [hidden.squeeze(0)]


def fused_simple_rnn(
    activation: str,
    sequences: Tensor,
    states: States,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
) -> tuple[Tensor, States]:
    """A plain recurrent network over whole sequences in one call of torch.

    Args:
        activation: "tanh" or "relu".
        sequences: (batch, steps, features).
        states: The hidden state, (batch, units).
        kernel: (features, units).
        recurrent_kernel: (units, units).
        bias: (units,), or None.
    """
    run = FUSED["rnn_tanh" if activation == "tanh" else "rnn_relu"]
    weights = _flat_weights(kernel, recurrent_kernel, bias, None)
    outputs, hidden = run(
        sequences,
        states[0].unsqueeze(0),
        weights,
        bias is not None,
        1,
        0.0,
        torch.is_grad_enabled(),
        False,
        True,
    )
    return outputs, [hidden.squeeze(0)]


_SHUT = 100.0
"""sigmoid(-100) is 4e-44 and sigmoid(100) is exactly 1 in float32."""


def _flat_weights(
    kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor | None, state_bias: Tensor | None
) -> list[Tensor]:
    """Weights as torch's kernels want them: transposed views, and a second bias."""
    weights = [kernel.t(), recurrent_kernel.t()]
    if bias is not None:
        weights += [bias, torch.zeros_like(bias) if state_bias is None else state_bias]
    return weights


def _reset_first(gates: Tensor) -> Tensor:
    """Columns of update, reset, candidate → reset, update, candidate."""
    update, reset, candidate = gates.chunk(3, dim=-1)
    return torch.cat([reset, update, candidate], dim=-1)


def _take(sequences: Tensor, steps: Tensor) -> Tensor:
    """The steps of each sequence at these places, (batch, n)."""
    return sequences.gather(1, steps.unsqueeze(-1).expand(-1, -1, sequences.shape[-1]))


def _beside(mask: Tensor, values: Tensor) -> Tensor:
    """A mask with axes of size 1 behind, so that it goes with values of more axes."""
    return mask.reshape(*mask.shape, *[1] * (values.ndim - mask.ndim))
