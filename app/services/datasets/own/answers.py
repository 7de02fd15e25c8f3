"""What a table's target becomes: class numbers, or amounts scaled on the training rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.services.datasets.dataset import Answer, Array
from app.services.datasets.own.cells import as_numbers, compute
from app.services.datasets.own.encoding import EncodedColumn, parsed
from app.services.datasets.own.limits import MAX_CATEGORIES
from app.services.datasets.own.recipe import TableRecipe
from app.services.datasets.own.source import TABLE, TableSource
from runtime.errors import DataError

PIECE = 65_536
"""Rows of a table that are looked at together."""


def pieces(source: TableSource, columns: list[str]) -> Iterator[tuple[int, list[Any]]]:
    """Some columns of a table in pieces: the number of the first row, then the cells of each column."""
    first_row = 0
    with pq.ParquetFile(source.folder / TABLE) as table:
        for batch in table.iter_batches(PIECE, columns=columns):
            by_name = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield first_row, [by_name[name] for name in columns]
            first_row += len(batch)


def class_names(source: TableSource, target: str) -> tuple[str, ...]:
    """The classes of a target in their order: numbers by size, names by the alphabet.

    Raises:
        DataError: There is only one, or there are too many.
    """
    facts = source.column(target)
    if facts.distinct is None:
        raise DataError(
            f"The target '{target}' has more than {MAX_CATEGORIES:,} different values.",
            hint="Take it for a number, or choose a column of classes.",
        )
    if facts.distinct < 2:
        raise DataError(
            f"The target '{target}' holds {facts.distinct} value only: there is nothing to tell apart.",
            hint="Choose another column.",
        )
    values: set[str] = set()
    for _, cells in pieces(source, [target]):
        values.update(compute("unique", compute("drop_null", cells[0])).to_pylist())
    return in_order(list(values), source.decimal)


def read_labels(cells: Any, names: tuple[str, ...]) -> Array:
    """Class numbers of cells, -1 where they are missing."""
    found = compute("index_in", cells, value_set=pa.array(names, pa.string()))
    return compute("fill_null", found, -1).to_numpy(zero_copy_only=False).astype(np.int32)


def read_amounts(source: TableSource, target: str, cells: Any, first_row: int) -> Array:
    """Amounts of cells, NaN where they are missing.

    Raises:
        DataError: A cell is no number.
    """
    column = EncodedColumn(name=target, kind="number", decimal=source.decimal)
    return parsed(column, cells, first_row)


def answer_of(source: TableSource, recipe: TableRecipe) -> Answer:
    """What a network is asked for.

    Raises:
        DataError: The target can be no answer.
    """
    kind = recipe.columns[recipe.target].kind
    if kind == "category":
        return Answer.one_of(*class_names(source, recipe.target))
    if kind == "number":
        return Answer.amount(recipe.target, "forecast" if recipe.windows else "regression")
    raise DataError(
        f"The target '{recipe.target}' is taken for {kind}.",
        hint="Take it for a number, to predict an amount, or for a category, to tell classes apart.",
    )


def mean_and_scale(amounts: Array) -> tuple[float, float]:
    """Mean and deviation of amounts; 1 where all are the same, since theirs is noise of rounding."""
    scale = float(amounts.std()) if amounts.min() < amounts.max() else 1.0
    return float(amounts.mean()), scale or 1.0


def shaped(answer: Answer, values: Array, mean: float, scale: float) -> Array:
    """Labels or amounts as the answer has them."""
    if answer.class_names:
        return values.reshape(-1, *answer.shape).astype(answer.dtype)
    return ((values - mean) / scale).astype(np.float32)[:, np.newaxis]


def in_order(values: list[str], decimal: str) -> tuple[str, ...]:
    """Values by size if all are numbers, else by the alphabet."""
    numbers = as_numbers(pa.array(values, pa.string()), decimal)
    if np.isnan(numbers).any():
        return tuple(sorted(values))
    return tuple(value for _, value in sorted(zip(numbers.tolist(), values, strict=True)))
