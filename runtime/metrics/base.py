"""What every metric has: numbers that add up over batches, until a result is asked for."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from runtime import dtype_policies, initializers
from runtime.configurable import Checked
from runtime.device import get_device
from runtime.errors import DataError
from runtime.formats import floatx
from runtime.layers.weights import Weight, make_weight
from runtime.losses.reduction import TensorLike
from runtime.registries import Registry, snake_case

registry: Registry[Any] = Registry("metric", "keras.metrics")


class Metric(Checked):
    """Base of all metrics: tells a person how well a model does. It adds up batches and gives one number.

    A metric of your own makes its numbers with `add_variable` and overrides `update_state` and `result`.

    Args:
        dtype: Element type of the numbers, or a dtype policy; None is `floatx()`, usually float32.
        name: Name shown in logs; None for the class's name in snake_case.
    """

    _module = "keras.metrics"
    _direction: ClassVar[Literal["up", "down"] | None] = None
    """Whether larger or smaller is better; None where the metric does not know."""

    def __init__(self, dtype: str | None = None, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self._torch_dtype: torch.dtype = getattr(torch, dtype_policies.get(dtype or floatx()).compute_dtype)
        self._variables: list[Tensor] = []

    @property
    def dtype(self) -> str:
        """Name of the element type of the numbers."""
        return str(self._torch_dtype).removeprefix("torch.")

    @property
    def variables(self) -> list[Tensor]:
        """The numbers that add up, in the order they were made."""
        return list(self._variables)

    def add_variable(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "zeros",
        dtype: str | None = None,
        name: str | None = None,
    ) -> Weight:
        """Makes a tensor of state, on the device where models are computed.

        Args:
            shape: Its sizes; () for one number.
            initializer: What it starts from.
            dtype: Element type; None for the metric's own.
            name: A name for readers.
        """
        values = initializers.get(initializer or "zeros")(shape, dtype=dtype or self._torch_dtype)
        name = name or "variable"
        variable = make_weight(values.to(get_device()), name=name, path=name, trainable=False)
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: str | None = None,
        name: str | None = None,
    ) -> Weight:
        """Another name of `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name)

    def accumulate(self, state: Tensor, value: Tensor) -> None:
        """Adds a value to a tensor of state, without waiting for the device.

        Args:
            state: What `add_variable` made.
            value: What is added.
        """
        state.add_(value.detach().to(device=state.device, dtype=state.dtype))

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Takes in one batch.

        Args:
            *args: Mostly truth and prediction.
            **kwargs: Mostly `sample_weight`.
        """
        raise NotImplementedError(f"The metric {type(self).__name__} takes nothing in: write `update_state`.")

    def result(self) -> Any:
        """The metric over all batches since the last reset."""
        raise NotImplementedError(f"The metric {type(self).__name__} gives nothing out: write `result`.")

    def reset_state(self) -> None:
        """Forgets all batches."""
        for variable in self.variables:
            variable.zero_()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Takes in one batch and gives the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def tensors(
    y_true: TensorLike, y_pred: TensorLike, dtype: torch.dtype | None = None
) -> tuple[Tensor, Tensor]:
    """Truth and prediction as tensors on the prediction's device, without gradients.

    Args:
        y_true: The truth.
        y_pred: What the model predicts.
        dtype: Element type of both; None leaves them as they are.
    """
    predicted = torch.as_tensor(y_pred, dtype=dtype).detach()
    return torch.as_tensor(y_true, dtype=dtype, device=predicted.device).detach(), predicted


def divide_no_nan(dividend: Tensor, divisor: Tensor) -> Tensor:
    """A quotient that is 0 where the divisor is."""
    return torch.where(divisor == 0, 0, dividend / torch.where(divisor == 0, 1, divisor))


def too_few_classes(parameter: str, count: int, scores: Tensor) -> DataError:
    """The error for asking after more of the likeliest classes than there are."""
    classes = scores.shape[-1]
    return DataError(
        f"A metric with {parameter}={count} looks for the {count} likeliest classes, but the predictions "
        f"have the shape {tuple(scores.shape)}: there are {classes}.",
        hint=f"Give a {parameter} from 1 to {classes}.",
    )


get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize
