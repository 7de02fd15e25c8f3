"""The page Evaluate, on real runs of all kinds of tasks."""

import json
import re

import numpy as np
import pytest

from app.services.datasets import load
from app.services.templates import open_template
from app.services.training import train
from tests.app.conftest import wait_for


def look_at(at, section):
    """Open a section; nothing may go wrong in it."""
    at.session_state["evaluate_section"] = section
    at.run()
    assert not at.exception
    assert [error.value for error in at.error] == []


def test_before_the_first_run_it_leads_to_training(tab, project):
    visitor = tab(project())
    visitor.visit("evaluate")
    assert "Nothing has been trained yet" in visitor.texts()


def test_a_classifier_is_told_in_words_with_its_confusion_matrix(tab, trained):
    visitor = tab(trained("iris"))
    at = visitor.visit("evaluate")
    assert "of 30 test rows were told right." in visitor.texts()
    assert "A small network" in visitor.texts().replace("\\", "")
    assert "accuracy" in {metric.label for metric in at.metric}
    assert len(at.get("plotly_chart")) == 1
    table = at.dataframe[0].value
    assert {"right answer", "model's answer", "how sure"} <= set(table.columns)


def test_the_best_model_can_be_examined_instead_of_the_last(tab, services):
    document = open_template("iris")
    wild = document.model_copy(
        update={
            "compile": document.compile.model_copy(update={"learning_rate": 3.0}),
            "training": document.training.model_copy(update={"epochs": 4, "seed": 1}),
        }
    )
    project = services.projects.create("It gets worse", wild)
    run = wait_for(services, train(services, project.id, wild).id)
    assert run.progress["best"]["val_loss"][1] < 4, "the run of this test is to get worse"
    visitor = tab(project)
    at = visitor.visit("evaluate")
    last = {metric.label: metric.value for metric in at.metric}
    (choice,) = [group for group in at.button_group if group.label == "Which model is examined"]
    choice.set_value("best").run()
    assert not at.exception
    assert not at.error
    now = {metric.label: metric.value for metric in at.metric}
    assert now["test loss"] != last["test loss"]
    look_at(at, "Try it")
    folder = services.settings.run_dir(run.id)
    asked = services.examiner.ask(run.id, "predict", {"x": load("iris").test.x}, which="best").arrays["y0"]
    np.testing.assert_allclose(asked, np.load(folder / "best-predictions.npy"), atol=1e-6)
    assert services.examiner.pid(run.id) is None, "only the model that is looked at is loaded"


def test_a_run_that_was_cut_short_is_examined_when_it_is_looked_at(tab, services):
    document = open_template("iris")
    project = services.projects.create("Cut short", document)
    run = wait_for(services, train(services, project.id, document).id)
    folder = services.settings.run_dir(run.id)
    examined = (folder / "predictions.npy").read_bytes()
    for file in ("results.json", "predictions.npy"):
        (folder / file).unlink()
    visitor = tab(project)
    at = visitor.visit("evaluate")
    assert not at.exception
    assert [error.value for error in at.error] == []
    assert "of 30 test rows were told right." in visitor.texts()
    assert (folder / "predictions.npy").read_bytes() == examined


def test_how_sure_the_model_is_of_an_own_row_is_said_in_words_that_fit_the_number(tab, trained):
    visitor = tab(trained("iris"))
    at = visitor.visit("evaluate")
    look_at(at, "Try it")
    said = {}
    for width in (0.1, 0.6, 0.9, 1.3, 1.6, 1.8, 2.5):
        visitor.field("petal width, cm").set_value(width).run()
        answer = re.search(r"#### [a-z]+ · (\d+)%", visitor.texts())
        words = re.search(r"The model is (sure|rather sure|not sure)", visitor.texts())
        said[int(answer[1])] = words[1]
    limits = {"sure": (90, 100), "rather sure": (60, 90), "not sure": (33, 60)}
    assert all(limits[words][0] <= share <= limits[words][1] for share, words in said.items()), said
    assert len(set(said.values())) > 1, said


def test_a_cell_of_the_matrix_opens_its_rows(tab, trained):
    visitor = tab(trained("iris"))
    at = visitor.visit("evaluate")
    for true in ("setosa", "virginica"):
        visitor.field("True").set_value(true).run()
        visitor.field("Predicted").set_value("setosa").run()
        assert not at.exception
        if at.dataframe:
            assert set(at.dataframe[0].value["right answer"]) == {true}
            assert set(at.dataframe[0].value["model's answer"]) == {"setosa"}
        else:
            assert "There are no such test rows." in visitor.texts()


@pytest.mark.parametrize("choice", ["first", "wrong", "worst", "surest"])
def test_rows_are_chosen_by_how_they_were_answered(tab, trained, choice):
    visitor = tab(trained("iris"))
    at = visitor.visit("evaluate")
    at.button_group[0].set_value(choice).run()
    assert not at.exception
    assert not at.error


def test_amounts_are_drawn_against_the_right_ones(tab, trained):
    visitor = tab(trained("cars"))
    at = visitor.visit("evaluate")
    assert "An answer is off by" in visitor.texts()
    assert "R²" in {metric.label for metric in at.metric}
    assert len(at.get("plotly_chart")) == 3
    assert {"bias", "root mean square"} <= {metric.label for metric in at.metric}


def test_a_forecast_is_drawn_along_time(tab, trained):
    visitor = tab(trained("sunspots"))
    at = visitor.visit("evaluate")
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in figure["data"]] == ["what came", "forecast"]
    assert "memory" in {metric.label for metric in at.metric}
    look_at(at, "Rows")
    assert "what went before" in at.dataframe[0].value.columns


SECTIONS = {
    "iris": ("Mistakes", "Classes", "Why", "Map", "Layers", "Try it"),
    "cars": ("Answers", "Rows", "Why", "Map", "Layers", "Try it"),
    "sunspots": ("Answers", "Rows", "Why", "Layers", "Try it"),
    "language_id": ("Mistakes", "Classes", "Why", "Layers", "Try it"),
    "digits_mlp": ("Mistakes", "Classes", "Why", "Layers", "Try it"),
    "digits_autoencoder": ("Rows", "Layers", "Try it"),
}


@pytest.mark.parametrize(("template", "sections"), SECTIONS.items())
def test_each_kind_of_data_has_its_sections(tab, trained, template, sections):
    visitor = tab(trained(template))
    at = visitor.visit("evaluate")
    assert [tab.label for tab in at.tabs] == list(sections)
    for section in sections:
        look_at(at, section)


def test_pictures_are_shown_with_the_verdict(tab, trained):
    visitor = tab(trained("digits_mlp"))
    at = visitor.visit("evaluate")
    assert len(at.get("image")) == 24


def test_an_autoencoder_shows_what_went_in_and_what_came_out(tab, trained):
    visitor = tab(trained("digits_autoencoder"))
    at = visitor.visit("evaluate")
    assert "Left what went in, right what came out." in visitor.texts()
    assert len(at.get("image")) == 12


def test_phrases_are_shown_with_their_languages(tab, trained):
    visitor = tab(trained("language_id"))
    at = visitor.visit("evaluate")
    assert "text" in at.dataframe[0].value.columns


def test_a_run_without_an_examination_says_so(tab, trained, services):
    project = trained("penguins")
    (run,) = services.runs.of_project(project.id)
    folder = services.settings.run_dir(run.id)
    for file in ("results.json", "checkpoint.h5"):
        (folder / file).rename(folder / f"gone-{file}")
    visitor = tab(project)
    visitor.visit("evaluate")
    assert "was not examined" in visitor.texts()
