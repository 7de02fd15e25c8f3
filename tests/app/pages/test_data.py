"""The page Data."""

import pytest

from app.services.datasets import catalogue
from graph_compiler.document import GraphDocument


@pytest.mark.parametrize("name", [card.name for card in catalogue()])
def test_every_data_set_is_shown(tab, project, name):
    visitor = tab(project())
    at = visitor.visit("data")
    at.button(key=f"look_{name}").click().run()
    assert not at.exception
    assert not at.error
    card = next(card for card in catalogue() if card.name == name)
    assert card.description.replace("  ", " ") in [element.value for element in at.markdown]
    drawn = [*at.get("plotly_chart"), *at.dataframe, *at.get("image")]
    assert drawn, "samples are shown in some way"


def test_the_list_is_filtered_by_task_and_word(tab, project):
    visitor = tab(project())
    at = visitor.visit("data")
    visitor.field("Search").input("passengers airline").run()
    assert [button.key for button in at.button if (button.key or "").startswith("look_")] == ["look_airline"]
    visitor.field("Search").input("no such thing").run()
    assert "No data set is like that." in [caption.value for caption in at.caption]


def test_data_is_bound_without_touching_the_layers(tab, project):
    visitor = tab(project("iris"))
    at = visitor.visit("data")
    nodes = visitor.document.nodes
    at.button(key="look_wine").click().run()
    visitor.button("Use this data").click().run()
    assert visitor.document.data.dataset == "wine"
    assert visitor.document.nodes == nodes


def test_fitting_sets_the_ends_of_the_design_and_says_so(tab, project):
    visitor = tab(project("iris"))
    visitor.visit()
    epoch = visitor.opening.epoch
    at = visitor.visit("data")
    at.button(key="look_digits").click().run()
    visitor.button("Use it and fit the design").click().run()
    document = visitor.document
    source = next(node for node in document.nodes.values() if node.layer == "InputLayer")
    assert source.params["shape"] == [8, 8, 1]
    text = next(element.value for element in at.success)
    assert "shape = 8, 8, 1" in text
    assert "units = 10" in text
    # The canvas keeps its history: it is told the new parameters instead of a new design.
    assert visitor.opening.epoch == epoch
    visitor.visit()
    (command,) = visitor.sent["commands"]
    assert command["op"] == "batch"
    edit = next(edit for edit in command["edits"] if edit["node"] == source.id)
    assert edit["params"]["shape"] == [8, 8, 1]


def test_an_empty_design_takes_data_too(tab, services):
    visitor = tab(services.projects.create("Empty", GraphDocument()))
    at = visitor.visit("data")
    at.button(key="look_cars").click().run()
    visitor.button("Use it and fit the design").click().run()
    assert not at.exception
    assert visitor.document.data.dataset == "cars"
    assert visitor.document.compile.loss == "mean_squared_error"
