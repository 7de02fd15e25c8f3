"""The page Train beyond one run: callbacks, schedules, reasons, runs that go on, are compared and deleted."""

from app.services.training import standing
from graph_compiler.document import RenameNode, apply
from tests.app.conftest import wait_for


def run_of(services, project):
    return services.runs.of_project(project.id)[0]


def test_callbacks_are_switched_on_and_set(tab, project):
    visitor = tab(project())
    visitor.visit("train")
    visitor.field("Early Stopping").set_value(True).run()
    assert [one.name for one in visitor.document.training.callbacks] == ["EarlyStopping"]
    assert set(visitor.field("monitor").options) == {"val_loss", "val_accuracy", "loss", "accuracy"}
    visitor.field("patience").set_value(4).run()
    visitor.field("monitor").set_value("val_accuracy").run()
    assert visitor.document.training.callbacks[0].params == {"patience": 4, "monitor": "val_accuracy"}
    visitor.field("Epochs").set_value(9).run()
    assert visitor.document.training.callbacks[0].params["patience"] == 4, (
        "the rest of the form leaves it alone"
    )
    visitor.field("Early Stopping").set_value(False).run()
    assert visitor.document.training.callbacks == ()
    assert not visitor.at.exception


def test_the_optimizer_the_loss_and_a_metric_have_forms_for_their_parameters(tab, project, services):
    visitor = tab(project())
    visitor.visit("train")
    visitor.field("Optimizer").set_value("sgd").run()
    visitor.field("momentum").set_value(0.8).run()
    visitor.field("nesterov").set_value(True).run()
    visitor.field("clipnorm").set_value("1.5").run()
    assert visitor.document.compile.optimizer_params == {"momentum": 0.8, "nesterov": True, "clipnorm": 1.5}
    assert "Parameters of sgd (3 changed)" in [expander.label for expander in visitor.at.expander]
    visitor.button("Reset nesterov").click().run()
    visitor.field("clipnorm").set_value("-1").run()
    assert "clipnorm got -1.0, but it wants a number, at least 0." in visitor.texts().replace("\\", "")
    visitor.field("Optimizer").set_value("adam").run()
    assert visitor.document.compile.optimizer_params == {"clipnorm": 1.5}, "adam has no momentum"
    visitor.field("ignore_class").set_value("2").run()
    visitor.field("Metrics").set_value(["accuracy", "sparse_top_k_categorical_accuracy"]).run()
    visitor.field("k").set_value(2).run()
    saved = services.projects.open(visitor.opening.project.id).document.compile
    assert saved.loss_params == {"ignore_class": 2}
    assert saved.metric_params == {"sparse_top_k_categorical_accuracy": {"k": 2}}
    visitor.field("Epochs").set_value(9).run()
    assert visitor.document.compile == saved, "the rest of the form leaves it alone"
    visitor.field("Loss").set_value("mean_squared_error").run()
    assert visitor.document.compile.loss_params == {}
    assert not visitor.at.exception


def test_a_parameter_out_of_a_file_that_is_none_is_told_and_taken_away(tab, project):
    opened = project()
    visitor = tab(opened)
    visitor.visit("train")
    compiled = visitor.document.compile.model_copy(update={"optimizer_params": {"momentun": 0.9}})
    visitor.opening.save(visitor.document.model_copy(update={"compile": compiled}))
    visitor.visit("train")
    assert "adam has no parameter momentun." in visitor.texts().replace("\\", "")
    visitor.button("Take momentun away").click().run()
    assert visitor.document.compile.optimizer_params == {}


def test_a_schedule_is_chosen_for_the_steps_of_the_training(tab, project):
    visitor = tab(project())
    visitor.visit("train")
    visitor.field("schedule").set_value("cosine_decay").run()
    schedule = visitor.document.compile.schedule
    assert schedule.name == "CosineDecay"
    assert schedule.params["decay_steps"] > visitor.document.training.epochs
    assert not visitor.at.exception


def test_what_goes_with_the_data_is_said_with_its_reason(tab, project):
    visitor = tab(project())
    visitor.visit("train")
    visitor.field("Loss").set_value("mean_squared_error").run()
    said = visitor.texts().replace("\\", "")
    assert (
        "Iris flowers asks for one of 3 classes, and the last layer gives 3 values through softmax." in said
    )


def test_a_run_trains_more_gets_a_note_and_goes_away(tab, project, services):
    opened = project()
    visitor = tab(opened)
    at = visitor.visit("train")
    visitor.field("Epochs").set_value(2).run()
    visitor.button("Train").click().run()
    run = wait_for(services, run_of(services, opened).id)
    at.run()
    assert "It came to the end of its 2 epochs." in visitor.texts()
    visitor.field("More epochs").set_value(3).run()
    visitor.button("Train 3 more").click().run()
    run = wait_for(services, run.id)
    assert (run.attempt, run.progress["epoch"], run.progress["epochs"]) == (2, 5, 5)
    assert not standing(services, run).is_unfinished
    visitor.field("Note").set_value("more of it").run()
    assert services.runs.get(run.id).note == "more of it"
    visitor.button("Train").click().run()
    wait_for(services, run_of(services, opened).id)
    at.run()
    assert list(at.dataframe[0].value["run"]) == [2, 1]
    visitor.field("Filter").set_value("more of").run()
    assert list(at.dataframe[0].value["run"]) == [1]
    assert list(at.dataframe[0].value["note"]) == ["more of it"]
    # A click on a row of the table leads to the field below it.
    at.session_state["run_noted"] = run.id
    at.run()
    visitor.field("Note of run 1").set_value("another word").run()
    assert services.runs.get(run.id).note == "another word"
    visitor.field("Filter").set_value("").run()
    assert list(at.dataframe[0].value["note"]) == ["", "another word"]
    both = [one.id for one in services.runs.of_project(opened.id)]
    charts = len(at.get("bidi_component"))
    (choice,) = [group for group in at.get("button_group") if group.label == "Runs in one chart"]
    choice.set_value(both).run()
    assert len(at.get("bidi_component")) > charts
    visitor.button("Delete this run").click().run()
    assert [one.number for one in services.runs.of_project(opened.id)] == [1]
    assert "“Run 2” is deleted." in visitor.texts()
    visitor.button("Undo delete").click().run()
    assert [one.id for one in services.runs.of_project(opened.id)] == both
    assert visitor.field("Run").value == both[0]
    assert not at.exception
    assert not at.error


def test_the_design_of_a_run_comes_back_on_the_canvas_as_one_step(tab, trained, services):
    opened = services.projects.create("Changed since", services.runs.document(run_of(services, trained()).id))
    visitor = tab(opened)
    visitor.visit("train")
    visitor.field("Epochs").set_value(1).run()
    visitor.button("Train").click().run()
    wait_for(services, run_of(services, opened).id)
    visitor.at.run()
    visitor.field("Epochs").set_value(77).run()
    trained_names = visitor.document.names()
    visitor.opening.save(apply(visitor.document, RenameNode(node=visitor.node("hidden"), name="other"))[0])
    visitor.button("Bring its design back").click().run()
    assert visitor.document.training.epochs == 1
    assert visitor.document.names() == trained_names
    (command,) = visitor.at.session_state["canvas:commands"]
    replace, beside = command["edits"]
    assert {node["name"] for node in replace["doc"]["nodes"]} == trained_names
    assert beside["change"]["training"]["epochs"] == [77, 1]
