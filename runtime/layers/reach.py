"""From which places of its input a place of an output is computed: windows, and windows of windows."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

LONGEST = 4096
"""Places after which the pattern of a reach must begin again; none that is longer is followed."""


@dataclass(frozen=True)
class Reach:
    """Which places along an input axis each place of an output axis depends on.

    The places of the output repeat in turns: place number n of a turn reaches from `first[n]` to `last[n]`,
    and that of the next turn `shift` places further. A window that slides has turns of one place; where the
    output is larger than the input, several places share what they reach. Edges do not count: the input
    goes on beyond them.

    Args:
        first: First place reached, for each output place of a turn.
        last: Last place reached, for each output place of a turn.
        shift: Input places from one turn to the next.

    Source:
        Araujo, Norris, Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks",
        https://distill.pub/2019/computing-receptive-fields/, with whole intervals in place of its sums so
        that outputs that are larger than the input and branches that do not line up come out exactly.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    shift: int = 1

    @classmethod
    def window(cls, size: int, stride: int = 1, before: int = 0) -> Self:
        """A window that slides.

        Args:
            size: Places in it, those between the ones it looks at counted.
            stride: How far it moves from one output place to the next.
            before: How many places the first window begins before the input.
        """
        return cls((-before,), (size - 1 - before,), stride)

    @classmethod
    def spread(cls, size: int, factor: int = 1, cut: int = 0) -> Self:
        """A window each input place writes to, the windows `factor` places apart.

        Args:
            size: Places in the window.
            factor: Output places for each input place.
            cut: How many output places are cut off at the front.
        """
        last = tuple((place + cut) // factor for place in range(factor))
        first = tuple(-((size - 1 - place - cut) // factor) for place in range(factor))
        return cls(tuple(map(min, first, last)), last, 1)

    @property
    def size(self) -> int:
        """Places that the output places with the widest view depend on."""
        return max(end - start for start, end in zip(self.first, self.last, strict=True)) + 1

    @property
    def jump(self) -> Fraction:
        """Input places from one output place to the next; less than 1 where the output is larger."""
        return Fraction(self.shift, len(self.first))

    def at(self, place: int) -> tuple[int, int]:
        """First and last input place that an output place depends on."""
        turn, rest = divmod(place, len(self.first))
        return self.first[rest] + turn * self.shift, self.last[rest] + turn * self.shift

    def behind(self, before: "Reach") -> "Reach | None":
        """What this reaches when its input is itself computed; None where the pattern is too long.

        Args:
            before: What places of its input reach.
        """
        turns = len(before.first) // math.gcd(self.shift, len(before.first))
        shift = before.shift * (self.shift * turns // len(before.first))
        ends = [self.at(place) for place in range(min(len(self.first) * turns, LONGEST + 1))]
        first = tuple(before.at(start)[0] for start, _ in ends)
        last = tuple(before.at(end)[1] for _, end in ends)
        return Reach(first, last, shift) if len(first) <= LONGEST else None

    def beside(self, other: "Reach") -> "Reach | None":
        """What both reach together; None if they move at different speeds."""
        places = math.lcm(len(self.first), len(other.first))
        if self.jump != other.jump or places > LONGEST:
            return None
        ends = [(*self.at(place), *other.at(place)) for place in range(places)]
        first = tuple(min(one, two) for one, _, two, _ in ends)
        last = tuple(max(one, two) for _, one, _, two in ends)
        return Reach(first, last, self.shift * (places // len(self.first)))


SAME = Reach.window(1)
"""Each place from the one at the same place."""

Sight = dict[int, tuple[int, Reach]]
"""For axes of an output the axis of the input they go along, and what they reach there. Input axes that are
not named are seen as a whole from everywhere."""


def kept(axes: Iterable[int]) -> Sight:
    """The sight of a layer that keeps places along these axes, and mixes all along the others."""
    return {axis: (axis, SAME) for axis in axes}
