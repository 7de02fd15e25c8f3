"""Texts as rows of numbers: the most frequent words or characters of the training rows have one each."""

import re
from collections import Counter
from typing import Any

import numpy as np

from app.services.datasets.dataset import Array
from app.services.datasets.own.cells import compute
from app.services.datasets.own.recipe import Reading
from runtime.errors import DataError

PADDING, UNKNOWN = 0, 1
MOST_COUNTED = 1_000_000
"""Different words that are counted; rarer ones of a huge text are forgotten."""

_WORD = re.compile(r"\w+|[^\w\s]", re.UNICODE)


class TextFit:
    """The vocabulary of a text column.

    Args:
        reading: How texts are read.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.vocabulary: list[str] = []
        self._counts: Counter[str] = Counter()
        self._ids: dict[str, int] = {}

    @property
    def size(self) -> int:
        """Different numbers there are, for an embedding."""
        return len(self.vocabulary) + 2

    def take(self, cells: Any, is_train: Array) -> None:
        """Counts the words or characters of the training rows of a piece."""
        for cell, used in zip(cells.to_pylist(), is_train.tolist(), strict=True):
            if used and cell is not None:
                self._counts.update(units_of(cell, self.reading))
        if len(self._counts) > MOST_COUNTED:
            self._counts = Counter(dict(self._counts.most_common(MOST_COUNTED // 2)))

    def finish(self) -> None:
        """Gives the most frequent ones their numbers.

        Raises:
            DataError: The training rows hold no text.
        """
        ordered = sorted(self._counts, key=lambda unit: (-self._counts[unit], unit))
        if not ordered:
            raise DataError("The training rows hold no text.", hint="Choose another column.")
        self.vocabulary = ordered[: self.reading.vocabulary - 2]
        self._ids = {unit: number for number, unit in enumerate(self.vocabulary, start=2)}

    def encoded(self, cells: Any) -> Array:
        """Texts as rows of numbers, cut or filled with 0 at the end."""
        texts = compute("fill_null", cells, "").to_pylist()
        return encoded_texts(texts, self._ids, self.reading)


def units_of(text: str, reading: Reading) -> list[str]:
    """The words and signs, or the characters, of a text in small letters."""
    return list(text.lower()) if reading.unit == "characters" else _WORD.findall(text.lower())


def encoded_texts(texts: list[str], ids: dict[str, int], reading: Reading) -> Array:
    """Texts as rows of numbers.

    Args:
        texts: The texts.
        ids: The number of each word or character.
        reading: How they are read.
    """
    rows = np.full((len(texts), reading.length), PADDING, np.int32)
    for row, text in zip(rows, texts, strict=True):
        numbers = [ids.get(unit, UNKNOWN) for unit in units_of(text, reading)[: reading.length]]
        row[: len(numbers)] = numbers
    return rows
