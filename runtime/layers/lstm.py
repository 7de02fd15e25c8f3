"""Long short-term memory: a recurrent layer that learns what to keep and what to forget."""

from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from runtime import activations, initializers
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
from runtime.layers.recurrent_kernels import Kernel, States, Step, fused_lstm
from runtime.layers.registration import register
from runtime.types import Parts


@register("")
class LSTMCell(RecurrentCell):
    """One step of a long short-term memory.

    Args:
        unit_forget_bias: True starts the bias of the forget gate at 1: at first, all is kept.

    Call args:
        inputs: (batch, features).
        states: Hidden state and carry, (batch, units) each.

    Source:
        Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735
    """

    gates: ClassVar[int] = 4

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        unit_forget_bias: bool = True,
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
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias

    @property
    def state_size(self) -> list[int]:
        """Hidden state and carry."""
        return [self.units, self.units]

    def _bias_start(self) -> Any:
        return self._forget_nothing if self.unit_forget_bias else self.bias_initializer

    def _forget_nothing(self, shape: Any, dtype: Any = None) -> Tensor:
        del shape
        first, ones = self.bias_initializer((self.units,), dtype=dtype), initializers.Ones()
        rest = self.bias_initializer((2 * self.units,), dtype=dtype)
        return torch.cat([first, ones((self.units,), dtype=dtype), rest])

    def fused(self) -> Kernel | None:
        """Torch's LSTM computes with tanh and sigmoid only."""
        if self.activation not in (activations.tanh, torch.tanh):
            return None
        if self.recurrent_activation not in (activations.sigmoid, torch.sigmoid):
            return None
        kernel, recurrent_kernel, bias = self.kernel, self.recurrent_kernel, self.bias
        return lambda sequences, states, skipped: fused_lstm(
            sequences, states, kernel, recurrent_kernel, bias, skipped
        )

    def step(self, states: States, training: bool) -> Step:
        """Input, forget and output gate decide what enters, stays in and leaves the carry."""
        masks = self.state_masks(states, training)
        content, gate = self.activation or activations.linear, self.recurrent_activation or activations.linear

        def step(projected: Tensor, states: States) -> tuple[Tensor, States]:
            hidden, carry = states
            enter, keep, new, leave = (projected + self.gate_sums(hidden, masks)).chunk(4, dim=-1)
            carry = gate(keep) * carry + gate(enter) * content(new)
            hidden = gate(leave) * content(carry)
            return hidden, [hidden, carry]

        return step


@register("Recurrent")
class LSTM(UnitsRNN):
    """Reads a sequence step by step and remembers what matters, over long distances as well.

    Formula:
        i, f, o = recurrent_activation(x·W + h·U + b); c = f·c + i·activation(x·W' + h·U' + b'); h =
        o·activation(c)

    Args:
        unit_forget_bias: True starts the bias of the forget gate at 1: at first, all is kept.

    Call args:
        sequences: (batch, steps, features).
        hidden_state: Hidden state to start from, (batch, units); zeros when unwired.
        cell_state: Carry to start from, (batch, units); zeros when unwired.

    Source:
        Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735
    """

    state_names = ("hidden_state", "cell_state")
    takes_implementation = True
    recurrent_activation = of_cell("recurrent_activation")
    unit_forget_bias = of_cell("unit_forget_bias")

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        unit_forget_bias: bool = True,
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
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell = LSTMCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            name="lstm_cell",
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
        initial_state: Annotated[list[Tensor] | None, Parts(("hidden_state", "cell_state"))] = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """The output, with `return_state` followed by hidden state and carry."""
        return self.run(sequences, initial_state, mask, training)
