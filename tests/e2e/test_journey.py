"""The whole way of a new user: from an empty canvas to files that the real Keras runs and opens."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from playwright.sync_api import expect

from app.services.datasets import load
from app.services.evaluation import PREDICTIONS
from graph_compiler.document import load_document
from runtime.models import load_model
from tests.e2e.conftest import Designer
from tests.e2e.visitor import PLACES, RunState, Visitor

pytestmark = pytest.mark.e2e

LAYERS = ("InputLayer", "Rescaling", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense")
NAMES = ("input", "rescaling", "conv2d", "max_pooling2d", "flatten", "dense", "dense_1")
SHAPES = ("28 × 28 × 1", "28 × 28 × 1", "26 × 26 × 8", "13 × 13 × 8", "1352", "32", "10")
SPARE_PLACE = (0.5, 0.72)
EPOCHS, EPOCHS_OF_PROGRAM, BATCH_SIZE = 40, 1, 64


def test_from_an_empty_canvas_to_both_files(visitor: Visitor, designer: Designer, tmp_path: Path) -> None:
    visitor.open()
    visitor.begin_project()
    _draw(visitor)
    _choose_data(visitor)
    _train(visitor, designer)
    _evaluate(visitor)
    files = _export(visitor, designer, tmp_path)

    document = designer.document(visitor.project_id)
    assert load_document(files["json"].read_text()) == document
    _program_runs_under_keras(files["py"])
    run = designer.last_run(visitor.project_id)
    expected = np.load(designer.settings.run_dir(run.id) / PREDICTIONS)
    _keras_predicts_the_same(files["h5"], expected)
    with np.load(files["npz"]) as arrays:
        assert arrays["x_train"].shape == (8000, 28, 28, 1)


def _draw(visitor: Visitor) -> None:
    """Drags and wires the layers, and tries the wires that cannot be."""
    for layer, name, place in zip(LAYERS, NAMES, PLACES, strict=True):
        visitor.drag_layer(layer, *place)
        expect(visitor.node(name)).to_be_visible()
    visitor.settle()
    visitor.select("input")
    visitor.fill("shape", "28, 28, 1")
    visitor.shape_is("input", "28 × 28 × 1")

    _wire(visitor, "rescaling", "conv2d")
    _a_cycle_is_refused(visitor)
    _wire(visitor, "input", "rescaling")
    visitor.shape_is("conv2d", "26 × 26 × 32")
    _a_full_port_is_refused(visitor)
    for source, target in pairwise(NAMES[2:]):
        _wire(visitor, source, target)
    _a_wrong_wire_is_flagged(visitor)

    visitor.select("rescaling")
    visitor.fill("scale", "0.00392156862745098")
    expect(visitor.node("rescaling")).to_contain_text("scale 0.003922")
    visitor.select("conv2d")
    visitor.fill("filters", "8")
    expect(visitor.node("conv2d")).to_contain_text("filters 8")
    visitor.choose("activation", "relu")
    expect(visitor.node("conv2d")).to_contain_text("activation relu")
    visitor.select("dense_1")
    visitor.fill("units", "10")
    visitor.shape_is("dense_1", "10")
    visitor.choose("activation", "softmax")
    expect(visitor.node("dense_1")).to_contain_text("activation softmax")
    for name, shape in zip(NAMES, SHAPES, strict=True):
        visitor.shape_is(name, shape)
    expect(visitor.page.get_by_text("This is a working model.")).to_be_visible()


def _wire(visitor: Visitor, source: str, target: str) -> None:
    wires = visitor.page.locator(".react-flow__edge")
    before = wires.count()
    visitor.wire(visitor.port(source, "out"), visitor.port(target, "in"))
    expect(wires).to_have_count(before + 1)
    visitor.settle()


def _a_cycle_is_refused(visitor: Visitor) -> None:
    visitor.wire(visitor.port("conv2d", "out"), visitor.port("rescaling", "in"))
    expect(visitor.page.get_by_test_id("toast")).to_have_text(
        "This would make a cycle: rescaling → conv2d → rescaling."
    )
    expect(visitor.page.locator(".react-flow__edge")).to_have_count(1)


def _a_full_port_is_refused(visitor: Visitor) -> None:
    visitor.wire(visitor.port("input", "out"), visitor.port("conv2d", "in"))
    expect(visitor.page.get_by_test_id("toast")).to_have_text(
        "“inputs” of conv2d is taken by rescaling: it holds one wire."
    )
    expect(visitor.page.locator(".react-flow__edge")).to_have_count(2)


def _a_wrong_wire_is_flagged(visitor: Visitor) -> None:
    """A convolution behind Flatten: refused; drawn with Alt all the same it is told about on its card."""
    visitor.drag_layer("Conv2D", *SPARE_PLACE)
    wrong = visitor.node("conv2d_1")
    expect(wrong).to_be_visible()
    visitor.wire(visitor.port("flatten", "out"), visitor.port("conv2d_1", "in"))
    expect(visitor.page.get_by_test_id("toast")).to_contain_text("flatten gives batch × 5408")
    visitor.page.keyboard.down("Alt")
    _wire(visitor, "flatten", "conv2d_1")
    visitor.page.keyboard.up("Alt")
    said = (
        "Conv2D 'conv2d_1' wants batch × height × width × channels (4 axes), but gets batch × 5408 (2 axes)."
    )
    expect(wrong).to_have_attribute("data-state", "error")
    expect(wrong.get_by_test_id("badge")).to_contain_text(said)
    visitor.pane.click(position={"x": 10, "y": 10})
    expect(wrong).not_to_have_attribute("data-selected", "true")
    expect(visitor.page.get_by_test_id("stMarkdown").filter(has_text=said)).to_be_visible()
    visitor.page.get_by_role("button", name="Show conv2d_1").first.click()
    expect(wrong).to_have_attribute("data-selected", "true")
    visitor.settle()
    wrong.click(position={"x": 40, "y": 18})
    visitor.page.keyboard.press("Delete")
    expect(wrong).to_have_count(0)
    visitor.settle()
    # The jump has moved the view.
    visitor.page.keyboard.press("f")


def _choose_data(visitor: Visitor) -> None:
    visitor.go("Train")
    expect(visitor.train_button).to_be_disabled()
    expect(visitor.page.get_by_text("No data is chosen")).to_be_visible()
    visitor.go("Data")
    visitor.page.get_by_role("button", name="MNIST digits").click()
    expect(visitor.page.get_by_role("heading", name="MNIST digits")).to_be_visible()
    expect(visitor.page.get_by_test_id("stImage").first).to_be_visible()
    visitor.page.get_by_role("button", name="Use this data").click()
    expect(visitor.page.get_by_text("This design uses this data.")).to_be_visible()


def _train(visitor: Visitor, designer: Designer) -> None:
    """Looks at the curves while they grow, goes elsewhere meanwhile, and reloads the page."""
    visitor.go("Train")
    visitor.fill("Epochs", str(EPOCHS))
    visitor.fill("Batch size", str(BATCH_SIZE))
    designer.has_training(visitor.project_id, epochs=EPOCHS, batch_size=BATCH_SIZE)
    expect(visitor.train_button).to_be_enabled()
    visitor.train_button.click()
    visitor.run_is("Training")

    states = [visitor.look_again(RunState(training=True, curves={}))]
    while len(states) < 3:
        states.append(visitor.look_again(states[-1]))
    assert all(state.training for state in states), "three states of the curves before the run ended"
    assert {"loss", "accuracy"} <= set(states[-1].curves)
    assert [state.points for state in states] == sorted({state.points for state in states})
    expect(visitor.page.get_by_test_id("stProgress")).to_contain_text(f"of {EPOCHS}")

    visitor.go("Data")
    visitor.page.get_by_role("button", name="Iris flowers").click()
    expect(visitor.page.get_by_role("heading", name="Iris flowers")).to_be_visible()
    visitor.go("Train")
    visitor.page.reload()
    visitor.is_at("Train")
    # The settings are there before the run is.
    visitor.run_is("Training")
    found_again = visitor.look_again(RunState(training=True, curves={}))
    assert found_again.training, "the run goes on, and the page knows it after a reload"
    assert found_again.points >= states[-1].points

    visitor.run_is("Finished")
    curves = visitor.final_curves(EPOCHS)
    for name in ("loss", "accuracy"):
        for line in ("training", "validation"):
            assert [epoch for epoch, _ in curves[name][line]] == list(range(1, EPOCHS + 1))
    assert curves["loss"]["training"][-1][1] < 0.5 * curves["loss"]["training"][0][1]


def _evaluate(visitor: Visitor) -> None:
    visitor.go("Evaluate")
    verdict = visitor.page.get_by_text(
        re.compile(r"^[0-9,]+ of 2,000 test rows were told right")
    ).inner_text()
    right = int(verdict.split()[0].replace(",", ""))
    assert right > 1800
    expect(visitor.page.get_by_test_id("stMetric").filter(has_text="accuracy").first).to_be_visible()
    matrix = visitor.page.locator(".js-plotly-plot").first
    expect(matrix).to_be_visible()
    counts = matrix.evaluate("plot => Array.from(plot._fullData[0].text, row => Array.from(row, Number))")
    assert np.sum(counts) == 2000
    assert np.trace(counts) == right
    expect(visitor.page.get_by_test_id("stImage").first).to_be_visible()


def _export(visitor: Visitor, designer: Designer, folder: Path) -> dict[str, Path]:
    """All four files, the program for fewer epochs than were trained here: Keras takes longer."""
    visitor.go("Train")
    visitor.fill("Epochs", str(EPOCHS_OF_PROGRAM))
    designer.has_training(visitor.project_id, epochs=EPOCHS_OF_PROGRAM)
    visitor.go("Export")
    files = {
        "py": visitor.prepare("Code", "Keras, functional (.py)", folder),
        "h5": visitor.prepare("Model", "Keras 2 and 3 (.h5)", folder),
    }
    for kind in ("json", "npz"):
        button = visitor.page.get_by_role("button", name=re.compile(rf"\(\.{kind}\)"))
        files[kind] = visitor.download(button.first, folder)
    assert {file.suffix for file in files.values()} == {".py", ".h5", ".json", ".npz"}
    return files


def _program_runs_under_keras(program: Path) -> None:
    """It reads the data beside it, learns, and keeps what it has learned."""
    result = subprocess.run(
        [sys.executable, program.name],
        cwd=program.parent,
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert "missing" not in result.stdout
    accuracy = re.findall(r"'accuracy': ([0-9.]+)", result.stdout)
    assert float(accuracy[-1]) > 0.8, result.stdout
    (saved,) = program.parent.glob("*.keras")
    model: Any = keras.saving.load_model(saved)
    assert [layer.name for layer in model.layers] == list(NAMES)


def _keras_predicts_the_same(file: Path, expected: np.ndarray) -> None:
    pictures = load("mnist").test.x
    theirs: Any = keras.saving.load_model(file)
    ours: Any = load_model(file)
    of_keras = theirs.predict(pictures, verbose=0)
    np.testing.assert_allclose(of_keras, ours.predict(pictures, verbose=0), rtol=0, atol=1e-5)
    np.testing.assert_allclose(of_keras, expected, rtol=0, atol=1e-5)
