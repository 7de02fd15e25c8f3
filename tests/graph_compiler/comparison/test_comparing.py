"""Differences of designs: none of a design with itself, and all that lead from one to another."""

import json
import time

import pytest
from hypothesis import given

from app.services.templates import TEMPLATES, open_template
from graph_compiler.comparison import compare, compared_graph, comparison_json, comparison_text, match_nodes
from graph_compiler.comparison.comparing import with_ids_of
from graph_compiler.document import (
    DeleteNodes,
    GraphDocument,
    MoveNodes,
    RenameNode,
    SetCompile,
    SetGroup,
    SetParam,
    apply,
)
from graph_compiler.document.values import same_value
from tests.graph_compiler.designs import DESIGNS, Sketch, cnn
from tests.graph_compiler.strategies import documents
from tests.runtime.drawn import examples


def edited(document: GraphDocument, *edits: object) -> GraphDocument:
    for edit in edits:
        document, _ = apply(document, edit)  # type: ignore[arg-type]
    return document


def with_other_ids(document: GraphDocument) -> GraphDocument:
    """The same design as another program would write it: other ids, and layers in places of their own."""
    names = {key: f"other_{number}" for number, key in enumerate(document.nodes)}
    nodes = {
        names[key]: node.model_copy(update={"id": names[key], "x": -node.x, "y": 7.0})
        for key, node in document.nodes.items()
    }
    edges = {
        f"wire_{number}": edge.model_copy(
            update={
                "id": f"wire_{number}",
                "source": names[edge.source],
                "target": names[edge.target],
                "slot": edge.slot + 3,
            }
        )
        for number, edge in enumerate(document.edges.values())
    }
    groups = {
        key: group.model_copy(update={"nodes": tuple(names[node] for node in group.nodes)})
        for key, group in document.groups.items()
    }
    return document.model_copy(update={"nodes": nodes, "edges": edges, "groups": groups})


def nameless(document: GraphDocument) -> GraphDocument:
    nodes = {
        key: node.model_copy(update={"name": f"layer_{number}"})
        for number, (key, node) in enumerate(document.nodes.items())
    }
    return document.model_copy(update={"nodes": nodes})


@examples(15)
@given(documents())
def test_nothing_differs_from_itself(document):
    comparison = compare(document, document)
    assert comparison.is_empty
    assert comparison.edits() == ()
    assert "Both are the same." in comparison_text(comparison)
    assert compared_graph(comparison).marks == {}


@examples(15)
@given(documents(), documents())
def test_edits_lead_from_one_to_the_other(old, new):
    comparison = compare(old, new)
    reached = edited(old, *comparison.edits())
    assert same_value(reached, with_ids_of(old, new, comparison.pairs))
    # Up to ids the new design is reached: where ids are free, no two layers became one.
    assert [node.model_dump(exclude={"id"}) for node in reached.nodes.values()] == [
        node.model_dump(exclude={"id"}) for node in new.nodes.values()
    ]
    assert len(reached.edges) == len(new.edges)


@examples(15)
@given(documents(), documents())
def test_the_text_names_all_that_differs(old, new):
    comparison = compare(old, new)
    text = comparison_text(comparison)
    for one in comparison.layers:
        assert one.node.name in text
        for change in one.changes:
            assert change.name in text
    for wire in comparison.wires:
        assert str(wire) in text
    assert json.loads(json.dumps(comparison_json(comparison)))["same"] == comparison.is_empty


@examples(15)
@given(documents(), documents())
def test_the_graph_holds_both(old, new):
    graph = compared_graph(compare(old, new))
    ids = [node["id"] for node in graph.nodes]
    assert len(ids) == len(set(ids))
    wires = [edge["id"] for edge in graph.edges]
    assert len(wires) == len(set(wires))
    assert {edge["source"] for edge in graph.edges} | {edge["target"] for edge in graph.edges} <= set(ids)
    assert graph.marks.keys() <= {*ids, *wires}
    places = {(node["x"], node["y"]) for node in graph.nodes}
    assert len(places) == len(ids)


@pytest.mark.parametrize("name", DESIGNS)
def test_ids_and_places_are_no_difference(name):
    document = DESIGNS[name]()
    assert compare(document, with_other_ids(document)).is_empty
    assert compare(with_other_ids(document), document).is_empty


@pytest.mark.parametrize("template", [template.name for template in TEMPLATES])
def test_layers_are_known_by_their_place_when_all_names_are_others(template):
    document = open_template(template)
    comparison = compare(document, with_other_ids(nameless(document)))
    assert len(comparison.pairs) == len(document.nodes)
    assert {change.name for one in comparison.layers for change in one.changes} <= {"name"}
    assert comparison.wires == ()


def test_what_was_done_is_what_differs():
    old = cnn()
    new = edited(
        old,
        SetParam(node="conv", param="filters", value=16),
        RenameNode(node="hidden", name="thinking"),
        DeleteNodes(nodes=("dropout",)),
        SetCompile(compile=old.compile.model_copy(update={"optimizer": "lion"})),
        MoveNodes(positions={"conv": (5, 5)}),
    )
    comparison = compare(old, new)
    kinds = {one.node.name: one.kind for one in comparison.layers}
    assert kinds == {
        "conv": "changed",
        "pool": "affected",
        "flatten": "affected",
        "thinking": "changed",
        "digit": "affected",
        "dropout": "removed",
    }
    conv = next(one for one in comparison.layers if one.node.name == "conv")
    assert [(c.name, c.old, c.new) for c in conv.changes] == [("filters", 8, 16)]
    assert [(c.name, c.old, c.new) for c in conv.effects] == [
        ("output", "batch × 26 × 26 × 8", "batch × 26 × 26 × 16"),
        ("weights", 80, 160),
    ]
    assert {str(wire): wire.kind for wire in comparison.wires} == {
        "flatten → dropout": "removed",
        "dropout → hidden": "removed",
    }
    (setting,) = comparison.settings
    assert (setting.section, setting.change.name) == ("compile", "optimizer")


def test_groups_differ_by_their_layers():
    old = cnn()
    new = edited(
        old, SetGroup.model_validate({"id": "g", "group": {"id": "g", "title": "eyes", "nodes": ["conv"]}})
    )
    (setting,) = compare(old, new).settings
    assert setting.section == "groups"
    assert compare(new, with_other_ids(new)).is_empty


def test_the_order_of_inputs_and_outputs_is_a_difference():
    sketch = Sketch().add("InputLayer", "a", shape=[4]).add("InputLayer", "b", shape=[4])
    sketch.add("Dense", "c", "a", units=3).add("Dense", "d", "b", units=3)
    old = sketch.document
    nodes = {key: old.nodes[key] for key in reversed(old.nodes)}
    new = old.model_copy(update={"nodes": nodes})
    comparison = compare(old, new)
    assert [
        (one.section, one.change.name, one.change.old, one.change.new) for one in comparison.settings
    ] == [
        ("design", "inputs", ["a", "b"], ["b", "a"]),
        ("design", "outputs", ["c", "d"], ["d", "c"]),
    ]
    assert '~ inputs: ["a", "b"] → ["b", "a"]' in comparison_text(comparison)
    assert list(edited(old, *comparison.edits()).nodes) == list(new.nodes)


def test_designs_with_equal_ids_by_chance_are_told_apart():
    old, new = open_template("mnist_mlp"), open_template("mnist_cnn")
    comparison = compare(old, new)
    named = {old.nodes[ours].name: new.nodes[theirs].name for ours, theirs in comparison.pairs.items()}
    assert named == {name: name for name in ("input", "rescaling", "flatten", "hidden", "output")}


def test_of_two_equal_branches_the_fitting_one_is_found():
    def design(left: str, right: str, units: int) -> GraphDocument:
        sketch = Sketch().add("InputLayer", "input", shape=[4])
        sketch.add("Dense", left, "input", units=units).add("Dense", right, "input", units=9)
        return sketch.add("Concatenate", "both", left, right).document

    old, new = design("a", "b", 3), with_other_ids(design("c", "d", 3))
    pairs = match_nodes(old, new)
    assert {old.nodes[a].params.get("units"): new.nodes[b].params.get("units") for a, b in pairs.items()} == {
        None: None,
        3: 3,
        9: 9,
    }


def test_a_long_chain_is_compared_quickly():
    sketch = Sketch().add("InputLayer", "input", shape=[4])
    for number in range(300):
        sketch.add("Dense", f"a{number}", f"a{number - 1}" if number else "input", units=4)
    new = with_other_ids(nameless(sketch.document))
    begin = time.perf_counter()
    assert len(match_nodes(sketch.document, new)) == 301
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize("name", ["\n", "\u202e", "a b", "–"])
def test_strange_names_stay_in_their_line(name):
    old = Sketch().add("InputLayer", "input", shape=[4]).document
    plain, strange = (
        comparison_text(compare(old, edited(old, RenameNode(node="input", name=new))))
        for new in ("z", f"x{name}y")
    )
    assert len(strange.splitlines()) == len(plain.splitlines())
