"""What we say of a design is what the real Keras says: layer for layer, of good designs and of spoiled ones.

`GRAPHS=10000 python -m pytest tests/graph_compiler/test_keras_verdicts.py -s` compares that many, and
`FIRST_GRAPH=300` others.
"""

import os
from collections import Counter

import pytest

from graph_compiler.document import GraphDocument
from runtime.types import Shape
from tests.graph_compiler.keras_verdicts import Disagreement, disagreements
from tests.graph_compiler.random_designs import random_design
from tests.graph_compiler.spoiling import spoiled_design

GRAPHS = int(os.environ.get("GRAPHS", "300"))
FIRST = int(os.environ.get("FIRST_GRAPH", "0"))
PARTS = 6


def kind(found: Disagreement, document: GraphDocument) -> str:
    """What a disagreement comes down to; "" for one that is a fault of ours."""
    if found.what in ("made", "accepted") and found.theirs == "yes":
        return "refused here, where Keras takes it and fails, or leaves it out, when it computes"
    shapeless = document.nodes[found.node].params.get("shape") is None
    if (found.what, found.layer) == ("made", "InputLayer") and shapeless:
        return "an Input without a shape: one number a sample in documents"
    if found.what == "dtype" and all(map(states_its_own_dtype, found.ours, found.theirs)):
        return "Keras states the dtype of the layer, and computes whole numbers"
    if found.what == "shape" and all(map(more_is_known, found.ours, found.theirs)):
        return "a size is known here that Keras leaves open"
    return KNOWN.get((found.layer, found.what), "")


def states_its_own_dtype(ours: str, theirs: str) -> bool:
    return ours == theirs or (ours.startswith(("int", "uint")) and theirs == "float32")


def more_is_known(ours: Shape, theirs: Shape) -> bool:
    return len(ours) == len(theirs) and all(b in (None, a) for a, b in zip(ours, theirs, strict=True))


KNOWN = {("CategoryEncoding", "shape"): "Keras states another shape than it computes"}
"""Where Keras says one thing and does another, and we say what it does."""


@pytest.mark.parametrize("part", range(PARTS))
def test_keras_says_the_same(part: int) -> None:
    seeds = range(FIRST + part, FIRST + GRAPHS // 2, PARTS)
    known: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in seeds:
        for document in (random_design(seed), spoiled_design(seed, graph_only=True)):
            for found in disagreements(document):
                reason = kind(found, document)
                known[reason] += 1
                if not reason:
                    wrong.append(f"seed {seed}: {found} {document.nodes[found.node].params}")
    print(f"\n{2 * len(seeds)} graphs from number {FIRST + part} on; {dict(known)}")
    assert not wrong, "\n".join(wrong)
