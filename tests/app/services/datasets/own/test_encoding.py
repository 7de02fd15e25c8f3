"""Columns made into numbers, and rows that were shown made into the same numbers again."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from app.services.datasets.own import read_version, suggested
from app.services.datasets.own.recipe import Column, Split, Windows

BEGIN = "agrees with what was said of the town"
"""More than 32 characters, with which several categories begin."""


def table(own, feature: str, target: str, column: Column):
    """A table of two columns whose cells, apart by bars, come round and round; the second is its classes."""
    cells, classes = feature.split("|"), target.split("|")
    rows = [f"{cells[n % len(cells)]},{classes[n % len(classes)]}" for n in range(60)]
    source = own.table("\n".join(["a,b", *rows]))
    columns = {"a": column, "b": Column(kind="category")}
    return source, suggested(source).model_copy(update={"columns": columns, "target": "b"})


def test_a_column_that_is_the_same_in_all_training_rows_is_not_blown_up(own):
    """What its deviation comes to is noise of rounding: divided by it, the test rows would be millions."""
    rows = [f"{n},{0.1 if n < 80 else 0.2},{n % 2}" for n in range(100)]
    source = own.table("\n".join(["a,b,c", *rows]))
    recipe = suggested(source).model_copy(
        update={
            "columns": {name: Column(kind="number") for name in "ab"} | {"c": Column(kind="category")},
            "target": "c",
            "split": Split(by="time", column="a", share=0.2),
        }
    )
    made = own.made(source, recipe)
    assert read_version(made.info.name).encoding["columns"][1]["scale"] == 1
    np.testing.assert_allclose(made.train.x[:, 1], 0, atol=1e-9)
    np.testing.assert_allclose(made.test.x[:, 1], 0.1, atol=1e-7)


def test_amounts_that_are_the_same_in_all_training_rows_are_not_blown_up(own):
    amounts = np.where(np.arange(100) < 80, 0.1, 0.2)
    source = own.table("\n".join(["a,b", *(f"{n},{amount}" for n, amount in enumerate(amounts))]))
    columns = {name: Column(kind="number") for name in "ab"}
    split = Split(by="time", column="a", share=0.2)
    made = [own.made(source, suggested(source).model_copy(update={"columns": columns, "split": split}))]
    np.savez(own.folder / "same.npz", x=np.arange(100.0), y=amounts)
    arrays = own.read(own.folder / "same.npz")
    made.append(own.made(arrays, suggested(arrays).model_copy(update={"split": split})))
    for each in made:
        assert (each.info.answer.task, each.target_scale) == ("regression", 1)
        np.testing.assert_allclose(each.test.y, 0.1, atol=1e-7)


@pytest.mark.parametrize("encoding", ["onehot", "ids"])
@pytest.mark.parametrize("more", ["", " " + "very much" * 40], ids=["long", "longer"])
def test_long_categories_are_told_apart_in_what_is_shown(own, encoding, more):
    values = "|".join([f"{BEGIN}{more} {end}" for end in ("rarely", "often", "always")] + ["no"])
    source, recipe = table(own, values, "x|y", Column(kind="category", encoding=encoding))
    made = own.made(source, recipe)
    assert len(np.unique(made.train.shown["c0"])) == 4
    np.testing.assert_array_equal(made.encode(made.test.shown), made.test.x)


def test_a_category_of_which_the_begin_is_shown_is_found_by_it(own):
    source, recipe = table(own, f"{BEGIN} {'and all others' * 30}|no", "x|y|x", Column(kind="category"))
    made = own.made(source, recipe)
    assert made.test.shown.dtype["c0"].itemsize // 4 == 200
    np.testing.assert_array_equal(made.encode(made.test.shown), made.test.x)
    # As versions were made that showed less of them.
    shorter = made.test.shown.astype([("c0", "U32")])
    np.testing.assert_array_equal(made.encode(shorter), made.test.x)


def test_one_very_long_cell_does_not_make_all_as_wide(own):
    rows = [f"what was said in case {n} of many,{'xy'[n % 2]}" for n in range(1500)]
    source = own.table("\n".join(["a,b", f"{'word ' * 18_000},x", *rows]))
    assert source.column("a").kind == "text"
    tracemalloc.start()
    try:
        made = own.made(source, suggested(source))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1500 * 90_000
    assert made.test.shown.dtype.itemsize == 4 * 200


def test_classes_that_are_numbers_with_their_thousands_apart_are_in_their_order(own):
    source, recipe = table(own, "1.5|2.5|3.5|4.5", '"10,000,000"|"2,000,000"|900', Column(kind="number"))
    made = own.made(source, recipe)
    assert made.info.answer.class_names == ("900", "2,000,000", "10,000,000")


def test_rows_in_order_are_let_go_before_their_file_is_removed(own, monkeypatch):
    """Windows removes no file that is mapped."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("Here it cannot be seen which files are mapped.")
    mapped: list[bool] = []
    unlink = Path.unlink

    def watched(path: Path, **settings: bool) -> None:
        mapped.append(str(path) in maps.read_text())
        unlink(path, **settings)

    source = own.table("\n".join(["level,gate", *(f"{n % 13},{n % 3}" for n in range(80))]))
    recipe = suggested(source).model_copy(
        update={
            "columns": {name: Column(kind="number") for name in ("level", "gate")},
            "target": "level",
            "split": Split(by="time"),
            "windows": Windows(length=4),
        }
    )
    monkeypatch.setattr(Path, "unlink", watched)
    own.made(source, recipe)
    assert mapped == [False]
