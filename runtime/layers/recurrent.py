"""`RNN`: runs a cell along a sequence; what LSTM, GRU and SimpleRNN have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from runtime.errors import ParameterError, ShapeError
from runtime.layers.base import Layer
from runtime.layers.checking import require_known, sizes_fit
from runtime.layers.measured import product
from runtime.layers.reach import Sight
from runtime.layers.recurrent_cells import flat_sizes, flat_states, run_cell
from runtime.layers.recurrent_kernels import States, zero_masked
from runtime.layers.registration import register, resolve_layer
from runtime.layers.spec import layer_spec
from runtime.layers.stacked_cells import StackedRNNCells
from runtime.types import Shape, is_shape, show_shape


@register("")
class RNN(Layer):
    """Reads a sequence step by step with a cell that you choose.

    Args:
        cell: The layer that does one step: an LSTMCell, GRUCell, SimpleRNNCell or one of your own; a list of
            cells is stacked.
        return_sequences: True gives the output of every step, False only that of the last one.
        return_state: True gives the state after the last step as well.
        go_backwards: True reads the sequence from its end; the outputs then stand in that order.
        stateful: True starts each batch with the state the batch before ended with.
        unroll: Accepted for Keras's sake: there is no other way here.
        zero_output_for_mask: True gives 0 for masked steps, False the output of the step before.

    Call args:
        sequences: (batch, steps, features).
        initial_state: State to start from, one tensor (batch, units) for each; zeros when unwired.

    Source:
        https://keras.io/api/layers/recurrent_layers/rnn/
    """

    supports_mask = True
    state_names: ClassVar[tuple[str, ...]] = ()
    """Names of the states, in order; numbered when empty."""
    cell: Layer

    def __init__(
        self,
        cell: Layer,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        cell = StackedRNNCells(cell) if isinstance(cell, list | tuple) else resolve_layer(cell)
        self.cell = self._arguments["cell"] = cell
        if not hasattr(self.cell, "state_size"):
            raise ParameterError(
                f"RNN(cell=…) got {self.cell.label}, which has no state_size.",
                parameter="cell",
                received=cell,
                hint="Take an LSTMCell, GRUCell or SimpleRNNCell, or give your cell an attribute state_size.",
            )
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.states: States | None = None

    @property
    def state_sizes(self) -> list[int]:
        """How many numbers each state holds."""
        return flat_sizes(getattr(self.cell, "state_size", 0))

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        """Makes the weights of the cell."""
        del initial_state_shape
        step_shape = (sequences_shape[0], *sequences_shape[2:])
        self.cell.build_from_shapes({layer_spec(type(self.cell)).inputs[0].name: step_shape})

    def call(
        self,
        sequences: Tensor,
        initial_state: list[Tensor] | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """The output, with `return_state` followed by the states."""
        return self.run(sequences, initial_state, mask, training)

    def run(
        self, sequences: Tensor, initial_state: Any = None, mask: Tensor | None = None, training: bool = False
    ) -> Any:
        """Starts from the right state, runs the cell, keeps the state if asked, gives what is asked for."""
        states = self._start(sequences, initial_state)
        if mask is not None:
            mask = mask.bool()
        if self.go_backwards:
            sequences = sequences.flip(1)
            mask = None if mask is None else mask.flip(1)
        outputs, states = run_cell(self.cell, sequences, states, mask, training)
        if mask is not None and self.zero_output_for_mask:
            outputs = zero_masked(outputs, mask)
        if self.stateful:
            self.states = [state.detach() for state in states]
        output = outputs if self.return_sequences else outputs[:, -1]
        return (output, *self._by_cell(states)) if self.return_state else output

    def _by_cell(self, states: Sequence[Any]) -> list[Any]:
        """The states as the cell counts them: those of a stacked cell that has several in a list."""
        rest = iter(states)
        sizes = getattr(self.cell, "state_size", 0)
        if isinstance(sizes, int):
            return list(rest)
        return [
            next(rest) if isinstance(size, int) else [next(rest) for _ in flat_sizes(size)] for size in sizes
        ]

    def _start(self, sequences: Tensor, initial_state: Any) -> States:
        batch = sequences.shape[0]
        if initial_state is not None:
            states = flat_states(initial_state)
            if len(states) != len(self.state_sizes):
                raise ShapeError(
                    f"{self.label} has {len(self.state_sizes)} states, but initial_state has {len(states)}.",
                    port="initial_state",
                    hint="Give all of them, in the order in which return_state gives them.",
                )
            return states
        if self.states is None:
            return self.get_initial_state(batch)
        if self.states[0].shape[0] != batch:
            raise ShapeError(
                f"{self.label} keeps the state of {self.states[0].shape[0]} sequences, but gets {batch}.",
                port="sequences",
                hint="A stateful layer needs batches of one size; call reset_state() to begin anew.",
            )
        # What predict() kept cannot take part in training unless it is copied.
        return [state.clone() if state.is_inference() else state for state in self.states]

    def get_initial_state(self, batch_size: int) -> States:
        """Zeros for each state, or what the cell says."""
        own = getattr(self.cell, "get_initial_state", None)
        if own is not None:
            return flat_states(own(batch_size=batch_size))
        weight = next(iter(self.cell.weights), torch.zeros(()))
        return [weight.new_zeros(batch_size, size) for size in self.state_sizes]

    def reset_state(self) -> None:
        """Forgets the state that a stateful layer kept."""
        self.states = None

    reset_states = reset_state

    def output_names(self, **settings: Any) -> tuple[str, ...]:
        """The output, with `return_state` followed by the states."""
        del settings
        if not self.return_state:
            return ("output",)
        numbered = tuple(f"state_{number}" for number in range(len(self.state_sizes)))
        return ("output", *(self.state_names or numbered))

    def compute_output_shape(self, sequences_shape: Shape, initial_state_shape: Any = None) -> Any:
        """(batch, units), or (batch, steps, units) with `return_sequences`; then the states if asked.

        Raises:
            ShapeError: The input is no batch of sequences, or a state does not fit.
        """
        self._check(sequences_shape)
        if self.stateful and sequences_shape[0] is None:
            raise ShapeError(
                f"{self.label} is stateful: it keeps a state for each sequence of a batch, but the size of "
                "the batch is unknown.",
                port="sequences",
                hint="State it in the Input: keras.Input(batch_shape=(32, 10, 8)).",
            )
        states = self.state_shapes(sequences_shape)
        if initial_state_shape is not None:
            check_states(self, states, sequences_shape[0], initial_state_shape)
        batch, steps = sequences_shape[0], sequences_shape[1]
        sizes = self.output_sizes(sequences_shape)
        output = (batch, steps, *sizes) if self.return_sequences else (batch, *sizes)
        return (
            (output, *self._by_cell([(batch, *sizes) for sizes in states])) if self.return_state else output
        )

    def macs(self, sequences_shape: Shape, initial_state_shape: Any = None) -> int | None:
        """Those of the cell, for each step."""
        del initial_state_shape
        step_shape = (sequences_shape[0], *sequences_shape[2:])
        return product(sequences_shape[1], self.cell.macs(step_shape))

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """All steps and features; of a cell on pictures nothing can be said."""
        del place
        return {} if len(shape) <= 3 else None

    def state_shapes(self, sequences_shape: Shape) -> list[Shape]:
        """Sizes of each state, without the batch."""
        del sequences_shape
        return [(size,) for size in self.state_sizes]

    def output_sizes(self, sequences_shape: Shape) -> Shape:
        """Sizes of the output of a step, without the batch."""
        del sequences_shape
        return (getattr(self.cell, "output_size", None) or self.state_sizes[0],)

    def _check(self, shape: Shape) -> None:
        # A cell of one's own may take steps of any shape; those here take features.
        if len(shape) < 3 or (len(shape) > 3 and hasattr(self.cell, "run")):
            raise ShapeError(
                f"{self.label} wants batch × steps × features (3 axes), but gets {show_shape(shape)} "
                f"({len(shape)} {'axis' if len(shape) == 1 else 'axes'}).",
                port="sequences",
                hint="Set return_sequences=True on the recurrent layer before it."
                if len(shape) < 3
                else "Reshape the input, or put a TimeDistributed(Flatten()) before it.",
            )
        features = require_known(self, shape, -1, "number of features (the last axis)", port="sequences")
        kernel = getattr(self.cell, "kernel", None) if self.built else None
        if kernel is not None and kernel.shape[0] != features:
            raise ShapeError(
                f"{self.label} was built for {kernel.shape[0]} features, but gets {features}.",
                port="sequences",
                hint="A layer that is used twice needs inputs of equal size.",
            )

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask goes on with the outputs of all steps; a single output and the states have none."""
        del inputs
        mask = previous_mask if self.return_sequences else None
        return [mask, *[None] * len(self.state_sizes)] if self.return_state else mask

    def get_config(self) -> dict[str, Any]:
        """Everything needed to make an equal layer, as JSON values."""
        config = super().get_config()
        return config | {"zero_output_for_mask": True} if self.zero_output_for_mask else config


def check_states(layer: Layer, states: list[Shape], batch: int | None, shapes: Any) -> None:
    """Raises unless there is one state of the right size for each that the layer has.

    Args:
        layer: The layer that asks, for the message.
        states: Sizes of each of its states, without the batch.
        batch: Number of sequences, None if unknown.
        shapes: The states' shapes: one, or a list of them.

    Raises:
        ShapeError: A state is missing, one too many, or of the wrong size.
    """
    shapes = [shapes] if is_shape(shapes) else list(shapes)
    parts = [port.name for port in layer_spec(type(layer)).inputs if port.argument == "initial_state"]
    if len(shapes) != len(states):
        raise ShapeError(
            f"{layer.label} has {len(states)} {'state' if len(states) == 1 else 'states'}, but gets "
            f"{len(shapes)} to start from.",
            port=parts[min(len(shapes), len(parts)) - 1] if len(parts) > 1 else parts[0],
            hint="Give all of them, in the order in which return_state gives them, or none.",
        )
    for place, (sizes, shape) in enumerate(zip(states, shapes, strict=True)):
        if not sizes_fit((batch, *sizes), shape):
            raise ShapeError(
                f"{layer.label} starts from a state of {show_shape((batch, *sizes))}, but gets "
                f"{show_shape(shape)}.",
                port=parts[place] if len(parts) > 1 else parts[0],
                hint="Wire a state of the same kind of layer with as many units, or a Dense of that size.",
            )


def of_cell(name: str) -> Any:
    """An attribute of a recurrent layer that its cell holds."""
    return property(lambda layer: getattr(layer.cell, name), doc=f"The cell's `{name}`.")


class UnitsRNN(RNN):
    """A recurrent layer that makes its own cell.

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
        activity_regularizer: Penalty on large outputs.
        kernel_constraint: Rule the weights of the inputs are held to after each step of the optimizer.
        recurrent_constraint: Rule the weights of the state are held to after each step of the optimizer.
        bias_constraint: Rule the biases are held to after each step of the optimizer.
        dropout: Fraction (0 to 1) of the inputs that is dropped in training, the same at all steps.
        recurrent_dropout: Fraction (0 to 1) of the state that is dropped in training; runs slower.
        seed: A whole number that makes dropout repeat; None for new draws each time.
        use_cudnn: Accepted for Keras's sake: the fastest kernel is taken in any case.
    """

    takes_implementation: ClassVar[bool] = False
    """True if Keras lets one choose how the sums are grouped; the result is the same."""

    def __init__(self, cell: Layer, **kwargs: Any) -> None:
        if self.takes_implementation:
            kwargs.pop("implementation", None)
        super().__init__(cell, **kwargs)

    units = of_cell("units")
    activation = of_cell("activation")
    use_bias = of_cell("use_bias")
    kernel_initializer = of_cell("kernel_initializer")
    recurrent_initializer = of_cell("recurrent_initializer")
    bias_initializer = of_cell("bias_initializer")
    kernel_regularizer = of_cell("kernel_regularizer")
    recurrent_regularizer = of_cell("recurrent_regularizer")
    bias_regularizer = of_cell("bias_regularizer")
    kernel_constraint = of_cell("kernel_constraint")
    recurrent_constraint = of_cell("recurrent_constraint")
    bias_constraint = of_cell("bias_constraint")
    dropout = of_cell("dropout")
    recurrent_dropout = of_cell("recurrent_dropout")
    seed = of_cell("seed")
