"""Compile settings that go with the data and with the last layer, and why."""

from dataclasses import dataclass
from typing import Any

from app.services.datasets import DatasetInfo
from app.services.fitting import suggested_compile
from graph_compiler import analyze
from graph_compiler.checks.endings import wants_class_numbers
from graph_compiler.compile_settings import largest_rate, with_parts
from graph_compiler.document import CompileSettings, GraphDocument
from runtime import activations, losses
from runtime.errors import LayerloomError
from runtime.losses import Loss
from runtime.registries import snake_case

USUAL_RATE = 0.001


@dataclass(frozen=True)
class Suggestion:
    """Settings that suit a design better than its own.

    Args:
        compile: The settings.
        reasons: Why, a sentence each.
    """

    compile: CompileSettings
    reasons: tuple[str, ...]


def suggestion(document: GraphDocument, card: DatasetInfo) -> Suggestion | None:
    """What to compile a design with, from its data and its last layer; None where it has that already.

    The data say what kind of answer is learned, the last layer in which form the model gives it: where the
    two do not meet, the last layer decides among the losses for the answer, since the design was drawn so.

    Args:
        document: The design.
        card: The data set it is bound to.
    """
    mine, wanted = document.compile, suggested_compile(document.compile, card)
    reasons: list[str] = []
    fitting = _fitting_the_end(document, wanted.loss, card)
    if fitting is not None:
        wanted = with_parts(wanted, loss=fitting)
    if wanted.loss != mine.loss:
        reasons.append(_why_this_loss(document, wanted.loss, card))
    if wanted.metrics != mine.metrics:
        shown = ", ".join(wanted.metrics) or "none"
        reasons.append(f"Metrics {shown}: what people ask of a {card.answer.task}.")
    largest = largest_rate(mine)
    rate = mine.learning_rate
    if rate is not None and largest is not None and rate > largest:
        wanted = wanted.model_copy(update={"learning_rate": USUAL_RATE})
        reasons.append(
            f"Learning rate {USUAL_RATE:g}: {rate:g} is far more than {mine.optimizer} is used with."
        )
    return Suggestion(wanted, tuple(reasons)) if reasons else None


def _ending(document: GraphDocument) -> tuple[str, int | None]:
    """The activation the model ends with, and how many numbers it gives; nothing where that is unclear."""
    analysis = analyze(document)
    if len(analysis.outputs) != 1:
        return "", None
    node = document.nodes[analysis.outputs[0]]
    specs = analysis.shapes.get(node.id)
    size = next(iter(specs.values())).shape[-1] if specs else None
    named = node.params.get("activation")
    name = str(named.get("class_name", "") if isinstance(named, dict) else named or "linear")
    try:
        return getattr(activations.registry.lookup(name), "__name__", name), size
    except LayerloomError:
        return "", size


def _fitting_the_end(document: GraphDocument, loss: str, card: DatasetInfo) -> str | None:
    """A loss of the same family that takes what the last layer gives; None if the data's own does."""
    activation, size = _ending(document)
    made = _loss(loss)
    if not card.answer.class_names or made is None or made.fuses_with in (None, activation):
        return None
    if activation == made.fuses_with or size is None or (size == 1) == (card.answer.units == 1):
        return None
    # The labels stay the numbers that they are: of the losses for this ending the one that takes such.
    for name in losses.registry.names():
        other = _loss(name) if name[0].isupper() else None
        if other is not None and other.fuses_with == activation and wants_class_numbers(other) == (size > 1):
            return snake_case(name)
    return None


def _why_this_loss(document: GraphDocument, loss: str, card: DatasetInfo) -> str:
    activation, size = _ending(document)
    names = card.answer.class_names
    asked = (
        f"{card.title} asks for one of {len(names)} classes" if names else f"{card.title} asks for amounts"
    )
    made = _loss(loss)
    if made is not None and made.fuses_with == activation and size is not None:
        values = "one value" if size == 1 else f"{size} values"
        return f"Loss {loss}: {asked}, and the last layer gives {values} through {activation}."
    return f"Loss {loss}: {asked}."


def _loss(name: str) -> Any:
    try:
        made = losses.as_loss(name)
    except (LayerloomError, TypeError):
        return None
    return made if isinstance(made, Loss) else None
