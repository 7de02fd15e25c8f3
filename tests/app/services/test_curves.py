import json

import pytest

from app.services.curves import Curves, read_curves
from app.services.events import Event
from app.services.figures import MAX_POINTS, curve_figures


@pytest.fixture
def run(projects, runs):
    return runs.create(projects.create("Project").id, "module:function", {})


def report(runs, run, *events):
    first = len(runs.events_after(run.id)) + 1
    runs.append(
        [(run.id, 1, Event(seq, kind, data, 1.0)) for seq, (kind, data) in enumerate(events, start=first)]
    )


def epoch(number, loss, **validation):
    metrics = {"loss": loss, "accuracy": 1 - loss, **validation}
    return "epoch", {"epoch": number, "metrics": metrics, "learning_rate": 0.1, "samples_per_second": 50.0}


def test_curves_grow_with_the_log(runs, run):
    memory = {}
    report(runs, run, ("start", {"epochs": 3}), ("batch", {"epoch": 0.5, "metrics": {"loss": 0.9}}))
    curves = read_curves(runs, run.id, memory)
    assert (curves.epochs, curves.epochs_done, curves.training) == (3, 0.5, {})
    report(runs, run, epoch(1, 0.5, val_loss=0.6), ("checkpoint", {"epoch": 1}), ("log", {"text": "kept"}))
    assert read_curves(runs, run.id, memory) is curves
    assert curves.epochs_done == 1
    assert curves.training["loss"].values == [0.5]
    assert curves.validation["loss"].values == [0.6]
    assert curves.within["loss"].epochs == [0.5]
    assert curves.learning_rate.values == [0.1]
    assert (curves.checkpoint, curves.samples_per_second, curves.log) == (1, 50.0, ["kept"])


def test_a_long_log_is_read_to_its_end(runs, run):
    report(runs, run, *(epoch(number, 1 / number) for number in range(1, 10_502)))
    curves = read_curves(runs, run.id, {})
    assert curves.epochs_done == 10_501
    assert curves.training["loss"].epochs == list(range(1, 10_502))


def test_another_run_has_curves_of_its_own(projects, runs, run):
    memory = {}
    report(runs, run, epoch(1, 0.5))
    first = read_curves(runs, run.id, memory)
    other = runs.create(run.project_id, "module:function", {})
    assert read_curves(runs, other.id, memory).training == {}
    assert read_curves(runs, run.id, memory).training == first.training


def test_the_best_epoch_is_the_one_of_the_lowest_validation_loss(runs, run):
    report(runs, run, epoch(1, 0.5, val_loss=0.7), epoch(2, 0.4, val_loss=0.6), epoch(3, 0.3, val_loss=0.8))
    report(runs, run, epoch(4, 0.2, val_loss=None))
    assert read_curves(runs, run.id, {}).best_epoch() == 2
    assert Curves("r_1").best_epoch() is None


def test_there_is_a_figure_for_the_loss_and_each_metric(runs, run):
    for part in (0.25, 0.5, 0.75):
        report(runs, run, ("batch", {"epoch": part, "metrics": {"accuracy": 0.1, "loss": 0.9}}))
    report(runs, run, epoch(1, 0.5, val_loss=0.6))
    figures = curve_figures(read_curves(runs, run.id, {}))
    assert list(figures) == ["loss", "accuracy"]
    assert [trace.name for trace in figures["loss"].data] == ["within epochs", "training", "validation"]
    assert [trace.name for trace in figures["accuracy"].data] == ["within epochs", "training"]


def test_a_long_curve_is_thinned_and_keeps_its_ends(runs, run):
    report(runs, run, *(epoch(number, 1 / number) for number in range(1, 2001)))
    (trace,) = curve_figures(read_curves(runs, run.id, {}))["loss"].data
    assert len(trace.x) == MAX_POINTS
    assert (trace.x[0], trace.x[-1], trace.y[-1]) == (1, 2000, 1 / 2000)


def test_zoom_and_hidden_lines_survive_new_points(runs, run):
    memory = {}
    report(runs, run, epoch(1, 0.5))
    before = curve_figures(read_curves(runs, run.id, memory))["loss"].layout.uirevision
    report(runs, run, epoch(2, 0.4))
    figure = curve_figures(read_curves(runs, run.id, memory), log_scale=True)["loss"]
    assert figure.layout.uirevision == before
    assert figure.layout.yaxis.type == "log"


def test_a_loss_that_is_no_number_is_a_gap(runs, run):
    report(
        runs,
        run,
        epoch(1, 0.5),
        ("epoch", {"epoch": 2, "metrics": {"loss": None}}),
        ("end", {"state": "failed"}),
    )
    figure = curve_figures(read_curves(runs, run.id, {}))["loss"]
    assert json.loads(figure.to_json())["data"][0]["y"] == [0.5, None]
