"""Gathers what a column holds while its table goes by in pieces, and guesses its kind."""

from typing import Any

import numpy as np

from app.services.datasets.own.cells import (
    DATE_FORMATS,
    FIRST_ROW,
    as_dates,
    as_numbers,
    compute,
    missing_cells,
)
from app.services.datasets.own.limits import MAX_CATEGORIES
from app.services.datasets.own.source import ColumnFacts, ColumnKind

SHOWN_VALUES = 50
FEW = 20
"""So many different whole numbers are rather classes than amounts."""

CELLS_FOR_FORMAT = 50


class FactsOfColumn:
    """Gathers the facts of one column.

    Args:
        name: The column.
        decimal: The sign before the fraction of a number.
    """

    def __init__(self, name: str, decimal: str) -> None:
        self.name = name
        self._decimal = decimal
        self._rows = self._filled = self._numbers = self._dates = self._longest = self._several_words = 0
        self._counts: dict[str, int] | None = {}
        self._formats: list[str] | None = None
        self._low, self._high, self._sum = np.inf, -np.inf, 0.0
        self._whole = self._rising = True
        self._not_number: tuple[int, str] | None = None

    def take(self, cells: Any) -> None:
        """Looks at the next piece of the column, cleaned."""
        filled = compute("drop_null", cells)
        self._filled += len(filled)
        if len(filled):
            self._count(filled)
            self._take_numbers(cells, filled)
            self._take_dates(filled)
            lengths = compute("max", compute("utf8_length", filled)).as_py()
            self._longest = max(self._longest, int(lengths))
            spaced = compute("match_substring", filled, " ")
            self._several_words += int(compute("sum", spaced).as_py() or 0)
        self._rows += len(cells)

    def facts(self) -> ColumnFacts:
        """What is known after the last piece."""
        best = sorted((self._counts or {}).items(), key=lambda entry: (-entry[1], entry[0]))
        known = ColumnFacts(
            name=self.name,
            missing=self._rows - self._filled,
            numbers=self._numbers,
            dates=self._dates,
            date_format=self._formats[0] if self._formats else "",
            distinct=None if self._counts is None else len(self._counts),
            values=tuple(best[:SHOWN_VALUES]),
            low=float(self._low) if self._numbers else None,
            high=float(self._high) if self._numbers else None,
            mean=self._sum / self._numbers if self._numbers else None,
            whole=self._whole and self._numbers > 0,
            rising=self._rising and self._numbers > 2 and self._numbers == self._rows,
            longest=self._longest,
            words=self._several_words > self._filled / 2,
            not_number=self._not_number,
        )
        kind, why = guess(known, self._rows)
        return known.model_copy(update={"kind": kind, "why": why})

    def _count(self, filled: Any) -> None:
        if self._counts is None:
            return
        found = compute("value_counts", filled)
        if len(found) > MAX_CATEGORIES:
            self._counts = None
            return
        for entry in found.to_pylist():
            self._counts[entry["values"]] = self._counts.get(entry["values"], 0) + entry["counts"]
        if len(self._counts) > MAX_CATEGORIES:
            self._counts = None

    def _take_numbers(self, cells: Any, filled: Any) -> None:
        numbers = as_numbers(filled, self._decimal)
        odd = np.isnan(numbers)
        if self._not_number is None and odd.any():
            place = int(np.flatnonzero(~missing_cells(cells))[odd.argmax()])
            self._not_number = (self._rows + place + FIRST_ROW, str(cells[place].as_py())[:200])
        numbers = numbers[~odd]
        if not len(numbers):
            return
        self._rising &= bool(numbers[0] > self._high) and bool((np.diff(numbers) > 0).all())
        self._numbers += len(numbers)
        self._low, self._high = min(self._low, numbers.min()), max(self._high, numbers.max())
        self._sum += float(numbers.sum())
        self._whole &= bool((numbers == np.round(numbers)).all())

    def _take_dates(self, filled: Any) -> None:
        """The formats that fit the first cells are tried on all others; the one that fits most stays."""
        if self._formats is None:
            head = filled.slice(0, CELLS_FOR_FORMAT)
            fit = {each: int((~np.isnan(as_dates(head, each))).sum()) for each in DATE_FORMATS}
            most = max(fit.values())
            self._formats = [each for each, cells in fit.items() if cells == most > len(head) // 2]
        if not self._formats:
            return
        counts = [int((~np.isnan(as_dates(filled, each))).sum()) for each in self._formats]
        self._formats = [
            each for each, count in zip(self._formats, counts, strict=True) if count == max(counts)
        ]
        self._dates += max(counts)


def guess(facts: ColumnFacts, rows: int) -> tuple[ColumnKind, str]:
    """The kind a column probably is, and why it is left out if so.

    Args:
        facts: What is known of it.
        rows: Rows of the table.
    """
    filled = rows - facts.missing
    if filled == 0:
        return "ignore", "it is empty"
    if facts.distinct == 1:
        return "ignore", f"every row holds the same, {facts.values[0][0]!r}"
    if facts.numbers == filled:
        # Few rows that rise are a small table; many are numbered.
        if facts.rising and facts.whole and rows >= FEW and _is_count(facts, rows):
            return "ignore", "it numbers the rows"
        coded = facts.whole and facts.distinct is not None and facts.distinct <= min(FEW, filled // 5)
        return ("category", "") if coded else ("number", "")
    if facts.date_format and facts.dates == filled:
        return "date", ""
    # A stray word in a column of numbers is a slip, not a category.
    if facts.numbers > 0.9 * filled:
        return "number", ""
    if facts.words and (facts.distinct is None or facts.distinct > filled / 2):
        return "text", ""
    if facts.distinct is None or (facts.distinct > FEW and facts.distinct > filled * 0.9):
        if facts.longest > FEW * 2:
            return "text", ""
        return "ignore", "nearly every row has a value of its own, as names and ids do"
    return "category", ""


def _is_count(facts: ColumnFacts, rows: int) -> bool:
    return facts.low is not None and facts.high is not None and facts.high - facts.low <= 1.5 * rows
