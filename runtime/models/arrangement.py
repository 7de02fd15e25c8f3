"""The form in which the quick step wants its batches: flat lists, one entry for each input and output."""

from typing import Any

import torch

from runtime.data import ArrayBatches, Batch, Batches, check_finite
from runtime.models.compiled_loss import LossTerm
from runtime.models.outputs import Outputs
from runtime.models.targets import check_targets, target_preparer


class InputArrangement:
    """Inputs as a flat list, targets left out: for prediction.

    Args:
        model: The model.
        graph: Its graph; None for a subclassed one.
    """

    def __init__(self, model: Any, graph: Any) -> None:
        self._model = model
        self._graph = graph

    @property
    def dtypes(self) -> list[torch.dtype | None]:
        """Element types of the inputs."""
        return [] if self._graph is None else [getattr(torch, tensor.dtype) for tensor in self._graph.inputs]

    def inputs(self, x: Any) -> list[Any]:
        """The inputs, one by one."""
        return [x] if self._graph is None else self._model.prepare_inputs(x, convert=False)

    def __call__(self, x: Any, y: Any, weight: Any) -> Batch:
        """One batch, or all data."""
        return self.inputs(x), None, None


class Arrangement(InputArrangement):
    """Inputs, targets and weights as flat lists.

    Args:
        model: The model.
        graph: Its graph; None for a subclassed one.
        outputs: Its outputs.
        terms: Their losses.
    """

    def __init__(self, model: Any, graph: Any, outputs: Outputs, terms: list[LossTerm]) -> None:
        super().__init__(model, graph)
        self._outputs = outputs
        self._terms = terms
        self._prepare = target_preparer(outputs, terms)

    def __call__(self, x: Any, y: Any, weight: Any) -> Batch:
        """One batch, or all data."""
        targets = [
            target if target is None else self._prepare(place, target)
            for place, target in enumerate(self._outputs.aligned(y, "y"))
        ]
        if weight is None:
            return self.inputs(x), targets, None
        if not isinstance(weight, list | tuple | dict):
            weight = [weight] * len(self._outputs)
        return self.inputs(x), targets, self._outputs.aligned(weight, "sample_weight")

    def converted(self, x: Any, y: Any, weight: Any) -> Batch:
        """One batch, with inputs of the element types the model wants."""
        inputs, targets, weights = self(x, y, weight)
        dtypes = self.dtypes
        if dtypes:
            inputs = [one.to(dtype) for one, dtype in zip(inputs, dtypes, strict=True)]
        return inputs, targets, weights

    def check(self, batches: Batches) -> None:
        """Looks through data in memory for missing numbers and impossible classes.

        Raises:
            DataError: There are some.
        """
        if not isinstance(batches, ArrayBatches):
            return
        x, y, _ = batches.data
        check_finite(y, "y")
        # A layer of one's own may know what to do with missing numbers.
        if self._graph is not None and is_ours(self._model):
            check_finite(x, "x")
        check_targets(self._outputs, self._terms, self._outputs.aligned(y, "y"))


def graph_of(model: Any) -> Any:
    """The graph of a functional or sequential model that computes what its graph says; None for others."""
    if not hasattr(model, "prepare_inputs") or not type(model).call.__module__.startswith("runtime.models."):
        return None
    return functional_of(model).graph


def functional_of(model: Any) -> Any:
    """A sequential model as a functional one; a functional one itself."""
    return model.functional if hasattr(type(model), "functional") else model


def is_ours(model: Any) -> bool:
    """True if all layers are of this package, and none remembers anything from batch to batch."""
    return all(
        type(layer).__module__.startswith("runtime.") and not getattr(layer, "stateful", False)
        for layer in model.flatten_layers()
        if layer is not model
    )
