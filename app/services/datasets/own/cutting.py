"""Which rows are for training and which for the test, and the order they are kept in."""

from typing import NamedTuple

import numpy as np

from app.services.datasets.dataset import Array
from app.services.datasets.own.recipe import Split
from runtime.errors import DataError

DROPPED = -1


class Places(NamedTuple):
    """Where each row of a file goes.

    Args:
        is_test: Whether it is for the test.
        place: Its place among the rows of its part; `DROPPED` for a row that is left out.
        train: How many rows are for training.
        test: How many are for the test.
    """

    is_test: Array
    place: Array
    train: int
    test: int


def cut(
    split: Split,
    keep: Array,
    *,
    labels: Array | None = None,
    times: Array | None = None,
    groups: Array | None = None,
    given: Array | None = None,
) -> Places:
    """Cuts rows into training and test, in an order whose last part is a fair sample for validation.

    Args:
        split: How.
        keep: Which rows are used at all.
        labels: Class numbers, for a cut that keeps their shares.
        times: When each row was, in any unit that grows.
        groups: Group numbers.
        given: Which rows are for the test.

    Raises:
        DataError: One of the parts would be empty.
    """
    rows = np.flatnonzero(keep)
    if len(rows) < 2:
        raise DataError(
            f"{len(rows)} of {len(keep):,} rows are left.",
            hint="Choose another way with missing values than to drop their rows.",
        )
    generator = np.random.RandomState(split.seed)
    if split.by == "given" and given is not None:
        ordered = rows[_dealt(labels[rows], generator)] if labels is not None else generator.permutation(rows)
        train, test = ordered[~given[ordered]], ordered[given[ordered]]
    elif split.by == "time" and times is not None:
        ordered = rows[np.argsort(times[rows], kind="stable")]
        train, test = _shares(ordered, split.share, latest=True)
    elif split.by == "group" and groups is not None:
        train, test = _by_group(rows, groups[rows], split.share, generator)
    elif split.by == "stratified" and labels is not None:
        train, test = _shares(rows[_dealt(labels[rows], generator)], split.share)
    else:
        train, test = _shares(generator.permutation(rows), split.share)
    if not len(train) or not len(test):
        raise DataError(
            f"The cut leaves {len(train):,} rows to learn from and {len(test):,} to test.",
            hint="Choose another share, or cut in another way.",
        )
    is_test = np.zeros(len(keep), bool)
    is_test[test] = True
    place = np.full(len(keep), DROPPED, np.int32)
    place[train] = np.arange(len(train))
    place[test] = np.arange(len(test))
    return Places(is_test, place, len(train), len(test))


def _shares(ordered: Array, share: float, *, latest: bool = False) -> tuple[Array, Array]:
    count = min(len(ordered) - 1, max(1, round(len(ordered) * share)))
    if latest:
        return ordered[: len(ordered) - count], ordered[len(ordered) - count :]
    return ordered[count:], ordered[:count]


def _dealt(labels: Array, generator: np.random.RandomState) -> Array:
    """An order in which every stretch has its share of each class; quick for many rows and classes."""
    # Of hundred millions of rows each of these takes gigabytes: none is kept longer than it is needed.
    shuffled = generator.permutation(len(labels)).astype(np.uint32)
    known = labels[shuffled]
    order = np.argsort(known, kind="stable").astype(np.uint32)
    counts = np.bincount(known)
    known = known[order]
    shuffled = shuffled[order]
    place = np.arange(len(labels)) - (np.cumsum(counts) - counts)[known] + generator.rand(len(counts))[known]
    place /= counts[known]
    return shuffled[np.argsort(place, kind="stable")]


def _by_group(
    rows: Array, groups: Array, share: float, generator: np.random.RandomState
) -> tuple[Array, Array]:
    """Whole groups, in a random order, so that the end of the training rows is of other groups, too."""
    numbers = np.unique(groups, return_inverse=True)[1].reshape(-1)
    count = int(numbers.max()) + 1
    if count < 2:
        raise DataError(
            "The column of the groups has one value only.", hint="Cut by another column, or at random."
        )
    turn = generator.permutation(count)
    ordered = rows[np.argsort(turn[numbers], kind="stable")]
    sizes = np.bincount(turn[numbers], minlength=count)
    # As many groups as come nearest to the share, at least one, and not all.
    ends = np.cumsum(sizes)
    nearest = int(np.abs(ends[:-1] - share * len(rows)).argmin())
    boundary = int(ends[nearest])
    return ordered[boundary:], ordered[:boundary]


def tenths(amounts: Array) -> Array:
    """Amounts as ten classes of the same size, which makes a cut that keeps their shares."""
    ranks = np.argsort(np.argsort(amounts, kind="stable"), kind="stable")
    return ranks * 10 // max(1, len(ranks))
