"""Texts as lists of word numbers: the settings that the data sets of texts have in common."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runtime.datasets.files import DataFile
from runtime.errors import DataError, FileFormatError


@dataclass(frozen=True)
class WordNumbers:
    """How the words of a text are numbered; 1 is the most frequent word of the file.

    Args:
        num_words: Only numbers below this one are kept; None for all.
        skip_top: How many of the least numbers are left out.
        maxlen: Texts of this length and longer are left out; None keeps all.
        start_char: Put in front of each text; None for nothing.
        oov_char: Stands for words left out; None drops them.
        index_from: Added to each number.
    """

    num_words: int | None
    skip_top: int
    maxlen: int | None
    start_char: int | None
    oov_char: int | None
    index_from: int

    def shifted(self, texts: Iterable[Sequence[int]]) -> list[list[int]]:
        """Texts with the start mark in front and numbers moved up."""
        front = [] if self.start_char is None else [self.start_char]
        return [[*front, *(word + self.index_from for word in text)] for text in texts]

    def short(self, texts: list[list[int]], labels: Any) -> tuple[list[list[int]], Any]:
        """The texts that are short enough, and their labels.

        Raises:
            DataError: None is.
        """
        if not self.maxlen:
            return texts, labels
        kept = [place for place, text in enumerate(texts) if len(text) < self.maxlen]
        if not kept:
            raise DataError(
                f"No text is shorter than maxlen={self.maxlen}.", hint="Give a larger maxlen, or None."
            )
        return [texts[place] for place in kept], [labels[place] for place in kept]

    def limited(self, texts: list[list[int]]) -> list[list[int]]:
        """Texts with rare and all too frequent words replaced or dropped."""
        end = self.num_words or max(map(max, texts))
        if self.oov_char is None:
            return [[word for word in text if self.skip_top <= word < end] for text in texts]
        return [[word if self.skip_top <= word < end else self.oov_char for word in text] for text in texts]


def as_objects(texts: list[list[int]]) -> np.ndarray[Any, Any]:
    """Lists of different lengths as an array of lists."""
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array


def read_word_index(file: DataFile, path: str) -> dict[str, int]:
    """Words and their numbers.

    Raises:
        DownloadError: The list is not there yet and cannot be fetched.
        FileFormatError: It is broken.
    """
    where = file.fetched(path)
    try:
        with open(where, encoding="utf-8") as opened:
            return json.load(opened)
    except ValueError as error:
        raise FileFormatError(f"'{where}' is broken: {error}.", hint="Delete it.") from error
