"""One step of a convolutional LSTM: the sums of its gates are convolutions."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime import activations
from runtime.errors import ShapeError
from runtime.layers.arguments import (
    ActivationLike,
    Count,
    DataFormat,
    Padding,
)
from runtime.layers.checking import require_known
from runtime.layers.convolution import CONVOLUTIONS, refuse_strides_with_dilation
from runtime.layers.lstm import LSTMCell
from runtime.layers.measured import product, total
from runtime.layers.recurrent_cells import RecurrentCell
from runtime.layers.recurrent_kernels import States, Step, run_steps
from runtime.layers.spatial import PerAxis, per_axis
from runtime.layers.windows import Windowed, same_padding
from runtime.types import Shape, show_shape


class ConvLSTMCell(Windowed, RecurrentCell):
    """One step of a convolutional long short-term memory.

    Args:
        filters: How many channels the state has and come out.
        kernel_size: Size of the filters' window.
        strides: How far the window moves from one place to the next, on the inputs.
        padding: "valid" keeps the window inside the input, "same" adds zeros around it.
        data_format: Where the channels stand; None is "channels_last".
        dilation_rate: Distance between the places a filter looks at, on the inputs.
        unit_forget_bias: True starts the bias of the forget gate at 1: at first, all is kept.

    Call args:
        inputs: (batch, …, channels).
        states: Hidden state and carry, (batch, …, filters) each.
    """

    gates: ClassVar[int] = 4

    def __init__(
        self,
        filters: Count,
        kernel_size: PerAxis,
        strides: PerAxis,
        padding: Padding,
        data_format: DataFormat,
        dilation_rate: PerAxis,
        recurrent_activation: ActivationLike,
        unit_forget_bias: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(kernel_size, strides, padding, dilation_rate, data_format, units=filters, **kwargs)
        self.filters = filters
        self.kernel_size = per_axis(kernel_size, self.rank)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.step_shape: Shape = ()
        """What the cell was built for."""
        refuse_strides_with_dilation(self)

    @property
    def state_size(self) -> list[int]:
        """Channels of hidden state and carry."""
        return [self.filters, self.filters]

    def build(self, input_shape: Shape) -> None:
        """Makes kernel (*window, channels, 4 · filters), recurrent kernel and bias."""
        channels = require_known(self, input_shape, self.channel_axis, "number of channels", port="sequences")
        self.step_shape = (None, *input_shape[1:])
        columns = self.gates * self.filters
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, columns),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            (*self.kernel_size, self.filters, columns),
            self.recurrent_initializer,
            name="recurrent_kernel",
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (columns,),
                self._bias_start(),
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    _bias_start = LSTMCell._bias_start
    _forget_nothing = LSTMCell._forget_nothing

    def macs(self, input_shape: Shape) -> int | None:
        """A convolution of the input and one of the hidden state, for all gates."""
        places = self.sizes_of(self.state_shape(input_shape))
        channels = total(self.channels_of(input_shape), self.filters)
        return product(*places, *self.kernel_size, channels, self.gates, self.filters)

    def get_initial_state(self, batch_size: int) -> States:
        """Zeros for hidden state and carry."""
        sizes = [size or 0 for size in self.state_shape(self.step_shape)[1:]]
        return [self.kernel.new_zeros(batch_size, *sizes) for _ in range(2)]

    def state_shape(self, step_shape: Shape) -> Shape:
        """Shape of each state, and of the output of a step."""
        return self.window_shape(step_shape, self.filters, "kernel_size")

    def compute_output_shape(self, input_shape: Shape, states_shape: Any = None) -> tuple[Shape, ...]:
        """The output of a step, and both states."""
        del states_shape
        shape = self.state_shape(input_shape)
        return shape, shape, shape

    def run(
        self, sequences: Tensor, states: States, mask: Tensor | None = None, training: bool = False
    ) -> tuple[Tensor, States]:
        """Runs along whole sequences: the inputs are convolved at once, the state step by step."""
        batch, steps = sequences.shape[:2]
        if not sequences.is_floating_point():
            sequences = sequences.to(self.kernel.dtype)
        self._check_states(sequences, states)
        states = [self.as_torch(state) for state in states]
        projected = self.project(sequences, training).unflatten(0, (batch, steps))
        outputs, after = run_steps(self.step(states, training), projected, states, mask)
        outputs = self.from_torch(outputs.flatten(0, 1)).unflatten(0, (batch, steps))
        return outputs, [self.from_torch(state) for state in after]

    def _check_states(self, sequences: Tensor, states: States) -> None:
        wanted = self.state_shape((sequences.shape[0], *sequences.shape[2:]))
        for state in states:
            if tuple(state.shape) != wanted:
                raise ShapeError(
                    f"{self.label} keeps states of {show_shape(wanted)}, "
                    f"but gets one of {show_shape(tuple(state.shape))}.",
                    port="initial_state",
                    hint="Give states of a layer with as many filters, for pictures of that size.",
                )

    def drops_inputs(self, training: bool) -> bool:
        """True if some of the inputs are dropped. As in Keras, to drop all of them is to drop nothing."""
        return training and 0 < self.dropout < 1

    def project(self, sequences: Tensor, training: bool) -> Tensor:
        """The part of the sums from the inputs, (batch · steps, 4 · filters, …) in torch's order."""
        kernel, bias = self.torch_kernel(self.kernel), self.bias
        if not self.drops_inputs(training):
            return self._input_convolution(sequences, kernel, bias)
        # As in Keras, each gate drops other inputs.
        blocks = kernel.chunk(self.gates)
        biases = [None] * self.gates if bias is None else bias.chunk(self.gates)
        return torch.cat(
            [
                self._input_convolution(self.drop_inputs(sequences), block, one)
                for block, one in zip(blocks, biases, strict=True)
            ],
            dim=1,
        )

    def _input_convolution(self, sequences: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        pixels, padding = self.padded(self.as_torch(sequences.flatten(0, 1)))
        strides, dilation = self._torch_strides, self._torch_dilation
        return CONVOLUTIONS[self.rank](pixels, kernel, bias, strides, padding, dilation)

    def step(self, states: States, training: bool) -> Step:
        """Input, forget and output gate decide, at each place, what enters, stays in and leaves the carry."""
        masks = self.state_masks(states, training)
        content, gate = self.activation or activations.linear, self.recurrent_activation or activations.linear
        kernel = self.torch_kernel(self.recurrent_kernel)
        edges = [same_padding(size, window, 1) for size, window in self._recurrent_sizes(states[0])]
        amounts = [amount for edge in reversed(edges) for amount in edge]

        def sums(hidden: Tensor) -> Tensor:
            convolve = CONVOLUTIONS[self.rank]
            if masks is None:
                return convolve(F.pad(hidden, amounts), kernel)
            blocks = zip(masks, kernel.chunk(self.gates), strict=True)
            return torch.cat(
                [convolve(F.pad(hidden * mask, amounts), block) for mask, block in blocks], dim=1
            )

        def step(projected: Tensor, states: States) -> tuple[Tensor, States]:
            hidden, carry = states
            enter, keep, new, leave = (projected + sums(hidden)).chunk(4, dim=1)
            carry = gate(keep) * carry + gate(enter) * content(new)
            hidden = gate(leave) * content(carry)
            return hidden, [hidden, carry]

        return step

    def _recurrent_sizes(self, hidden: Tensor) -> Any:
        return zip(hidden.shape[2:], self.for_torch(self.kernel_size), strict=True)


class ConvLSTMCell1D(ConvLSTMCell, rank=1):
    """One step on sequences."""


class ConvLSTMCell2D(ConvLSTMCell, rank=2):
    """One step on pictures."""


class ConvLSTMCell3D(ConvLSTMCell, rank=3):
    """One step on volumes."""
