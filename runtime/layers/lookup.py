"""What IntegerLookup, StringLookup and TextVectorization share: tokens in, their numbers out, and back."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from runtime.errors import DataError, NotBuiltError, ParameterError
from runtime.layers.base import Layer
from runtime.layers.category_encoding import encode, encoded_shape, refuse_sparse
from runtime.layers.hashing import checked_salt, hash_token
from runtime.layers.learning import LearnsFromData, is_kept_apart
from runtime.layers.texts import Array, map_tokens
from runtime.layers.vocabulary import TokenCounts, Vocabulary, idf_of_all, read_vocabulary
from runtime.types import Shape

VOCABULARY, IDF_WEIGHTS = "vocabulary.txt", "idf_weights"
_OTHER_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


class IndexLookup(LearnsFromData, Layer):
    """Base of layers that know the numbers of tokens.

    Args:
        max_tokens: Most numbers there may be, those of padding and unknown tokens among them.
        num_oov_indices: How many numbers unknown tokens have.
        mask_token: The token that stands for nothing, number 0.
        oov_token: What unknown tokens become on the way back.
        vocabulary: The tokens, or the path of a file with one a line.
        idf_weights: For "tf_idf": how much each token counts.
        invert: True looks up tokens by their numbers.
        output_mode: Form of the output.
        pad_to_max_tokens: True makes rows of max_tokens numbers, whatever the vocabulary.
        oov_method: How numbers of unknown whole numbers are found.
        salt: Key of the hash of unknown tokens.
    """

    stated_instead = ("vocabulary",)
    _arguments_in_files = ("has_input_vocabulary", "vocabulary_size")

    def __init__(
        self,
        *,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        pad_to_max_tokens: bool,
        oov_method: str,
        salt: Any,
        **kwargs: Any,
    ) -> None:
        refuse_sparse(type(self), kwargs)
        kwargs.pop("has_input_vocabulary", None)
        self._stated_size: int | None = checked_size(type(self), kwargs.pop("vocabulary_size", None))
        super().__init__(**kwargs)
        self.autocast = False
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = invert
        self.output_mode = _OTHER_NAMES.get(output_mode, output_mode)
        self.pad_to_max_tokens = pad_to_max_tokens
        self.oov_method = oov_method
        self.salt = checked_salt(type(self), salt)
        self.built = True
        self._check_together(vocabulary, idf_weights)
        self._stated = vocabulary is not None
        self.learns_from_data = not self._stated
        self._vocabulary: Vocabulary | None = None
        self._idf: Array | None = None
        self._counts = TokenCounts()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _check_together(self, vocabulary: Any, idf_weights: Any) -> None:
        tf_idf = self.output_mode == "tf_idf"
        problems = {
            "max_tokens": self.pad_to_max_tokens and self.max_tokens is None and "pad_to_max_tokens needs it",
            "output_mode": self.invert and self.output_mode != "int" and 'with invert=True it must be "int"',
            "idf_weights": (idf_weights is not None and not tf_idf and 'only output_mode="tf_idf" uses them')
            or (tf_idf and vocabulary is not None and idf_weights is None and "a vocabulary needs them, too"),
            "salt": self.salt is not None
            and self.oov_method != "farmhash"
            and 'oov_method must be "farmhash"',
        }
        for name, problem in problems.items():
            if problem:
                raise ParameterError(
                    f"{type(self).__name__} cannot use {name} as it is: {problem}.",
                    parameter=name,
                    received=self._arguments.get(name),
                )

    # The vocabulary.

    @property
    def _special(self) -> list[Any]:
        """Tokens that have the first numbers."""
        masked = self.mask_token is not None and self.output_mode == "int"
        return [self.mask_token] * masked + [self.oov_token] * self.num_oov_indices

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """States the tokens.

        Args:
            vocabulary: The tokens in the order of their numbers, with or without those for padding and
                unknown tokens in front; or the path of a file with one a line.
            idf_weights: For "tf_idf": how much each token counts.

        Raises:
            ParameterError: A token stands there twice or at a wrong place, or there are too many.
            DataError: The file cannot be read.
        """
        if isinstance(vocabulary, str):
            vocabulary = read_vocabulary(vocabulary, self.label)
        found = Vocabulary(self._as_tokens(vocabulary).tolist(), self._special, self.label)
        found.refuse(self.mask_token, "mask", self.label)
        if self.invert:
            found.refuse(self.oov_token, "oov", self.label)
        if self.max_tokens is not None and len(found) > self.max_tokens:
            raise ParameterError(
                f"{self.label} got a vocabulary of {len(found)} tokens, but max_tokens is {self.max_tokens}.",
                parameter="vocabulary",
                received=len(found),
                hint="Raise max_tokens, or leave the rarest tokens out.",
            )
        self._vocabulary = found
        if idf_weights is not None:
            size = self.max_tokens if self.pad_to_max_tokens and self.max_tokens else len(found)
            self._idf = idf_of_all(idf_weights, found, size, self.label)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens in the order of their numbers.

        Args:
            include_special_tokens: False leaves out those for padding and unknown tokens.
        """
        tokens = [] if self._vocabulary is None else list(self._vocabulary.tokens)
        return [*self._special, *tokens] if include_special_tokens else tokens

    def vocabulary_size(self) -> int:
        """How many numbers there are, those for padding and unknown tokens among them."""
        return len(self.get_vocabulary())

    def get_config(self) -> dict[str, Any]:
        """With the vocabulary, stated or learnt; a learnt one stands in a file of its own in archives."""
        config = super().get_config()
        if is_kept_apart() and self.learnt_files():
            return {**config, "vocabulary_size": None if self._vocabulary is None else self.vocabulary_size()}
        if self._vocabulary is not None:
            config["vocabulary"] = self.get_vocabulary()
            config["idf_weights"] = None if self._idf is None else self._idf[: len(self._vocabulary)].tolist()
        return config

    # Learning.

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the tokens from data, the most frequent first; what was learnt before is forgotten.

        Args:
            data: A list or array of tokens, one row a sample; or batches of them one after the other.
            steps: How many batches to look at; None for all.

        Raises:
            ParameterError: The layer was made with a vocabulary.
            DataError: There is no data.
        """
        self.reset_state()
        for step, batch in enumerate(batches_of_tokens(data)):
            if steps is not None and step >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Counts the tokens of one batch."""
        tokens = self._as_tokens(data)
        self.count(np.atleast_2d(tokens).reshape(len(np.atleast_2d(tokens)), -1).tolist())

    def count(self, rows: Iterable[list[Any]]) -> None:
        """Counts the tokens of samples."""
        if self._stated:
            raise ParameterError(
                f"{self.label} was made with a vocabulary, so there is nothing to learn.",
                parameter="vocabulary",
                hint="Leave vocabulary out to learn it by adapt().",
            )
        self._counts.add(rows)

    def finalize_state(self) -> None:
        """Makes the vocabulary of what was counted."""
        special = self._special
        limit = None if self.max_tokens is None else max(self.max_tokens - len(special), 0)
        tokens = self._counts.most_frequent((self.mask_token, self.oov_token), limit)
        if not tokens:
            raise DataError(f"{self.label}.adapt() found no tokens.", hint="Give it the training data.")
        self.set_vocabulary(tokens, self._counts.rarity(tokens) if self.output_mode == "tf_idf" else None)
        self.reset_state()

    def reset_state(self) -> None:
        """Forgets what was counted."""
        self._counts = TokenCounts()

    def learnt_files(self) -> dict[str, str]:
        """The vocabulary, a token a line; a stated one is in the config."""
        tokens = [str(token) for token in self.get_vocabulary()]
        if self._stated or any(token.splitlines() not in ([token], []) for token in tokens):
            return {}
        return {VOCABULARY: "\n".join(tokens)}

    def learnt_arrays(self) -> dict[str, Any]:
        """How much each token counts, for "tf_idf"."""
        if self.output_mode != "tf_idf" or self._stated:
            return {}
        return {IDF_WEIGHTS: np.zeros(0, "float32") if self._idf is None else self._idf}

    def take_learnt(self, files: dict[str, str], arrays: dict[str, Any]) -> None:
        """Takes over a vocabulary that was kept in a file."""
        if VOCABULARY not in files or self._stated:
            return
        lines = files[VOCABULARY].replace("\r\n", "\n").split("\n")
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) <= len(self._special):
            # Nothing had been learnt.
            return
        self.set_vocabulary([self._from_line(line) for line in lines])
        if IDF_WEIGHTS in arrays:
            assert self._vocabulary is not None
            self.set_vocabulary(self.get_vocabulary(), arrays[IDF_WEIGHTS][: len(self._vocabulary)])
        if self._stated_size not in (None, self.vocabulary_size()):
            raise DataError(f"it was to have {self._stated_size} tokens, but has {self.vocabulary_size()}.")

    def _from_line(self, line: str) -> Any:
        return line

    # Looking up.

    def call(self, inputs: torch.Tensor) -> Any:
        """The number of each token, or rows of them; with invert the tokens of numbers."""
        raise NotImplementedError(f"{type(self).__name__} looks nothing up.")

    def _as_tokens(self, values: Any) -> Array:
        """Whatever comes in as an array of tokens."""
        raise NotImplementedError(f"{type(self).__name__} has no tokens.")

    def look_up(self, tokens: Array) -> Array:
        """The number of each token; negative for those that count nowhere."""
        if self._vocabulary is None:
            raise NotBuiltError(
                f"{self.label} has no vocabulary yet.",
                hint="Give vocabulary, or call adapt() with the training data.",
            )
        return map_tokens(tokens, self._number)

    def _number(self, token: Any) -> int:
        assert self._vocabulary is not None
        if self.mask_token is not None and token == self.mask_token:
            return 0 if self.output_mode == "int" else -1
        known = self._vocabulary.numbers.get(token)
        if known is not None:
            return known
        if self.num_oov_indices == 0:
            raise DataError(
                f"{self.label} does not know {token!r}, and has no number for unknown tokens.",
                hint="Use num_oov_indices=1, or adapt the layer to data that has it.",
            )
        return len(self._special) - self.num_oov_indices + self._unknown(token)

    def _unknown(self, token: Any) -> int:
        """Which of the numbers for unknown tokens one gets."""
        if self.num_oov_indices == 1:
            return 0
        if isinstance(token, int) and self.oov_method != "farmhash":
            return token % self.num_oov_indices
        return hash_token(token, self.salt) % self.num_oov_indices

    def tokens_of(self, numbers: Array) -> list[Any]:
        """The tokens that have these numbers, in lists nested as the array is."""
        names = dict(enumerate(self.get_vocabulary()))
        flat = [names.get(number, self.oov_token) for number in numbers.reshape(-1).tolist()]
        tokens = np.empty(len(flat), dtype=object)
        tokens[:] = flat
        return tokens.reshape(numbers.shape).tolist()

    def encoded(self, numbers: torch.Tensor) -> torch.Tensor:
        """Numbers of tokens in the form of `output_mode`."""
        if self.output_mode == "int":
            return numbers
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        rows = encode(numbers, mode, self._depth or 0, torch.int64, label=self.label)
        return rows if self._idf is None else rows * torch.from_numpy(self._idf).to(rows.device)

    @property
    def _depth(self) -> int | None:
        if self.pad_to_max_tokens:
            return self.max_tokens
        return self._stated_size if self._vocabulary is None else len(self._vocabulary)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays, or ends with a number for each token."""
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        return encoded_shape(input_shape, mode, self._depth)

    def output_dtype(self, dtypes: list[str]) -> str:
        """Whole numbers, but for "tf_idf"."""
        del dtypes
        return "float32" if self.output_mode == "tf_idf" else "int64"


def checked_size(layer: type, size: Any) -> int | None:
    """How many tokens a vocabulary has that is learnt later, as files say it.

    Raises:
        ParameterError: It is no such number.
    """
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise ParameterError(
            f"{layer.__name__}(vocabulary_size=…) got {size!r}, but it wants a whole number, at least 1.",
            parameter="vocabulary_size",
            received=size,
        )
    return size


def batches_of_tokens(data: Any) -> Iterator[Any]:
    """One array or list is one batch, a token in each row of it if it has no rows."""
    if isinstance(data, list | tuple):
        nested = bool(data) and isinstance(data[0], list | tuple | np.ndarray | torch.Tensor)
        yield data if nested else [[token] for token in data]
    elif isinstance(data, np.ndarray | torch.Tensor):
        yield data.reshape(-1, 1) if data.ndim == 1 else data
    else:
        yield from data
