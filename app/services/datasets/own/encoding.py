"""How the columns of a table become numbers: measured on the training rows, applied to all."""

from collections import Counter
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from app.services.datasets.dataset import Array
from app.services.datasets.own.cells import (
    are_numbers,
    as_dates,
    as_numbers,
    compute,
    missing_cells,
    refuse_cell,
)
from app.services.datasets.own.limits import MAX_CATEGORIES
from app.services.datasets.own.recipe import Column
from app.services.datasets.own.source import ColumnFacts, Record
from runtime.errors import DataError

SAMPLE = 1_000_000
"""Values of a column of which its median is taken; of more rows a random part."""

MAX_SHOWN = 200
"""Characters of a text that people are shown."""

NOTHING = "(missing)"
YEAR, WEEK = 365.2425 * 86_400, 7 * 86_400
DATE_PARTS = ("", ", year sine", ", year cosine", ", week sine", ", week cosine")


class EncodedColumn(Record):
    """How one column becomes numbers.

    Args:
        name: The column.
        kind: What it holds.
        date_format: The form of its dates.
        decimal: The sign before the fraction of its numbers.
        fill: What stands in for a missing number.
        fill_text: What stands in for a missing category.
        shift: What is taken from each number.
        scale: What it is then divided by.
        categories: Its categories, most frequent first.
        spread: Whether each category is a column of 0 and 1; else they count from 1, and 0 is any other.
    """

    name: str
    kind: Literal["number", "category", "date"]
    date_format: str = ""
    decimal: str = "."
    fill: float = 0.0
    fill_text: str = ""
    shift: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    spread: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers it becomes."""
        if self.kind == "date":
            return tuple(f"{self.name}{part}" for part in DATE_PARTS)
        if self.kind == "category" and self.spread:
            return tuple(f"{self.name} = {category}" for category in self.categories)
        return (self.name,)

    @property
    def shown_width(self) -> int:
        """Characters that people are shown of a cell; each category can be told from the others by them."""
        width = MAX_SHOWN if self.kind == "category" else 32
        while len({category[:width] for category in self.categories}) < len(self.categories):
            width += MAX_SHOWN
        return width

    def values(self, cells: Any, first_row: int) -> Array:
        """Cells as rows of numbers.

        Args:
            cells: A piece of the column, cleaned.
            first_row: Number of its first row below the names.

        Raises:
            DataError: A cell is no number or date.
        """
        if self.kind == "category":
            return self._category_values(cells)
        numbers = parsed(self, cells, first_row)
        numbers = np.where(np.isnan(numbers), self.fill, numbers)
        scaled = ((numbers - self.shift) / self.scale).astype(np.float32)
        if self.kind == "number":
            return scaled[:, np.newaxis]
        turns = [2 * np.pi * numbers / span for span in (YEAR, WEEK)]
        waves = [wave(turn) for turn in turns for wave in (np.sin, np.cos)]
        return np.column_stack([scaled, *waves]).astype(np.float32)

    def _category_values(self, cells: Any) -> Array:
        filled = compute("fill_null", cells, self.fill_text)
        found = compute("index_in", filled, value_set=pa.array(self.categories, pa.string()))
        numbers = compute("fill_null", found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        if not self.spread:
            return (numbers + 1).astype(np.float32)[:, np.newaxis]
        spread = np.zeros((len(numbers), len(self.categories)), np.float32)
        known = np.flatnonzero(numbers >= 0)
        spread[known, numbers[known]] = 1
        return spread


def parsed(column: EncodedColumn, cells: Any, first_row: int) -> Array:
    """Cells as numbers, dates as seconds since 1970; NaN where they are missing.

    Raises:
        DataError: A cell is neither; the message names its row.
    """
    numbers = (
        as_dates(cells, column.date_format) if column.kind == "date" else as_numbers(cells, column.decimal)
    )
    wrong = np.flatnonzero(np.isnan(numbers) & ~missing_cells(cells))
    if len(wrong):
        cell = str(cells[int(wrong[0])].as_py())
        is_huge = column.kind == "number" and are_numbers(pa.array([cell]), column.decimal)[0].as_py()
        hint = "It is too large to compute with." if is_huge else ""
        raise refuse_cell(column.name, column.kind, first_row + int(wrong[0]), cell, hint)
    return numbers


class ColumnFit:
    """Measures one column on the training rows.

    Args:
        facts: What reading it has shown.
        column: What the recipe does with it.
        decimal: The sign before the fraction of a number.
        scaling: "standard", "range" or "none".
        share: The part of the training rows that the median is taken of, 0 to 1.

    Raises:
        DataError: The recipe cannot be used for this column.
    """

    def __init__(
        self, facts: ColumnFacts, column: Column, decimal: str, scaling: str, share: float = 1.0
    ) -> None:
        if column.kind not in {"number", "category", "date"}:
            raise DataError(f"Column '{facts.name}' cannot be taken for {column.kind} here.")
        if column.kind == "date" and not facts.date_format:
            raise DataError(
                f"Column '{facts.name}' holds no dates that are known, such as {facts.values[0][0]!r}."
                if facts.values
                else f"Column '{facts.name}' holds no dates.",
                hint="Write them as 2024-12-31, or take the column for a category.",
            )
        kind: Any = column.kind
        self._base = EncodedColumn(
            name=facts.name,
            kind=kind,
            date_format=facts.date_format,
            decimal=decimal,
            spread=column.encoding == "onehot",
        )
        self._column, self._scaling, self._share = column, scaling, share
        self._origin = facts.mean or 0.0
        self._random = np.random.RandomState(0)
        self._seen = self._missing = 0
        self._sum = self._squares = 0.0
        self._low, self._high = np.inf, -np.inf
        self._sample: list[Array] = []
        self._counts: Counter[str] = Counter()

    def take(self, cells: Any, first_row: int, is_train: Array) -> None:
        """Looks at a piece of the column.

        Args:
            cells: The piece, cleaned.
            first_row: Number of its first row below the names.
            is_train: Which of its rows are for training.
        """
        if self._base.kind == "category":
            chosen = compute("filter", cells, pa.array(is_train))
            self._missing += chosen.null_count
            for entry in compute("value_counts", compute("drop_null", chosen)).to_pylist():
                self._counts[entry["values"]] += entry["counts"]
            return
        numbers = parsed(self._base, cells, first_row)[is_train]
        self._missing += int(np.isnan(numbers).sum())
        numbers = numbers[~np.isnan(numbers)]
        if not len(numbers):
            return
        if self._base.kind == "date" and not self._seen:
            self._origin = float(numbers[0])
        self._seen += len(numbers)
        self._sum += float((numbers - self._origin).sum())
        self._squares += float(((numbers - self._origin) ** 2).sum())
        self._low, self._high = min(self._low, float(numbers.min())), max(self._high, float(numbers.max()))
        if self._column.missing in {"median", "frequent"}:
            kept = numbers if self._share >= 1 else numbers[self._random.rand(len(numbers)) < self._share]
            self._sample.append(kept)

    def encoded(self) -> EncodedColumn:
        """How the column becomes numbers, after the last piece.

        Raises:
            DataError: It has too many categories to be spread out, or no training row has a value.
        """
        if self._base.kind == "category":
            return self._encoded_category()
        if not self._seen:
            raise DataError(
                f"Column '{self._base.name}' is empty in all training rows.", hint="Leave it out: ignore it."
            )
        fill = self._fill()
        rows = self._seen + self._missing
        mean = (self._sum + self._missing * (fill - self._origin)) / rows
        squares = (self._squares + self._missing * (fill - self._origin) ** 2) / rows
        shift, scale = 0.0, 1.0
        if self._base.kind == "date" or self._scaling == "standard":
            shift, scale = self._origin + mean, float(np.sqrt(max(0.0, squares - mean**2)))
        elif self._scaling == "range":
            shift, scale = self._low, self._high - self._low
        if self._low == self._high:
            # What the deviation of one value comes to is noise of rounding.
            scale = 1.0
        return self._base.model_copy(update={"fill": fill, "shift": shift, "scale": scale or 1.0})

    def _fill(self) -> float:
        if self._column.missing in {"median", "frequent"} and self._sample:
            values = np.concatenate(self._sample)
            if len(values) and self._column.missing == "median":
                return float(np.median(values))
            if len(values):
                distinct, counts = np.unique(values, return_counts=True)
                return float(distinct[counts.argmax()])
        return self._origin + self._sum / self._seen

    def _encoded_category(self) -> EncodedColumn:
        ordered = sorted(self._counts, key=lambda value: (-self._counts[value], value))
        if not ordered and self._column.missing != "own":
            raise DataError(
                f"Column '{self._base.name}' is empty in all training rows.", hint="Leave it out: ignore it."
            )
        fill = NOTHING if self._column.missing == "own" or not ordered else ordered[0]
        if self._column.missing == "own" and self._missing:
            ordered.append(NOTHING)
        if len(ordered) > MAX_CATEGORIES and self._base.spread:
            raise DataError(
                f"Column '{self._base.name}' has {len(ordered):,} categories, too many for a column each.",
                hint="Use their numbers, or leave the column out.",
            )
        return self._base.model_copy(update={"fill_text": fill, "categories": tuple(ordered)})
