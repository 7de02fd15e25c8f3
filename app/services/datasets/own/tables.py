"""Prepares a table: cuts its rows, measures its columns on the training rows, and writes the arrays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.services.datasets.dataset import Answer, Array, DatasetInfo
from app.services.datasets.own.answers import (
    PIECE,
    answer_of,
    mean_and_scale,
    pieces,
    read_amounts,
    read_labels,
    shaped,
)
from app.services.datasets.own.cautions import TableWatch
from app.services.datasets.own.cells import (
    FIRST_ROW,
    as_dates,
    as_numbers,
    compute,
    missing_cells,
    refuse_cell,
    without_odd,
)
from app.services.datasets.own.cutting import Places, cut
from app.services.datasets.own.encoding import MAX_SHOWN, SAMPLE, ColumnFit, EncodedColumn
from app.services.datasets.own.groups import Groups, share_gone
from app.services.datasets.own.importing import Progress
from app.services.datasets.own.limits import MAX_FEATURES, check_room
from app.services.datasets.own.recipe import TableRecipe
from app.services.datasets.own.series import ROWS_FILE, Timeline, write_windows
from app.services.datasets.own.source import TableSource
from app.services.datasets.own.texts import TextFit
from app.services.datasets.own.version import PartWriter, Version
from runtime.errors import DataError

RELEASED_AFTER = 8
"""Pieces: rows go all over the files, and each time their pages are let go they have to be mapped anew."""


class Rows(NamedTuple):
    """What is known of all rows before any is written.

    Args:
        keep: Which are used.
        answers: Class numbers or amounts.
        places: Where each goes.
        series: Numbers of the series they belong to, where they are several; else empty.
    """

    keep: Array
    answers: Array
    places: Places
    series: Array


class Plan(NamedTuple):
    """How the rows become arrays.

    Args:
        answer: What a network is asked for.
        columns: The features as numbers; empty when the feature is a text.
        text: How the text is read, when the feature is one.
        mean: Mean of the amounts over the training rows.
        scale: Their deviation.
    """

    answer: Answer
    columns: list[EncodedColumn]
    text: TextFit | None
    mean: float
    scale: float

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(name for column in self.columns for name in column.names)


def prepare_table(
    source: TableSource, recipe: TableRecipe, base: DatasetInfo, folder: Path, progress: Progress
) -> Version:
    """Makes arrays of a table.

    Args:
        source: The table.
        recipe: How.
        base: The card as far as it is known.
        folder: Gets the arrays.
        progress: Told the rows that were gone through.

    Raises:
        DataError: The recipe does not go with the table; the message names the column, and the row of a cell.
    """
    check_recipe(source, recipe)
    answer = answer_of(source, recipe)
    rows = _look(source, recipe, answer, progress)
    plan = _fit(source, recipe, answer, rows, progress)
    watch = TableWatch(source, recipe, answer, plan.columns, rows.places)
    if recipe.windows is None:
        _write(source, recipe, plan, rows, folder, watch, progress)
        shape = (plan.text.reading.length,) if plan.text else (len(plan.feature_names),)
        train, test = rows.places.train, rows.places.test
    else:
        # The rows are held by nobody afterwards: Windows removes no file that is mapped.
        train, test = write_windows(
            recipe.windows, plan, _in_time(source, recipe, plan, rows, folder, progress), folder
        )
        (folder / ROWS_FILE).unlink()
        shape = (recipe.windows.length, len(plan.feature_names))
    dropped = int(len(rows.keep) - rows.keep.sum())
    is_plain = plan.text or recipe.windows or all(column.kind == "number" for column in plan.columns)
    shown_names = () if is_plain else tuple(recipe.features)
    preview = "text" if plan.text else "series" if recipe.windows else "table"
    info_changes: dict[str, Any] = {
        "answer": answer,
        "preview": preview,
        "rows": train + test,
        "input_shape": shape,
        "input_dtype": "int32" if plan.text else "float32",
        "vocabulary_size": plan.text.size if plan.text else None,
    }
    encoding: dict[str, Any] = {"columns": [column.model_dump() for column in plan.columns]}
    if plan.text:
        encoding["text"] = {"column": recipe.features[0], "vocabulary": plan.text.vocabulary}
    return Version(
        info=replace(base, **info_changes),
        source=source.id,
        file_name=source.file_name,
        recipe=recipe,
        feature_names=plan.feature_names,
        shown_names=shown_names,
        target_mean=plan.mean,
        target_scale=plan.scale,
        train=train,
        test=test,
        encoding=encoding,
        cautions=watch.cautions(rows.answers, dropped),
    )


def check_recipe(source: TableSource, recipe: TableRecipe) -> None:
    """Refuses what a recipe cannot ask of a table.

    Raises:
        DataError: What is wrong, and how to mend it.
        UnknownNameError: It names a column that is not there.
    """
    for name in (*recipe.columns, recipe.target):
        source.column(name)
    features = recipe.features
    if recipe.target not in recipe.columns:
        raise DataError(f"Nothing is said about the target '{recipe.target}'.", hint="Choose its kind.")
    for name in dict.fromkeys([*features, recipe.target]):
        column, odd = recipe.columns[name], source.column(name).not_number
        if column.kind == "number" and column.odd == "refuse" and odd is not None:
            raise refuse_cell(name, "number", odd[0] - FIRST_ROW, odd[1])
    if not features:
        raise DataError(
            "There is no column to learn from.", hint=f"Take at least one besides '{recipe.target}'."
        )
    texts = [name for name in features if recipe.columns[name].kind == "text"]
    if texts and (len(features) > 1 or recipe.windows):
        others = ", ".join(f"'{name}'" for name in features if name != texts[0])
        raise DataError(
            f"The text '{texts[0]}' is read word by word, and cannot stand beside {others or 'windows'}.",
            hint="Ignore the other columns, or ignore the text.",
        )
    split = recipe.split
    if recipe.windows is not None and recipe.windows.within:
        source.column(recipe.windows.within)
    is_free = recipe.windows is not None and split.by == "time"
    if split.by in {"time", "group"} and not is_free:
        source.column(split.column)
    if split.by == "stratified" and recipe.columns[recipe.target].kind != "category":
        raise DataError(
            "Shares of classes can be kept only where the target is a category.", hint="Cut at random."
        )
    if split.by == "given":
        raise DataError("A table brings no test rows of its own.", hint="Cut in another way.")


def times_of(source: TableSource, column: str, cells: Any, first_row: int) -> Array:
    """When rows were: dates or numbers, NaN where it is not known.

    Raises:
        DataError: A cell is neither.
    """
    facts = source.column(column)
    is_date = bool(facts.date_format)
    values = as_dates(cells, facts.date_format) if is_date else as_numbers(cells, source.decimal)
    wrong = np.flatnonzero(np.isnan(values) & ~missing_cells(cells))
    if len(wrong):
        cell = str(cells[int(wrong[0])].as_py())
        raise refuse_cell(
            column, "date or number", first_row + int(wrong[0]), cell, "Correct it in the file."
        )
    return values


def _pieces(source: TableSource, recipe: TableRecipe, columns: list[str]) -> Iterator[tuple[int, list[Any]]]:
    """Pieces of the table in which odd cells are missing where the recipe wants that."""
    for first_row, cells in pieces(source, columns):
        yield first_row, [_known(source, recipe, *part) for part in zip(columns, cells, strict=True)]


def _known(source: TableSource, recipe: TableRecipe, name: str, cells: Any) -> Any:
    column = recipe.columns.get(name)
    if column is None or column.odd == "refuse" or column.kind not in {"number", "date"}:
        return cells
    date_format = source.column(name).date_format
    is_date = column.kind == "date" and date_format
    return without_odd(cells, as_dates(cells, date_format) if is_date else as_numbers(cells, source.decimal))


def _look(source: TableSource, recipe: TableRecipe, answer: Answer, progress: Progress) -> Rows:
    """Which rows are used, their answers, and where they go."""
    progress.now("Choosing the rows")
    split, names = recipe.split, answer.class_names
    droppers = [name for name in recipe.features if recipe.columns[name].missing == "drop"]
    cutter = split.column if split.by in {"time", "group"} and split.column else ""
    within = recipe.windows.within if recipe.windows else ""
    columns = [*dict.fromkeys([recipe.target, *droppers, *filter(None, [cutter, within])])]
    keep = np.ones(source.rows, bool)
    answers = np.zeros(source.rows, np.int32 if names else np.float64)
    in_order = bool(cutter) or recipe.windows is not None
    keys = np.arange(source.rows if in_order else 0, dtype=np.float64)
    groups = Groups()
    series = np.zeros(source.rows if within else 0, np.int64)
    for first_row, cells in _pieces(source, recipe, columns):
        found = dict(zip(columns, cells, strict=True))
        here = slice(first_row, first_row + len(cells[0]))
        for name in {recipe.target, *droppers}:
            keep[here] &= ~missing_cells(found[name])
        if names:
            answers[here] = read_labels(found[recipe.target], names)
        else:
            answers[here] = read_amounts(source, recipe.target, found[recipe.target], first_row)
        if cutter and split.by == "time":
            keys[here] = times_of(source, cutter, found[cutter], first_row)
            keep[here] &= ~np.isnan(keys[here])
        elif cutter and not within:
            keys[here] = groups.numbers(found[cutter])
        if within:
            series[here] = groups.numbers(found[within])
        progress(len(cells[0]))
    if not keep.any():
        raise DataError(
            "In every row some value is missing.",
            hint="Put something in for missing values, or ignore the emptiest columns.",
        )
    if within and not cutter:
        keys = share_gone(series, keep)
    by_time = split.model_copy(update={"by": "time"}) if recipe.windows else split
    places = cut(by_time, keep, labels=answers if names else None, times=keys, groups=keys)
    return Rows(keep, answers, places, series)


def _fit(source: TableSource, recipe: TableRecipe, answer: Answer, rows: Rows, progress: Progress) -> Plan:
    """Measures the columns on the training rows."""
    progress.now("Measuring the columns")
    is_train = (rows.places.place >= 0) & ~rows.places.is_test
    features = recipe.features
    mean, scale = 0.0, 1.0
    if not answer.class_names:
        mean, scale = mean_and_scale(rows.answers[is_train])
    if recipe.columns[features[0]].kind == "text":
        text = TextFit(recipe.reading)
        for first_row, (cells,) in _pieces(source, recipe, features):
            text.take(cells, is_train[first_row : first_row + len(cells)])
            progress(len(cells))
        text.finish()
        return Plan(answer, [], text, mean, scale)
    share = min(1.0, SAMPLE / max(1, rows.places.train))
    fits = [
        ColumnFit(source.column(name), recipe.columns[name], source.decimal, recipe.scaling, share)
        for name in features
    ]
    for first_row, cells in _pieces(source, recipe, features):
        chosen = is_train[first_row : first_row + len(cells[0])]
        for fit, column in zip(fits, cells, strict=True):
            fit.take(column, first_row, chosen)
        progress(len(cells[0]))
    columns = [fit.encoded() for fit in fits]
    width = sum(len(column.names) for column in columns)
    if width > MAX_FEATURES:
        widest = max(columns, key=lambda column: len(column.names))
        raise DataError(
            f"Each row becomes {width:,} numbers, {len(widest.names):,} of them for '{widest.name}'; at most "
            f"{MAX_FEATURES:,} are made.",
            hint=f"Take the numbers of the categories of '{widest.name}', or ignore it.",
        )
    return Plan(answer, columns, None, mean, scale)


def _write(
    source: TableSource,
    recipe: TableRecipe,
    plan: Plan,
    rows: Rows,
    folder: Path,
    watch: TableWatch,
    progress: Progress,
) -> None:
    """Writes every row where it belongs."""
    progress.now("Writing the arrays")
    features, places = recipe.features, rows.places
    if plan.text:
        longest = min(MAX_SHOWN, max(1, source.column(features[0]).longest))
        width, x_dtype, shown = plan.text.reading.length, np.dtype(np.int32), np.dtype(f"U{longest}")
    else:
        width, x_dtype, shown = len(plan.feature_names), np.dtype(np.float32), _shown_dtype(source, plan)
    check_room(folder, (places.train + places.test) * (width * (x_dtype.itemsize + 4) + shown.itemsize + 8))
    writer = PartWriter(folder, places.train, places.test)
    writer.begin("x", (width,), x_dtype)
    writer.begin("y", plan.answer.shape, plan.answer.dtype)
    writer.begin("shown", () if shown.names or plan.text else (width,), shown)
    for first_row, cells in _pieces(source, recipe, features):
        here = slice(first_row, first_row + len(cells[0]))
        where = (places.is_test[here], places.place[here])
        if plan.text:
            x, seen = plan.text.encoded(cells[0]), _as_texts(cells[0], shown)
        else:
            parts = [each.values(part, first_row) for each, part in zip(plan.columns, cells, strict=True)]
            x, seen = np.concatenate(parts, axis=1), _shown(shown, plan, cells)
        writer.put("x", *where, x)
        writer.put("y", *where, shaped(plan.answer, rows.answers[here], plan.mean, plan.scale))
        writer.put("shown", *where, seen)
        watch.take(x, here, cells)
        if first_row // PIECE % RELEASED_AFTER == 0:
            writer.release()
        progress(len(cells[0]))
    writer.close()


def _in_time(
    source: TableSource, recipe: TableRecipe, plan: Plan, rows: Rows, folder: Path, progress: Progress
) -> Timeline:
    """All used rows, one series after the other, each in the order of time."""
    progress.now("Ordering the rows")
    places = rows.places
    total = places.train + places.test
    check_room(folder, total * len(plan.feature_names) * 4)
    x = np.lib.format.open_memmap(
        folder / ROWS_FILE, "w+", dtype=np.float32, shape=(total, len(plan.feature_names))
    )
    y = np.zeros(total, rows.answers.dtype)
    when = places.place + np.where(places.is_test, places.train, 0)
    used_rows = np.flatnonzero(places.place >= 0)
    series = rows.series[used_rows] if len(rows.series) else np.zeros(total, np.int64)
    sorted_places = np.lexsort((when[used_rows], series))
    order = np.zeros(len(when), np.int64)
    order[used_rows[sorted_places]] = np.arange(total)
    for first_row, cells in _pieces(source, recipe, recipe.features):
        here = slice(first_row, first_row + len(cells[0]))
        used = places.place[here] >= 0
        parts = [each.values(part, first_row) for each, part in zip(plan.columns, cells, strict=True)]
        x[order[here][used]] = np.concatenate(parts, axis=1)[used]
        y[order[here][used]] = rows.answers[here][used]
        progress(2 * len(cells[0]))
    return Timeline(x, y, when[used_rows][sorted_places], places.train, series[sorted_places])


def _shown_dtype(source: TableSource, plan: Plan) -> np.dtype[Any]:
    """One field a column: numbers as such, else short texts. Fields are numbered, names need not be plain."""
    if all(column.kind == "number" for column in plan.columns):
        return np.dtype(np.float32)
    widths = [min(column.shown_width, max(1, source.column(column.name).longest)) for column in plan.columns]
    return np.dtype(
        [
            (f"c{place}", "f8" if column.kind == "number" else f"U{width}")
            for place, (column, width) in enumerate(zip(plan.columns, widths, strict=True))
        ]
    )


def _shown(dtype: np.dtype[Any], plan: Plan, cells: list[Any]) -> Array:
    if not dtype.names:
        numbers = [as_numbers(part, column.decimal) for column, part in zip(plan.columns, cells, strict=True)]
        return np.column_stack(numbers).astype(dtype)
    rows = np.zeros(len(cells[0]), dtype)
    for place, (column, part) in enumerate(zip(plan.columns, cells, strict=True)):
        name, is_number = f"c{place}", column.kind == "number"
        rows[name] = as_numbers(part, column.decimal) if is_number else _as_texts(part, dtype[name])
    return rows


def _as_texts(cells: Any, dtype: np.dtype[Any]) -> Array:
    # Of that width at once: one very long cell would make all of them as wide.
    return np.array(compute("fill_null", cells, "").to_pylist(), dtype=dtype)
