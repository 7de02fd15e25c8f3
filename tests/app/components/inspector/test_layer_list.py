"""A parameter that is a list of layers: added, ordered, taken out, and each with a form of its own."""

from typing import Any

import pytest

from graph_compiler.document import SetParam, apply


def cells(*units: int) -> list[dict[str, Any]]:
    return [{"layer": "LSTMCell", "params": {"units": number}} for number in units]


def test_layers_are_added_ordered_and_removed(form, last_command, carried_out):
    visitor = form("StackedRNNCells", cells=cells(1, 2))

    def now(*units: int) -> None:
        listed = last_command(visitor)["params"]["cells"]
        assert [cell["params"]["units"] for cell in listed] == list(units)
        shown = [field.value for field in visitor.at.number_input if field.label == "units"]
        assert shown == list(units), "at once, before the browser answers"
        carried_out(visitor, cells=listed)
        assert [field.value for field in visitor.at.number_input if field.label == "units"] == list(units)

    added = visitor.field("Add to cells")
    assert added.options == ["LSTMCell", "GRUCell", "SimpleRNNCell"]
    added.set_value("GRUCell").run()
    now(1, 2, 32)
    assert visitor.field("cells 3").value == "GRUCell"
    assert visitor.field("Add to cells").value is None
    visitor.button("Move cells 3 up").click().run()
    now(1, 32, 2)
    visitor.button("Move cells 1 down").click().run()
    now(32, 1, 2)
    assert visitor.button("Move cells 1 up").disabled
    assert visitor.button("Move cells 3 down").disabled
    next(field for field in visitor.at.number_input if field.label == "units").set_value(64)
    visitor.button("Remove cells 2").click().run()
    now(64, 2)


def test_each_has_a_form_and_can_become_another(form, last_command, carried_out):
    visitor = form("StackedRNNCells", cells=cells(1, 2))
    first, second = (field for field in visitor.at.number_input if field.label == "units")
    first.set_value(5)
    second.set_value(7).run()
    assert last_command(visitor)["params"]["cells"] == cells(5, 7), "two edits at once are both kept"
    carried_out(visitor, cells=cells(5, 7))
    visitor.field("cells 2").set_value("GRUCell").run()
    assert last_command(visitor)["params"]["cells"] == [
        *cells(5),
        {"layer": "GRUCell", "params": {"units": 7}},
    ]


def test_undo_on_the_canvas_brings_the_list_back(form, carried_out):
    visitor = form("StackedRNNCells", cells=cells(1))
    visitor.button("Remove cells 1").click().run()
    assert visitor.field("cells").placeholder == "add a layer"
    carried_out(visitor, cells=[])
    assert "one at least" in visitor.texts()
    undone, _ = apply(visitor.document, SetParam(node="n_1", param="cells", value=cells(1, 2)))
    visitor.draw(undone, selected=("n_1",))
    assert [field.value for field in visitor.at.number_input if field.label == "units"] == [1, 2]
    assert "one at least" not in visitor.texts()


def test_a_list_of_another_layer_inside_is_edited_there(form, last_command, carried_out):
    visitor = form("RNN")
    visitor.field("cell").set_value("StackedRNNCells").run()
    cell = last_command(visitor)["params"]["cell"]
    assert cell == {"layer": "StackedRNNCells", "params": {"cells": cells(32)}}
    carried_out(visitor, cell=cell)
    visitor.field("Add to cells").set_value("LSTMCell").run()
    assert last_command(visitor)["params"]["cell"]["params"]["cells"] == cells(32, 32)


def test_what_follows_one_another_takes_one_input(form):
    offered = set(form("Pipeline", layers=[]).field("layers").options)
    assert {"Rescaling", "RandomFlip", "Dense"} <= offered
    assert not {"Add", "Pipeline", "InputLayer", "MultiHeadAttention", "TimeDistributed"} & offered


@pytest.mark.parametrize("given", ["LSTMCell", {"layer": "LSTMCell"}, 7, [7], [{"layer": "Odd"}], [None]])
def test_what_is_no_list_of_layers_does_not_stop_the_form(form, given):
    visitor = form("StackedRNNCells", cells=given)
    assert not visitor.at.exception
    assert "Something went wrong" not in visitor.texts()
    assert visitor.field("Add to cells" if isinstance(given, list) else "cells").options
