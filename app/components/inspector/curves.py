"""What an activation, an initializer or a schedule does, as a drawing of what it really computes."""

import json
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch

from app.components.inspector.drawing import INKS, WIDTH, Frame, Ink, Picture, words
from app.components.theme import Theme
from graph_compiler.compile_settings import SCHEDULES
from runtime import activations, initializers
from runtime.errors import LayerloomError
from runtime.layers.parameters import find_registry

Function = Callable[[torch.Tensor], torch.Tensor]
REMEMBERED = 512
REACH = 4.0
"""Activations are drawn from minus to plus this number."""
SCORES = (-1.0, 0.5, 2.0, 3.0, 0.0, 1.0)
"""What an activation that looks at several numbers at once is given."""
MOST_DRAWN = 250_000
"""Numbers that are drawn for a histogram; a larger weight is stood in for by a smaller one."""
SAMPLE_SHAPE = (64, 64)
BINS = 41
POINTS = 200


def activation_picture(value: Any, theme: Theme) -> Picture | None:
    """What becomes of numbers; None for a value that is no activation."""
    return _activation(_key(value), theme)


def initializer_picture(value: Any, shape: tuple[int, ...] | None, theme: Theme) -> Picture | None:
    """How the first values of a weight are spread; None where they cannot be drawn.

    Args:
        value: Name or config of the initializer.
        shape: Sizes of the weight; None takes an example.
        theme: Whose colours it has.
    """
    return _initializer(_key(value), shape or SAMPLE_SHAPE, theme)


def schedule_picture(value: Any, steps: int, theme: Theme) -> Picture | None:
    """The learning rate over the steps of a training; None for a value that is no schedule.

    Args:
        value: Config of the schedule.
        steps: How many steps are shown.
        theme: Whose colours it has.
    """
    return _schedule(_key(value), steps, theme)


def short(number: float) -> str:
    """A number as it is written at an axis: "0.5", "1e-05"."""
    return f"{number:.3g}" if number else "0"


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


@lru_cache(REMEMBERED)
def _activation(key: str, theme: Theme) -> Picture | None:
    try:
        function = activations.get(json.loads(key))
        told: list[float] = function(torch.tensor(SCORES)).tolist()
    except (LayerloomError, RuntimeError, TypeError, ValueError, AttributeError):
        # One that somebody wrote, or that is none: the checks say what is wrong with it.
        return None
    if not _alike(told, _one_by_one(function)):
        return _mixing(told, INKS[theme])
    grid = torch.linspace(-REACH, REACH, 121)
    return _curve(grid, function(grid), function, INKS[theme])


def _one_by_one(function: Function) -> list[float] | None:
    """What becomes of each score by itself; None of a function that wants several."""
    try:
        return [float(function(torch.tensor([score])).sum()) for score in SCORES]
    except RuntimeError:
        return None


def _alike(some: list[float], others: list[float] | None) -> bool:
    """Whether numbers are equal but for rounding, which differs with how many are computed at once."""
    if others is None or len(some) != len(others):
        return False
    return all(math.isclose(one, other, abs_tol=1e-5) for one, other in zip(some, others, strict=True))


def _curve(grid: torch.Tensor, values: torch.Tensor, function: Function, ink: Ink) -> Picture:
    low, high = max(float(values.min()), -REACH), min(float(values.max()), REACH)
    low, high = min(low, -0.5), max(high, 1.0)
    frame = Frame(-REACH, REACH, low, high, 84, foot=12)
    inside = [(float(x), float(y)) for x, y in zip(grid, values, strict=True) if low <= y <= high]
    at = torch.tensor([-REACH, -1.0, 0.0, 1.0, REACH])
    told = ", ".join(
        f"{short(x)} becomes {short(y)}" for x, y in zip(at.tolist(), function(at).tolist(), strict=True)
    )
    labels = (
        words(frame.x(-REACH), 82, short(-REACH), ink.text)
        + words(frame.x(REACH), 82, short(REACH), ink.text, "end")
        + words(frame.x(0) - 3, 12, short(high), ink.text, "end")
    )
    return Picture(frame.axes(ink) + frame.line(inside, ink.line) + labels, 84, f"Curve: {told}.")


def _mixing(results: list[float], ink: Ink) -> Picture:
    """Bars of numbers before (soft) and after (full), for a function that looks at several at once."""
    frame = Frame(0, len(SCORES), min(*SCORES, *results, 0), max(*SCORES, *results, 1), 84)
    before = [(place + 0.1, place + 0.5, score) for place, score in enumerate(SCORES)]
    after = [(place + 0.5, place + 0.9, result) for place, result in enumerate(results)]
    told = (
        f"Bars: the numbers {', '.join(map(short, SCORES))} become {', '.join(map(short, results))}, "
        f"{short(sum(results))} together."
    )
    return Picture(frame.bars(before, ink.soft) + frame.bars(after, ink.line) + frame.axes(ink), 84, told)


@lru_cache(REMEMBERED)
def _initializer(key: str, shape: tuple[int, ...], theme: Theme) -> Picture | None:
    ink = INKS[theme]
    drawn_shape = _affordable(shape)
    try:
        # The random numbers of the program stay as they were, and the same picture comes out each time.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            values = initializers.get(json.loads(key))(drawn_shape).float().flatten()
    except (LayerloomError, RuntimeError, TypeError, ValueError):
        return None
    if not values.numel() or not bool(values.isfinite().all()):
        return None
    spread, middle = float(values.std(correction=0)), float(values.mean())
    reach = (float(values.abs().max()) or 1.0) * 1.1
    counts = torch.histc(values, BINS, -reach, reach)
    frame = Frame(-reach, reach, 0, float(counts.max()), 60, foot=12)
    width = 2 * reach / BINS
    bars = [
        (-reach + place * width, -reach + (place + 1) * width, count)
        for place, count in enumerate(counts.tolist())
        if count
    ]
    labels = (
        words(frame.x(-reach), 58, short(-reach), ink.text)
        + words(frame.x(0), 58, "0", ink.text, "middle")
        + words(frame.x(reach), 58, short(reach), ink.text, "end")
    )
    sizes = " × ".join(map(str, drawn_shape))
    told = (
        f"Histogram of {values.numel():,} first values of a weight of {sizes}: "
        f"from {short(float(values.min()))} to {short(float(values.max()))}, "
        f"mean {short(round(middle, 5))}, spread {short(spread)}."
    )
    return Picture(frame.axes(ink) + frame.bars(bars, ink.line) + labels, 60, told)


def _affordable(shape: tuple[int, ...]) -> tuple[int, ...]:
    while math.prod(shape) > MOST_DRAWN:
        shape = tuple(max(size // 2, 1) for size in shape)
    return shape


@lru_cache(REMEMBERED)
def _schedule(key: str, steps: int, theme: Theme) -> Picture | None:
    ink = INKS[theme]
    try:
        schedule = find_registry(SCHEDULES).get(json.loads(key))
        places = sorted({round(steps * place / POINTS) for place in range(POINTS + 1)})
        rates = [float(schedule(step)) for step in places]
    except (LayerloomError, TypeError, ValueError, ArithmeticError):
        return None
    if not all(map(math.isfinite, rates)):
        return None
    high = max(rates) or 1.0
    frame = Frame(0, steps, 0, high, 110, margin=38, foot=14)
    labels = (
        words(34, 12, short(high), ink.text, "end")
        + words(34, frame.y(0), "0", ink.text, "end")
        + words(frame.x(0), 108, "step 0", ink.text)
        + words(WIDTH - 4, 108, f"{steps:,}", ink.text, "end")
    )
    quarters = [places[round((len(places) - 1) * part / 4)] for part in range(5)]
    told = ", ".join(f"{short(float(schedule(step)))} at step {step:,}" for step in quarters)
    line = frame.line(zip(places, rates, strict=True), ink.line)
    return Picture(frame.axes(ink) + line + labels, 110, f"Learning rate: {told}.")
