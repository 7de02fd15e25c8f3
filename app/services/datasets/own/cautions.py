"""What may spoil what is learned from prepared data: rows in both parts, features that are the answer."""

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from app.services.datasets.dataset import Answer, Array
from app.services.datasets.own.cells import as_numbers, compute
from app.services.datasets.own.column_facts import guess
from app.services.datasets.own.cutting import Places
from app.services.datasets.own.encoding import EncodedColumn
from app.services.datasets.own.recipe import TableRecipe
from app.services.datasets.own.source import TableSource
from app.services.datasets.own.version import Caution

LOOKED_AT = 50_000
"""Rows that features are compared with the answer on."""

MARKED_AT_ONCE = 2_048
NEARLY_ALL = 0.999
UNEVEN = 10
FEW_ROWS = 10


class TableWatch:
    """Watches the rows of a table as they are written.

    Args:
        source: The table.
        recipe: What is made of it.
        answer: What a network is asked for.
        columns: How features become numbers.
        places: Where each row goes.
    """

    def __init__(
        self,
        source: TableSource,
        recipe: TableRecipe,
        answer: Answer,
        columns: list[EncodedColumn],
        places: Places,
    ) -> None:
        self._source, self._recipe, self._answer = source, recipe, answer
        self._columns, self._places = columns, places
        self._marks = np.zeros(source.rows, np.uint64)
        self._head: list[list[Any]] = []
        self._head_rows = 0

    def take(self, x: Array, here: slice, cells: list[Any]) -> None:
        """Looks at a piece of the rows, as numbers and as they were."""
        self._marks[here] = row_marks(x)
        if self._head_rows < LOOKED_AT and self._columns:
            self._head.append(cells)
            self._head_rows += len(x)

    def cautions(self, answers: Array, dropped: int) -> tuple[Caution, ...]:
        """What was found.

        Args:
            answers: Class numbers or amounts of all rows.
            dropped: Rows that were left out.
        """
        found: list[Caution] = []
        used = self._places.place >= 0
        if self._recipe.windows is None:
            is_test = self._places.is_test
            found += duplicates(self._marks[used & ~is_test], self._marks[used & is_test])
        found += self._telling_columns(answers)
        found += self._idle_columns()
        if self._answer.class_names:
            labels = answers[used].astype(np.int64)
            found += uneven_classes(labels, self._places.is_test[used], self._answer.class_names)
        if dropped > 0.05 * len(used):
            found.append(
                Caution(
                    code="dropped",
                    text=f"{dropped:,} of {len(used):,} rows were left out, since something is missing "
                    "in them.",
                    hint="Put something in for missing values instead.",
                )
            )
        if self._places.train + self._places.test < 50:
            found.append(
                Caution(
                    code="small",
                    text=f"There are only {self._places.train + self._places.test} rows.",
                    hint="Results will depend on chance; more rows help more than any network.",
                )
            )
        return tuple(found)

    def _telling_columns(self, answers: Array) -> list[Caution]:
        """Features that say the answer, or nearly."""
        found: list[Caution] = []
        if not self._head or self._recipe.windows is not None:
            return found
        known = answers[: self._head_rows]
        used = self._places.place[: self._head_rows] >= 0
        for place, column in enumerate(self._columns):
            cells = [piece[place] for piece in self._head]
            if self._answer.class_names:
                told = _told_classes(column, cells, known, used)
            else:
                told = _told_amounts(column, cells, known, used)
            if told >= NEARLY_ALL:
                found.append(
                    Caution(
                        code="leak",
                        text=f"'{column.name}' alone tells '{self._recipe.target}' in {told:.1%} of the "
                        "rows.",
                        hint="Is it known before the answer is? If not, ignore it: a network would "
                        "learn to copy.",
                        grave=True,
                    )
                )
        return found

    def _idle_columns(self) -> list[Caution]:
        """Features of which nothing can be learned."""
        found: list[Caution] = []
        for column in self._columns:
            facts = self._source.column(column.name)
            kind, why = guess(facts, self._source.rows)
            if kind == "ignore" and column.name != self._recipe.target:
                code: Any = "constant" if facts.distinct == 1 else "id"
                hint = "Ignore it: nothing that holds for other rows can be learned from it."
                found.append(Caution(code=code, text=f"Column '{column.name}': {why}.", hint=hint))
        return found


def row_marks(rows: Array) -> Array:
    """A number for each row that is the same for equal rows, and for others hardly ever."""
    marks = np.zeros(len(rows), np.uint64)
    # Some rows at a time: what is reckoned with takes several times their room.
    for place in range(0, len(rows), MARKED_AT_ONCE):
        marks[place : place + MARKED_AT_ONCE] = _marks(rows[place : place + MARKED_AT_ONCE])
    return marks


def _marks(rows: Array) -> Array:
    words = np.ascontiguousarray(rows).reshape(len(rows), -1).view(np.uint8).reshape(len(rows), -1)
    spare = -words.shape[1] % 4
    if spare:
        words = np.pad(words, ((0, 0), (0, spare)))
    numbers = np.ascontiguousarray(words).view(np.uint32)
    factors = _factors(numbers.shape[1])
    # The high bits of products are the well mixed ones; sums of them are kept modulo 2⁶⁴.
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * factors
    return (mixed ^ (mixed >> np.uint64(29))).sum(axis=1, dtype=np.uint64)


@lru_cache(maxsize=4)
def _factors(count: int) -> Array:
    return np.random.RandomState(0).randint(1, 2**62, count, dtype=np.int64).astype(np.uint64)


def duplicates(train: Array, test: Array) -> list[Caution]:
    """Whether rows of the test are among those that are learned."""
    known = np.sort(train)
    nearest = known[np.minimum(np.searchsorted(known, test), len(known) - 1)] if len(known) else test + 1
    both = int((nearest == test).sum())
    if not both:
        return []
    return [
        Caution(
            code="duplicates",
            text=f"{both:,} of {len(test):,} test rows ({both / len(test):.1%}) have the same inputs as "
            "a row "
            "that is learned.",
            hint="What was learned by heart looks right there: the test is too easy. Remove doubles from the "
            "file, or cut by group.",
            grave=both > 0.01 * len(test),
        )
    ]


def uneven_classes(labels: Array, is_test: Array, names: tuple[str, ...]) -> list[Caution]:
    """Whether classes are rare, or not in one of the parts at all."""
    train = np.bincount(labels[~is_test], minlength=len(names))
    test = np.bincount(labels[is_test], minlength=len(names))
    found: list[Caution] = []
    for counts, part in ((train, "to learn from"), (test, "in the test")):
        absent = [names[number] for number in np.flatnonzero(counts == 0)]
        if absent:
            shown = ", ".join(f"'{name}'" for name in absent[:5])
            found.append(
                Caution(
                    code="missing_class",
                    text=f"There are no rows {part} of {shown}{' and others' if len(absent) > 5 else ''}.",
                    hint="Keep the shares of the classes when you cut, or leave these classes out.",
                    grave=True,
                )
            )
    rare = [names[number] for number in np.flatnonzero((train > 0) & (train < FEW_ROWS))]
    if rare:
        shown = ", ".join(f"'{name}'" for name in rare[:5])
        found.append(
            Caution(
                code="rare_class",
                text=f"Fewer than {FEW_ROWS} rows to learn from: "
                f"{shown}{' and others' if len(rare) > 5 else ''}.",
                hint="Such classes are hardly learned; gather more rows, or put them together.",
            )
        )
    most, least = int(train.argmax()), int(train.argmin())
    if train[most] > UNEVEN * max(1, train[least]) and train[least]:
        share = train[most] / train.sum()
        found.append(
            Caution(
                code="imbalance",
                text=f"'{names[most]}' is {train[most] / train[least]:.0f} times as frequent as "
                f"'{names[least]}'. Who always says '{names[most]}' is right in {share:.0%}.",
                hint="Look at the confusion matrix and not at accuracy alone.",
            )
        )
    return found


def _told_classes(column: EncodedColumn, cells: list[Any], labels: Array, used: Array) -> float:
    """The share of rows whose class the value tells, above what the most frequent class would; 0 for ids."""
    values = np.concatenate([_codes(column, part) for part in cells])[used]
    known = labels[used].astype(np.int64)
    distinct, numbers = np.unique(values, return_inverse=True)
    numbers = numbers.reshape(-1)
    if column.kind != "category" and len(distinct) > len(values) / 10:
        return _told_by_bounds(values, known)
    if len(distinct) > len(values) / 3 or len(distinct) < 2:
        return 0.0
    pairs, counts = np.unique(numbers * (known.max() + 1) + known, return_counts=True)
    best = np.zeros(len(distinct), np.int64)
    np.maximum.at(best, pairs // (known.max() + 1), counts)
    return float(best.sum() / len(values))


def _told_by_bounds(values: Array, known: Array) -> float:
    """The share of rows that stand in one stretch of their class when ordered by the value."""
    finite = ~np.isnan(values)
    ordered = known[finite][np.argsort(values[finite], kind="stable")]
    classes = len(np.unique(ordered))
    if len(ordered) < 20 or classes < 2:
        return 0.0
    changes = int((np.diff(ordered) != 0).sum())
    return 1 - max(0, changes - (classes - 1)) / len(ordered)


def _told_amounts(column: EncodedColumn, cells: list[Any], amounts: Array, used: Array) -> float:
    """The share of the variance of the amounts that a straight line of the value explains."""
    if column.kind != "number":
        return 0.0
    values = np.concatenate([as_numbers(part, column.decimal) for part in cells])
    chosen = used & ~np.isnan(values)
    if chosen.sum() < 20 or values[chosen].std() == 0 or amounts[chosen].std() == 0:
        return 0.0
    return float(np.corrcoef(values[chosen], amounts[chosen])[0, 1] ** 2)


def _codes(column: EncodedColumn, cells: Any) -> Array:
    if column.kind == "category":
        found = compute("index_in", compute("fill_null", cells, ""), value_set=_values(column))
        return compute("fill_null", found, -1).to_numpy(zero_copy_only=False).astype(np.float64)
    return column.values(cells, 0)[:, 0].astype(np.float64)


def _values(column: EncodedColumn) -> Any:
    return pa.array(column.categories, pa.string())
