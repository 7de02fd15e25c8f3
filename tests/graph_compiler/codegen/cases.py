"""Designs, a lowered model of each, what goes in and what comes out: programs have to compute the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import torch

from graph_compiler import analyze, lower
from graph_compiler.codegen import synthetic_data
from graph_compiler.document import GraphDocument, SetParam, apply
from runtime.errors import DataError, LayerloomError
from runtime.models.adapting import adapt_layers
from tests.graph_compiler.random_designs import random_design

ROWS = 4


@dataclass(frozen=True)
class Case:
    """A design and what it computes.

    Args:
        name: What a failure calls it; the number it follows from, for a random design.
        document: The design.
        model: Made of it, with weights that are nowhere 0 or 1, and adapted to the data of its programs.
        inputs: Some of these.
        outputs: What the model predicts for them.
    """

    name: str
    document: GraphDocument
    model: Any
    inputs: list[Any]
    outputs: list[Any]


def case_of(name: str, document: GraphDocument) -> Case:
    """Prepares a design."""
    model: Any = lower(document, seed=0, compile=False)
    data = synthetic_data(document)
    scope: dict[str, Any] = {}
    exec("\n".join([*data.imports, data.code]), scope)
    arrays = [np.asarray(scope[key]) for key in data.x_train]
    kept = int(len(arrays[0]) * (1 - document.training.validation_split))
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        adapt_layers(model, _one_or_all([array[:kept] for array in arrays]))
        for weight in model.weights:
            if weight.is_floating_point():
                weight.add_(torch.rand_like(weight) * 0.1)
    inputs = [array[:ROWS] for array in arrays]
    found = model.predict(_one_or_all(inputs), batch_size=ROWS, verbose=0)
    for layer in model.layers:
        if hasattr(layer, "reset_state"):
            layer.reset_state()
    return Case(name, document, model, inputs, found if isinstance(found, list) else [found])


@cache
def random_cases(number: int) -> tuple[Case, ...]:
    """So many random designs of all layers."""
    return tuple(case for case, _ in zip(_random_cases(), range(number), strict=False))


def _random_cases() -> Iterator[Case]:
    for seed in count(1):
        document = with_known_sizes(random_design(seed, to_compute=True))
        if not analyze(document).ok:
            continue
        try:
            yield case_of(str(seed), document)
        except (DataError, LayerloomError):
            # Random layers make ids that are none, and adapt layers to data that do not reach them.
            continue


def with_known_sizes(document: GraphDocument) -> GraphDocument:
    """The same with inputs of size 6 where they leave it open."""
    for node_id in analyze(document).inputs:
        sizes = [6 if size is None else size for size in document.nodes[node_id].params["shape"]]
        document, _ = apply(document, SetParam(node=node_id, param="shape", value=sizes))
    return document


def _one_or_all(arrays: list[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays
