"""Files of Keras opened with the menu: drawn, what is locked in them said, and used with their weights.

With LAYERLOOM_SCREENSHOTS=FOLDER set, what was opened is kept there as pictures.
"""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from playwright.sync_api import expect

from app.services.datasets import load
from app.services.evaluation import PREDICTIONS
from app.services.run_store import Run
from runtime.models import load_model
from tests.browser import until
from tests.e2e.conftest import Designer, NewVisitor
from tests.e2e.test_looks import PICTURES, SIZES
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

PROGRAM = """
from tensorflow import keras
from tensorflow.keras import layers

def block(x, filters):
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    y = layers.BatchNormalization()(y)
    return layers.Add()([x, y])

inputs = keras.Input((32, 32, 3), name="picture")
x = layers.Conv2D(16, 3, padding="same", name="stem")(inputs)
for _ in range(2):
    x = block(x, 16)
x = layers.GlobalAveragePooling2D(name="pool")(x)
outputs = layers.Dense(10, activation="softmax", name="classes")(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
print("never printed")
"""


def _with_code(file: Path) -> Path:
    """A branching model of the real Keras, one of whose layers holds Python code."""
    picture = layers.Input((28, 28, 1), name="picture")
    scaled = layers.Lambda(lambda x: x / 255, output_shape=(28, 28, 1), name="own_scale")(picture)
    left = layers.Conv2D(8, 3, padding="same", activation="relu", name="left")(scaled)
    right = layers.Conv2D(8, 5, padding="same", activation="relu", name="right")(scaled)
    joined = layers.Concatenate(name="joined")([left, right])
    pooled = layers.GlobalAveragePooling2D(name="pool")(joined)
    answer = layers.Dense(10, activation="softmax", name="classes")(pooled)
    keras.Model(picture, answer).save(file)
    return file


def _of_flowers(file: Path) -> Any:
    """Writes a compiled model of the real Keras for the flowers; returns its answers to the test rows."""
    keras.utils.set_random_seed(5)
    model: Any = keras.Sequential(
        [
            layers.Input((4,), name="measures"),
            layers.Dense(8, activation="tanh", name="hidden"),
            layers.Dense(3, activation="softmax", name="kinds"),
        ]
    )
    model.compile(keras.optimizers.Adam(1e-7), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.save(file)
    return model.predict(load("iris").test.x, verbose=0)


def _open(visitor: Visitor, file: Path) -> None:
    visitor.page.get_by_role("button", name="Projects").click()
    visitor.page.get_by_role("button", name="Open file").click()
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("input[type=file]").set_input_files(file)


def _picture(visitor: Visitor, name: str) -> None:
    if PICTURES:
        visitor.painted()
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}.png")


def _cards_are_apart(visitor: Visitor, count: int) -> None:
    cards = visitor.page.locator("[data-node-name]")
    expect(cards).to_have_count(count)
    boxes = [card.bounding_box() for card in cards.all()]
    for one, other in combinations(boxes, 2):
        assert one is not None
        assert other is not None
        beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert beside or above, f"{one} and {other} overlap"


def test_the_report_names_a_locked_layer_and_the_canvas_shows_it(
    designer: Designer, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    file = _with_code(tmp_path / "with_code.h5")
    for theme, size in (("light", "large"), ("dark", "small")):
        visitor = new_visitor(designer, viewport=SIZES[size], color_scheme=theme)
        visitor.open(designer.projects.create("Before").id)
        before = visitor.page.url
        _open(visitor, file)
        report = visitor.page.get_by_role("dialog")
        expect(report).to_contain_text("7 layers were drawn")
        expect(report).to_contain_text("1 of them is locked")
        expect(report.get_by_role("listitem").filter(has_text="own_scale")).to_contain_text("Python code")
        _picture(visitor, f"report-{theme}-{size}")
        report.get_by_role("button", name="Open the design").click()
        expect(visitor.page).not_to_have_url(before)
        visitor.settle()
        _cards_are_apart(visitor, 7)
        locked = visitor.node("own_scale")
        expect(locked).to_have_attribute("data-state", "error")
        expect(locked).to_contain_text("Locked")
        expect(visitor.node("left")).to_contain_text("filters 8")
        _picture(visitor, f"locked-{theme}-{size}")
        visitor.page.get_by_role("button", name="Show own_scale").click()
        expect(locked).to_have_attribute("data-selected", "true")
        visitor.settle()
        expect(visitor.page.get_by_text("It came in with a file")).to_be_visible()
        _picture(visitor, f"locked-form-{theme}-{size}")
        visitor.go("Train")
        expect(visitor.train_button).to_be_disabled()


def test_a_model_is_examined_and_trained_on_from_its_weights(
    visitor: Visitor, designer: Designer, tmp_path: Path
) -> None:
    answers = _of_flowers(tmp_path / "flowers.h5")
    visitor.open(designer.projects.create("Before").id)
    before = visitor.page.url
    _open(visitor, tmp_path / "flowers.h5")
    expect(visitor.page).not_to_have_url(before)
    visitor.settle()
    _cards_are_apart(visitor, 3)
    visitor.shape_is("kinds", "3")
    visitor.go("Data")
    visitor.page.get_by_role("button", name="Iris flowers").click()
    expect(visitor.page.get_by_role("heading", name="Iris flowers")).to_be_visible()
    visitor.page.get_by_role("button", name="Use this data").click()
    expect(visitor.page.get_by_text("This design uses this data.")).to_be_visible()

    visitor.go("Train")
    chosen = visitor.page.get_by_role("combobox", name="Start from")
    expect(chosen).to_have_value(re.compile("Imported: the weights of flowers.h5", re.IGNORECASE))
    _picture(visitor, "start-light-large")
    visitor.page.get_by_role("button", name="Examine without training").click()
    examined = _finished_after(designer, visitor.project_id, runs=1)
    expect(visitor.page.get_by_text("examined as it was imported").first).to_be_visible()
    _picture(visitor, "examined-light-large")
    _assert_answers(designer, examined.id, answers)

    visitor.fill("Epochs", "1")
    designer.has_training(visitor.project_id, epochs=1, learning_rate=1e-7)
    visitor.train_button.click()
    trained = _finished_after(designer, visitor.project_id, runs=2)
    _picture(visitor, "trained-light-large")
    # One epoch at a rate of a ten-millionth: still the answers of the file, but no longer its weights.
    _assert_answers(designer, trained.id, answers)
    kept: Any = load_model(designer.checkpoint(trained))
    theirs: Any = keras.saving.load_model(tmp_path / "flowers.h5")
    pairs = zip(kept.get_weights(), theirs.get_weights(), strict=True)
    moved = [np.abs(mine - old).max() for mine, old in pairs]
    assert 0 < max(moved) < 1e-5


def _finished_after(designer: Designer, project_id: str, runs: int) -> Run:
    """The run that comes after so many others, once it has finished."""
    ended = ("finished", "failed", "stopped")

    def over() -> bool:
        return (
            len(designer.runs.of_project(project_id)) > runs and designer.last_run(project_id).state in ended
        )

    until(over, "the end of the run", seconds=60)
    run = designer.last_run(project_id)
    assert run.state == "finished", run.reason
    return run


def _assert_answers(designer: Designer, run_id: str, expected: Any) -> None:
    found = np.load(designer.settings.run_dir(run_id) / PREDICTIONS)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_a_program_is_drawn_and_not_run(visitor: Visitor, designer: Designer, tmp_path: Path) -> None:
    file = tmp_path / "residual.py"
    file.write_text(PROGRAM)
    visitor.open(designer.projects.create("Before").id)
    before = visitor.page.url
    _open(visitor, file)
    report = visitor.page.get_by_role("dialog")
    agree = report.get_by_role("button", name="Open the design")
    expect(agree.or_(visitor.node("stem"))).to_be_visible()
    _picture(visitor, "program-report-light-large")
    if agree.count():
        agree.click()
    expect(visitor.page).not_to_have_url(before)
    visitor.settle()
    _cards_are_apart(visitor, 10)
    visitor.shape_is("classes", "10")
    expect(visitor.page.get_by_text("This is a working model.")).to_be_visible()
    _picture(visitor, "program-light-large")
