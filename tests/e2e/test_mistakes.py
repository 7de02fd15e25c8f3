"""Designs that cannot be trained: told at the layer, in the list, and beside the button Train."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from graph_compiler.document import DataBinding, Edge, GraphDocument, Node
from tests.e2e.conftest import Designer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

Layer = tuple[str, dict[str, Any]]
PICTURE: Layer = ("InputLayer", {"shape": [28, 28, 1]})
CLASSES: Layer = ("Dense", {"units": 10, "activation": "softmax"})


def chain(*layers: Layer) -> GraphDocument:
    """A design of layers in a row, named by their place."""
    nodes = [
        Node(id=f"n{place}", layer=layer, name=f"layer_{place}", params=params, x=270.0 * place, y=100.0)
        for place, (layer, params) in enumerate(layers)
    ]
    edges = [
        Edge(id=f"e{place}", source=f"n{place}", target=f"n{place + 1}") for place in range(len(nodes) - 1)
    ]
    return GraphDocument(
        nodes={node.id: node for node in nodes},
        edges={edge.id: edge for edge in edges},
        data=DataBinding(dataset="mnist"),
    )


@pytest.mark.parametrize(
    ("document", "where", "what"),
    [
        (chain(PICTURE, CLASSES), "layer_1", "answers with 28 × 28 × 10"),
        (
            chain(PICTURE, ("Flatten", {}), ("Conv2D", {"filters": 4, "kernel_size": 3}), CLASSES),
            "layer_2",
            "wants batch × height × width × channels (4 axes), but gets batch × 784 (2 axes)",
        ),
        (
            chain(PICTURE, ("Conv2D", {"filters": 4, "kernel_size": 31}), ("Flatten", {}), CLASSES),
            "layer_1",
            "slides a window of 31 × 31 over a picture of only 28 × 28",
        ),
    ],
    ids=["classes of each pixel", "convolution of a row", "kernel larger than the picture"],
)
def test_a_design_with_a_mistake_cannot_be_trained(
    visitor: Visitor, designer: Designer, document: GraphDocument, where: str, what: str
) -> None:
    visitor.open(designer.projects.create("Mistaken", document).id)
    wrong = visitor.node(where)
    expect(wrong).to_have_attribute("data-state", "error")
    expect(wrong.get_by_test_id("badge")).to_contain_text(what)
    expect(visitor.page.get_by_test_id("stMarkdown").filter(has_text=what).first).to_be_visible()
    visitor.page.get_by_role("button", name=f"Show {where}").first.click()
    expect(wrong).to_have_attribute("data-selected", "true")
    visitor.settle()

    visitor.go("Train")
    expect(visitor.train_button).to_be_disabled()
    expect(visitor.page.get_by_text(f"{where}: ").first).to_contain_text(what)
    visitor.go("Export")
    expect(visitor.page.get_by_role("button", name=re.compile(r"Design \(\.json"))).to_be_enabled()
    expect(visitor.page.get_by_role("button", name="Prepare")).to_have_count(0)


def test_a_mistake_is_mended_by_one_click_and_comes_back_with_undo(
    visitor: Visitor, designer: Designer
) -> None:
    visitor.open(designer.projects.create("Mended", chain(PICTURE, CLASSES)).id)
    expect(visitor.node("layer_1")).to_have_attribute("data-state", "error")
    visitor.page.get_by_role("button", name="Fix: Put a Flatten before 'layer_1'").click()
    visitor.shape_is("flatten", "784")
    expect(visitor.node("layer_1")).not_to_have_attribute("data-state", "error")
    expect(visitor.page.get_by_text("This is a working model.")).to_be_visible()
    visitor.settle()

    visitor.page.get_by_role("button", name="Undo").click()
    expect(visitor.node("flatten")).to_have_count(0)
    expect(visitor.node("layer_1")).to_have_attribute("data-state", "error")
    visitor.settle()


def test_a_mended_loss_goes_and_comes_with_undo_and_redo(visitor: Visitor, designer: Designer) -> None:
    project = designer.new_project("iris", "Another loss", loss="mean_squared_logarithmic_eror")
    visitor.open(project)
    visitor.page.get_by_role("button", name="Fix: Use the loss").first.click()
    expect(visitor.page.get_by_text("This is a working model.")).to_be_visible()
    visitor.settle()
    mended = designer.document(project).compile.loss
    assert mended != "mean_squared_logarithmic_eror"

    visitor.pane.click(position={"x": 5, "y": 5})
    visitor.page.keyboard.press("Control+z")
    expect(visitor.page.get_by_role("button", name="Fix: Use the loss").first).to_be_visible()
    designer.has_training(project, loss="mean_squared_logarithmic_eror")
    visitor.page.keyboard.press("Control+Shift+z")
    expect(visitor.page.get_by_text("This is a working model.")).to_be_visible()
    designer.has_training(project, loss=mended)
    visitor.settle()


def test_an_empty_design_says_so_wherever_one_goes(visitor: Visitor, designer: Designer) -> None:
    visitor.open(designer.projects.create("Empty").id)
    visitor.go("Train")
    expect(visitor.train_button).to_be_disabled()
    expect(visitor.page.get_by_text("No data is chosen")).to_be_visible()
    visitor.go("Evaluate")
    expect(visitor.page.get_by_text("Nothing has been trained yet")).to_be_visible()
