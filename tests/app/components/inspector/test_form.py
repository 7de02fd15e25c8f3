"""The form of a layer: what one types becomes a command, and the form follows the design."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from app.components.inspector.ranking import comes_first
from graph_compiler.document import SetParam, apply
from runtime.layers import layer_names, layer_spec

FOLLOWING = ("activation", "name", "note", "Bypassed")
"""Fields of all kinds that the canvas can change, too."""


def test_a_number_is_committed(form, last_command):
    visitor = form("Dense", units=32)
    visitor.field("units").set_value(64).run()
    assert last_command(visitor) == {"op": "set_node", "node": "n_1", "params": {"units": 64}}


def test_changing_a_number_and_back_before_the_browser_answers_commits_both(form):
    visitor = form("Dense", units=32)
    visitor.field("units").set_value(64).run()
    visitor.field("units").set_value(32).run()
    assert [command["params"] for command in visitor.sent["commands"]] == [{"units": 64}, {"units": 32}]
    assert visitor.field("units").value == 32


def test_what_is_typed_stays_while_an_earlier_command_is_on_its_way(form):
    visitor = form("Dense", units=32)
    visitor.field("units").set_value(64).run()
    first = visitor.sent["commands"][-1]["id"]
    visitor.field("units").set_value(65).run()
    behind, _ = apply(visitor.document, SetParam(node="n_1", param="units", value=64))
    visitor.draw(behind, selected=("n_1",), ack=first)
    assert visitor.field("units").value == 65


def test_undo_on_the_canvas_changes_the_form(form, carried_out):
    visitor = form("Dense", units=32)
    visitor.field("units").set_value(64).run()
    carried_out(visitor, units=64)
    undone, _ = apply(visitor.document, SetParam(node="n_1", param="units", value=32))
    visitor.draw(undone, selected=("n_1",))
    assert visitor.field("units").value == 32


def _reported(visitor):
    """The values of all widgets, as a browser sends them with whatever it has to say; buttons have none."""
    states = WidgetStates()
    found = visitor.at._tree.get_widget_states().widgets
    states.widgets.extend(one for one in found if one.WhichOneof("value") != "trigger_value")
    return states


def test_undo_outlives_a_browser_that_still_reports_what_was_before(form, carried_out):
    visitor = form("Dense", units=32, activation="relu")
    node = visitor.document.nodes["n_1"]
    visitor.button("Reset activation").click().run()
    reset = node.model_copy(
        update={"params": {"units": 32}, "name": "other", "note": "new", "bypassed": True}
    )
    ack = visitor.sent["commands"][-1]["id"]
    visitor.draw(visitor.document.model_copy(update={"nodes": {"n_1": reset}}), ("n_1",), ack)
    assert [visitor.field(label).value for label in FOLLOWING] == ["none", "other", "new", True]
    reported = _reported(visitor)
    visitor.draw(visitor.document.model_copy(update={"nodes": {"n_1": node}}), ("n_1",), ack)
    assert [visitor.field(label).value for label in FOLLOWING] == ["relu", "it", "", False]
    # The browser sends something before it has drawn that: it reports the widgets as they were.
    visitor.at._run(reported)
    assert visitor.sent["commands"] == []
    assert [visitor.field(label).value for label in FOLLOWING] == ["relu", "it", "", False]
    # What somebody enters then is an entry, also if it is what was there before.
    visitor.field("activation").set_value("none").run()
    assert visitor.sent["commands"][-1]["unset"] == ["activation"]


def test_the_form_stands_while_a_fix_is_carried_out(form):
    visitor = form("Dense", units=32)
    next(button for button in visitor.at.button if button.label.startswith("Fix: ")).click().run()
    assert "add_node" in [edit["op"] for edit in visitor.sent["commands"][-1]["edits"]]
    assert visitor.field("units").value == 32


def test_a_text_written_otherwise_is_committed_once(form):
    visitor = form("Conv2D", filters=4, kernel_size=3)
    visitor.field("kernel_size").input("(3,5)")
    reported = _reported(visitor)
    for _ in range(2):
        visitor.at._run(reported)
        assert visitor.field("kernel_size").value == "3, 5"
    assert [command["params"] for command in visitor.sent["commands"]] == [{"kernel_size": [3, 5]}]


def test_a_default_is_shown_and_can_be_had_back(form, last_command):
    visitor = form("Dense", units=32, activation="relu")
    assert visitor.field("activation").value == "relu"
    reset = visitor.at.button(key="icon_reset_canvas:n_1:params:activation")
    reset.click().run()
    assert last_command(visitor) == {"op": "set_node", "node": "n_1", "unset": ["activation"]}
    assert visitor.field("activation").value == "none"


def test_a_value_at_its_default_has_no_way_back(form):
    visitor = form("Dense", units=32)
    assert not [button for button in visitor.at.button if (button.key or "").startswith("icon_reset_")]


@pytest.mark.parametrize(
    ("layer", "param", "typed", "value"),
    [
        ("InputLayer", "shape", "28 x 28 x 1", [28, 28, 1]),
        ("InputLayer", "shape", "None, 8", [None, 8]),
        ("InputLayer", "shape", "7", [7]),
        ("Conv2D", "kernel_size", "5", 5),
        ("Conv2D", "kernel_size", "(3, 5)", [3, 5]),
        ("Permute", "dims", "2, 1", [2, 1]),
        ("ZeroPadding2D", "padding", "(1, 0), (2, 0)", [[1, 0], [2, 0]]),
        ("ZeroPadding2D", "padding", "2", 2),
        ("Rescaling", "scale", "1/255", 1 / 255),
        ("Rescaling", "offset", "-1e-3", -0.001),
    ],
)
def test_texts_become_values(form, layer, param, typed, value, last_command):
    visitor = form(layer)
    visitor.field(param).input(typed).run()
    assert last_command(visitor)["params"] == {param: value}


@pytest.mark.parametrize(
    ("layer", "param", "typed"),
    [("Conv2D", "kernel_size", "abc"), ("Conv2D", "kernel_size", "0"), ("Rescaling", "scale", "one")],
)
def test_a_mistake_is_said_at_the_field_and_not_committed(form, layer, param, typed):
    visitor = form(layer)
    visitor.field(param).input(typed).run()
    assert visitor.sent["commands"] == []
    assert f"{param.replace('_', chr(92) + '_')} got" in visitor.texts()
    assert visitor.field(param).value == typed


def test_what_the_checks_say_of_a_parameter_stands_at_its_field(form):
    visitor = form("Dense", units=0)
    assert not [error for error in visitor.at.error if "units" in error.value], "not above the form as well"
    assert "at least 1" in visitor.texts()


def test_a_name_that_cannot_be_is_refused(form, last_command):
    visitor = form("Dense", units=3)
    visitor.field("name").input("two words").run()
    assert "cannot be called" in visitor.texts()
    assert visitor.sent["commands"] == []
    visitor.field("name").input("two_words").run()
    assert last_command(visitor) == {"op": "set_node", "node": "n_1", "name": "two_words"}


def test_a_note_is_kept(form, last_command):
    visitor = form("Dense", units=3)
    visitor.field("note").input("try 64").run()
    assert last_command(visitor) == {"op": "set_node", "node": "n_1", "note": "try 64"}


def test_a_regularizer_has_its_strength(form, last_command, carried_out):
    visitor = form("Dense", units=3, kernel_regularizer="l2")
    visitor.field("l2").input("0.5").run()
    config = {"class_name": "L2", "config": {"l2": 0.5}}
    assert last_command(visitor)["params"] == {"kernel_regularizer": config}
    carried_out(visitor, kernel_regularizer=config)
    assert visitor.field("kernel_regularizer").value == "l2"
    assert visitor.field("l2").value == "0.5"


@pytest.mark.parametrize("wrapper", ["Bidirectional", "TimeDistributed"])
def test_the_layer_inside_is_chosen_and_edited(form, wrapper, last_command, carried_out):
    visitor = form(wrapper)
    inner = "LSTM" if wrapper == "Bidirectional" else "Dense"
    visitor.field("layer").set_value(inner).run()
    chosen = last_command(visitor)["params"]["layer"]
    assert chosen["layer"] == inner
    carried_out(visitor, layer=chosen)
    visitor.field("units").set_value(7).run()
    assert last_command(visitor)["params"]["layer"]["params"]["units"] == 7
    carried_out(visitor, layer=last_command(visitor)["params"]["layer"])
    assert visitor.field("units").value == 7


def test_another_layer_inside_keeps_what_both_have(form, last_command):
    visitor = form("Bidirectional", layer={"layer": "LSTM", "params": {"units": 12}})
    visitor.field("layer").set_value("GRU").run()
    assert last_command(visitor)["params"]["layer"] == {"layer": "GRU", "params": {"units": 12}}


def test_two_layers_one_after_the_other_keep_their_own_values(tab, project):
    visitor = tab(project())
    visitor.visit()
    visitor.select("hidden")
    hidden = visitor.field("units").value
    visitor.select("output")
    assert visitor.field("units").value == 3 != hidden
    visitor.select("hidden")
    assert visitor.field("units").value == hidden


def test_an_unknown_layer_says_so(form):
    visitor = form("Denze")
    assert "Unknown layer 'Denze'" in visitor.texts()


def test_experts_parameters_come_last():
    last = {
        param.name for name in layer_names() for param in layer_spec(name).params if not comes_first(param)
    }
    first = {param.name for name in layer_names() for param in layer_spec(name).params if comes_first(param)}
    assert {"use_cudnn", "weights", "unroll", "seed", "kernel_initializer"} <= last
    assert {"units", "activation", "shape", "kernel_size", "padding", "cropping", "rate", "layer"} <= first


def test_all_goes_back_to_the_defaults_in_one_step(form, last_command):
    visitor = form("Conv2D", filters=8, kernel_size=3, strides=2, kernel_initializer="he_normal")
    visitor.button("Reset all to defaults").click().run()
    assert last_command(visitor) == {
        "op": "set_node",
        "node": "n_1",
        "unset": ["strides", "kernel_initializer"],
    }


def test_two_options_changed_before_the_page_runs_are_both_kept(form, last_command):
    visitor = form("Dense", units=3, kernel_regularizer={"class_name": "L1L2", "config": {}})
    visitor.field("l1").input("0.5")
    visitor.field("l2").input("0.25").run()
    config = last_command(visitor)["params"]["kernel_regularizer"]["config"]
    assert config == {"l1": 0.5, "l2": 0.25}


def test_two_parameters_of_the_layer_inside_are_both_kept(form, last_command):
    visitor = form("Bidirectional", layer={"layer": "LSTM", "params": {"units": 12}})
    visitor.field("units").set_value(7)
    visitor.field("return_sequences").set_value(True).run()
    inside = last_command(visitor)["params"]["layer"]["params"]
    assert inside == {"units": 7, "return_sequences": True}


@pytest.mark.parametrize(
    ("layer", "params", "field", "shown"),
    [
        ("Dropout", {"rate": 1.5}, "rate", "1.5"),
        ("Dropout", {"rate": "much"}, "rate", "much"),
        ("Dense", {"units": 0}, "units", "0"),
        ("Dense", {"units": "many"}, "units", "many"),
        ("BatchNormalization", {"momentum": 0.9999}, "momentum", 0.9999),
        ("InputLayer", {"shape": [0, 3]}, "shape", "0, 3"),
        ("InputLayer", {"shape": "wide"}, "shape", "wide"),
        (
            "Dense",
            {"units": 3, "kernel_regularizer": {"class_name": "Odd", "config": 7}},
            "kernel_regularizer",
            "Odd",
        ),
    ],
)
def test_what_no_widget_can_hold_is_shown_all_the_same(form, layer, params, field, shown):
    visitor = form(layer, **params)
    assert visitor.field(field).value == shown
    visitor.at.run()
    assert not visitor.at.exception
    assert visitor.field(field).value == shown
    assert "Something went wrong" not in visitor.texts()


def test_a_value_out_of_bounds_becomes_a_slider_when_it_is_mended(form, last_command, carried_out):
    visitor = form("Dropout", rate=1.5)
    visitor.field("rate").input("0.5").run()
    assert last_command(visitor)["params"] == {"rate": 0.5}
    carried_out(visitor, rate=0.5)
    assert visitor.field("rate").type == "slider"
    assert visitor.field("rate").value == 0.5


def test_a_number_that_may_be_none_can_be_emptied(form, last_command):
    visitor = form("Dropout", rate=0.5, seed=7)
    seed = visitor.field("seed")
    assert seed.value == "7"
    seed.input("seven").run()
    assert "seed got 'seven', but it wants a whole number" in visitor.texts().replace("\\", "")
    visitor.field("seed").input("").run()
    assert last_command(visitor)["unset"] == ["seed"]


def test_a_shape_is_edited_axis_by_axis(form, last_command, carried_out):
    visitor = form("InputLayer", shape=[28, 28])
    visitor.at.button(key="more_canvas:n_1:params:shape").click().run()
    visitor.field("shape, axis 1").input("few").run()
    assert "wants a whole number" in visitor.texts()
    visitor.field("shape, axis 1").input("").run()
    assert last_command(visitor)["params"] == {"shape": [None, 28, 1]}
    assert visitor.field("shape").value == "None, 28, 1"
    carried_out(visitor, shape=[None, 28, 1])
    visitor.at.button(key="fewer_canvas:n_1:params:shape").click().run()
    assert last_command(visitor)["params"] == {"shape": [None, 28]}


def test_only_layers_that_fit_are_offered_inside(form):
    inside = form("Bidirectional").field("layer").options
    assert {"LSTM", "GRU", "SimpleRNN"} <= set(inside)
    assert not {"Dense", "InputLayer", "Add", "Bidirectional"} & set(inside)
    cells = form("RNN").field("cell").options
    assert {"LSTMCell", "GRUCell", "SimpleRNNCell"} <= set(cells)
    assert "LSTM" not in cells


def test_pictures_stand_at_what_they_show(form):
    visitor = form("Conv2D", filters=4, kernel_size=3, activation="relu")
    pictures = [
        element.body for element in (one.proto for one in visitor.at.get("html")) if "<img" in element.body
    ]
    assert [picture.split(":")[0].split(".")[0] for picture in pictures] == [
        '<img alt="Curve',
        '<img alt="Windows',
        '<img alt="Histogram of 4,096 first values of a weight of 64 × 64',
        '<img alt="Histogram of 4,096 first values of a weight of 64 × 64',
    ]


@pytest.mark.parametrize(
    ("layer", "given", "field", "typed"),
    [
        ("ReLU", {}, "max_value", "inf"),
        ("ReLU", {}, "max_value", "1e999"),
        ("ReLU", {}, "max_value", "1e308/1e-308"),
        ("Rescaling", {"scale": 1.0}, "offset", "0, -inf"),
        ("Rescaling", {"scale": 1.0}, "offset", "nan"),
        ("Normalization", {}, "mean", "[1, [1e999]]"),
        ("Normalization", {}, "mean", "{'a': (1, -1e999)}"),
        ("Normalization", {}, "mean", "NaN"),
    ],
)
def test_what_no_design_can_hold_is_refused_in_words(form, layer, given, field, typed):
    visitor = form(layer, **given)
    visitor.field(field).input(typed).run()
    assert "but it wants finite numbers" in visitor.texts()
    assert visitor.sent["commands"] == []
    visitor.visit("train")
