"""A trained model with a tap behind every layer: what comes out of each, and how the answer hangs on it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from app.services.datasets.dataset import Array
from runtime.data import flatten
from runtime.errors import DataError
from runtime.models.arrangement import functional_of, graph_of
from runtime.models.graph import Graph
from runtime.models.program import can_skip_activation, compile_program
from runtime.symbolic import KerasTensor, Node

BATCH = 256


@dataclass(frozen=True)
class Tap:
    """A place in the model where one can look at what flows.

    Args:
        name: Unique in the model: the layer's name, and which call or output where there are several.
        tensor: The symbolic tensor there.
        node: The call it comes from.
    """

    name: str
    tensor: KerasTensor
    node: Node

    @property
    def sizes(self) -> tuple[int | None, ...]:
        """Shape of what flows here for one row."""
        return tuple(self.tensor.shape[1:])

    @property
    def is_float(self) -> bool:
        """Whether gradients can flow here."""
        return self.tensor.dtype.startswith(("float", "bfloat"))


class Probe:
    """A model that can be looked into.

    Args:
        model: The trained model.
        path: The file it is from.
    """

    def __init__(self, model: Any, path: Path | None = None) -> None:
        self.model = model
        self.path = path

    @property
    def graph(self) -> Graph:
        """The layers and calls of the model.

        Raises:
            DataError: It has none that can be looked into, or takes more than one array.
        """
        graph = graph_of(self.model)
        if graph is None:
            raise DataError("This model computes by code of its own: there is no looking into it.")
        if len(graph.inputs) != 1:
            raise DataError(
                f"This model has {len(graph.inputs)} inputs, and the data set gives it one array.",
                hint="What is shown here needs a model with one input.",
            )
        return graph

    @cached_property
    def taps(self) -> list[Tap]:
        """All places behind layers, in the order of computing; the input itself is none."""
        graph = self.graph
        given = {id(tensor) for tensor in graph.inputs}
        found: list[Tap] = []
        for node in graph.nodes:
            calls = graph.calls_of(node.layer)
            call = f", call {calls.index(node) + 1}" if len(calls) > 1 else ""
            for place, tensor in enumerate(node.outputs):
                if id(tensor) in given:
                    continue
                output = f", output {place + 1}" if len(node.outputs) > 1 else ""
                found.append(Tap(f"{node.layer.name}{call}{output}", tensor, node))
        return found

    def tap(self, name: str) -> Tap:
        """A place by its name.

        Raises:
            DataError: There is none of that name.
        """
        for tap in self.taps:
            if tap.name == name:
                return tap
        raise DataError(f"The trained model has no layer '{name}'.", hint="Choose one from the list.")

    def predict(self, x: Array) -> list[Array]:
        """The model's answers, one array an output."""
        answers = self.model.predict(x, batch_size=BATCH, verbose=0)
        return [np.asarray(one, dtype=np.float32) for one in flatten(answers)]

    def flow(self, x: Array, names: list[str]) -> dict[str, Array]:
        """What comes out at some taps for some rows."""
        with torch.inference_mode():
            _, seen = self._run(x, [self.tap(name) for name in names], around=None)
        return {name: _numpy(value) for name, value in zip(names, seen, strict=True)}

    def gradient(self, x: Array, target: int | None, tap: Tap | None = None) -> tuple[Array, Array]:
        """How the answer changes with what flows at a tap.

        Args:
            x: One row.
            target: Which class (or which value of the answer) is asked about; None for the sum of all.
            tap: Where; the model's own input when None.

        Returns:
            What flows there, and the gradient of the answer with respect to it. The answer is taken before
            the last activation, where it does not saturate.

        Raises:
            DataError: The answer does not hang on the tap in a way that has a gradient.
        """
        taps = [tap] if tap else []
        answer, seen = self._run(x, taps, around=_differentiable, wants_input=tap is None)
        if not answer.requires_grad:
            raise DataError("The answer of this model has no gradient: a layer in it cuts it off.")
        gradient: Any = torch.autograd.grad(_score(answer, target), seen, allow_unused=True)[0]
        if gradient is None:
            place = f"'{tap.name}'" if tap else "the input"
            raise DataError(f"The answer does not hang on {place} in a way that has a gradient.")
        return _numpy(seen[0]), _numpy(gradient)

    def _run(
        self, x: Array, taps: list[Tap], around: Callable[..., Any] | None, *, wants_input: bool = False
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The first answer and what flows at the taps, or at the input."""
        graph = self.graph
        wanted = Graph(
            graph.inputs, [graph.outputs[0], *(tap.tensor for tap in taps)], graph.nodes, graph.layers
        )
        is_last = any(tap.tensor is graph.outputs[0] for tap in taps)
        program = compile_program(
            wanted,
            training=False,
            preactivation=around is not None and not is_last and can_skip_activation(graph),
            around=around,
        )
        (given,) = functional_of(self.model).prepare_inputs(x)
        if wants_input:
            given.requires_grad_(True)
        answer, *seen = program(given)
        return answer, [given] if wants_input else seen


def _differentiable(layer: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes what a layer gives back a place where gradients end, if none would pass through it."""
    del layer

    def call(*args: Any, **kwargs: Any) -> Any:
        outputs = function(*args, **kwargs)
        for value in flatten(outputs):
            if isinstance(value, torch.Tensor) and value.is_floating_point() and not value.requires_grad:
                value.requires_grad_(True)
        return outputs

    return call


def _score(answer: torch.Tensor, target: int | None) -> torch.Tensor:
    """One number that says how much the answer is the one asked about."""
    if target is None:
        return answer.sum()
    if answer.shape[-1] == 1:
        # One value tells two classes apart: what speaks for the first speaks against the second.
        return answer.sum() if target else -answer.sum()
    return answer[..., target].sum()


def _numpy(value: Any) -> Array:
    if isinstance(value, torch.Tensor):
        value = value.detach()
        return (value.float() if value.is_floating_point() else value).numpy()
    return np.asarray(value)
