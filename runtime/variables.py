"""`Variable`: a tensor that keeps its place while its numbers change; every weight of a layer is one."""

from typing import Any

import numpy as np
import torch

from runtime import initializers
from runtime.device import get_device
from runtime.errors import ParameterError
from runtime.formats import standardize_dtype
from runtime.layers.context import scoped
from runtime.layers.weights import Weight, make_weight
from runtime.naming import auto_name


class _OfWeights(type):
    """Every weight is an instance of `Variable`, however it was made."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Weight)


class Variable(metaclass=_OfWeights):
    """A tensor that keeps its place while its numbers change.

    What is made is a parameter of torch, as weights of layers are; a layer that has it as an attribute counts
    and saves it.

    Args:
        initializer: The start values: an array or tensor, or an initializer's name or function.
        shape: Its sizes; needed with an initializer that is a function.
        dtype: Element type; None for that of the values, or `floatx()`.
        trainable: False if no gradient shall change it.
        autocast: False if a layer is to find it in its own element type where it computes in another.
        aggregation: Accepted for Keras's sake; there is one copy.
        synchronization: Accepted for Keras's sake.
        name: Its name; None for "variable" and a number.
    """

    def __new__(
        cls,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = None,
        synchronization: str = "auto",
        name: str | None = None,
        **kwargs: Any,
    ) -> Weight:
        """Makes the weight.

        Raises:
            ParameterError: An initializer was given without the sizes.
        """
        del aggregation, synchronization, kwargs
        name = name or auto_name("variable")
        values = _start_values(initializer, shape, dtype)
        weight = make_weight(values.to(get_device()), name=name, path=scoped(name), trainable=trainable)
        weight.autocast = autocast
        return weight


def _start_values(initializer: Any, shape: Any, dtype: Any) -> torch.Tensor:
    made = isinstance(initializer, str | dict) or callable(initializer)
    if made and not isinstance(initializer, torch.Tensor):
        if shape is None:
            raise ParameterError(
                "Variable got an initializer, but not the sizes to make values for.",
                parameter="shape",
                hint="Give shape, () for one number.",
            )
        name = standardize_dtype(dtype)
        values = initializers.get(initializer)(tuple(shape), dtype=name)
        return torch.as_tensor(values, dtype=getattr(torch, name))
    values = initializer.detach().clone() if isinstance(initializer, torch.Tensor) else _array(initializer)
    return values if dtype is None else values.to(getattr(torch, standardize_dtype(dtype)))


def _array(numbers: Any) -> torch.Tensor:
    """Arrays keep their element type; numbers of Python become float32 and int32, as everywhere in Keras."""
    if isinstance(numbers, np.ndarray | np.generic):
        return torch.from_numpy(np.array(numbers))
    values = torch.as_tensor(numbers)
    if values.is_floating_point():
        return values.to(getattr(torch, standardize_dtype(None)))
    return values.to(torch.int32) if values.dtype == torch.int64 else values
