"""The sections of the page Evaluate: which there are for a run, by what its data and answers are."""

from collections.abc import Callable
from dataclasses import dataclass

from app.components.evaluating.amounts import show_amounts, show_rows
from app.components.evaluating.boundary import has_plane, show_boundary
from app.components.evaluating.classes import show_classes
from app.components.evaluating.examined import Examined
from app.components.evaluating.layers import show_layers
from app.components.evaluating.matrix import show_mistakes
from app.components.evaluating.own_input import show_own_input
from app.components.evaluating.reasons import show_reasons


@dataclass(frozen=True)
class Section:
    """One section.

    Args:
        label: Its name.
        draw: Draws it.
    """

    label: str
    draw: Callable[[Examined], None]


def sections_of(examined: Examined, *, has_model: bool) -> list[Section]:
    """The sections there are for a run.

    Args:
        examined: The run.
        has_model: Whether it has kept a model that can be asked.
    """
    found: list[Section] = []
    if not examined.evaluation.misfit:
        found += _compared(examined)
    if has_model:
        if not examined.evaluation.misfit and examined.dataset.info.answer.task != "reconstruction":
            found.append(Section("Why", show_reasons))
            if has_plane(examined.dataset):
                found.append(Section("Map", show_boundary))
        found.append(Section("Layers", show_layers))
        if not examined.evaluation.misfit:
            found.append(Section("Try it", show_own_input))
    return found


def _compared(examined: Examined) -> list[Section]:
    if examined.classes:
        return [
            Section("Mistakes", show_mistakes),
            Section("Classes", show_classes),
        ]
    rows = Section("Rows", show_rows)
    if examined.dataset.info.answer.task == "reconstruction":
        return [rows]
    return [Section("Answers", show_amounts), rows]
