"""Prepares arrays of an .npz file: they are numbers already, and are cut into training and test."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.services.datasets.dataset import Answer, Array, DatasetInfo
from app.services.datasets.own.answers import mean_and_scale
from app.services.datasets.own.cautions import Caution, duplicates, row_marks, uneven_classes
from app.services.datasets.own.cutting import Places, cut
from app.services.datasets.own.importing import Progress
from app.services.datasets.own.limits import MAX_CATEGORIES, check_room
from app.services.datasets.own.recipe import ArrayRecipe
from app.services.datasets.own.source import ArraySource
from app.services.datasets.own.version import PartWriter, Version
from runtime.errors import DataError, UnknownNameError

PIECE = 16 * 2**20
"""Bytes that are copied at a time."""


def prepare_arrays(
    source: ArraySource, recipe: ArrayRecipe, base: DatasetInfo, folder: Path, progress: Progress
) -> Version:
    """Makes the arrays of a version from those of a file.

    Args:
        source: The arrays.
        recipe: Which are what.
        base: The card as far as it is known.
        folder: Gets the arrays.
        progress: Told the rows that were gone through.

    Raises:
        DataError: Rows do not go together, or hold what is no number.
    """
    progress.now("Looking at the arrays")
    x, y = _paired(source, recipe.x, recipe.y)
    test = _paired(source, recipe.x_test, recipe.y_test) if recipe.x_test and recipe.y_test else None
    if test is not None:
        _check_alike(recipe.x, x, recipe.x_test, test[0])
        _check_alike(recipe.y, y, recipe.y_test, test[1])
    every_y = y if test is None else np.concatenate([y, test[1]])
    answer, labels = _answer(recipe, every_y)
    rows = len(every_y)
    given = np.arange(rows) >= len(y)
    # Rows the file has put aside stay aside, whatever the recipe says of other rows.
    split = recipe.split.model_copy(update={"by": "given"}) if test is not None else recipe.split
    if split.by in {"time", "group"}:
        split = split.model_copy(update={"by": "time", "column": ""})
    times = np.arange(rows, dtype=np.float64)
    places = cut(split, np.ones(rows, bool), labels=labels, times=times, given=given)
    dtype = _kept_as(x) if test is None else _kept_as(x, test[0])
    needed = np.prod(x.shape[1:]) * np.dtype(dtype).itemsize
    needed += np.prod(answer.shape) * np.dtype(answer.dtype).itemsize
    check_room(folder, rows * float(needed))
    writer = PartWriter(folder, places.train, places.test)
    writer.begin("x", x.shape[1:] or (1,), dtype)
    writer.begin("y", answer.shape, answer.dtype)
    known = labels if labels is not None else every_y
    mean, scale, answers = _scaled(answer, known, places)
    writer.put("y", places.is_test, places.place, answers.reshape(-1, *answer.shape).astype(answer.dtype))
    marks = np.zeros(rows, np.uint64)
    largest = 0.0
    for name, array, begin in ((recipe.x, x, 0), *(((recipe.x_test, test[0], len(y)),) if test else ())):
        largest = max(largest, _copy(name, array, begin, places, writer, marks, progress))
    writer.close()
    found: list[Caution] = duplicates(marks[~places.is_test], marks[places.is_test])
    if labels is not None:
        found += uneven_classes(labels, places.is_test, answer.class_names)
    shape = tuple(x.shape[1:]) or (1,)
    is_picture = len(shape) == 2 or (len(shape) == 3 and shape[-1] in {1, 3, 4})
    whole = np.dtype(dtype).kind in "iu" and np.dtype(dtype).itemsize > 1
    info: dict[str, Any] = {
        "answer": answer,
        "preview": "images" if is_picture and min(shape[:2]) >= 4 else "table",
        "rows": rows,
        "input_shape": shape,
        "input_dtype": "int32" if whole else "float32",
        "vocabulary_size": int(largest) + 1 if whole and largest < 1e6 else None,
        "largest": largest if largest > 20 and not whole else None,
    }
    return Version(
        info=replace(base, **info),
        source=source.id,
        file_name=source.file_name,
        recipe=recipe,
        target_mean=mean,
        target_scale=scale,
        train=places.train,
        test=places.test,
        cautions=tuple(found),
    )


def _paired(source: ArraySource, x_name: str, y_name: str) -> tuple[Array, Array]:
    names = [facts.name for facts in source.arrays]
    for name in (x_name, y_name):
        if name not in names:
            raise UnknownNameError("array", name, names)
    x, y = (np.load(source.folder / f"{names.index(name)}.npy", mmap_mode="r") for name in (x_name, y_name))
    if len(x) != len(y):
        raise DataError(
            f"'{x_name}' has {len(x):,} rows, '{y_name}' {len(y):,}.",
            hint="Choose arrays with one row for each sample.",
        )
    return x, y


def _check_alike(name: str, array: Array, test_name: str, test: Array) -> None:
    if array.shape[1:] != test.shape[1:]:
        raise DataError(
            f"A row of '{name}' has the shape {array.shape[1:]}, one of '{test_name}' {test.shape[1:]}.",
            hint="Choose arrays that belong together.",
        )


def _kept_as(*arrays: Array) -> str:
    """The type arrays are kept as: bytes stay bytes, other whole numbers are ids, unless one is too large."""
    if all(np.can_cast(array.dtype, np.uint8) for array in arrays):
        return "uint8"
    return "int32" if all(_fits_ids(array) for array in arrays) else "float32"


def _fits_ids(array: Array) -> bool:
    if array.dtype.kind not in "biu":
        return False
    bounds = np.iinfo(np.int32)
    return np.can_cast(array.dtype, np.int32) or bool(array.min() >= bounds.min and array.max() <= bounds.max)


def _answer(recipe: ArrayRecipe, y: Array) -> tuple[Answer, Array | None]:
    """What is asked for, and class numbers if it is classes."""
    if not recipe.classes:
        units = int(np.prod(y.shape[1:])) if y.ndim > 1 else 1
        if units == 1:
            return Answer.amount(recipe.y), None
        return (
            Answer(
                "regression",
                shape=tuple(y.shape[1:]),
                dtype="float32",
                units=y.shape[-1],
                activation="linear",
                loss="mean_squared_error",
                metrics=("mean_absolute_error",),
            ),
            None,
        )
    if y.ndim == 2 and y.shape[1] > 1:
        if not ((y == 0) | (y == 1)).all() or not (y.sum(axis=1) == 1).all():
            raise DataError(
                f"The rows of '{recipe.y}' have {y.shape[1]} numbers, and are no classes with a single 1.",
                hint="Take them for amounts.",
            )
        return Answer.one_of(*(f"class {number}" for number in range(y.shape[1]))), y.argmax(axis=1)
    flat = np.asarray(y).reshape(len(y), -1)
    if flat.shape[1] != 1:
        raise DataError(f"'{recipe.y}' has the shape {y.shape}; classes are one number a row.")
    distinct, labels = np.unique(flat[:, 0], return_inverse=True)
    if not 2 <= len(distinct) <= MAX_CATEGORIES or (distinct != np.round(distinct)).any():
        raise DataError(
            f"'{recipe.y}' has {len(distinct):,} different values, which are no classes.",
            hint="Take them for amounts.",
        )
    return Answer.one_of(*(f"{int(value)}" for value in distinct)), labels.reshape(-1)


def _scaled(answer: Answer, known: Array, places: Places) -> tuple[float, float, Array]:
    if answer.class_names:
        return 0.0, 1.0, known
    _check_finite("The answers", known, 0)
    train = np.asarray(known[~places.is_test], np.float64)
    mean, scale = mean_and_scale(train) if answer.units == 1 else (0.0, 1.0)
    return mean, scale, (np.asarray(known, np.float64) - mean) / scale


def _copy(
    name: str, array: Array, begin: int, places: Places, writer: PartWriter, marks: Array, progress: Progress
) -> float:
    """Writes rows where they belong, and gives back the largest number among them."""
    row_bytes = max(1, int(np.prod(array.shape[1:])) * array.dtype.itemsize)
    step = max(1, PIECE // row_bytes)
    largest = 0.0
    for first in range(0, len(array), step):
        piece = np.asarray(array[first : first + step])
        _check_finite(f"The array '{name}'", piece, first)
        rows = piece.reshape(len(piece), -1) if piece.ndim == 1 else piece
        here = slice(begin + first, begin + first + len(piece))
        writer.put("x", places.is_test[here], places.place[here], rows)
        marks[here] = row_marks(rows)
        largest = max(largest, float(np.abs(piece.astype(np.float64)).max()))
        writer.release()
        progress(len(piece))
    return largest


def _check_finite(what: str, values: Array, first: int) -> None:
    if values.dtype.kind != "f":
        return
    # What is larger than the type it is kept as can hold would become infinite.
    wrong = np.argwhere(~(np.abs(values) <= np.finfo(np.float32).max))
    if len(wrong):
        place = [int(wrong[0][0]) + first, *map(int, wrong[0][1:])]
        raise DataError(
            f"{what} holds {values[tuple(wrong[0])]} at {place}, which is no number to learn from; the "
            "largest is 3.4e38.",
            hint="Put a number there, or leave the row out, before it is saved.",
        )
