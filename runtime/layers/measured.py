"""What a layer says of its work: how much there is to multiply, and how far it sees."""

from typing import Any, ClassVar

from runtime.layers.reach import Sight, kept
from runtime.layers.traits import Traits
from runtime.types import Shape


class Measured(Traits):
    """The part of a layer that says what it costs and sees, from shapes alone."""

    identity_in_inference: ClassVar[bool]
    by_place: ClassVar[bool] = False
    """True if every number that comes out is computed from the one at the same place alone."""

    def macs(self, input_shape: Any) -> int | None:
        """How many products of two numbers are made and added up for one sample.

        Only matrix products and convolutions count, as is usual; bias, activation, normalization and pooling
        do not. Products with the zeros of a padding are made, so they count. It is said for the way from
        input to output outside of training. A layer that multiplies says its number here, with the arguments
        of its `compute_output_shape`.

        Args:
            input_shape: Shape of the input, batch first; several ports have one `<port>_shape` each.

        Returns:
            The number; None where it depends on a size that is unknown, or is not known of this layer.

        Source:
            Howard et al. 2017, section 3.1, https://arxiv.org/abs/1704.04861
        """
        del input_shape
        return 0 if type(self).__module__.startswith("runtime.") else None

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """From which places of an input the places of the output are computed, outside of training.

        Args:
            shape: Shape of that input, batch first.
            place: Number of that input among those of the layer.

        Returns:
            For axes of the output an axis of the input and what is reached along it; None where that cannot
            be said.
        """
        del place
        if self.identity_in_inference or self.by_place:
            return kept(range(1, len(shape)))
        return None

    def places_seen(self, shape: Shape, axis: int, place: int) -> range | None:
        """The places along an input axis from which one place of the output is computed.

        Args:
            shape: Shape of the input, batch first.
            axis: An axis of the output.
            place: The place along it; 0 is the first.

        Returns:
            The places, less than 0 or beyond the input where padding is seen; None where it cannot be said.
        """
        sight = self.sight(shape)
        if sight is None or axis not in sight:
            return None
        first, last = sight[axis][1].at(place)
        return range(first, last + 1, self._step_between(axis))

    def _step_between(self, axis: int) -> int:
        """How far the places seen along an axis lie apart."""
        del axis
        return 1


def product(*sizes: int | None) -> int | None:
    """The product of sizes; None if one of them is unknown and none is 0."""
    result = 1
    for size in sizes:
        if size is None:
            return 0 if 0 in sizes else None
        result *= size
    return result


def total(*amounts: int | None) -> int | None:
    """The sum of amounts; None if one of them is unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
