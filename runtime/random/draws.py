"""Random numbers of all kinds. The same seed gives the numbers that Keras on torch gives on a CPU.

All are drawn on the CPU and then moved to the device: a seed means the same everywhere.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from runtime.device import get_device
from runtime.errors import ParameterError, ShapeError
from runtime.formats import is_float_dtype, is_int_dtype, standardize_dtype
from runtime.random.seed_generator import Seed, SeedGenerator, generator_of

Sizes = Sequence[int]
Numbers = Any
"""A number, an array or a tensor."""
DType = Any
_torch: Any = torch
"""Where functions are found whose names begin with an underscore, so that type checkers do not see them."""


def normal(
    shape: Sizes, mean: Numbers = 0.0, stddev: Numbers = 1.0, dtype: DType = None, seed: Seed = None
) -> Tensor:
    """Draws from a bell curve.

    Args:
        shape: Sizes of the result.
        mean: Middle of the bell.
        stddev: Spread of the bell.
        dtype: Element type; None for `floatx()`.
        seed: A whole number gives the same numbers each time, a `SeedGenerator` new ones each time that
            repeat with it; None draws from the source that `set_random_seed` sets.
    """
    if isinstance(mean, int | float) and isinstance(stddev, int | float):
        values = torch.normal(
            mean, stddev, size=tuple(shape), generator=generator_of(seed), dtype=_floating(dtype)
        )
        return values.to(get_device())
    standard = normal(shape, dtype=dtype, seed=seed)
    return standard * torch.as_tensor(stddev).to(standard) + torch.as_tensor(mean).to(standard)


def uniform(
    shape: Sizes, minval: Numbers = 0.0, maxval: Numbers = 1.0, dtype: DType = None, seed: Seed = None
) -> Tensor:
    """Draws evenly between two bounds.

    Args:
        shape: Sizes of the result.
        minval: Lower bound, which may come.
        maxval: Upper bound, which does not come.
        dtype: Element type; None for `floatx()`.
        seed: As for `normal`.

    Raises:
        ParameterError: The element type is one of whole numbers.
    """
    values = torch.rand(tuple(shape) or (1,), generator=generator_of(seed), dtype=_floating(dtype))
    values = (values if tuple(shape) else values[0]).to(get_device())
    return (maxval - minval) * values + minval


def truncated_normal(
    shape: Sizes, mean: Numbers = 0.0, stddev: Numbers = 1.0, dtype: DType = None, seed: Seed = None
) -> Tensor:
    """Draws from a bell curve without what lies beyond two standard deviations.

    Args:
        shape: Sizes of the result.
        mean: Middle of the bell.
        stddev: Spread of the bell before its ends are cut off.
        dtype: Element type; None for `floatx()`.
        seed: As for `normal`.
    """
    # Of four draws the first within bounds; that none is happens to six numbers in a million.
    drawn = normal((*shape, 4), dtype=dtype, seed=seed)
    first = ((drawn > -2) & (drawn < 2)).max(-1, keepdim=True)[1]
    return drawn.gather(-1, first).squeeze(-1) * stddev + mean


def randint(shape: Sizes, minval: int, maxval: int, dtype: DType = "int32", seed: Seed = None) -> Tensor:
    """Draws whole numbers, each as likely as the other.

    Args:
        shape: Sizes of the result.
        minval: Smallest number.
        maxval: One more than the largest number.
        dtype: Element type.
        seed: As for `normal`.

    Raises:
        ParameterError: The element type is none of whole numbers.
    """
    if dtype and not is_int_dtype(dtype):
        raise ParameterError(
            f"randint got dtype={dtype!r}.",
            parameter="dtype",
            received=dtype,
            hint="Use 'int32' or another type of whole numbers; uniform() draws the others.",
        )
    values = torch.randint(
        int(minval),
        int(maxval),
        tuple(shape),
        generator=generator_of(seed),
        dtype=getattr(torch, standardize_dtype(dtype)),
    )
    return values.to(get_device())


def categorical(logits: Numbers, num_samples: int, dtype: DType = "int32", seed: Seed = None) -> Tensor:
    """Draws classes by their log-probabilities.

    Args:
        logits: (batch, classes), the larger the likelier.
        num_samples: How many are drawn for each row.
        dtype: Element type of the result.
        seed: As for `normal`.

    Returns:
        (batch, num_samples) class ids.

    Raises:
        ShapeError: There are not two axes.
    """
    scores = _tensor(logits).cpu()
    if scores.ndim != 2:
        raise ShapeError(
            f"categorical wants logits of shape (batch, classes), but got {tuple(scores.shape)}.",
            hint="Put a single row into a list.",
        )
    drawn = torch.multinomial(
        torch.softmax(scores, dim=-1), num_samples, replacement=True, generator=generator_of(seed)
    )
    return drawn.to(get_device(), getattr(torch, standardize_dtype(dtype)))


def dropout(
    inputs: Numbers, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> Tensor:
    """Sets numbers to 0 at random, and makes the others larger so that the mean stays.

    Args:
        inputs: Any shape.
        rate: Share of the numbers to set to 0, a fraction 0-1.
        noise_shape: Sizes of the draws, where some axes share them: 1 for those; None for the input's own.
        seed: As for `normal`.
    """
    given = _tensor(inputs)
    if rate == 0:
        return given
    if rate == 1:
        return torch.zeros_like(given)
    by_chance = seed is None or (isinstance(seed, SeedGenerator) and seed._initial_seed is None)
    if by_chance and noise_shape is None:
        return torch.nn.functional.dropout(given, rate)
    sizes = given.shape if noise_shape is None else _filled(noise_shape, given.shape)
    kept = torch.bernoulli(torch.full(tuple(sizes), 1.0 - rate), generator=generator_of(seed))
    kept = kept.to(given.device).bool().broadcast_to(given.shape)
    return torch.where(kept, given / (1.0 - rate), torch.zeros_like(given))


def shuffle(x: Numbers, axis: int = 0, seed: Seed = None) -> Tensor:
    """Puts what lies along an axis into a new order.

    Args:
        x: Any shape. Each position of the axes before `axis` gets an order of its own.
        axis: The axis.
        seed: As for `normal`.
    """
    given = _tensor(x)
    axis %= given.ndim
    order = torch.rand(given.shape[: axis + 1], generator=generator_of(seed)).argsort(axis)
    order = order.to(given.device).reshape(*order.shape, *[1] * (given.ndim - axis - 1))
    return given.gather(axis, order.expand_as(given))


def gamma(shape: Sizes, alpha: Numbers, dtype: DType = None, seed: Seed = None) -> Tensor:
    """Draws from a gamma distribution with scale 1.

    Args:
        shape: Sizes of the result.
        alpha: Its form, one number or as many as fit the shape.
        dtype: Element type; None for `floatx()`.
        seed: As for `normal`.
    """
    form = _spread(alpha, shape)
    drawn = _torch._standard_gamma(form, generator=generator_of(seed))
    return drawn.clamp(min=torch.finfo(form.dtype).tiny).to(get_device(), _floating(dtype))


def beta(shape: Sizes, alpha: Numbers, beta: Numbers, dtype: DType = None, seed: Seed = None) -> Tensor:
    """Draws from a beta distribution: numbers between 0 and 1.

    Args:
        shape: Sizes of the result.
        alpha: Its first form: the larger, the nearer to 1.
        beta: Its second form: the larger, the nearer to 0.
        dtype: Element type; None for `floatx()`.
        seed: As for `normal`.
    """
    forms = torch.stack([_spread(alpha, shape), _spread(beta, shape)], -1)
    drawn = _torch._sample_dirichlet(forms, generator=generator_of(seed))[..., 0]
    return drawn.to(get_device(), _floating(dtype))


def binomial(
    shape: Sizes, counts: Numbers, probabilities: Numbers, dtype: DType = None, seed: Seed = None
) -> Tensor:
    """Draws how often something comes about in a number of trials.

    Args:
        shape: Sizes of the result.
        counts: How many trials there are.
        probabilities: How likely it is in each, a fraction 0-1.
        dtype: Element type; None for `floatx()`.
        seed: As for `normal`.
    """
    drawn = torch.binomial(
        _spread(counts, shape), _spread(probabilities, shape), generator=generator_of(seed)
    )
    return drawn.to(get_device(), _floating(dtype))


def _floating(dtype: DType) -> torch.dtype:
    name = standardize_dtype(dtype)
    if not is_float_dtype(name):
        raise ParameterError(
            f"The dtype is {dtype!r}, but numbers with a fraction are drawn.",
            parameter="dtype",
            received=dtype,
            hint="Use 'float32'; randint() draws whole numbers.",
        )
    return getattr(torch, name)


def _tensor(values: Numbers) -> Tensor:
    return values if isinstance(values, Tensor) else torch.as_tensor(values, device=get_device())


def _spread(values: Numbers, shape: Sizes) -> Tensor:
    """Numbers of float32 on the CPU, as many as the shape has."""
    return torch.as_tensor(values, dtype=torch.float32, device="cpu").broadcast_to(tuple(shape)).contiguous()


def _filled(noise_shape: Sequence[int | None], shape: Sizes) -> list[int]:
    return [own if size is None else size for size, own in zip(noise_shape, shape, strict=True)]
