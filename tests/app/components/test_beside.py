"""Settings that canvas undo takes back: only what was told, and only where nobody changed it since."""

import pytest

from app.components.beside import followed, told_beside
from graph_compiler.document import GraphDocument


def with_settings(**compiled: object) -> GraphDocument:
    document = GraphDocument()
    return document.model_copy(update={"compile": document.compile.model_copy(update=compiled)})


BEFORE = with_settings(loss="mean_squared_error", metrics=("accuracy",))
AFTER = with_settings(loss="binary_crossentropy", metrics=("accuracy",))
CHANGE = told_beside(BEFORE, AFTER)[0]["change"]


def test_only_what_changed_is_told():
    assert CHANGE == {"compile": {"loss": ["mean_squared_error", "binary_crossentropy"]}}
    assert told_beside(BEFORE, BEFORE) == []


def test_what_undo_took_back_becomes_what_it_was_and_redo_brings_it_again():
    undone = followed(AFTER, [CHANGE], [])
    assert undone == BEFORE
    assert followed(undone, [], [CHANGE]) == AFTER


def test_steps_are_taken_back_in_their_order():
    third = with_settings(loss="hinge", metrics=("accuracy",))
    other = told_beside(AFTER, third)[0]["change"]
    assert followed(third, [CHANGE, other], []) == BEFORE
    assert followed(BEFORE, [], [CHANGE, other]) == third


def test_a_setting_that_was_changed_since_is_left_alone():
    elsewhere = with_settings(loss="poisson", metrics=("accuracy",))
    assert followed(elsewhere, [CHANGE], []) == elsewhere


def test_what_the_canvas_says_first_is_no_change():
    assert followed(BEFORE, None, [CHANGE]) is BEFORE


@pytest.mark.parametrize(
    "change", [None, "x", {"compile": 3}, {"compile": {"loss": 3}}, {"training": {"epochs": [0, 5]}}]
)
def test_what_is_no_change_does_nothing(change):
    assert followed(AFTER, [change], []) == AFTER


def test_a_value_that_no_design_may_have_is_not_taken():
    assert followed(AFTER, [{"training": {"epochs": [0, AFTER.training.epochs]}}], []) == AFTER
