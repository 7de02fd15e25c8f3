"""Runs that do not go to their end by themselves."""

import os
import re
import signal
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import until
from tests.e2e.conftest import Designer, NewVisitor, running_designer
from tests.e2e.visitor import RUN_STATE, RunState, Visitor

pytestmark = pytest.mark.e2e

LONG = 50_000
"""Epochs of a run that nobody waits for."""

NOTHING = RunState(training=True, curves={})


def _begin_long_run(visitor: Visitor, designer: Designer) -> RunState:
    """Trains until a checkpoint is kept and the curves have grown."""
    project_id = designer.new_project("digits_mlp", epochs=LONG)
    visitor.open(project_id, "train")
    visitor.train_button.click()
    visitor.run_is("Training")
    state = visitor.look_again(NOTHING)
    until(lambda: designer.checkpoint(designer.last_run(project_id)).exists(), "a checkpoint")
    return visitor.look_again(state)


def _download_model(visitor: Visitor, folder: Path) -> Any:
    visitor.go("Export")
    expect(visitor.page.get_by_text("With the weights of your last training")).to_be_visible()
    return keras.saving.load_model(visitor.prepare("Model", "Keras 2 and 3 (.h5)", folder))


def _assert_same_weights(model: Any, checkpoint: Path) -> None:
    kept: Any = keras.saving.load_model(checkpoint)
    for ours, theirs in zip(model.get_weights(), kept.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_is_stopped_and_keeps_what_it_reached(
    visitor: Visitor, designer: Designer, tmp_path: Path
) -> None:
    before = _begin_long_run(visitor, designer)
    visitor.page.get_by_role("button", name=re.compile(r"\bStop$")).click()
    visitor.run_is("Stopped", seconds=20)
    run = designer.last_run(visitor.project_id)
    assert run.state == "stopped"
    expect(visitor.page.get_by_text(run.reason).first).to_be_visible()
    visitor.curves_hold(before.points)
    expect(visitor.train_button).to_be_enabled()
    _assert_same_weights(_download_model(visitor, tmp_path), designer.checkpoint(run))


def test_a_worker_that_dies_is_told_about_and_its_work_is_kept(
    visitor: Visitor, designer: Designer, tmp_path: Path
) -> None:
    before = _begin_long_run(visitor, designer)
    (worker,) = designer.workers()
    os.kill(worker, signal.SIGKILL)
    visitor.run_is("Failed", seconds=20)
    expect(visitor.page.get_by_test_id("stAlert")).to_contain_text("process was killed")
    expect(visitor.page.get_by_test_id("stProgress")).to_contain_text(f"of {LONG}")
    visitor.curves_hold(before.points)
    run = designer.last_run(visitor.project_id)
    _assert_same_weights(_download_model(visitor, tmp_path), designer.checkpoint(run))

    visitor.go("Train")
    visitor.train_button.click()
    visitor.run_is("Training")
    assert visitor.look_again(NOTHING).training, "the next run begins as if nothing had happened"


def test_a_loss_that_is_no_number_ends_the_run_with_the_likely_cause(
    visitor: Visitor, designer: Designer
) -> None:
    project_id = designer.new_project("digits_mlp", epochs=LONG, optimizer="sgd")
    visitor.open(project_id, "train")
    visitor.fill("Learning rate", "1e20")
    designer.has_training(project_id, learning_rate=1e20)
    visitor.train_button.click()
    visitor.run_is("Failed", seconds=30)
    said = visitor.page.get_by_test_id("stAlert")
    expect(said).to_contain_text(re.compile(r"The loss became (not a number \(NaN\)|infinite) in epoch \d"))
    expect(said).to_contain_text("The learning rate of 1e+20 is probably too large: try 1e+19.")


def test_a_run_is_led_by_hand_survives_a_power_cut_and_trains_on(
    new_visitor: NewVisitor, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    with running_designer(data_dir) as designer:
        visitor = new_visitor(designer)
        _begin_long_run(visitor, designer)
        project_id = visitor.project_id
        _pauses_and_resumes_with_another_rate(visitor, designer)
        before = visitor.look_again(NOTHING)
        document = designer.document(project_id)
        (worker,) = designer.workers()
        visitor.page.close()
        designer.server.kill()
        until(lambda: not Path(f"/proc/{worker}").exists(), "the end of a worker without a designer")
    with running_designer(data_dir) as designer:
        visitor = new_visitor(designer)
        visitor.open()
        assert visitor.project_id == project_id
        assert designer.document(project_id) == document
        for node in document.nodes.values():
            expect(visitor.node(node.name)).to_be_visible()
        visitor.go("Train")
        visitor.run_is("Interrupted")
        expect(visitor.page.get_by_test_id("stAlert")).to_contain_text(
            "The designer ended while it was training"
        )
        visitor.curves_hold(before.points)
        _goes_on_and_trains_more(visitor, designer)
        _has_its_design_brought_back(visitor, designer)
        visitor.go("Train")
        _lays_the_curves_of_runs_over_each_other(visitor)
        _deletes_a_run_and_wants_it_back(visitor, designer)
        # Before its server goes, which it would complain of.
        visitor.page.close()


def _press(visitor: Visitor, label: str) -> None:
    visitor.page.get_by_role("button", name=re.compile(rf"\b{label}$")).click()


def _pauses_and_resumes_with_another_rate(visitor: Visitor, designer: Designer) -> None:
    project_id = visitor.project_id
    visitor.page.get_by_role("button", name=re.compile(r"\bRate\b")).click()
    visitor.fill("New learning rate", "0.0125")
    until(lambda: designer.has_said(project_id, "rate"), "another rate")
    visitor.page.keyboard.press("Escape")
    _press(visitor, "Pause")
    visitor.run_is("Paused")
    until(lambda: designer.has_said(project_id, "pause"), "a pause of the worker")
    epoch = designer.last_run(project_id).progress["epoch"]
    # A second, in which it would train dozens of epochs.
    visitor.page.wait_for_timeout(1000)
    assert designer.last_run(project_id).progress["epoch"] == epoch, "it waits meanwhile"
    _press(visitor, "Resume")
    visitor.run_is("Training")
    until(lambda: designer.last_run(project_id).progress["epoch"] > epoch, "the next epochs")
    visitor.page.get_by_text("Rate and speed", exact=True).click()
    visitor.page.wait_for_function(f"() => (({RUN_STATE})()).curves['learning rate']")
    visitor.page.get_by_text("Layers", exact=True).click()
    visitor.page.wait_for_function(f"() => (({RUN_STATE})()).curves['length of the gradient']")
    visitor.page.get_by_text("Curves", exact=True).click()


def _goes_on_and_trains_more(visitor: Visitor, designer: Designer) -> None:
    project_id = visitor.project_id
    reached = designer.last_run(project_id).progress["epoch"]
    visitor.page.get_by_role("button", name=re.compile("Go on after epoch")).click()
    visitor.run_is("Training")
    until(lambda: designer.last_run(project_id).progress["epoch"] > reached, "more epochs than before")
    assert designer.last_run(project_id).attempt == 2
    _press(visitor, "Stop")
    visitor.run_is("Stopped")
    epoch = designer.last_run(project_id).progress["epoch"]
    _press(visitor, "Train 10 more")
    visitor.run_is("Finished")
    assert designer.last_run(project_id).progress["epoch"] == epoch + 10
    (run,) = designer.runs.of_project(project_id)
    told = [event for event in designer.runs.events_after(run.id, limit=100_000) if event.kind == "epoch"]
    again = min(event.data["epoch"] for event in told if event.attempt == 2)
    missing = set(range(1, epoch + 11)) - {event.data["epoch"] for event in told}
    assert missing <= set(range(reached + 1, again)), "only what was learned after nobody listened any more"
    rates = [event.data["learning_rate"] for event in told]
    assert rates[-1] == 0.0125, "the rate that was set survives the power cut"


def _has_its_design_brought_back(visitor: Visitor, designer: Designer) -> None:
    project_id = visitor.project_id
    visitor.fill("Epochs", "3")
    designer.has_training(project_id, epochs=3)
    visitor.train_button.click()
    # The run before has finished, too.
    until(lambda: designer.last_run(project_id).number == 2, "another run")
    visitor.run_is("Finished")
    before = designer.document(project_id)
    visitor.go("Design")
    visitor.select("hidden")
    visitor.fill("units", "9")
    visitor.shape_is("hidden", "9")
    visitor.settle()
    visitor.go("Train")
    visitor.page.get_by_role("button", name=re.compile(r"\bRun 2\b")).first.click()
    visitor.page.get_by_role("button", name=re.compile("Bring its design back")).click()
    visitor.is_at("Design")
    visitor.shape_is(
        "hidden", str(next(n for n in before.nodes.values() if n.name == "hidden").params["units"])
    )
    visitor.settle()
    assert designer.document(project_id) == before
    visitor.page.mouse.click(*visitor.place(0.95, 0.9))
    visitor.page.keyboard.press("Control+z")
    visitor.shape_is("hidden", "9")
    visitor.settle()


def _lays_the_curves_of_runs_over_each_other(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_text("All runs", exact=True).click()
    # The table grows when it is drawn, and moves what stands below.
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    visitor.painted()
    for number in (1, 2):
        # By its key: what stands above may still grow, and move it from under the mouse.
        run = page.get_by_test_id("stButtonGroup").locator("button", has_text=re.compile(rf"^Run {number}$"))
        run.press("Enter")
        expect(page.get_by_text("Choose two or more.")).to_have_count(0)
        visitor.idle()
    for name in ("loss", "accuracy"):
        chart = page.get_by_role("figure", name=f"Curves of the {name} of 2 runs")
        expect(chart).to_be_visible()
        lines: dict[str, int] = chart.evaluate(
            "({data}) => Object.fromEntries(data.map(l => [l.name, l.x.length]))"
        )
        assert set(lines) == {f"run {run} {rows}" for run in (1, 2) for rows in ("training", "validation")}
        assert (lines["run 2 validation"], lines["run 1 validation"] > 10) == (3, True)


def _deletes_a_run_and_wants_it_back(visitor: Visitor, designer: Designer) -> None:
    def numbers() -> list[int]:
        return [run.number for run in designer.runs.of_project(visitor.project_id)]

    visitor.page.get_by_role("button", name=re.compile(r"\bRun 2\b")).first.click()
    visitor.page.get_by_role("button", name=re.compile("Delete this run")).click()
    expect(visitor.page.get_by_text("“Run 2” is deleted.")).to_be_visible()
    assert numbers() == [1]
    visitor.page.get_by_role("button", name=re.compile("Undo delete")).click()
    expect(visitor.page.get_by_text("“Run 2” is deleted.")).to_have_count(0)
    assert numbers() == [2, 1]
    visitor.run_is("Finished")
