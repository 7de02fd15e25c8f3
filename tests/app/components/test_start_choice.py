"""Which weights a training starts from: what was chosen holds while the texts of the choices change."""

from streamlit.proto.WidgetStates_pb2 import WidgetStates

from tests.app.conftest import wait_for


def test_a_run_stays_chosen_when_its_text_is_another(tab, project, services):
    opened = project()
    visitor = tab(opened)
    at = visitor.visit("train")
    visitor.field("Epochs").set_value(1).run()
    visitor.button("Train").click().run()
    run = wait_for(services, services.runs.of_project(opened.id)[0].id)
    at.run()
    start = visitor.field("Start from")
    assert start.value == ""
    start.set_value(run.id).run()
    assert visitor.field("Start from").value == run.id
    before = visitor.field("Start from").options
    states = at._tree.get_widget_states().widgets
    reported = WidgetStates(widgets=[one for one in states if one.WhichOneof("value") != "trigger_value"])
    services.runs.set_note(run.id, "the one that counts")
    for _ in range(2):
        # The browser names the choice by the text it had.
        at._run(reported)
        assert visitor.field("Start from").options != before
        assert visitor.field("Start from").value == run.id
    assert "Examine without training" in [button.label for button in at.button]
    visitor.field("Start from").set_value("").run()
    assert visitor.field("Start from").value == ""


def test_new_weights_are_offered_when_the_chosen_run_is_gone(tab, project, services):
    opened = project()
    visitor = tab(opened)
    at = visitor.visit("train")
    visitor.field("Epochs").set_value(1).run()
    for _ in range(2):
        visitor.button("Train").click().run()
        last = wait_for(services, services.runs.of_project(opened.id)[0].id)
    at.run()
    visitor.field("Start from").set_value(last.id).run()
    services.runs.delete(last.id)
    at.run()
    assert visitor.field("Start from").value == ""
