from pathlib import Path

import pytest

from graph_compiler.codegen import mermaid
from graph_compiler.document import RenameNode, apply
from tests.graph_compiler.designs import DESIGNS, Sketch, mlp

GOLDEN = Path(__file__).parents[1] / "golden" / "mermaid"


@pytest.mark.parametrize("name", ["branches", "states"])
def test_the_flowchart_is_as_it_was(name):
    assert mermaid(DESIGNS[name]()) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_a_name_never_becomes_code():
    evil = 'end"]\n click n0 "https://example.org" <script>'
    document = mlp()
    node = document.nodes["hidden"].model_copy(update={"name": evil, "layer": evil})
    code = mermaid(document.model_copy(update={"nodes": {**document.nodes, "hidden": node}}))
    assert len(code.splitlines()) == 1 + 3 + 2
    assert "<script>" not in code
    assert 'end"]' not in code
    assert "#34;" in code


def test_an_unfinished_design_is_drawn_without_the_shapes_that_are_not_known():
    code = mermaid(Sketch().add("Dense", "one", units=2).add("ReLU", "two", "one").document)
    assert code == 'flowchart TD\n    n0["one<br/>Dense"]\n    n1(["two<br/>ReLU"])\n    n0 --> n1\n'


def test_names_stand_as_they_are():
    document, _ = apply(mlp(), RenameNode(node="hidden", name="Größe_1"))
    assert "Gr#246;#223;e_1<br/>Dense" in mermaid(document)
