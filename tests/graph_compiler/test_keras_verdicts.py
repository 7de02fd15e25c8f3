"""What we say of a design is what the real Keras says: layer for layer, of good designs and of spoiled ones.

`GRAPHS=10000 python -m pytest tests/graph_compiler/test_keras_verdicts.py -s` compares that many, and
`FIRST_GRAPH=300` others.
"""

import os
from collections import Counter

import pytest

from graph_compiler.document import GraphDocument
from runtime.types import Shape
from tests.graph_compiler.keras_computing import BATCH
from tests.graph_compiler.keras_verdicts import Disagreement, disagreements
from tests.graph_compiler.random_designs import random_design
from tests.graph_compiler.spoiling import spoiled_design
from tests.graph_compiler.stricter import reason_for

GRAPHS = int(os.environ.get("GRAPHS", "300"))
FIRST = int(os.environ.get("FIRST_GRAPH", "0"))
PARTS = 6


def kind(found: Disagreement, document: GraphDocument) -> str:
    """What a disagreement comes down to; "" for one that is a fault of ours.

    What Keras says of a model does not always hold once data go through it: then it is right to say
    otherwise. Where it does hold, only what stands in the list of `stricter` may be refused.
    """
    node = document.nodes[found.node]
    if found.what in ("made", "accepted") and found.theirs == "yes":
        if isinstance(found.computed, str) and found.computed:
            return "refused here; Keras takes it, and fails when it computes"
        if found.computed and not agree(found.computed, found.stated):
            return "refused here; Keras takes it, and computes another shape than it states"
        return reason_for(found, node)
    if (found.what, found.layer) == ("made", "InputLayer") and node.params.get("shape") is None:
        return "an Input without a shape: one number a sample in documents"
    if isinstance(found.computed, list):
        shapes, dtypes = zip(*found.computed, strict=True)
        if found.what == "dtype" and found.ours == list(dtypes):
            return "Keras states another dtype than it computes"
        if (
            found.what == "shape"
            and all(map(fits, shapes, found.ours))
            and not vaguer(found.ours, found.theirs)
        ):
            return "Keras states another shape than it computes, or leaves a size open"
    return ""


def agree(computed: list[tuple[Shape, str]], stated: list[tuple[Shape, str]]) -> bool:
    return len(computed) == len(stated) and all(
        fits(shape, said) for (shape, _), (said, _) in zip(computed, stated, strict=True)
    )


def fits(real: Shape, stated: Shape) -> bool:
    """True if numbers of a shape can come out where one is stated; the batch is that which went in."""
    known = [BATCH if axis == 0 and size is None else size for axis, size in enumerate(stated)]
    return len(real) == len(known) and all(b in (None, a) for a, b in zip(real, known, strict=True))


def vaguer(ours: list[Shape], theirs: list[Shape]) -> bool:
    """True if we leave a size open that Keras knows."""
    pairs = [
        pair for mine, other in zip(ours, theirs, strict=True) for pair in zip(mine, other, strict=False)
    ]
    return any(mine is None and other is not None for mine, other in pairs)


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
