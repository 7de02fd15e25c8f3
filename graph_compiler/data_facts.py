"""What the checks need to know of a data set."""

from dataclasses import dataclass

from runtime.types import Shape


@dataclass(frozen=True)
class DataFacts:
    """Shapes of the samples of a data set, all without the batch.

    Args:
        input_shapes: Shape of each input: `((28, 28, 1),)` for grey pictures.
        target_shape: Shape of the target: `()` for one number a sample, `(10,)` for a one-hot row.
        classes: Number of classes when the targets are classes (as numbers, or one-hot in the last axis);
            None when they are measurements.
        rows: How many samples there are to learn from, if known.
        vocabulary: How many different ids the inputs have; None when they are measurements.
        largest: The largest number in the inputs, sign left aside, if known.
    """

    input_shapes: tuple[Shape, ...]
    target_shape: Shape = ()
    classes: int | None = None
    rows: int | None = None
    vocabulary: int | None = None
    largest: float | None = None

    @property
    def one_hot(self) -> bool:
        """True if a target is a row with a 1 at its class."""
        return self.classes is not None and bool(self.target_shape) and self.target_shape[-1] == self.classes
