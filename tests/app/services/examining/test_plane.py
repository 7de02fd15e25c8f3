from dataclasses import replace

import numpy as np
import pytest

from app.services.datasets import load
from app.services.datasets.dataset import Split
from app.services.examining.plane import along, painted, plane, prepared
from app.services.examining.rows import (
    cells,
    column,
    column_names,
    numeric_places,
    row_of,
    telling_places,
    usual_row,
)
from runtime.errors import DataError


@pytest.fixture(scope="module")
def mixed():
    """A table of own data: a number, a word and another number, whose input is the difference."""
    rows = np.array([(1.0, "a", 5.0), (3.0, "b", 2.0), (8.0, "b", np.nan)], dtype="f8, U3, f8")
    cars = load("cars")
    split = Split(np.zeros((3, 1), np.float32), cars.train.y[:3], rows)
    return replace(
        cars,
        train=split,
        test=split,
        shown_names=("height", "kind", "width"),
        encode=lambda shown: (shown["f0"] - shown["f2"])[:, np.newaxis].astype(np.float32),
    )


@pytest.mark.parametrize(
    ("name", "telling"),
    [("iris", ["petal length, cm", "petal width, cm"]), ("cars", ["displacement, cu in", "weight, lb"])],
)
def test_a_map_begins_with_the_features_that_tell_most(name, telling):
    dataset = load(name)
    found = [column_names(dataset)[place] for place in telling_places(dataset, 2)]
    assert found == telling


def test_rows_are_taken_apart_and_put_together(mixed):
    assert column_names(mixed) == ("height", "kind", "width")
    assert numeric_places(mixed) == [0, 2]
    row = mixed.train.shown[0]
    assert cells(row) == [1.0, "a", 5.0]
    assert row_of([2, "c", 3], row).item() == (2.0, "c", 3.0)
    assert usual_row(mixed).item() == (3.0, "b", 3.5)
    iris = load("iris")
    first = iris.train.shown[0]
    np.testing.assert_array_equal(row_of(cells(first), first), first)
    np.testing.assert_array_equal(usual_row(iris), np.median(iris.train.shown, axis=0))


def test_a_plane_is_asked_with_the_other_features_held():
    dataset = load("iris")
    row = dataset.test.shown[0]
    asked = {}

    def answer(x):
        asked["x"] = x
        return np.tile([0.2, 0.8, 0.0], (len(x), 1))

    found = plane(dataset, (0, 2), row, answer)
    assert found.answers.shape == (100, 100, 3)
    grid = np.repeat(row[np.newaxis], 100 * 100, axis=0)
    grid[:, 0], grid[:, 2] = np.tile(found.x, 100), np.repeat(found.y, 100)
    np.testing.assert_allclose(asked["x"], dataset.encode(grid), rtol=1e-5, atol=1e-5)
    assert found.x[0] < dataset.train.shown[:, 0].min() < dataset.train.shown[:, 0].max() < found.x[-1]


def test_a_plane_is_painted_in_the_colours_of_its_answers():
    dataset = load("spirals")

    def halves(x):
        return np.where(x[:, 1:] > 0, [[1.0, 0, 0]], [[0.2, 0.5, 0.3]])

    picture = painted(
        plane(dataset, (0, 1), dataset.test.shown[0], halves), ("#0000ff", "#ff0000", "#00ff00")
    )
    top, bottom = picture[0, 0].astype(int), picture[-1, 0].astype(int)
    assert top[2] == 255 > top[0]
    assert bottom[0] == 255 > bottom[2] > top[0]


def test_one_feature_is_followed_with_words_beside_it(mixed):
    values, answers = along(mixed, 2, mixed.train.shown[0], lambda x: x * 10)
    np.testing.assert_allclose(answers[:, 0], (1 - values) * 10, rtol=1e-5)
    assert mixed.train.shown["f2"][0] == 5.0


def test_what_cannot_be_prepared_is_said(mixed):
    with pytest.raises(DataError, match="cannot prepare"):
        prepared(replace(mixed, encode=None), mixed.train.shown)


def test_a_column_is_a_view():
    rows = np.zeros((3, 2))
    column(rows, 1)[:] = 4
    assert rows[:, 1].tolist() == [4, 4, 4]
