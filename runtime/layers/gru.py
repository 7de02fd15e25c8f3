"""Gated recurrent unit: a recurrent layer with two gates, smaller than an LSTM."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from runtime import activations
from runtime.activations import Activation
from runtime.layers.arguments import (
    ActivationLike,
    ConstraintLike,
    Count,
    InitializerLike,
    Rate,
    RegularizerLike,
    Seed,
)
from runtime.layers.recurrent import UnitsRNN, of_cell
from runtime.layers.recurrent_cells import RecurrentCell
from runtime.layers.recurrent_kernels import Kernel, States, Step, fused_gru
from runtime.layers.registration import register
from runtime.types import Parts


@register("")
class GRUCell(RecurrentCell):
    """One step of a gated recurrent unit.

    Args:
        reset_after: True lets the reset gate act on the sums of the state, False on the state itself.

    Call args:
        inputs: (batch, features).
        states: The hidden state, (batch, units).

    Source:
        Cho et al. 2014, https://arxiv.org/abs/1406.1078
    """

    gates: ClassVar[int] = 3

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        recurrent_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dropout: Rate = 0.0,
        recurrent_dropout: Rate = 0.0,
        reset_after: bool = True,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            **kwargs,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = reset_after

    def _bias_shape(self) -> Sequence[int]:
        """Reset after the sums needs a bias for the inputs and one for the state."""
        columns = 3 * self.units
        return (2, columns) if self.reset_after else (columns,)

    @property
    def input_bias(self) -> Tensor | None:
        """The bias that is added to the sums of the inputs."""
        return self.bias[0] if self.bias is not None and self.reset_after else self.bias

    def fused(self) -> Kernel | None:
        """Torch's GRU resets after the sums, and computes with tanh and sigmoid only."""
        if not self.reset_after or self.activation not in (activations.tanh, torch.tanh):
            return None
        if self.recurrent_activation not in (activations.sigmoid, torch.sigmoid):
            return None
        kernel, recurrent_kernel, bias = self.kernel, self.recurrent_kernel, self.bias
        return lambda sequences, states, _: fused_gru(sequences, states, kernel, recurrent_kernel, bias)

    def step(self, states: States, training: bool) -> Step:
        """The update gate mixes the old state and a new candidate, which the reset gate may cut off."""
        masks = self.state_masks(states, training)
        content, gate = self.activation or activations.linear, self.recurrent_activation or activations.linear
        sums_after = self._reset_after if self.reset_after else self._reset_before

        def step(projected: Tensor, states: States) -> tuple[Tensor, States]:
            hidden = states[0]
            update, candidate = sums_after(projected, hidden, masks, gate)
            hidden = update * hidden + (1 - update) * content(candidate)
            return hidden, [hidden]

        return step

    def _reset_after(
        self, projected: Tensor, hidden: Tensor, masks: list[Tensor] | None, gate: Activation
    ) -> tuple[Tensor, Tensor]:
        """Update gate, and sums of the candidate: the state's part of the sums is cut."""
        sums = self.gate_sums(hidden, masks)
        if self.bias is not None:
            sums = sums + self.bias[1]
        gates, new = projected.split([2 * self.units, self.units], dim=-1)
        state_gates, state_new = sums.split([2 * self.units, self.units], dim=-1)
        update, reset = _both_gates(gate, gates + state_gates)
        return update, new + reset * state_new

    def _reset_before(
        self, projected: Tensor, hidden: Tensor, masks: list[Tensor] | None, gate: Activation
    ) -> tuple[Tensor, Tensor]:
        """Update gate, and sums of the candidate: the state is cut before it is summed up."""
        z_in, r_in, new = projected.chunk(3, dim=-1)
        z_kernel, r_kernel, new_kernel = self.recurrent_kernel.chunk(3, dim=1)
        for_z, for_r, for_new = [hidden * mask for mask in masks] if masks else [hidden] * 3
        update = gate(z_in + for_z @ z_kernel)
        reset = gate(r_in + for_r @ r_kernel)
        return update, new + (reset * for_new) @ new_kernel


_NUMBER_BY_NUMBER = (activations.sigmoid, torch.sigmoid, activations.hard_sigmoid)


def _both_gates(gate: Activation, sums: Tensor) -> tuple[Tensor, Tensor]:
    """Update and reset gate; at once where the activation looks at each number alone."""
    if gate in _NUMBER_BY_NUMBER:
        update, reset = gate(sums).chunk(2, dim=-1)
        return update, reset
    update, reset = sums.chunk(2, dim=-1)
    return gate(update), gate(reset)


@register("Recurrent")
class GRU(UnitsRNN):
    """Reads a sequence step by step with a memory of two gates: smaller and faster than an LSTM.

    Formula:
        z, r = recurrent_activation(x·W + h·U + b); n = activation(x·W' + r·(h·U' + b')); h = z·h + (1 - z)·n

    Args:
        reset_after: True lets the reset gate act on the sums of the state, False on the state itself.

    Call args:
        sequences: (batch, steps, features).
        hidden_state: Hidden state to start from, (batch, units); zeros when unwired.

    Source:
        Cho et al. 2014, https://arxiv.org/abs/1406.1078
    """

    state_names = ("hidden_state",)
    takes_implementation = True
    recurrent_activation = of_cell("recurrent_activation")
    reset_after = of_cell("reset_after")

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        recurrent_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dropout: Rate = 0.0,
        recurrent_dropout: Rate = 0.0,
        seed: Seed = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell = GRUCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            reset_after=reset_after,
            seed=seed,
            name="gru_cell",
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.use_cudnn = use_cudnn

    def call(
        self,
        sequences: Tensor,
        initial_state: Annotated[list[Tensor] | None, Parts(("hidden_state",))] = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """The output, with `return_state` followed by the hidden state."""
        return self.run(sequences, initial_state, mask, training)
