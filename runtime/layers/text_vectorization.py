"""Turns texts into numbers of words: cleaned, cut into words, joined to groups, looked up."""

import string
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
import torch

from runtime.errors import ParameterError, ShapeError
from runtime.layers.category_encoding import refuse_sparse
from runtime.layers.learning import LearnsFromData
from runtime.layers.lookup import batches_of_tokens
from runtime.layers.lookups import MaxTokens, StringLookup
from runtime.layers.registration import register
from runtime.layers.texts import Array, TextLayer, as_texts
from runtime.types import Range, Shape

# TensorFlow's string functions, which Keras uses, know upper case, spaces and punctuation of ASCII alone.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)

_STANDARDIZE: dict[str, Callable[[str], str]] = {
    "lower_and_strip_punctuation": lambda text: text.translate(_LOWER).translate(_NO_PUNCTUATION),
    "lower": lambda text: text.translate(_LOWER),
    "strip_punctuation": lambda text: text.translate(_NO_PUNCTUATION),
}
_SPLIT: dict[str, Callable[[str], list[str]]] = {
    "whitespace": lambda text: [word.decode() for word in text.encode().split()],
    "character": list,
}


@register("")
class TextVectorization(LearnsFromData, TextLayer):
    """Turns texts into numbers of their words; it works on data, outside of a model.

    Args:
        max_tokens: Most numbers the vocabulary may have, those of padding and unknown words among them.
        standardize: How texts are cleaned first: "lower_and_strip_punctuation", "lower", "strip_punctuation",
            a function of an array of texts, or None.
        split: How texts are cut: "whitespace" into words, "character" into characters, a function of an array
            of texts that gives a list for each, or None.
        ngrams: Up to how many words are joined to groups, or a tuple of such counts; None for single words.
        output_mode: "int" gives the number of each word; "multi_hot", "count" and "tf_idf" one row a text,
            the last one weighed by how rare a word is.
        output_sequence_length: For "int": how many numbers each text has, cut or filled up with 0; None for
            as many as the longest text has.
        pad_to_max_tokens: True makes rows of max_tokens numbers, whatever the vocabulary.
        vocabulary: The known words, or the path of a file with one a line; None to learn them by adapt().
        idf_weights: For "tf_idf": how much each word counts.
        encoding: How bytes are read as text.

    Call args:
        inputs: Texts: a list or array, (batch) or (batch, 1).

    Source:
        https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
    """

    stated_instead = ("vocabulary",)
    _arguments_in_files = ("has_input_vocabulary", "vocabulary_size")

    def __init__(
        self,
        max_tokens: MaxTokens = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: Literal["int", "multi_hot", "count", "tf_idf", "binary", "tf-idf"] = "int",
        output_sequence_length: Annotated[int | None, Range(min=1)] = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        encoding: str = "utf-8",
        **kwargs: Any,
    ) -> None:
        refuse_sparse(type(self), kwargs)
        kwargs.pop("has_input_vocabulary", None)
        vocabulary_size = kwargs.pop("vocabulary_size", None)
        super().__init__(**kwargs)
        self._standardize = _function(self, "standardize", standardize, _STANDARDIZE)
        self._split = _function(self, "split", split, _SPLIT)
        self._widths = _checked_widths(ngrams)
        self.output_sequence_length = output_sequence_length
        if output_sequence_length is not None and output_mode != "int":
            raise ParameterError(
                f"TextVectorization has output_sequence_length, but its output_mode is {output_mode!r}.",
                parameter="output_sequence_length",
                received=output_sequence_length,
                hint='Only output_mode="int" gives sequences.',
            )
        self.encoding = encoding
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token="",
            output_mode=output_mode,
            encoding=encoding,
            vocabulary_size=vocabulary_size,
        )
        self.output_mode = self._lookup_layer.output_mode
        self.learns_from_data = vocabulary is None
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """With the vocabulary, stated or learnt."""
        learnt = self._lookup_layer.get_config()
        config = super().get_config()
        own = ("vocabulary", "idf_weights", "vocabulary_size")
        return {**config, **{name: learnt[name] for name in own if name in learnt}}

    def output_dtype(self, dtypes: list[str]) -> str:
        """Whole numbers, but for "tf_idf"."""
        return self._lookup_layer.output_dtype(dtypes)

    def learnt_files(self) -> dict[str, str]:
        """The vocabulary, a word a line."""
        return self._lookup_layer.learnt_files()

    def learnt_arrays(self) -> dict[str, Any]:
        """How much each word counts, for "tf_idf"."""
        return self._lookup_layer.learnt_arrays()

    def take_learnt(self, files: dict[str, str], arrays: dict[str, Any]) -> None:
        """Takes over a vocabulary that was kept in a file."""
        self._lookup_layer.take_learnt(files, arrays)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Numbers of the words of each text, filled up with 0; or one row a text."""
        single = np.ndim(inputs) == 0
        rows = self.tokens([inputs] if single else inputs)
        longest = max((len(row) for row in rows), default=0)
        whole = self.output_mode == "int"
        length = (self.output_sequence_length if whole else None) or longest
        numbers = np.full((len(rows), length), 0 if whole else -1, dtype="int64")
        for place, row in enumerate(rows):
            found = self._lookup_layer.look_up(np.array(row, dtype=object))[:length]
            numbers[place, : len(found)] = found
        outputs = self._lookup_layer.encoded(torch.from_numpy(numbers))
        # Words in a plain list, not to be split, are those of one text.
        single = single or (self._split is None and np.ndim(inputs) == 1)
        return outputs[0] if single else outputs

    def tokens(self, texts: Any) -> list[list[str]]:
        """The words, or groups of words, of each text."""
        array = as_texts(texts, self.label, self.encoding)
        array = self._standardized(array)
        rows = np.atleast_2d(array).tolist() if self._split is None else self._split_texts(array)
        return rows if self._widths is None else [_joined(row, self._widths) for row in rows]

    def _standardized(self, texts: Array) -> Array:
        if self._standardize is None:
            return texts
        if self._arguments.get("standardize") is self._standardize:
            return as_texts(self._standardize(texts.astype(str)), self.label, self.encoding)
        cleaned = np.empty(texts.size, dtype=object)
        cleaned[:] = [self._standardize(text) for text in texts.reshape(-1).tolist()]
        return cleaned.reshape(texts.shape)

    def _split_texts(self, texts: Array) -> list[list[str]]:
        assert self._split is not None
        if texts.ndim > 1 and texts.shape[-1] != 1:
            raise ShapeError(
                f"{self.label} splits one text a sample, but gets an array of shape {texts.shape}.",
                port="inputs",
                hint="Give a list of texts, or use split=None for texts that are split already.",
            )
        flat = texts.reshape(-1)
        if self._arguments.get("split") is self._split:
            return [[str(word) for word in row] for row in self._split(flat.astype(str))]
        return [self._split(text) for text in flat.tolist()]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(batch, words), or (batch, vocabulary)."""
        if self.output_mode == "int":
            return (input_shape[0], self.output_sequence_length)
        return self._lookup_layer.compute_output_shape((input_shape[0], None))

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learns the words from texts, the most frequent first; what was learnt before is forgotten.

        Args:
            data: A list or array of texts, or batches of them one after the other.
            batch_size: Without effect, as in Keras.
            steps: How many batches to look at; None for all.

        Raises:
            ParameterError: The layer was made with a vocabulary.
            DataError: There are no words.
        """
        del batch_size
        self.reset_state()
        for step, batch in enumerate(batches_of_tokens(data)):
            if steps is not None and step >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Counts the words of one batch of texts."""
        self._lookup_layer.count(self.tokens(data))

    def finalize_state(self) -> None:
        """Makes the vocabulary of what was counted."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forgets what was counted."""
        self._lookup_layer.reset_state()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """States the words; see StringLookup."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words in the order of their numbers.

        Args:
            include_special_tokens: False leaves out those for padding and unknown words.
        """
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many numbers there are, those for padding and unknown words among them."""
        return self._lookup_layer.vocabulary_size()


def _function(layer: TextVectorization, name: str, value: Any, known: dict[str, Any]) -> Any:
    """The function that an argument names or is; None stays."""
    if value is None or callable(value):
        return value
    if not isinstance(value, str) or value not in known:
        raise ParameterError(
            f"{type(layer).__name__}({name}=…) got {value!r}, but it wants one of "
            f"{', '.join(map(repr, known))}, a function, or None.",
            parameter=name,
            received=value,
        )
    return known[value]


def _checked_widths(ngrams: Any) -> tuple[int, ...] | None:
    """How many words are joined: all counts up to a number, or those that are given."""
    widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
    if widths is None:
        return None
    if (
        not isinstance(widths, list | tuple)
        or not widths
        or not all(isinstance(width, int) and width > 0 for width in widths)
    ):
        raise ParameterError(
            f"TextVectorization(ngrams=…) got {ngrams!r}, but it wants a whole number, at least 1, or a "
            "tuple of them.",
            parameter="ngrams",
            received=ngrams,
            hint="2 adds pairs of words to single ones; (2,) makes pairs alone.",
        )
    return tuple(widths)


def _joined(words: list[str], widths: tuple[int, ...]) -> list[str]:
    """Groups of words that follow one another."""
    return [
        " ".join(words[place : place + width]) for width in widths for place in range(len(words) - width + 1)
    ]
