"""Sorts measurements into ranges, with boundaries that are given or learnt from the data."""

from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt
import torch

from runtime.errors import DataError, NotBuiltError, ParameterError
from runtime.layers.arguments import Epsilon
from runtime.layers.base import Layer
from runtime.layers.category_encoding import Encoding, encode, encoded_shape, refuse_sparse
from runtime.layers.feature_normalization import as_array, batches_of
from runtime.layers.learning import LearnsFromData
from runtime.layers.registration import register
from runtime.types import Range, Shape

Array = npt.NDArray[np.float32]


@register("Preprocessing")
class Discretization(LearnsFromData, Layer):
    """Sorts measurements into ranges: ages into young, middle and old.

    Boundaries are given, or learnt by `adapt` so that each range holds about as many samples.

    Args:
        bin_boundaries: Where ranges begin, in rising order: [0, 1] makes three ranges, below 0, 0 to 1, 1 and
            more.
        num_bins: How many ranges `adapt` shall make, if no boundaries are given.
        epsilon: How exact the learnt boundaries are, as a fraction of the samples: small is exact and slow.
        output_mode: "int" gives the number of the range; "one_hot" a row of 0 and 1 for each number;
            "multi_hot" and "count" one row a sample.

    Call args:
        inputs: Measurements, (batch, features).

    Source:
        https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
    """

    # Keras's adapt() of this layer, which is nothing but these two, needs TensorFlow.
    adapt_calls = ("update_state", "finalize_state")
    stated_instead = ("bin_boundaries",)

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: Annotated[int | None, Range(min=0)] = None,
        epsilon: Epsilon = 0.01,
        output_mode: Encoding = "int",
        **kwargs: Any,
    ) -> None:
        refuse_sparse(type(self), kwargs)
        super().__init__(**kwargs)
        if (num_bins is None) == (bin_boundaries is None):
            raise ParameterError(
                f"Discretization wants either bin_boundaries or num_bins, but got "
                f"{'none' if num_bins is None else 'both'} of them.",
                parameter="bin_boundaries",
                received=bin_boundaries,
                hint="bin_boundaries states where ranges begin; num_bins lets adapt() find that.",
            )
        self.bin_boundaries = None if bin_boundaries is None else self._checked(bin_boundaries)
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.output_mode = output_mode
        self.learns_from_data = num_bins is not None
        self._seen = np.empty((2, 0), dtype="float32")
        self.built = True

    def _checked(self, boundaries: Any) -> list[float]:
        try:
            values = np.asarray(boundaries, dtype="float64")
        except (TypeError, ValueError):
            values = np.empty((0, 0))
        if values.ndim != 1 or (np.diff(values) < 0).any():
            raise ParameterError(
                f"Discretization(bin_boundaries=…) got {boundaries!r}, but it wants numbers in rising order.",
                parameter="bin_boundaries",
                received=boundaries,
                hint="Such as [0, 10, 100].",
            )
        return [float(value) for value in values]

    def get_config(self) -> dict[str, Any]:
        """With the boundaries that were learnt; Keras's class refuses `trainable`."""
        config = {name: value for name, value in super().get_config().items() if name != "trainable"}
        return {**config, "bin_boundaries": self.bin_boundaries}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """A layer that has learnt its boundaries has them beside the number of ranges."""
        learnt = config.get("bin_boundaries") if config.get("num_bins") is not None else None
        if learnt is None:
            return super().from_config(config)
        layer = super().from_config({**config, "bin_boundaries": None})
        layer.bin_boundaries = layer._checked(learnt)
        return layer

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The number of each measurement's range, or rows of them."""
        if self.bin_boundaries is None:
            raise NotBuiltError(
                f"{self.label} knows no boundaries yet.",
                hint="Give bin_boundaries, or call adapt() with the training data.",
            )
        boundaries = torch.tensor(self.bin_boundaries, dtype=torch.float32, device=inputs.device)
        ids = torch.bucketize(inputs.float(), boundaries, right=True)
        dtype = torch.int32 if self.output_mode == "int" else getattr(torch, self.compute_dtype)
        return encode(ids, self.output_mode, len(boundaries) + 1, dtype, label=self.label)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays, or ends with a number for each range."""
        ranges = self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1
        return encoded_shape(input_shape, self.output_mode, ranges)

    def output_dtype(self, dtypes: list[str]) -> str:
        """Whole numbers for "int"."""
        return "int32" if self.output_mode == "int" else super().output_dtype(dtypes)

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the boundaries from data; what was learnt before is forgotten.

        Args:
            data: An array or tensor, or batches of them one after the other.
            steps: How many batches to look at; None for all.

        Raises:
            ParameterError: The layer was made with boundaries.
            DataError: There is no data.
        """
        self.reset_state()
        for step, batch in enumerate(batches_of(data, self.label)):
            if steps is not None and step >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Looks at one batch.

        Args:
            data: An array or tensor.

        Raises:
            ParameterError: The layer was made with boundaries.
        """
        if self.num_bins is None:
            raise ParameterError(
                f"{self.label} was made with bin_boundaries, so there is nothing to learn.",
                parameter="bin_boundaries",
                received=self.bin_boundaries,
                hint="Give num_bins in their place to learn the boundaries.",
            )
        both = np.concatenate((_summary(as_array(data), self.epsilon), self._seen), axis=1)
        self._seen = _compressed(both[:, np.argsort(both[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Makes the boundaries of what was looked at.

        Raises:
            DataError: That was nothing.
        """
        if not self._seen.size:
            raise DataError(
                f"{self.label}.adapt() got no data.", hint="Give it the inputs of the training set."
            )
        self.bin_boundaries = _compressed(self._seen, 1 / max(self.num_bins or 1, 1))[0, :-1].tolist()

    def reset_state(self) -> None:
        """Forgets what was looked at."""
        self._seen = np.empty((2, 0), dtype="float32")


def _summary(values: npt.NDArray[Any], epsilon: float) -> Array:
    """Values at even steps through the sorted data, and how many each stands for: (2, 1 / epsilon)."""
    ordered = np.sort(values.astype("float32").reshape(-1))
    step = max(ordered.size * epsilon, 1)
    chosen = ordered[int(step - 1) :: int(step)]
    return np.stack((chosen, np.full_like(chosen, step)))


def _compressed(summary: Array, epsilon: float) -> Array:
    """A sorted summary with 1 / epsilon values, at even shares of the weight."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    reached = weights / weights[-1]
    values = np.interp(shares, reached, summary[0])
    totals = np.interp(shares, reached, weights)
    return np.stack((values, np.diff(totals, prepend=0))).astype("float32")
