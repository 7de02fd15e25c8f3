from itertools import pairwise

from hypothesis import given

from graph_compiler.document import GraphDocument
from graph_compiler.importers import import_model
from graph_compiler.layout import COLUMN, LANE, ROW, laid_out
from graph_compiler.wiring import Wiring
from tests.graph_compiler.designs import Sketch
from tests.graph_compiler.strategies import documents, quickly
from tests.runtime.saving.zoo import ours, residual


@given(documents())
@quickly
def test_no_two_cards_overlap_and_wires_lead_to_the_right(document: GraphDocument):
    placed = laid_out(document)
    assert placed.edges == document.edges
    columns: dict[float, list[float]] = {}
    for node in placed.nodes.values():
        columns.setdefault(node.x, []).append(node.y)
    for ys in columns.values():
        assert all(below - above >= ROW - 1 for above, below in pairwise(sorted(ys)))
    known = set(Wiring(document).order)
    for edge in placed.edges.values():
        if {edge.source, edge.target} <= known:
            assert placed.nodes[edge.target].x > placed.nodes[edge.source].x


def test_a_chain_is_a_straight_line():
    sketch = Sketch().add("InputLayer", "a", shape=[4]).add("Dense", "b", "a", units=3)
    nodes = laid_out(sketch.add("Dense", "c", "b", units=3).document).nodes
    assert len({node.y for node in nodes.values()}) == 1
    assert [node.x for node in nodes.values()] == [0, COLUMN, 2 * COLUMN]


def test_a_shortcut_does_not_run_under_the_cards_it_passes():
    document = import_model(ours(residual)).document
    stem, total = (next(n for n in document.nodes.values() if n.name == name) for name in ("stem", "sum_0"))
    passed = [n for n in document.nodes.values() if stem.x < n.x < total.x]
    assert abs(stem.y - total.y) < LANE, "the wire is nearly straight"
    # A card is less high than a row.
    assert all(abs(node.y - end.y) > ROW / 2 for node in passed for end in (stem, total))
    assert len(passed) == 3
