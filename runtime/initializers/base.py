"""What every initializer has: it is called with a shape and gives a tensor of first values.

Values are drawn on the CPU, whatever device they are moved to: a seed means the same start everywhere.
"""

import math
from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor

from runtime.configurable import Checked
from runtime.errors import ParameterError
from runtime.formats import torch_floatx
from runtime.registries import Registry

DType = str | torch.dtype | None

registry: "Registry[Initializer]" = Registry("initializer", "keras.initializers")

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize


class Initializer(Checked):
    """Base of all initializers: gives the first values of a weight."""

    _module = "keras.initializers"

    def __init__(self) -> None:
        """Takes no arguments."""

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Makes the values.

        Args:
            shape: Sizes of the weight.
            dtype: Element type, by name or as torch has it; None is `floatx()`.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how to make values.")


class RandomInitializer(Initializer):
    """Base of the initializers that draw random numbers.

    Args:
        seed: A whole number that makes each call give the same values; None draws from torch's
            global generator.
    """

    def __init__(self, seed: int | None = None) -> None:
        if seed is not None and not isinstance(seed, int):
            raise ParameterError(
                f"{type(self).__name__} got seed={seed!r}.",
                parameter="seed",
                received=seed,
                hint="It is a whole number, or None for another start each time.",
            )
        self.seed = seed

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes an object from what `get_config` returned; a Keras SeedGenerator is read as its seed."""
        if isinstance(seed := config.get("seed"), dict):
            config = {**config, "seed": seed["config"]["seed"]}
        return cls(**config)

    def generator(self) -> torch.Generator | None:
        """The source of chance: one that starts anew at the seed, or None for the global one."""
        return None if self.seed is None else torch.Generator("cpu").manual_seed(self.seed)

    def draw_normal(self, shape: Sequence[int], mean: float, stddev: float, dtype: DType) -> Tensor:
        """Draws from a bell curve."""
        _check_spread(self, stddev)
        values = torch.empty(tuple(shape), dtype=torch_dtype(dtype), device="cpu")
        return values.normal_(mean, stddev, generator=self.generator())

    def draw_truncated_normal(self, shape: Sequence[int], mean: float, stddev: float, dtype: DType) -> Tensor:
        """Draws from a bell curve without what lies beyond two standard deviations."""
        _check_spread(self, stddev)
        values = torch.empty(tuple(shape), dtype=torch_dtype(dtype), device="cpu")
        if not stddev:
            return values.fill_(mean)
        low, high = mean - 2 * stddev, mean + 2 * stddev
        return torch.nn.init.trunc_normal_(values, mean, stddev, low, high, generator=self.generator())

    def draw_uniform(self, shape: Sequence[int], low: float, high: float, dtype: DType) -> Tensor:
        """Draws evenly between two bounds."""
        values = torch.empty(tuple(shape), dtype=torch_dtype(dtype), device="cpu")
        return values.uniform_(min(low, high), max(low, high), generator=self.generator())


def _check_spread(initializer: Initializer, stddev: float) -> None:
    if not 0 <= stddev < math.inf:
        raise ParameterError(
            f"{type(initializer).__name__} got stddev={stddev!r}.",
            parameter="stddev",
            received=stddev,
            hint="It is a number of at least 0.",
        )


def torch_dtype(dtype: DType) -> torch.dtype:
    """Element type of torch for a name such as "float32"; None is `floatx()`."""
    if dtype is None:
        return torch_floatx()
    return getattr(torch, dtype) if isinstance(dtype, str) else dtype
