"""The plain recurrent layer: the output of a step goes into the next one."""

from typing import Annotated, Any

import torch
from torch import Tensor

from runtime import activations
from runtime.layers.arguments import (
    ActivationLike,
    ConstraintLike,
    Count,
    InitializerLike,
    Rate,
    RegularizerLike,
    Seed,
)
from runtime.layers.recurrent import UnitsRNN
from runtime.layers.recurrent_cells import RecurrentCell
from runtime.layers.recurrent_kernels import Kernel, States, Step, fused_simple_rnn
from runtime.layers.registration import register
from runtime.types import Parts


@register("")
class SimpleRNNCell(RecurrentCell):
    """One step of a plain recurrent network.

    Call args:
        inputs: (batch, features).
        states: The hidden state, (batch, units).

    Source:
        Elman 1990, https://doi.org/10.1207/s15516709cog1402_1
    """

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = "tanh",
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

    def fused(self) -> Kernel | None:
        """Torch's plain network computes with tanh or relu only."""
        if self.activation in (activations.tanh, torch.tanh):
            name = "tanh"
        elif self.activation in (activations.relu, torch.relu):
            name = "relu"
        else:
            return None
        kernel, recurrent_kernel, bias = self.kernel, self.recurrent_kernel, self.bias
        return lambda sequences, states, _: fused_simple_rnn(
            name, sequences, states, kernel, recurrent_kernel, bias
        )

    def drops_state(self, training: bool) -> bool:
        """True if some of the state is dropped, or all of it."""
        return training and self.recurrent_dropout > 0

    def step(self, states: States, training: bool) -> Step:
        """Inputs and the output before are summed up and go through the activation."""
        masks = self.state_masks(states, training)
        content = self.activation or activations.linear

        def step(projected: Tensor, states: States) -> tuple[Tensor, States]:
            hidden = content(projected + self.gate_sums(states[0], masks))
            return hidden, [hidden]

        return step


@register("Recurrent")
class SimpleRNN(UnitsRNN):
    """Reads a sequence step by step and feeds its own output back: a short memory.

    Formula: h = activation(x·W + h·U + b)

    Call args:
        sequences: (batch, steps, features).
        hidden_state: Hidden state to start from, (batch, units); zeros when unwired.

    Source:
        Elman 1990, https://doi.org/10.1207/s15516709cog1402_1
    """

    state_names = ("hidden_state",)

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = "tanh",
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        cell = SimpleRNNCell(
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
            name="simple_rnn_cell",
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

    def call(
        self,
        sequences: Tensor,
        initial_state: Annotated[list[Tensor] | None, Parts(("hidden_state",))] = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """The output, with `return_state` followed by the hidden state."""
        return self.run(sequences, initial_state, mask, training)
