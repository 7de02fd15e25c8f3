"""How a model ends: the size and the activation of an output, and the loss it is held to."""

from dataclasses import dataclass

from graph_compiler.checks.rule import Context
from graph_compiler.compile_settings import made_loss
from runtime.errors import LayerloomError
from runtime.losses import (
    CTC,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    Circle,
    Dice,
    Hinge,
    KLDivergence,
    Loss,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    Tversky,
)
from runtime.types import Shape

_BY_CLASS_NUMBER = (SparseCategoricalCrossentropy, CategoricalGeneralizedCrossEntropy, Circle)
"""Losses whose targets are class numbers."""
_OF_CLASSES = (
    *_BY_CLASS_NUMBER,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalHinge,
    CTC,
    Dice,
    Hinge,
    KLDivergence,
    SquaredHinge,
    Tversky,
)
"""Losses whose targets are classes, in whatever form; those of all others are measurements."""


@dataclass(frozen=True)
class Ending:
    """What comes out of the model at one output.

    Args:
        shape: Shape of one sample, without the batch.
        activation: Name of the activation, if the layer has such a parameter.
    """

    shape: Shape
    activation: str | None

    @property
    def size(self) -> int | None:
        """Size of the last axis, if there is one and it is known."""
        return self.shape[-1] if self.shape else None


def ending_of(context: Context, node_id: str) -> Ending | None:
    """How the model ends at an output; None where the shape is not known."""
    tensor = context.output_spec(node_id)
    spec = context.instance(node_id).spec
    if tensor is None or spec is None:
        return None
    return Ending(tensor.shape[1:], activation_of(context, node_id))


def activation_of(context: Context, node_id: str) -> str | None:
    """Name of the activation a layer ends with; None for a layer that has none and can have none."""
    spec = context.instance(node_id).spec
    if spec is None:
        return None
    if spec.cls.applies:
        return spec.cls.applies
    param = spec.param("activation")
    if param is None or param.registry != "activations":
        return None
    node = context.document.nodes[node_id]
    owner = context.document.owner_of(node) or node
    value = owner.params.get("activation", param.default)
    if isinstance(value, dict):
        value = value.get("class_name")
    return str(value) if value else "linear"


def loss_of(context: Context) -> Loss | LayerloomError | None:
    """The document's loss, or why there is none."""
    return made_loss(context.document.compile.model_dump_json(include={"loss", "loss_params"}))


def wants_class_numbers(loss: object) -> bool:
    """True for a loss whose targets are class numbers while the model answers with several values."""
    return isinstance(loss, _BY_CLASS_NUMBER)


def answers_by_class(loss: object) -> bool:
    """True for a loss whose targets are class numbers while the model answers with one value a class."""
    # The values that Circle compares are a place among others: there may be any number of them.
    return wants_class_numbers(loss) and not isinstance(loss, Circle)


def is_of_classes(loss: object) -> bool:
    """True for a loss whose targets are classes, not measurements."""
    return isinstance(loss, _OF_CLASSES) or getattr(loss, "fuses_with", None) is not None


def compares_classes(loss: object) -> bool:
    """True for a loss that takes one probability for each class."""
    return getattr(loss, "fuses_with", None) == "softmax"


def shapes_agree(one: Shape, other: Shape) -> bool:
    """True if two shapes can be the same once the unknown sizes are known, a last axis of 1 being no axis."""
    if len(one) == len(other) + 1 and one[-1] in (1, None):
        one = one[:-1]
    elif len(other) == len(one) + 1 and other[-1] in (1, None):
        other = other[:-1]
    return len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    )
