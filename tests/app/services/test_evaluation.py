import json
import os
from dataclasses import replace

import numpy as np
import pytest

from app.services.datasets import load
from app.services.evaluation import (
    MODELS,
    PREDICTIONS,
    PREFIXES,
    RESULTS,
    Evaluation,
    measured,
    read_evaluation,
)
from app.services.figures import answers_figure, confusion_figure


def sure_of(labels, classes, sureness=0.9):
    """Predictions that give one class this share and the others the rest."""
    shares = np.full((len(labels), classes), (1 - sureness) / (classes - 1), np.float32)
    shares[np.arange(len(labels)), labels] = sureness
    return shares


@pytest.fixture
def iris():
    """All right but the first two test rows; of the second the model is surest."""
    dataset = load("iris")
    guesses = dataset.test.y.copy()
    guesses[:2] = (guesses[:2] + 1) % 3
    predictions = sure_of(guesses, 3)
    predictions[1] = sure_of(guesses[1:2], 3, sureness=0.99)
    return Evaluation(dataset, {"loss": 0.5}, measured(dataset, predictions), predictions)


def test_an_examination_is_read_from_the_folder_of_its_run(tmp_path, iris):
    assert read_evaluation(tmp_path) is None
    np.save(tmp_path / PREDICTIONS, iris.predictions)
    results = {"dataset": "iris", "rows": 30, "metrics": {"loss": 0.5}, "measures": {"accuracy": 28 / 30}}
    (tmp_path / RESULTS).write_text(json.dumps(results))
    read = read_evaluation(tmp_path)
    assert read.dataset is iris.dataset
    assert read.measures == {"accuracy": pytest.approx(iris.measures["accuracy"])}
    np.testing.assert_array_equal(read.confusion, iris.confusion)


@pytest.mark.parametrize("which", ["last", "best"])
def test_an_examination_of_an_older_model_is_none(tmp_path, iris, which):
    results = {"dataset": "iris", "rows": 30, "metrics": {}, "measures": {}}
    np.save(tmp_path / f"{PREFIXES[which]}{PREDICTIONS}", iris.predictions)
    (tmp_path / f"{PREFIXES[which]}{RESULTS}").write_text(json.dumps(results))
    assert read_evaluation(tmp_path, which) is not None
    model = tmp_path / MODELS[which]
    model.touch()
    later = (tmp_path / f"{PREFIXES[which]}{RESULTS}").stat().st_mtime + 10
    os.utime(model, (later, later))
    assert read_evaluation(tmp_path, which) is None


def test_the_confusion_matrix_counts_what_was_taken_for_what(iris):
    assert iris.confusion.sum() == 30
    assert np.trace(iris.confusion) == 28
    true = int(iris.dataset.test.y[0])
    assert 0 in iris.cell(true, (true + 1) % 3)
    assert iris.cell(true, (true + 2) % 3) == []


def test_samples_are_chosen_by_how_wrong_or_sure_the_model_is(iris):
    assert iris.rows("first", 3) == [0, 1, 2]
    assert iris.rows("wrong") == [0, 1]
    assert iris.rows("worst", 2) == [1, 0]
    assert iris.rows("surest", 1) == [1]


def test_two_classes_may_be_answered_by_one_share_or_one_logit():
    dataset = load("moons")
    right = dataset.test.y
    assert measured(dataset, 0.2 + 0.6 * right) == {"accuracy": 1.0}
    logits = 6 * right - 3
    assert measured(dataset, logits) == {"accuracy": 1.0}
    evaluation = Evaluation(dataset, {}, {}, logits)
    np.testing.assert_allclose(evaluation.sureness, 1 / (1 + np.exp(-3)), rtol=1e-6)
    assert np.trace(evaluation.confusion) == len(dataset.test)


def test_classes_may_be_answered_by_logits(iris):
    logits = np.log(iris.predictions) + 7
    evaluation = Evaluation(iris.dataset, {}, {}, logits)
    np.testing.assert_allclose(evaluation.sureness, iris.sureness, rtol=1e-5)
    assert evaluation.rows("wrong") == [0, 1]


def test_amounts_are_measured_in_their_own_unit():
    dataset = load("cars")
    perfect, average = dataset.test.y, np.zeros_like(dataset.test.y)
    assert measured(dataset, perfect) == {"mae": 0, "mse": 0, "r2": 1}
    measures = measured(dataset, average)
    assert measures["r2"] == pytest.approx(0, abs=0.05)
    miles = dataset.original(dataset.test.y)
    assert measures["mae"] == pytest.approx(np.abs(miles - dataset.target_mean).mean(), rel=1e-4)
    evaluation = Evaluation(dataset, {}, measures, average)
    worst = evaluation.rows("worst", 1)[0]
    assert np.abs(miles - dataset.target_mean).argmax() == worst


def test_a_forecast_is_compared_with_the_naive_one():
    dataset = load("sunspots")
    assert measured(dataset, dataset.naive)["mae_ratio"] == pytest.approx(1)


def test_answers_of_another_shape_are_not_measured():
    assert measured(load("cars"), np.zeros((3, 2), np.float32)) == {}


def test_figures_show_counts_and_answers(iris):
    heatmap = confusion_figure(iris).data[0]
    assert np.array_equal(heatmap.text, iris.confusion)
    np.testing.assert_allclose(np.sum(heatmap.z, axis=1), 1)
    for name, traces in (("sunspots", ["what came", "forecast"]), ("cars", ["test rows", "exactly right"])):
        dataset = load(name)
        figure = answers_figure(Evaluation(dataset, {}, {}, dataset.test.y))
        assert [trace.name for trace in figure.data] == traces
        np.testing.assert_allclose(
            figure.data[0].y, dataset.original(dataset.test.y).reshape(-1)[: len(figure.data[0].y)]
        )


def test_answers_that_do_not_fit_are_told_in_words(iris):
    def misfit(dataset, predictions):
        return Evaluation(dataset, {}, {}, predictions).misfit

    assert iris.misfit == ""
    rows = len(iris.dataset.test)
    assert "3 classes: its last layer should give 3 values" in misfit(iris.dataset, np.zeros((rows, 7)))
    assert "the data set now has 30" in misfit(iris.dataset, np.zeros((4, 3)))
    assert "rows × 2, and the data set has rows × 1" in misfit(load("cars"), np.zeros((78, 2)))
    assert measured(iris.dataset, np.zeros((rows, 7))) == {}


def test_mistakes_are_ordered_by_how_sure_they_were(iris):
    assert iris.rows("blind") == [1, 0]
    assert 1 not in iris.rows("unsure", 29)


def test_where_all_answers_are_the_same_there_is_no_variance_to_explain():
    dataset = load("cars")
    one = replace(dataset, test=dataset.test.take(slice(1)))
    assert measured(one, one.test.y + 1).keys() == {"mae", "mse"}


def test_a_naive_forecast_without_errors_is_not_divided_by():
    dataset = load("sunspots")
    exact = replace(dataset, naive=dataset.test.y)
    assert "mae_ratio" not in measured(exact, exact.test.y)
