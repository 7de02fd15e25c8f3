"""The state an optimizer keeps for each weight: made, saved and loaded."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from runtime.errors import ShapeError
from runtime.optimizers.settings import OptimizerSettings

Slots = dict[str, list[Tensor]]
"""State of the weights: name of the slot → one tensor for each weight."""


class OptimizerState(OptimizerSettings):
    """The part of an optimizer that belongs to the weights it was built with."""

    def __init__(self, learning_rate: Any, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        self.built = False
        self._parameters: list[nn.Parameter] = []
        self._index: dict[int, int] = {}
        self._slots: Slots = {}
        self._state: list[tuple[str, Tensor]] = []
        self._constrained: list[tuple[nn.Parameter, Callable[[Tensor], Tensor]]] = []
        self._lies_dense = True
        self._device = torch.device("cpu")

    def build(self, parameters: Iterable[nn.Parameter]) -> None:
        """Makes the state for the weights that are to be trained.

        Args:
            parameters: The weights, in the order in which their state is saved.
        """
        if self.built:
            return
        self._parameters = list(parameters)
        self._index = {id(parameter): index for index, parameter in enumerate(self._parameters)}
        constraints = [(one, getattr(one, "constraint", None)) for one in self._parameters]
        self._constrained = [(one, constraint) for one, constraint in constraints if constraint is not None]
        # The fused kernels take a weight for a block of memory without gaps.
        self._lies_dense = all(torch.empty_like(one).stride() == one.stride() for one in self._parameters)
        if self.use_ema:
            self.add_slots("average")
        if self.gradient_accumulation_steps:
            self.add_slots("gradient_accumulator")
        self.make_slots()
        if self._parameters:
            self._device = self._parameters[0].device
        self.built = True

    def make_slots(self) -> None:
        """Makes the state an optimizer needs, with `add_slots`; by default none."""

    def add_slots(self, *names: str, start: float = 0.0) -> None:
        """Adds one tensor of state for each weight and name; they are saved weight by weight.

        Args:
            *names: Names of the slots.
            start: Value to start from.
        """
        for name in names:
            self._slots[name] = [torch.full_like(one, start) for one in self._parameters]
        for index, parameter in enumerate(self._parameters):
            for name in names:
                self._state.append((self.slot_path(parameter, name), self._slots[name][index]))

    def slot_path(self, parameter: nn.Parameter, name: str) -> str:
        """The path under which a weight's slot is saved."""
        path = getattr(parameter, "path", "") or f"parameter_{self._index[id(parameter)]}"
        return f"{self.name}/{path.replace('/', '_')}_{name}"

    def follow_device(self) -> None:
        """Moves the state of the weights to where they are, should the model have been moved."""
        self._device = self._parameters[0].device
        for tensors in self._slots.values():
            for tensor in tensors:
                tensor.data = tensor.to(self._device)

    @property
    def variables(self) -> list[tuple[str, Tensor]]:
        """The state as it is saved: (path, tensor), in the order of Keras 3.

        The number of steps and the learning rate (unless it follows a schedule) come first.
        """
        head = [(f"{self.name}/iteration", torch.tensor(self._step, dtype=torch.int32))]
        if not callable(self._learning_rate):
            head.append((f"{self.name}/learning_rate", torch.tensor(self._learning_rate)))
        return head + self._state

    def state_of_keras_2(self, values: Sequence[Any], *, by_slot: bool) -> list[Any]:
        """The state as `variables` has it, from what Keras 2 saved: there the learning rate is a setting.

        Args:
            values: The number of steps and the slots.
            by_slot: True if all weights' first slots come before all second ones, as before Keras 2.11.
        """
        steps, *slots = values
        state = self.variables
        head = [np.float32(self._learning_rate)] if not callable(self._learning_rate) else []
        places = {id(tensor): place for place, (_, tensor) in enumerate(self._state)}
        if by_slot:
            ordered = [tensor for tensors in self._slots.values() for tensor in tensors]
            # Adam of Keras 2.0 has a third slot for each weight, a mere 0 unless it is in use.
            found = {places[id(one)]: value for one, value in zip(ordered, slots, strict=False)}
            slots = [found[place] for place in sorted(found)]
        rest = self.implied_state(int(np.asarray(steps)))
        return [steps, *head, *slots, *rest][: max(len(state), len(values))]

    def implied_state(self, steps: int) -> list[Any]:
        """The end of the state, as far as the number of steps says it all; by default nothing."""
        del steps
        return []

    def load_variables(self, values: Sequence[Any]) -> None:
        """Replaces the state.

        Args:
            values: One array for each entry of `variables`.

        Raises:
            ShapeError: There are more or fewer, or one has another shape; nothing is changed then.
        """
        state = self.variables
        arrays = [torch.as_tensor(np.asarray(value)) for value in values]
        if len(arrays) != len(state):
            raise ShapeError(
                f"The optimizer {self.name!r} has {len(state)} variables, but {len(arrays)} were given.",
                hint="The state belongs to another optimizer or to a model with other weights.",
            )
        for (path, mine), array in zip(state, arrays, strict=True):
            if mine.shape != array.shape:
                raise ShapeError(
                    f"The optimizer's variable {path!r} has the shape {tuple(mine.shape)}, but was given "
                    f"{tuple(array.shape)}.",
                    hint="The state belongs to another optimizer or to a model with other weights.",
                )
        self._step = int(arrays[0])
        # A file has it in float32: the same rate keeps the digits it was given with.
        if not callable(self._learning_rate) and np.float32(self._learning_rate) != float(arrays[1]):
            self._learning_rate = float(arrays[1])
        for (_, mine), array in zip(self._state, arrays[len(state) - len(self._state) :], strict=True):
            mine.copy_(array)
