"""Prints how long a check takes: of a design never seen, and after one edit.

Run from the root of the project: `python -m tests.benchmarks.check_speed`.
"""

from statistics import median
from time import perf_counter

from graph_compiler import analyze
from graph_compiler.document import Edge, GraphDocument, Node, SetParam, apply

SIZES = (25, 50, 100, 200, 400)
REPEATS = 15


def network(count: int, run: int) -> GraphDocument:
    """A residual network with layer names that no run before had, so that nothing is remembered."""
    nodes = [Node(id="n0", layer="InputLayer", name=f"in_{run}", params={"shape": [32, 32, 8]})]
    edges: list[Edge] = []

    def add(layer: str, *sources: str, **params: object) -> str:
        node_id = f"n{len(nodes)}"
        nodes.append(Node(id=node_id, layer=layer, name=f"{node_id}_{run}", params=params))
        edges.extend(
            Edge(id=f"e{len(edges) + slot}", source=source, target=node_id, slot=slot)
            for slot, source in enumerate(sources)
        )
        return node_id

    last = "n0"
    while len(nodes) < count - 2:
        conv = add("Conv2D", last, filters=8, kernel_size=3, padding="same", activation="relu")
        normal = add("BatchNormalization", conv)
        last = add("Add", last, normal)
    pooled = add("GlobalAveragePooling2D", last)
    add("Dense", pooled, units=10, activation="softmax")
    return GraphDocument(nodes={node.id: node for node in nodes}, edges={edge.id: edge for edge in edges})


def milliseconds(document: GraphDocument) -> float:
    start = perf_counter()
    analyze(document)
    return (perf_counter() - start) * 1000


def measure(count: int) -> tuple[int, float, float, float]:
    """Number of nodes, then median ms of a first check, after an edit in the middle, and once more."""
    first: list[float] = []
    edited: list[float] = []
    again: list[float] = []
    for repeat in range(REPEATS):
        document = network(count, count * REPEATS + repeat)
        first.append(milliseconds(document))
        middle = [key for key, node in document.nodes.items() if node.layer == "Conv2D"][count // 8]
        after, _ = apply(document, SetParam(node=middle, param="use_bias", value=False))
        edited.append(milliseconds(after))
        again.append(milliseconds(after))
    return len(document.nodes), median(first), median(edited), median(again)


def main() -> None:
    analyze(network(10, 0))
    print(f"{'nodes':>6} {'first check':>12} {'after an edit':>14} {'unchanged':>10}   (median ms)")
    for count in SIZES:
        nodes, first, edited, again = measure(count)
        print(f"{nodes:>6} {first:>12.1f} {edited:>14.1f} {again:>10.1f}")


if __name__ == "__main__":
    main()
