"""Several layers in one form: what they have in common, changed together."""

from graph_compiler.document import SetParam, apply


def test_common_parameters_are_shown_and_differing_values_are_mixed(forms):
    visitor = forms(
        a=("Dense", {"units": 8, "activation": "relu"}), b=("LSTM", {"units": 8, "activation": "tanh"})
    )
    assert "2 layers" in visitor.texts()
    assert visitor.field("units").value == 8
    activation = visitor.field("activation")
    assert (activation.value, activation.placeholder) == (None, "mixed")
    labels = {
        widget.label for kind in ("toggle", "selectbox", "text_input") for widget in visitor.at.get(kind)
    }
    assert "use_bias" in labels
    assert not {"return_sequences", "recurrent_activation", "name"} & labels


def test_a_change_is_one_command_for_all(forms, last_command):
    visitor = forms(a=("Dense", {"units": 8}), b=("LSTM", {"units": 16}), c=("Dense", {"units": 3}))
    visitor.field("units").set_value(32).run()
    edits = [{"op": "set_node", "node": f"n_{number}", "params": {"units": 32}} for number in (1, 2, 3)]
    assert last_command(visitor) == {"op": "batch", "edits": edits}
    document = visitor.document
    for number in (1, 2, 3):
        document, _ = apply(document, SetParam(node=f"n_{number}", param="units", value=32))
    visitor.draw(document, selected=("n_1", "n_2", "n_3"), ack=visitor.sent["commands"][-1]["id"])
    assert visitor.field("units").value == 32


def test_each_layer_has_its_own_default_back(forms, last_command):
    visitor = forms(a=("Dense", {"units": 8, "activation": "relu"}), b=("LSTM", {"units": 8}))
    visitor.button("Reset activation").click().run()
    edits = [{"op": "set_node", "node": f"n_{number}", "unset": ["activation"]} for number in (1, 2)]
    assert last_command(visitor) == {"op": "batch", "edits": edits}


def test_all_of_them_go_back_to_their_defaults_in_one_step(forms, last_command):
    given = {"units": 8, "activation": "relu", "use_bias": False}
    visitor = forms(a=("Dense", given), b=("Dense", {"units": 8}), c=("LSTM", given))
    visitor.button("Reset all to defaults").click().run()
    unset = ["activation", "use_bias"]
    assert last_command(visitor)["edits"] == [
        {"op": "set_node", "node": f"n_{number}", "unset": unset} for number in (1, 3)
    ]


def test_a_name_chosen_for_mixed_ones_is_the_default_of_one_and_written_at_the_other(forms, last_command):
    visitor = forms(a=("Dense", {"units": 8, "use_bias": False}), b=("LSTM", {"units": 8}))
    visitor.field("activation").set_value("tanh").run()
    assert last_command(visitor)["edits"] == [
        {"op": "set_node", "node": "n_1", "params": {"activation": "tanh"}},
        {"op": "set_node", "node": "n_2", "unset": ["activation"]},
    ]
    switch = visitor.field("use_bias")
    assert (switch.value, switch.options) == (None, ["yes", "no"])
    switch.set_value("yes").run()
    assert last_command(visitor)["edits"] == [
        {"op": "set_node", "node": f"n_{number}", "unset": ["use_bias"]} for number in (1, 2)
    ]


def test_layers_without_a_common_parameter_say_so(forms):
    visitor = forms(a=("InputLayer", {"shape": [3]}), b=("Flatten", {}), c=("Denze", {}))
    assert "no parameter in common" in visitor.texts()
    assert "1 of them cannot be changed" in visitor.texts()


def test_mistakes_say_whose_they_are(forms):
    visitor = forms(a=("Dense", {"units": 0}), b=("Dense", {"units": 8}))
    assert "a\\: " in visitor.texts()
    assert "at least 1" in visitor.texts()
