"""What Evaluate says in words: which model it is of, its numbers, and a text piece by piece."""

import numpy as np
import pytest

from app.components.evaluating.which_model import offered
from app.components.words import number_text
from app.services.examining.figures import strip_figure
from app.services.run_store import Run
from graph_compiler.document import Configured


def test_a_long_text_goes_on_below():
    words = [f"word{n:02d}" for n in range(40)]
    strip = strip_figure(words, np.arange(40.0)).data[0]
    assert [word for row in strip.text for word in row if word] == words
    assert np.shape(strip.z) == (3, 15)
    assert strip.z[1][0] == 15
    assert np.isnan(strip.z[2][10:]).all()
    assert np.shape(strip_figure(list("short"), np.ones(5)).data[0].z) == (1, 5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (170512.3, "170,500"),
        (-9491.2, "-9,491"),
        (0.086634, "0.08663"),
        (999.96, "1,000"),
        (1.2e-7, "1.2e-07"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert number_text(value) == text


def run(**progress) -> Run:
    return Run("r", "p", 1, "", "finished", "", 1, "", {}, progress, 0.0, None, None)


def test_the_model_that_is_examined_is_named():
    best = {"loss": [0.1, 9], "val_loss": [0.25, 4]}
    two, labels = offered(run(epoch=9, best=best), (), 9, has_best=True)
    assert "validation loss was lowest after epoch 4 (0.25)" in two
    assert labels == {"last": "Its last model, epoch 9", "best": "Its best, epoch 4"}
    assert "that model was not kept" in offered(run(epoch=9, best=best), (), 9, has_best=False)[0]
    one = run(epoch=9, best={"loss": [0.1, 9]})
    assert offered(one, (), 9, has_best=True) == (
        "Examined is the model after epoch 9, its last; its loss was never lower.",
        {},
    )
    kept = Configured(name="EarlyStopping", params={"restore_best_weights": True})
    assert "of its best epoch" in offered(run(epoch=9, best=best), (kept,), 9, has_best=True)[0]
    assert offered(run(), (), 0, has_best=False) == ("", {})
