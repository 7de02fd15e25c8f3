"""Brings every feature of the data to mean 0 and variance 1, with numbers learnt from the data."""

from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch

from runtime.device import get_device
from runtime.errors import DataError, ParameterError, ShapeError
from runtime.layers.base import Layer
from runtime.layers.checking import require_known
from runtime.layers.learning import LearnsFromData
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.types import Shape, show_shape

_EPSILON = 1e-7
Array = npt.NDArray[Any]


@register("Preprocessing", rank=0)
class Normalization(LearnsFromData, Layer):
    """Brings every feature to mean 0 and variance 1, so that large units do not outweigh small ones.

    Mean and variance are given, or learnt from the training data by `adapt`; before that nothing changes.

    Formula: output = (inputs - mean) / √variance

    Args:
        axis: The axes whose entries have a mean and variance of their own: -1 for each feature; None for one
            mean of all numbers.
        mean: The mean or means, if they are known.
        variance: The variance or variances, if they are known.
        invert: True does the opposite: brings normalized numbers back to their units.

    Call args:
        inputs: Any shape, (batch, features) for a table.

    Source:
        https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
    """

    supports_mask = True
    by_place = True
    traits = frozenset({"scales"})
    stated_instead = ("mean", "variance")
    adapt_mean: Weight
    adapt_variance: Weight
    count: Weight
    given_mean: torch.Tensor
    given_variance: torch.Tensor

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.input_mean = mean
        self.input_variance = variance
        self.invert = invert
        self.learns_from_data = mean is None
        self._kept: tuple[int, ...] = ()
        self._shape: Shape = ()
        self._check_given(mean, variance)

    def _check_given(self, mean: Any, variance: Any) -> None:
        if (mean is None) != (variance is None):
            missing = "mean" if mean is None else "variance"
            raise ParameterError(
                f"Normalization was given only one of mean and variance; {missing} is missing.",
                parameter=missing,
                hint="Give both, or none of them and call adapt().",
            )
        if mean is None:
            return
        if np.shape(mean) != np.shape(variance) or np.ndim(mean) > len(self.axis):
            raise ParameterError(
                f"Normalization got a mean of shape {np.shape(mean)} and a variance of shape "
                f"{np.shape(variance)} for axis {self.axis}.",
                parameter="variance",
                received=variance,
                hint="Both have one number, or one for each entry along the axes.",
            )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Keras writes no axis as an empty list."""
        axis = config.get("axis")
        return super().from_config({**config, "axis": None if axis in ([], ()) else axis})

    def build(self, input_shape: Shape) -> None:
        """Makes the weights mean, variance and count, or spreads the given numbers over the axes."""
        self._kept = self._kept_axes(input_shape)
        self._shape = tuple(input_shape)
        sizes = tuple(
            require_known(self, input_shape, axis, "size of each normalized axis") for axis in self._kept
        )
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(sizes, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(sizes, "ones", trainable=False, name="variance")
            # Files of Keras have this number, which nothing reads.
            self.count = self.add_weight((), "zeros", dtype="int32", trainable=False, name="count")
            return
        for name, values in (("given_mean", self.input_mean), ("given_variance", self.input_variance)):
            dtype = getattr(torch, self.compute_dtype)
            tensor = torch.as_tensor(np.asarray(values), dtype=dtype, device=get_device())
            try:
                # A buffer goes to the device with the layer, but is no weight: it stands in the config.
                self.register_buffer(name, self._spread(tensor.expand(sizes)), persistent=False)
            except RuntimeError as error:
                raise ShapeError(
                    f"{self.label} was given numbers of shape {tuple(tensor.shape)}, which do not fit its "
                    f"input {show_shape(input_shape)}.",
                    port="inputs",
                    hint=f"Give one number, or {sizes}.",
                ) from error

    def _kept_axes(self, shape: Shape) -> tuple[int, ...]:
        if any(not -len(shape) <= axis < len(shape) for axis in self.axis):
            raise ShapeError(
                f"{self.label} has axis {self.axis}, but its input {show_shape(shape)} has only "
                f"{len(shape)} axes.",
                port="inputs",
                hint="-1 is the last axis: the features.",
            )
        kept = tuple(sorted(axis % len(shape) for axis in self.axis))
        if len(set(kept)) < len(kept):
            raise ShapeError(
                f"{self.label} has axis {self.axis}, which names an axis of {show_shape(shape)} twice.",
                port="inputs",
                hint="Name each axis once; -1 is the last one.",
            )
        return kept

    def _spread(self, values: torch.Tensor) -> torch.Tensor:
        """Numbers of the kept axes, with size 1 at all others."""
        sizes = iter(values.shape)
        return values.reshape([next(sizes) if axis in self._kept else 1 for axis in range(len(self._shape))])

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """(inputs - mean) / sqrt(variance), or the opposite."""
        inputs = inputs.to(getattr(torch, self.compute_dtype))
        if self.input_mean is None:
            mean, variance = self._spread(self.adapt_mean), self._spread(self.adapt_variance)
        else:
            mean, variance = self.given_mean, self.given_variance
        deviation = variance.sqrt().clamp_min(_EPSILON)
        return mean + inputs * deviation if self.invert else (inputs - mean) / deviation

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        kept = self._kept_axes(input_shape)
        sizes = [require_known(self, input_shape, axis, "size of each normalized axis") for axis in kept]
        if self.built and (
            len(input_shape) != len(self._shape) or sizes != [self._shape[axis] for axis in kept]
        ):
            raise ShapeError(
                f"{self.label} was built for {show_shape(self._shape)}, but gets {show_shape(input_shape)}.",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal form.",
            )
        return input_shape

    def adapt(self, data: Any) -> None:
        """Learns mean and variance from data; what was learnt before is forgotten.

        Args:
            data: An array or tensor, or batches of them one after the other: a list, a data set, a generator.
                Of batches that are tuples (inputs, targets), the inputs count.

        Raises:
            ParameterError: The layer was made with a mean.
            DataError: There is no data.
            ShapeError: Batches do not fit each other, or not the layer.
        """
        if self.input_mean is not None:
            raise ParameterError(
                f"{self.label} was made with a mean and a variance, so there is nothing to learn.",
                parameter="mean",
                hint="Leave mean and variance out to learn them by adapt().",
            )
        mean, variance, count = np.zeros(()), np.zeros(()), 0
        for batch in batches_of(data, self.label):
            self._take_shape(batch.shape)
            others = tuple(axis for axis in range(batch.ndim) if axis not in self._kept)
            size = int(np.prod([batch.shape[axis] for axis in others]))
            if not size:
                continue
            count += size
            share = size / count
            batch_mean = batch.mean(axis=others)
            new = mean * (1 - share) + batch_mean * share
            # Variances of parts add up with the squares of what their means are off the common one.
            variance = (variance + (mean - new) ** 2) * (1 - share) + (
                batch.var(axis=others) + (batch_mean - new) ** 2
            ) * share
            mean = new
        if not count:
            raise DataError(
                f"{self.label}.adapt() got no data.", hint="Give it the inputs of the training set."
            )
        with torch.no_grad():
            self.adapt_mean.copy_(torch.as_tensor(mean))
            self.adapt_variance.copy_(torch.as_tensor(variance))

    def _take_shape(self, shape: Shape) -> None:
        if not self.built:
            self.build_from_shapes({"inputs": tuple(shape)})
        fits = len(shape) == len(self._shape) and all(shape[axis] == self._shape[axis] for axis in self._kept)
        if not fits:
            raise ShapeError(
                f"{self.label} is made for {show_shape(self._shape)}, but adapt() got {show_shape(shape)}.",
                port="inputs",
            )


def batches_of(data: Any, label: str) -> Iterator[Array]:
    """The arrays in data of any kind: one array, or the inputs of batch after batch."""
    if isinstance(data, np.ndarray | torch.Tensor):
        yield as_array(data)
        return
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not isinstance(data, Iterable):
        data = (data[place] for place in range(len(data)))
    if not isinstance(data, Iterable):
        raise DataError(
            f"{label}.adapt() got a {type(data).__name__}.",
            hint="Give it an array, or batches of arrays.",
        )
    if isinstance(data, list | tuple) and not any(_is_batch(item) for item in data):
        yield np.asarray(data)
        return
    for batch in data:
        yield as_array(batch[0] if isinstance(batch, tuple) else batch)


def _is_batch(item: Any) -> bool:
    """True for an array, or a tuple of arrays; rows of numbers are none."""
    return hasattr(item[0] if isinstance(item, tuple) and item else item, "shape")


def as_array(values: Any) -> Array:
    """An array or tensor of any device as an array."""
    return values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
