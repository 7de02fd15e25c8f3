"""Words and their numbers: learnt by counting, stated, looked up in both directions."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from runtime.errors import DataError, ParameterError

Array = npt.NDArray[Any]


class TokenCounts:
    """How often each word is in the data, and in how many samples."""

    def __init__(self) -> None:
        self.tokens: Counter[Any] = Counter()
        self.documents: Counter[Any] = Counter()
        self.samples = 0

    def add(self, rows: Iterable[list[Any]]) -> None:
        """Counts the words of samples."""
        for row in rows:
            self.tokens.update(row)
            self.documents.update(set(row))
            self.samples += 1

    def most_frequent(self, without: tuple[Any, ...], limit: int | None) -> list[Any]:
        """The words, most frequent first; of equally frequent ones the last in the alphabet first."""
        for token in without:
            self.tokens.pop(token, None)
        ranked = sorted(self.tokens, key=lambda token: (self.tokens[token], token), reverse=True)
        return ranked[:limit]

    def rarity(self, tokens: list[Any]) -> Array:
        """log(1 + samples / (1 + samples with the word)) of each word."""
        documents = np.array([self.documents[token] for token in tokens])
        return np.log(1 + self.samples / (1 + documents)).astype("float32")


class Vocabulary:
    """Words with numbers from `start` on; smaller numbers are those of padding and of unknown words.

    Args:
        tokens: The words, in the order of their numbers.
        special: What stands before them: padding first, then as many unknown words as have numbers.
        label: The layer, for messages.
    """

    def __init__(self, tokens: Iterable[Any], special: list[Any], label: str) -> None:
        self.special = special
        self.tokens = list(tokens)
        self.stated_special = bool(special) and self.tokens[: len(special)] == special
        if self.stated_special:
            self.tokens = self.tokens[len(special) :]
        if not self.tokens:
            raise ParameterError(
                f"{label} got an empty vocabulary.", parameter="vocabulary", hint="Give it one word or more."
            )
        repeated = [token for token, count in Counter(self.tokens).items() if count > 1]
        if repeated:
            raise ParameterError(
                f"{label} got a vocabulary in which {', '.join(map(repr, repeated[:5]))} stands more than "
                "once.",
                parameter="vocabulary",
                received=repeated,
                hint="Each word has one number: leave the further ones out.",
            )
        self.numbers = {token: len(special) + place for place, token in enumerate(self.tokens)}

    def refuse(self, token: Any, meaning: str, label: str) -> None:
        """Raises if a token with a meaning of its own is among the words.

        Raises:
            ParameterError: It is.
        """
        if token is not None and token in self.numbers:
            raise ParameterError(
                f"{label} got a vocabulary with {token!r} among its words, which is the {meaning} token.",
                parameter="vocabulary",
                received=token,
                hint=f"Leave such tokens out, or put them in front as {self.special}.",
            )

    def __len__(self) -> int:
        return len(self.special) + len(self.tokens)


def read_vocabulary(path: str, label: str) -> list[str]:
    """The words of a file with one word a line.

    Raises:
        DataError: There is no such file.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError as error:
        raise DataError(
            f"{label} cannot read the vocabulary file '{path}': {error.strerror}.",
            hint="Give the path of a file with one word a line, or a list of words.",
        ) from error


def idf_of_all(weights: Any, vocabulary: Vocabulary, size: int, label: str) -> Array:
    """Weights of all numbers, of those before the words and of those that are only room, too.

    Args:
        weights: One number a word; also of the special tokens if the vocabulary was stated with them.
        vocabulary: The words.
        size: How many numbers there are.
        label: The layer, for messages.

    Raises:
        ParameterError: There are more or fewer weights than words.
    """
    given = np.asarray(weights, dtype="float32")
    wanted = len(vocabulary) if vocabulary.stated_special else len(vocabulary.tokens)
    if given.shape != (wanted,):
        raise ParameterError(
            f"{label} got idf_weights of shape {given.shape} for a vocabulary of {wanted} words.",
            parameter="idf_weights",
            received=weights,
            hint="Give one number for each word.",
        )
    front = 0 if vocabulary.stated_special else len(vocabulary.special)
    # What unknown words weigh cannot be known: they weigh as much as words do on average.
    everything = np.concatenate((np.full(front, given.mean(dtype="float32")), given))
    return np.pad(everything, (0, size - len(everything))).astype("float32")
