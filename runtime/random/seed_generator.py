"""`SeedGenerator`: where random draws take their seeds from, one after the other."""

import random as chance
from typing import Any

import torch
from torch import Tensor

from runtime.configurable import Configurable
from runtime.errors import ParameterError
from runtime.layers.weights import Weight, make_weight
from runtime.naming import auto_name
from runtime.seeds import global_generator

Seed = Any
"""A whole number, a `SeedGenerator`, or None for the one of the whole program."""

_BITS = 2**32


class SeedGenerator(Configurable):
    """Gives each random draw a seed of its own, so that all draws repeat when the first seed does.

    Args:
        seed: The whole number to begin with; None for one by chance.
        name: Name of the generator.

    Source: https://keras.io/api/random/seed_generator/
    """

    _module = "keras.random"

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        kwargs.pop("backend", None)
        if kwargs:
            unknown = next(iter(kwargs))
            raise ParameterError(
                f"SeedGenerator has no argument {unknown!r}.", parameter=unknown, received=kwargs[unknown]
            )
        if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
            raise ParameterError(
                f"SeedGenerator(seed=…) got {seed!r}.",
                parameter="seed",
                received=seed,
                hint="Give a whole number, or None for one by chance.",
            )
        self.name = name or auto_name(type(self).__name__)
        self._initial_seed = seed
        start = chance.randint(1, 10**9) if seed is None else seed
        values = torch.tensor([_signed(start), 0], dtype=torch.int32)
        path = f"{self.name}/seed_generator_state"
        self.state: Weight = make_weight(values, name="seed_generator_state", path=path, trainable=False)

    def next(self, ordered: bool = True) -> Tensor:
        """The seed of the next draw: two whole numbers, whose sum counts.

        Args:
            ordered: True counts up from the first seed; False jumps about.
        """
        seed = self.state.detach().clone()
        with torch.no_grad():
            if ordered:
                self.state[1] += 1
            else:
                self.state.copy_((self.state + 1) * 5387 % 933199)
        return seed

    def get_config(self) -> dict[str, Any]:
        """The first seed and the name."""
        return {"seed": self._initial_seed, "name": self.name}

    def __deepcopy__(self, memo: dict[int, Any]) -> "SeedGenerator":
        twin = type(self)(self._initial_seed, self.name)
        twin.state.data.copy_(self.state.data)
        memo[id(self)] = twin
        return twin


def generator_of(seed: Seed) -> torch.Generator:
    """The source of chance of one draw.

    Raises:
        ParameterError: The seed is none.
    """
    if seed is None:
        first, second = _global().next(ordered=False).tolist()
    elif isinstance(seed, SeedGenerator):
        first, second = seed.next().tolist()
    elif isinstance(seed, int) and not isinstance(seed, bool):
        first, second = seed, 0
    else:
        raise ParameterError(
            f"The seed is {seed!r}.",
            parameter="seed",
            received=seed,
            hint="Give a whole number, a SeedGenerator, or None.",
        )
    return torch.Generator("cpu").manual_seed((first + second) % _BITS)


def _global() -> SeedGenerator:
    if "generator" not in global_generator:
        global_generator["generator"] = SeedGenerator()
    return global_generator["generator"]


def _signed(seed: int) -> int:
    """The 32 bits of a seed as a number with a sign, which torch keeps them as."""
    return (seed % _BITS ^ 2**31) - 2**31
