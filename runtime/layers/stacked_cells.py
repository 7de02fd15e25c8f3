"""Several recurrent cells as one: the output of each is the input of the next."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.layers.base import Layer
from runtime.layers.measured import total
from runtime.layers.recurrent_cells import flat_sizes, flat_states, run_cell
from runtime.layers.recurrent_kernels import States
from runtime.layers.registration import register, resolve_layer
from runtime.layers.spec import layer_spec
from runtime.types import Shape


@register("")
class StackedRNNCells(Layer):
    """One step of several recurrent cells on top of each other.

    Args:
        cells: The cells, the lowest first.

    Call args:
        inputs: (batch, features).
        states: The states of all cells, the lowest cell's first, (batch, units) each.

    Source:
        https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/
    """

    cells: list[Layer]

    def __init__(self, cells: Sequence[Layer], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells = self._arguments["cells"] = [resolve_layer(cell) for cell in cells]
        wrong = [cell.label for cell in self.cells if not hasattr(cell, "state_size")]
        if wrong or not self.cells:
            raise ParameterError(
                f"StackedRNNCells(cells=…) got {' and '.join(wrong) or 'none'}, but it wants layers that "
                "have a state_size, one at least.",
                parameter="cells",
                received=cells,
                hint="Take LSTMCell, GRUCell or SimpleRNNCell, or give your cell an attribute state_size.",
            )

    @property
    def state_size(self) -> list[Any]:
        """How many numbers each state of each cell holds."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """How many numbers come out of the last cell."""
        last = self.cells[-1]
        return getattr(last, "output_size", None) or flat_sizes(last.state_size)[0]

    def build(self, input_shape: Shape) -> None:
        """Makes the weights of all cells."""
        for cell in self.cells:
            cell.build_from_shapes({layer_spec(type(cell)).inputs[0].name: input_shape})
            size = getattr(cell, "output_size", None) or flat_sizes(cell.state_size)[0]
            input_shape = (input_shape[0], size)

    def macs(self, input_shape: Shape) -> int | None:
        """Those of all cells."""
        amounts: list[int | None] = []
        for cell in self.cells:
            amounts.append(cell.macs(input_shape))
            size = getattr(cell, "output_size", None) or flat_sizes(cell.state_size)[0]
            input_shape = (input_shape[0], size)
        return total(*amounts)

    def get_initial_state(self, batch_size: int) -> States:
        """What each cell says, or zeros."""
        states: States = []
        for cell in self.cells:
            own = getattr(cell, "get_initial_state", None)
            if own is None:
                like = next(iter(self.weights), torch.zeros(()))
                states += [like.new_zeros(batch_size, size) for size in flat_sizes(cell.state_size)]
            else:
                states += flat_states(own(batch_size=batch_size))
        return states

    def call(
        self, inputs: Tensor, states: list[Tensor], training: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """One step of all cells: the last one's output, and all states."""
        outputs, after = self.run(inputs.unsqueeze(1), list(states), None, training)
        return outputs.squeeze(1), after

    def run(
        self, sequences: Tensor, states: States, mask: Tensor | None = None, training: bool = False
    ) -> tuple[Tensor, States]:
        """Runs whole sequences through one cell after the other: the same as all cells step by step."""
        after: States = []
        for cell in self.cells:
            count = len(flat_sizes(cell.state_size))
            sequences, ended = run_cell(cell, sequences, states[:count], mask, training)
            states, after = states[count:], after + ended
        return sequences, after

    def compute_output_shape(self, input_shape: Shape, states_shape: Any = None) -> tuple[Shape, ...]:
        """The output (batch, units) of the last cell, and all states."""
        del states_shape
        batch = input_shape[0]
        return (batch, self.output_size), *((batch, size) for size in flat_sizes(self.state_size))
