"""What the cells of recurrent layers share: weights for all gates, dropout, and running along a sequence."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import torch
from torch import Tensor

from runtime import activations, constraints, initializers, regularizers
from runtime.errors import ShapeError
from runtime.layers.base import Layer
from runtime.layers.checking import require_known, require_rank
from runtime.layers.measured import product, total
from runtime.layers.recurrent_kernels import Kernel, States, Step, run_masked, run_steps
from runtime.layers.regularization import drop
from runtime.layers.weights import Weight
from runtime.types import Shape, show_shape


class RecurrentCell(Layer):
    """One step of a recurrent layer: the input of now and the state so far make the state from now on.

    Args:
        units: How many numbers the state holds and come out at each step.
        activation: Function applied to the new content; None for none.
        recurrent_activation: Function that makes the gates, which open (1) and shut (0).
        use_bias: True adds a learned number to each sum.
        kernel_initializer: Start values of the weights of the inputs.
        recurrent_initializer: Start values of the weights of the state.
        bias_initializer: Start values of the biases.
        kernel_regularizer: Penalty on large weights of the inputs.
        recurrent_regularizer: Penalty on large weights of the state.
        bias_regularizer: Penalty on large biases.
        kernel_constraint: Rule the weights of the inputs are held to after each step of the optimizer.
        recurrent_constraint: Rule the weights of the state are held to after each step of the optimizer.
        bias_constraint: Rule the biases are held to after each step of the optimizer.
        dropout: Fraction (0 to 1) of the inputs that is dropped in training.
        recurrent_dropout: Fraction (0 to 1) of the state that is dropped in training; runs slower.
        seed: A whole number that makes dropout repeat; None for new draws each time.

    Call args:
        inputs: (batch, features).
        states: The states before the step, (batch, units) each.
    """

    gates: ClassVar[int] = 1
    """How many blocks of `units` columns the kernels have."""
    kernel: Weight
    recurrent_kernel: Weight
    bias: Weight | None

    def __init__(
        self,
        units: int,
        *,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        # Keras 2 and 3 let one choose how the sums are grouped; the result is the same.
        kwargs.pop("implementation", None)
        super().__init__(**kwargs)
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self._generator: torch.Generator | None = None

    @property
    def state_size(self) -> int | list[int]:
        """How many numbers each state holds."""
        return self.units

    @property
    def output_size(self) -> int:
        """How many numbers come out of a step."""
        return self.units

    def build(self, input_shape: Shape) -> None:
        """Makes kernel (features, gates · units), recurrent kernel (units, gates · units) and bias."""
        features = require_known(
            self, input_shape, -1, "number of features (the last axis)", port="sequences"
        )
        columns = self.gates * self.units
        self.kernel = self.add_weight(
            (features, columns),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, columns),
            self.recurrent_initializer,
            name="recurrent_kernel",
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                self._bias_shape(),
                self._bias_start(),
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _bias_shape(self) -> Sequence[int]:
        return (self.gates * self.units,)

    def _bias_start(self) -> Any:
        return self.bias_initializer

    def macs(self, input_shape: Shape) -> int | None:
        """All gates sum over the features and over the state."""
        return product(total(input_shape[-1], self.units), self.gates, self.units)

    def get_initial_state(self, batch_size: int) -> States:
        """Zeros for each state."""
        return [self.kernel.new_zeros(batch_size, size) for size in flat_sizes(self.state_size)]

    def call(
        self, inputs: Tensor, states: list[Tensor], training: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """One step: the output, and the states after it."""
        projected = self.project(inputs.unsqueeze(1), training).squeeze(1)
        return self.step(states, training)(projected, list(states))

    def compute_output_shape(self, input_shape: Shape, states_shape: Any = None) -> tuple[Shape, ...]:
        """The output (batch, units), and the states."""
        del states_shape
        require_rank(self, input_shape, 2, "batch × features")
        batch = input_shape[0]
        return (batch, self.output_size), *((batch, size) for size in flat_sizes(self.state_size))

    def run(
        self, sequences: Tensor, states: States, mask: Tensor | None = None, training: bool = False
    ) -> tuple[Tensor, States]:
        """Runs along whole sequences (batch, steps, features): all outputs, and the states at the end."""
        if not sequences.is_floating_point():
            sequences = sequences.to(self.kernel.dtype)
        # Torch's kernels read on past the end of what is too short.
        self._check_sizes(sequences, states)
        kernel = None if self.drops_state(training) else self.fused()
        if kernel is None:
            return run_steps(self.step(states, training), self.project(sequences, training), states, mask)
        if self.drops_inputs(training):
            sequences = self.drop_inputs(sequences)
        if mask is None:
            return kernel(sequences, states, None)
        return run_masked(kernel, sequences, states, mask)

    def _check_sizes(self, sequences: Tensor, states: States) -> None:
        features = self.kernel.shape[0]
        if sequences.shape[-1] != features:
            raise ShapeError(
                f"{self.label} was built for {features} features, but gets {sequences.shape[-1]}.",
                port="sequences",
                hint="A layer that is used twice needs inputs of equal size.",
            )
        for state in states:
            if state.shape != (sequences.shape[0], self.units):
                raise ShapeError(
                    f"{self.label} keeps states of {sequences.shape[0]} × {self.units} (batch × units), "
                    f"but gets one of {show_shape(tuple(state.shape))}.",
                    port="initial_state",
                    hint="Give states of a layer with as many units, for as many sequences.",
                )

    def fused(self) -> Kernel | None:
        """Torch's kernel for the cell as it is set, or None where there is none."""
        return None

    def step(self, states: States, training: bool) -> Step:
        """The function of one step on a projected input; dropout of the state is drawn once for all steps."""
        raise NotImplementedError

    def project(self, sequences: Tensor, training: bool) -> Tensor:
        """The part of the sums that comes from the inputs, for all steps and gates at once."""
        kernel, bias = self.kernel, self.input_bias
        if self.drops_inputs(training) and self.drops_state(training):
            # As in Keras, each gate then drops other inputs.
            blocks = kernel.chunk(self.gates, dim=1)
            sums = torch.cat([self.drop_inputs(sequences) @ block for block in blocks], dim=-1)
        elif self.drops_inputs(training):
            sums = self.drop_inputs(sequences) @ kernel
        else:
            sums = sequences @ kernel
        return sums if bias is None else sums + bias

    @property
    def input_bias(self) -> Tensor | None:
        """The bias that is added to the sums of the inputs."""
        return self.bias

    def state_masks(self, states: States, training: bool) -> list[Tensor] | None:
        """What the state is multiplied with before it enters each gate, or None for no dropout."""
        if not self.drops_state(training):
            return None
        ones, rate = torch.ones_like(states[0]), self.recurrent_dropout
        return [drop(ones, rate, ones.shape, self.generator(ones.device)) for _ in range(self.gates)]

    def gate_sums(self, state: Tensor, masks: list[Tensor] | None) -> Tensor:
        """The part of the sums that comes from the state, for all gates."""
        if masks is None:
            return state @ self.recurrent_kernel
        blocks = self.recurrent_kernel.chunk(self.gates, dim=1)
        return torch.cat([(state * mask) @ block for mask, block in zip(masks, blocks, strict=True)], dim=-1)

    def drops_inputs(self, training: bool) -> bool:
        """True if some of the inputs are dropped, or all of them."""
        return training and self.dropout > 0

    def drops_state(self, training: bool) -> bool:
        """True if some of the state is dropped. As in Keras, to drop all of it is to drop nothing."""
        return training and 0 < self.recurrent_dropout < 1

    def drop_inputs(self, sequences: Tensor) -> Tensor:
        """The inputs with a part of the features dropped, the same ones at all steps of a sequence."""
        return drop(sequences, self.dropout, sequences[:, :1].shape, self.generator(sequences.device))

    def generator(self, device: torch.device) -> torch.Generator | None:
        """The layer's own source of random numbers; None is torch's common one."""
        if self.seed is not None and (self._generator is None or self._generator.device != device):
            self._generator = torch.Generator(device).manual_seed(self.seed)
        return self._generator


def run_cell(
    cell: Layer, sequences: Tensor, states: States, mask: Tensor | None, training: bool
) -> tuple[Tensor, States]:
    """Runs any cell along sequences: by its own `run` if it has one, else by one call a step."""
    run = getattr(cell, "run", None)
    if run is not None:
        return run(sequences, states, mask, training)

    def step(inputs: Tensor, before: States) -> tuple[Tensor, States]:
        output, after = cell(inputs, before, training=training)
        return output, list(after) if isinstance(after, list | tuple) else [after]

    return run_steps(step, sequences, states, mask)


def flat_sizes(sizes: Any) -> list[int]:
    """A number, or nested lists of them, as one list."""
    if isinstance(sizes, int):
        return [sizes]
    return [size for item in cast(Sequence[Any], sizes) for size in flat_sizes(item)]


def flat_states(states: Any) -> States:
    """A state, or nested lists of them, as one list."""
    if isinstance(states, Tensor):
        return [states]
    return [state for item in states for state in flat_states(item)]
