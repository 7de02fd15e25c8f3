"""The page Train: what stands against a run, its settings, and a run that is looked at."""

import pytest

from app.components.charts import smoothed
from app.services.curves import Curve, Curves
from graph_compiler.document import BindData, GraphDocument, SetParam, apply
from tests.app.conftest import wait_for


def train_button(visitor):
    return visitor.button("Train")


def test_a_finished_design_can_be_trained(tab, project):
    visitor = tab(project())
    visitor.visit("train")
    assert not train_button(visitor).disabled
    assert "No run yet." in visitor.texts()


def test_without_data_it_says_so_and_leads_there(tab, project):
    visitor = tab(project())
    visitor.visit()
    visitor.draw()
    visitor.opening.save(apply(visitor.document, BindData(data=None))[0])
    at = visitor.visit("train")
    assert train_button(visitor).disabled
    assert "No data is chosen." in visitor.texts().replace("\\", "")
    visitor.button("Choose data").click().run()
    assert "Iris flowers" in [button.label.split(" · ")[0] for button in at.button]


def test_a_mistake_stands_by_its_layer_and_leads_there(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    visitor.draw(apply(visitor.document, SetParam(node=hidden, param="units", value=0))[0])
    visitor.visit("train")
    assert train_button(visitor).disabled
    assert "hidden: " in visitor.texts().replace("\\", "")
    visitor.button("Show hidden").click().run()
    assert visitor.sent["commands"][-1]["nodes"] == [hidden]


def test_an_empty_design_cannot_be_trained(tab, services):
    visitor = tab(services.projects.create("Empty", GraphDocument()))
    visitor.visit("train")
    assert train_button(visitor).disabled


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("Epochs", 7, lambda document: document.training.epochs),
        ("Batch size", 5, lambda document: document.training.batch_size),
        ("Validation split", 0.25, lambda document: document.training.validation_split),
        ("Seed", 3, lambda document: document.training.seed),
        ("Shuffle", False, lambda document: document.training.shuffle),
        ("Optimizer", "sgd", lambda document: document.compile.optimizer),
        ("Learning rate", 0.5, lambda document: document.compile.learning_rate),
        ("Loss", "mean_squared_error", lambda document: document.compile.loss),
        ("Metrics", ["mean_absolute_error"], lambda document: list(document.compile.metrics)),
    ],
)
def test_a_setting_is_saved_at_once(tab, project, services, field, value, read):
    visitor = tab(project())
    visitor.visit("train")
    visitor.field(field).set_value(value).run()
    assert read(visitor.document) == value
    assert read(services.projects.open(visitor.opening.project.id).document) == value
    assert visitor.field(field).value == value


def test_what_goes_with_the_data_is_offered_and_taken(tab, project):
    visitor = tab(project())
    visitor.visit("train")
    visitor.field("Loss").set_value("mean_squared_error").run()
    visitor.button("Set what goes with the data").click().run()
    assert visitor.document.compile.loss == "sparse_categorical_crossentropy"
    assert visitor.field("Loss").value == "sparse_categorical_crossentropy"


def test_a_double_click_begins_one_run(tab, project, services):
    opened = project()
    visitor = tab(opened)
    visitor.visit("train")
    for _ in range(2):
        train_button(visitor).click().run()
    (run,) = services.runs.of_project(opened.id)
    wait_for(services, run.id)


def test_a_run_is_trained_and_shown(tab, project, services):
    visitor = tab(project())
    at = visitor.visit("train")
    visitor.field("Epochs").set_value(2).run()
    train_button(visitor).click().run()
    (run,) = services.runs.of_project(visitor.opening.project.id)
    assert wait_for(services, run.id).state == "finished"
    at.run()
    assert not at.exception
    assert "**Finished**" in visitor.texts()
    numbers = {metric.label for metric in at.metric}
    assert {"loss", "accuracy", "validation loss", "samples a second"} <= numbers
    assert len(at.get("bidi_component")) >= 2, "a chart of the loss and one of the accuracy"
    visitor.field("Log scale").set_value(True).run()
    visitor.field("Smooth").set_value(True).run()
    assert not at.exception
    assert not at.error


def test_two_runs_are_listed_and_either_can_be_looked_at(tab, trained, services):
    project = trained()
    visitor = tab(project)
    at = visitor.visit("train")
    train_button(visitor).click().run()
    latest = services.runs.of_project(project.id)[0]
    wait_for(services, latest.id)
    at.run()
    assert visitor.field("Run").value == latest.id
    assert visitor.field("Run").options[0].startswith("Run 2 · finished · ")
    first = services.runs.of_project(project.id)[-1]
    visitor.field("Run").set_value(first.id).run()
    assert not at.exception
    assert list(at.dataframe[0].value["run"])[-2:] == [2, 1]


def test_a_run_is_stopped(tab, project, services):
    visitor = tab(project())
    at = visitor.visit("train")
    visitor.field("Epochs").set_value(100_000).run()
    train_button(visitor).click().run()
    visitor.button("Stop").click().run()
    (run,) = services.runs.of_project(visitor.opening.project.id)
    assert wait_for(services, run.id).state == "stopped"
    at.run()
    assert "**Stopped**" in visitor.texts()
    assert "Stopped as you asked." in visitor.texts().replace("\\", "") or "queue" in visitor.texts()


def test_smoothing_averages_neighbours_and_keeps_gaps():
    curves = Curves("r", training={"loss": Curve([1.0, 2.0, 3.0], [1.0, None, 3.0])})
    smooth = smoothed(curves).training["loss"]
    assert smooth.epochs == [1.0, 2.0, 3.0]
    assert smooth.values == [2.0, 2.0, 2.0]
    assert curves.training["loss"].values == [1.0, None, 3.0], "what was measured stays"
