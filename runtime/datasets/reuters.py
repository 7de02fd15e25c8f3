"""News of 46 topics: 11,228 of them, as lists of word numbers.

Source:
    Lewis, "Reuters-21578", 1987, https://archive.ics.uci.edu/dataset/137
"""

import numpy as np

from runtime.datasets.arrays import read_npz
from runtime.datasets.files import KERAS_FILES, DataFile
from runtime.datasets.splitting import Pair
from runtime.datasets.words import WordNumbers, as_objects, read_word_index

FILE = DataFile(
    f"{KERAS_FILES}reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
)
WORDS = DataFile(f"{KERAS_FILES}reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")
_TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton "
    "carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal "
    "livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog "
    "lead"
)


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[Pair, Pair]:
    """News as lists of word numbers, fetched once.

    Args:
        path: Name of the file in the cache.
        num_words: Only the most frequent words: numbers below this one; None for all.
        skip_top: How many of the most frequent words are left out.
        maxlen: News of this length and longer are left out; None keeps all.
        test_split: Share of the news to test on.
        seed: Makes the order.
        start_char: Put in front of each text; None for nothing.
        oov_char: Stands for words left out; None drops them.
        index_from: Added to each word's number.

    Returns:
        (x_train, y_train), (x_test, y_test): lists of word numbers, and topics 0-45.

    Raises:
        DataError: No text is short enough.
        DownloadError: The data is not there yet and cannot be fetched.
    """
    numbers = WordNumbers(num_words, skip_top, maxlen, start_char, oov_char, index_from)
    found = read_npz(FILE.fetched(path))
    order = np.arange(len(found["x"]))
    np.random.RandomState(seed).shuffle(order)
    texts, labels = numbers.short(numbers.shifted(found["x"][order]), found["y"][order])
    x, y = as_objects(numbers.limited(texts)), np.array(labels)
    end = int(len(x) * (1 - test_split))
    return (x[:end], y[:end]), (x[end:], y[end:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Words and their numbers in the file; `load_data` adds `index_from` to each.

    Args:
        path: Name of the file in the cache.
    """
    return read_word_index(WORDS, path)


def get_label_names() -> tuple[str, ...]:
    """Names of the topics, in the order of their numbers."""
    return tuple(_TOPICS.split())
