"""Sorts words or numbers into a fixed count of bins without knowing them before, by a hash of each."""

from typing import Annotated, Any, Literal

import numpy as np
import torch

from runtime.errors import DataError, DTypeError, ParameterError, ShapeError
from runtime.layers.arguments import Count
from runtime.layers.base import Layer
from runtime.layers.category_encoding import Encoding, encode, encoded_shape, refuse_sparse
from runtime.layers.registration import register
from runtime.layers.string_hashes import cross_hashes, farm_hash, sip_hash
from runtime.layers.texts import Array, as_texts, as_whole_numbers, is_text, map_tokens
from runtime.types import Shape, Whole

_CROSSING_KEY = 0xDECAFCAFFE
_ALL = 2**64 - 1


def checked_salt(layer: type, salt: Any) -> tuple[int, int] | None:
    """The key of the keyed hash: two whole numbers, or one for both.

    Raises:
        ParameterError: It is neither.
    """
    if salt is None:
        return None
    parts = salt if isinstance(salt, list | tuple) else [salt, salt]
    if len(parts) != 2 or not all(isinstance(part, int) for part in parts):
        raise ParameterError(
            f"{layer.__name__}(salt=…) got {salt!r}, but it wants a whole number, or two of them.",
            parameter="salt",
            received=salt,
            hint="Such as 133, or [133, 137].",
        )
    return int(parts[0]), int(parts[1])


def hash_token(token: Any, salt: tuple[int, int] | None) -> int:
    """The hash of a word, or of a number written as one: FarmHash, or SipHash with a salt."""
    text = str(token).encode()
    return farm_hash(text) if salt is None else sip_hash(text, salt)


@register("")
class Hashing(Layer):
    """Sorts words or numbers into bins by a hash: the same one always comes into the same bin.

    No vocabulary has to be known; different words may share a bin.

    Args:
        num_bins: How many bins there are.
        mask_value: A word or number that stands for nothing: it has bin 0 for itself.
        salt: A whole number, or two, that makes other bins; None for those that everybody has.
        output_mode: "int" gives the number of the bin; "one_hot" a row of 0 and 1 for each word; "multi_hot"
            and "count" one row a sample.

    Call args:
        inputs: Whole numbers or, outside of a model, texts; any shape.

    Source:
        https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
    """

    takes_texts = True

    def __init__(
        self,
        num_bins: Count,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: Encoding = "int",
        **kwargs: Any,
    ) -> None:
        refuse_sparse(type(self), kwargs)
        kwargs["dtype"] = kwargs.get("dtype") or ("int64" if output_mode == "int" else "float32")
        super().__init__(**kwargs)
        self.autocast = False
        if output_mode == "int" and self.dtype not in ("int32", "int64"):
            raise ParameterError(
                f"Hashing gives whole numbers, but its dtype is {self.dtype!r}.",
                parameter="dtype",
                received=self.dtype,
                hint="Use 'int32' or 'int64', or another output_mode.",
            )
        self.num_bins = num_bins
        self.mask_value = mask_value
        self.salt = checked_salt(type(self), salt)
        self.output_mode = output_mode
        self.built = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the layer on texts and lists as they are."""
        values = args[0] if args else kwargs["inputs"]
        return super().forward(*args, **kwargs) if isinstance(values, torch.Tensor) else self.call(values)

    def call(self, inputs: Annotated[torch.Tensor, Whole()]) -> torch.Tensor:
        """The number of the bin of each word, or rows of them."""
        tokens = as_texts(inputs, self.label) if is_text(inputs) else as_whole_numbers(inputs)
        bins = torch.from_numpy(map_tokens(tokens, self._bin))
        bins = bins.to(inputs.device) if isinstance(inputs, torch.Tensor) else bins
        dtype = getattr(torch, self.dtype)
        return encode(bins, self.output_mode, self.num_bins, dtype, label=self.label)

    def _bin(self, token: Any) -> int:
        if self.mask_value is None or self.num_bins == 1:
            return hash_token(token, self.salt) % self.num_bins
        if token == self.mask_value:
            return 0
        return 1 + hash_token(token, self.salt) % (self.num_bins - 1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays, or ends with a number for each bin."""
        return encoded_shape(input_shape, self.output_mode, self.num_bins)


@register("")
class HashedCrossing(Layer):
    """Sorts pairs (or more) of features into bins by a hash of them together: a feature of its own.

    Args:
        num_bins: How many bins there are.
        output_mode: "int" gives the number of the bin, "one_hot" a row of 0 and 1.

    Call args:
        inputs: Two or more lists or arrays of words or whole numbers, each (batch) or (batch, 1).

    Source:
        https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
    """

    takes_texts = True

    def __init__(
        self, num_bins: Count, output_mode: Literal["int", "one_hot"] = "int", **kwargs: Any
    ) -> None:
        refuse_sparse(type(self), kwargs)
        kwargs["dtype"] = kwargs.get("dtype") or ("int64" if output_mode == "int" else "float32")
        super().__init__(**kwargs)
        self.autocast = False
        self.num_bins = num_bins
        self.output_mode = output_mode
        self.built = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the layer on texts and lists as they are."""
        return self.call(args[0] if args else kwargs["inputs"])

    def call(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """The number of the bin of each pair, or rows of them."""
        if not isinstance(inputs, list | tuple) or len(inputs) < 2:
            raise DataError(
                f"{self.label} crosses two features or more.", hint="Call it on a list of arrays: ([…], […])."
            )
        features = [self._feature(values) for values in inputs]
        shape = features[0].shape
        if shape[1:] not in ((), (1,)) or any(feature.shape != shape for feature in features):
            raise ShapeError(
                f"{self.label} got features of shapes "
                f"{', '.join(str(feature.shape) for feature in features)}.",
                port="inputs",
                hint="All have one word or number for each sample: (batch) or (batch, 1).",
            )
        rows = zip(*(feature.reshape(-1).tolist() for feature in features), strict=True)
        bins = np.array([self._bin(row) for row in rows], dtype="int64").reshape(shape)
        dtype = getattr(torch, self.dtype)
        return encode(torch.from_numpy(bins), self.output_mode, self.num_bins, dtype, label=self.label)

    def _feature(self, values: Any) -> Array:
        if is_text(values):
            return as_texts(values, self.label)
        kind = np.asarray(values.cpu() if isinstance(values, torch.Tensor) else values).dtype.kind
        if kind not in "iu":
            raise DTypeError(
                f"{self.label} crosses words and whole numbers, but gets measurements.",
                port="inputs",
                hint="Sort measurements into ranges first, by Discretization.",
            )
        return as_whole_numbers(values)

    def _bin(self, row: tuple[Any, ...]) -> int:
        crossed = _CROSSING_KEY
        for token in row:
            crossed = cross_hashes(
                crossed, farm_hash(token.encode()) if isinstance(token, str) else token & _ALL
            )
        return crossed % self.num_bins

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """The shape of one feature, or with a number for each bin."""
        return encoded_shape(input_shape[0], self.output_mode, self.num_bins)
