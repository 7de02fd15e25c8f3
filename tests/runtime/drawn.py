"""Arguments drawn from signatures, for tests that hold each member of a family to the real Keras.

A run draws the same examples as the one before, so that a change is to blame for what fails.
`DRAWN_TIMES=50` in the environment draws fifty times as many, and others each time; what fails is printed
with the line that repeats it.
"""

import inspect
import os
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
import torch
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from runtime.errors import LayerloomError
from runtime.types import Range

TIMES = int(os.environ.get("DRAWN_TIMES", "1"))

Table = Mapping[str, st.SearchStrategy[Any]]

seeds = st.integers(0, 2**32 - 1)
"""Numbers from which a test makes its data: drawing each value would cost more than comparing them."""


def examples(count: int) -> settings:
    """Settings for a test of that many examples."""
    return settings(
        max_examples=count * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
        report_multiple_bugs=False,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.function_scoped_fixture,
        ],
    )


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers in steps of a hundredth of the way, both ends often: further digits tell nothing new."""
    inner = st.integers(0, 100).map(lambda part: round(low + (high - low) * part / 100, 6))
    return st.one_of(inner, st.sampled_from([float(low), float(high)]))


def values_of(annotation: Any) -> st.SearchStrategy[Any] | None:
    """Values an annotation allows; None if it does not say enough."""
    if annotation is bool:
        return st.booleans()
    if annotation is NoneType:
        return st.none()
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is Annotated and any(isinstance(part, Range) for part in parts):
        return _within(parts[0], next(part for part in parts if isinstance(part, Range)))
    if origin is Union or type(annotation).__name__ == "UnionType":
        known = [values_of(part) for part in parts]
        return None if None in known else st.one_of(*[one for one in known if one is not None])
    return None


def _within(kind: type, bounds: Range) -> st.SearchStrategy[Any]:
    low = bounds.min if bounds.min is not None else (bounds.max or 0) - 3
    high = bounds.max if bounds.max is not None else low + 3
    if kind is int:
        return st.integers(int(low), int(high))
    return numbers(low, high).filter(lambda value: value in bounds)


def arguments(
    member: Callable[..., Any], table: Table, left_out: tuple[str, ...] = ("name", "dtype")
) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of a function or constructor, each given or left to its default.

    Args:
        member: Whose signature it is.
        table: Values by argument name, where the annotation does not say enough; "Class.argument" goes first.
        left_out: Arguments that are not drawn.
    """
    needed, free = {}, {}
    for name, parameter in inspect.signature(member).parameters.items():
        if name in left_out or parameter.kind is parameter.VAR_KEYWORD:
            continue
        own = table.get(f"{member.__name__}.{name}", table.get(name))
        strategy = own if own is not None else values_of(parameter.annotation)
        assert strategy is not None, f"say in the table what {member.__name__}'s {name} may be"
        (needed if parameter.default is parameter.empty else free)[name] = strategy
    return st.fixed_dictionaries(needed, optional=free)


def same(ours: Any, theirs: Any, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Fails unless two results have the same shape and the same values; nan is equal to nan."""
    ours, theirs = (
        torch.as_tensor(one.value if hasattr(one, "value") else one).detach() for one in (ours, theirs)
    )
    torch.testing.assert_close(
        ours.to(theirs.dtype), theirs, rtol=rtol, atol=atol, equal_nan=True, check_stride=False
    )


def outcome(call: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """What a call gives, or what it raises."""
    try:
        return call(), None
    except Exception as error:
        return None, error


def same_refusal(ours: Callable[[], Any], theirs: Callable[[], Any]) -> bool:
    """True if the real Keras refuses something; fails unless ours then says so in words of its own."""
    _, error = outcome(theirs)
    if not isinstance(error, ValueError):
        return False
    _, own = outcome(ours)
    assert isinstance(own, LayerloomError), f"Keras says: {error}\nours gives {own!r}"
    return True


def soft(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities of scores."""
    powers = np.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)
