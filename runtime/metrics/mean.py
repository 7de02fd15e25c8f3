"""Metrics that are a sum or a mean over samples.

Source: https://keras.io/api/metrics/reduction_metrics/
"""

from collections.abc import Callable
from typing import Any, Self

import torch
from torch import Tensor

from runtime.errors import UnknownNameError
from runtime.losses import registry as losses
from runtime.losses.reduction import TensorLike, mask_weight, same_rank, weights_differ
from runtime.metrics.base import Metric, divide_no_nan, registry

functions: dict[str, Callable[..., Tensor]] = {}
"""Functions of this package that a `MeanMetricWrapper` in a file may name, besides the losses."""


def metric_function(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Lets a function be named in files."""
    functions[function.__name__] = function
    return function


def by_sample(
    values: Tensor, sample_weight: TensorLike | None, reduce: Callable[..., Tensor], dtype: torch.dtype
) -> tuple[Tensor, Tensor | None]:
    """One value for each sample, times its weight, and the weights.

    Args:
        values: Values of any shape, batch first.
        sample_weight: Weights that fit the first axes of the values.
        reduce: What makes one value of the further axes: `torch.mean` or `torch.sum`.
        dtype: Element type of the results.

    Raises:
        DataError: The weights do not fit the values.
    """
    values = values.detach().to(dtype)
    weight = None
    if sample_weight is not None:
        weight = torch.as_tensor(sample_weight, dtype=dtype, device=values.device)
        values, weight = same_rank(values, weight)
        if values.ndim > weight.ndim:
            values = reduce(values, dim=tuple(range(weight.ndim, values.ndim)))
        try:
            weight = weight.broadcast_to(values.shape)
        except RuntimeError:
            raise weights_differ(weight.shape, values.shape) from None
        values = values * weight
        if weight.ndim > 1:
            weight = reduce(weight, dim=tuple(range(1, weight.ndim)))
    if values.ndim > 1:
        values = reduce(values, dim=tuple(range(1, values.ndim)))
    return values, weight


@registry.register
class Sum(Metric):
    """Adds all values up.

    Args:
        name: Name shown in logs.
        dtype: Element type of the sum.
    """

    def __init__(self, name: str = "sum", dtype: str | None = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable()

    def update_state(self, values: TensorLike, sample_weight: TensorLike | None = None) -> None:
        """Takes in values.

        Args:
            values: Numbers of any shape, batch first.
            sample_weight: How much each counts.
        """
        weighted, _ = by_sample(torch.as_tensor(values), sample_weight, torch.sum, self._torch_dtype)
        self.accumulate(self.total, weighted.sum())

    def result(self) -> Tensor:
        """The sum so far."""
        return self.total.clone()


@registry.register
class Mean(Metric):
    """Takes the mean of all values.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    def __init__(self, name: str = "mean", dtype: str | None = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable()
        self.count = self.add_variable()

    def update_state(self, values: TensorLike, sample_weight: TensorLike | None = None) -> None:
        """Takes in values.

        Args:
            values: Numbers of any shape, batch first.
            sample_weight: How much each counts.
        """
        self.add_values(torch.as_tensor(values), sample_weight)

    def add_values(self, values: Tensor, sample_weight: TensorLike | None) -> None:
        """Adds values and what they count as."""
        weighted, weight = by_sample(values, sample_weight, torch.mean, self._torch_dtype)
        self.accumulate(self.total, weighted.sum())
        if weight is None:
            self.count += weighted.shape[0] if weighted.ndim else 1
        else:
            self.accumulate(self.count, weight.sum())

    def result(self) -> Tensor:
        """The mean so far; 0 if there was nothing."""
        return divide_no_nan(self.total, self.count)


@registry.register
class MeanMetricWrapper(Mean):
    """Takes the mean of what a function says of truth and prediction.

    Args:
        fn: Function of truth and prediction that gives a value for each sample.
        name: Name shown in logs; None for the function's name.
        dtype: Element type of the mean.
        **kwargs: Further arguments of the function.
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", "mean"), dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: The truth, batch first.
            y_pred: What the model predicts, batch first.
            sample_weight: How much each sample (or each of its steps) counts.
        """
        with torch.no_grad():
            values = torch.as_tensor(self.fn(y_true, y_pred, **self._fn_kwargs))
            mask = getattr(y_pred, "_keras_mask", None)
            if mask is not None:
                weight = None if sample_weight is None else torch.as_tensor(sample_weight, device=mask.device)
                sample_weight = mask_weight(weight, mask, self._torch_dtype, rescaled=False)
            self.add_values(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments as JSON values, in the form Keras writes them."""
        config = {**super().get_config(), **self._fn_kwargs}
        if "fn" in config:
            name = getattr(self.fn, "__name__", str(self.fn))
            config["fn"] = {
                "module": "builtins",
                "class_name": "function",
                "config": name,
                "registered_name": name,
            }
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a metric from what `get_config` returned; a function is found by its name."""
        if cls is not MeanMetricWrapper:
            return cls(**{key: value for key, value in config.items() if key != "fn"})
        named = config["fn"]
        name = named["config"] if isinstance(named, dict) else named
        if name not in functions and name not in losses:
            raise UnknownNameError("metric function", name, {*functions, *losses.names()})
        arguments: dict[str, Any] = {**config, "fn": functions.get(name) or losses.deserialize(named)}
        return cls(**arguments)
