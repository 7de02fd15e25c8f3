"""Layers that give words and numbers of categories consecutive numbers, and find them again."""

from typing import Annotated, Any, Literal

import torch

from runtime.layers.lookup import IndexLookup
from runtime.layers.registration import register
from runtime.layers.texts import Array, TextLayer, as_texts, as_whole_numbers
from runtime.types import Range, Whole

OutputMode = Literal["int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf"]
MaxTokens = Annotated[int | None, Range(min=2)]
UnknownCount = Annotated[int, Range(min=0)]


@register("")
class IntegerLookup(IndexLookup):
    """Gives whole numbers, such as ids of customers, consecutive numbers from a vocabulary.

    Args:
        max_tokens: Most numbers the vocabulary may have, those of padding and unknown ones among them.
        num_oov_indices: How many numbers unknown ones have.
        mask_token: The number that stands for nothing; it becomes 0.
        oov_token: What unknown numbers become on the way back.
        vocabulary: The known numbers, or the path of a file with one a line; None to learn them by adapt().
        vocabulary_dtype: Element type of the numbers.
        idf_weights: For "tf_idf": how much each number counts.
        invert: True finds the numbers back from the consecutive ones.
        output_mode: "int" gives the consecutive number; "one_hot" a row of 0 and 1 for each; "multi_hot",
            "count" and "tf_idf" one row a sample, the last one weighed by how rare a number is.
        pad_to_max_tokens: True makes rows of max_tokens numbers, whatever the vocabulary.
        oov_method: How unknown ones are spread over several numbers: "floormod" by the remainder, "farmhash"
            by a hash.
        salt: Key of the hash, for "farmhash".

    Call args:
        inputs: Whole numbers, any shape.

    Source:
        https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
    """

    def __init__(
        self,
        max_tokens: MaxTokens = None,
        num_oov_indices: UnknownCount = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: Literal["int64"] = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: OutputMode = "int",
        pad_to_max_tokens: bool = False,
        oov_method: Literal["floormod", "farmhash"] = "floormod",
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            oov_method=oov_method,
            salt=salt,
            **kwargs,
        )
        self.vocabulary_dtype = vocabulary_dtype

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the layer on lists as they are."""
        values = args[0] if args else kwargs["inputs"]
        return super().forward(*args, **kwargs) if isinstance(values, torch.Tensor) else self.call(values)

    def call(self, inputs: Annotated[torch.Tensor, Whole()]) -> torch.Tensor:
        """The consecutive number of each number, or rows of them; with invert the numbers themselves."""
        numbers = self._as_tokens(inputs)
        found = self.tokens_of(numbers) if self.invert else self.look_up(numbers)
        device = inputs.device if isinstance(inputs, torch.Tensor) else None
        return self.encoded(torch.as_tensor(found, device=device))

    def _as_tokens(self, values: Any) -> Array:
        return as_whole_numbers(values)

    def _from_line(self, line: str) -> int:
        return int(line)


@register("")
class StringLookup(TextLayer, IndexLookup):
    """Gives words consecutive numbers from a vocabulary; it works on data, outside of a model.

    Args:
        max_tokens: Most numbers the vocabulary may have, those of padding and unknown words among them.
        num_oov_indices: How many numbers unknown words have.
        mask_token: The word that stands for nothing; it becomes 0.
        oov_token: What unknown words become on the way back.
        vocabulary: The known words, or the path of a file with one a line; None to learn them by adapt().
        idf_weights: For "tf_idf": how much each word counts.
        invert: True finds words by their numbers.
        output_mode: "int" gives the number of a word; "one_hot" a row of 0 and 1 for each; "multi_hot",
            "count" and "tf_idf" one row a sample, the last one weighed by how rare a word is.
        pad_to_max_tokens: True makes rows of max_tokens numbers, whatever the vocabulary.
        encoding: How bytes are read as text.
        salt: Key of the hash that spreads unknown words over several numbers.

    Call args:
        inputs: Words, a list or an array of any shape; numbers with invert.

    Source:
        https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
    """

    def __init__(
        self,
        max_tokens: MaxTokens = None,
        num_oov_indices: UnknownCount = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: OutputMode = "int",
        pad_to_max_tokens: bool = False,
        encoding: str = "utf-8",
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("oov_method", None)
        self.encoding = encoding
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            oov_method="farmhash",
            salt=salt,
            **kwargs,
        )

    def call(self, inputs: torch.Tensor) -> Any:
        """The number of each word, or rows of them; with invert a list of the words."""
        if self.invert:
            return self.tokens_of(as_whole_numbers(inputs))
        return self.encoded(torch.from_numpy(self.look_up(self._as_tokens(inputs))))

    def _as_tokens(self, values: Any) -> Array:
        return as_texts(values, self.label, self.encoding)
