"""Prints how long a check of a design takes, in full and after one edit, and how that grows with its nodes.

Run from the root of the project: `python -m tests.benchmarks.checks`.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from pydantic import JsonValue

from graph_compiler import analyze, fixes_for
from graph_compiler.document import Edge, GraphDocument, Node, SetParam, apply

SIZES = (50, 200, 500, 1000, 2000)
REPEATS = 9
FULL = {200: 40.0, 2000: 600.0}
"""Milliseconds that a first check of so many nodes may take on a machine that does nothing else."""
AGAIN = {200: 5.0}
"""The same for a check after one edit."""


def network(nodes: int, filters: int) -> GraphDocument:
    """Blocks of a residual network: a convolution, normalization, activation and the shortcut around them."""
    made = [Node(id="n0", layer="InputLayer", name="picture", params={"shape": [32, 32, filters]})]
    edges: list[Edge] = []

    def add(layer: str, *sources: str, **params: object) -> str:
        key = f"n{len(made)}"
        made.append(Node.model_validate({"id": key, "layer": layer, "name": key, "params": params}))
        for slot, source in enumerate(sources):
            edges.append(Edge(id=f"{key}_{slot}", source=source, target=key, slot=slot))
        return key

    end = "n0"
    while len(made) < nodes - 2:
        conv = add("Conv2D", end, filters=filters, kernel_size=3, padding="same")
        end = add("Add", end, add("ReLU", add("BatchNormalization", conv)))
    add("Dense", add("Flatten", end), units=10, activation="softmax")
    return GraphDocument(nodes={node.id: node for node in made}, edges={edge.id: edge for edge in edges})


def milliseconds(work: Callable[[], object]) -> float:
    """How long something takes once."""
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def main() -> int:
    """Returns 1 when a check takes longer than it may."""
    slow = False
    analyze(network(10, 3))
    heads = {"nodes": 6, "full ms": 8, "after an edit ms": 17, "fixes of a mistake ms": 22, "ms a node": 10}
    print(*(f"{head:>{width}}" for head, width in heads.items()))
    for count, nodes in enumerate(SIZES):
        # Other filters for each size: nothing of one was computed for another.
        filters = 8 + count
        document = network(nodes, filters)
        full = milliseconds(lambda document=document: analyze(document))
        edits: list[float] = []
        for number in range(REPEATS):
            size: list[JsonValue] = [number % 5 + 1, 40 + number]
            document, _ = apply(document, SetParam(node="n5", param="kernel_size", value=size))
            edits.append(milliseconds(lambda document=document: analyze(document)))
        spoiled, _ = apply(document, SetParam(node="n5", param="filters", value=filters + 1))
        finding = analyze(spoiled).errors[0]
        fixes = milliseconds(lambda spoiled=spoiled, finding=finding: fixes_for(spoiled, finding))
        again = median(edits)
        print(f"{nodes:>6} {full:>8.1f} {again:>17.1f} {fixes:>22.1f} {full / nodes:>10.3f}", flush=True)
        slow |= full > FULL.get(nodes, full) or again > AGAIN.get(nodes, again)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
