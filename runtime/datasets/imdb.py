"""Reviews of films, liked or not: 25,000 to train on and 25,000 to test on.

Source:
    Maas, Daly, Pham, Huang, Ng and Potts, "Learning Word Vectors for Sentiment Analysis", 2011,
    https://ai.stanford.edu/~amaas/data/sentiment/
"""

from typing import Any

import numpy as np

from runtime.datasets.arrays import read_npz
from runtime.datasets.files import KERAS_FILES, DataFile
from runtime.datasets.splitting import Pair
from runtime.datasets.words import WordNumbers, as_objects, read_word_index
from runtime.errors import ParameterError

FILE = DataFile(f"{KERAS_FILES}imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
WORDS = DataFile(f"{KERAS_FILES}imdb_word_index.json", "bfafd718b763782e994055a2d397834f")


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[Pair, Pair]:
    """Reviews of films as lists of word numbers, fetched once.

    Args:
        path: Name of the file in the cache.
        num_words: Only the most frequent words: numbers below this one; None for all.
        skip_top: How many of the most frequent words are left out.
        maxlen: Reviews of this length and longer are left out; None keeps all.
        seed: Makes the order.
        start_char: Put in front of each review; None for nothing.
        oov_char: Stands for words left out; None drops them.
        index_from: Added to each word's number.
        **kwargs: The older name `nb_words` of `num_words`.

    Returns:
        (x_train, y_train), (x_test, y_test): lists of word numbers, and 1 for liked or 0.

    Raises:
        ParameterError: An argument is not known.
        DataError: No review is short enough.
        DownloadError: The data is not there yet and cannot be fetched.
    """
    num_words = kwargs.pop("nb_words", num_words)
    if kwargs:
        raise ParameterError(f"load_data has no argument '{next(iter(kwargs))}'.", received=kwargs)
    numbers = WordNumbers(num_words, skip_top, maxlen, start_char, oov_char, index_from)
    found = read_npz(FILE.fetched(path))
    random = np.random.RandomState(seed)
    texts: list[list[int]] = []
    labels: list[Any] = []
    ends: list[int] = []
    for part in ("train", "test"):
        order = np.arange(len(found[f"x_{part}"]))
        random.shuffle(order)
        kept, kept_labels = numbers.short(
            numbers.shifted(found[f"x_{part}"][order]), found[f"y_{part}"][order]
        )
        texts += kept
        labels.append(np.asarray(kept_labels))
        ends.append(len(texts))
    x = as_objects(numbers.limited(texts))
    return (x[: ends[0]], labels[0]), (x[ends[0] :], labels[1])


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Words and their numbers in the file; `load_data` adds `index_from` to each.

    Args:
        path: Name of the file in the cache.
    """
    return read_word_index(WORDS, path)
