"""What a layer is good for, said by its class, so that advice and repairs need no layer by name."""

from typing import Any, ClassVar, Literal

from runtime.types import Shape, TensorSpec

Trait = Literal["linear", "disturbs", "scales", "normalizes", "pools"]
"""What advice has to know:

- "linear": learned sums of the inputs, then the activation named by the parameter `activation`, if any.
- "disturbs": changes its input at random while training.
- "scales": brings numbers of any size into a range that is easy to learn from.
- "normalizes": brings the numbers of each batch or sample to one mean and spread.
- "pools": makes one number of the numbers in a window.
"""


class Traits:
    """What a layer's class says of itself; subclasses say it too unless they say otherwise."""

    traits: ClassVar[frozenset[Trait]] = frozenset()
    applies: ClassVar[str] = ""
    """Name of the activation the layer always applies to what comes in."""

    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """Parameters with which the layer, put between two others, makes one fit the other.

        Args:
            given: What comes out of the layer before it.
            wanted: The shape that the layer behind it asks for, batch first; None if nobody can tell.

        Returns:
            Arguments of the constructor; None if the layer is not for that.
        """
        del given, wanted
        return None
