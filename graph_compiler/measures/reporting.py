"""Measures as tables and sentences."""

import csv
import io
from typing import Any

from graph_compiler.measures.measuring import LayerMeasures, Measures
from runtime.types import show_shape

COSTLY = 0.1
"""Share of the whole from which on a layer is worth a word."""
NAMED = 3


def measures_table(measures: Measures) -> list[dict[str, Any]]:
    """One row a layer, with the numbers as they are; None for what is not known.

    Args:
        measures: The measures of a design.
    """
    return [_row(layer, measures) for layer in measures.layers]


def measures_csv(measures: Measures) -> str:
    """The table as text for spreadsheets, with a line of names; what is not known is left empty."""
    rows = measures_table(measures)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["name"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def costliest(measures: Measures) -> str:
    """Which layers hold most of the parameters and do most of the work, in a sentence; "" for none."""
    held = _most([(layer, layer.parameters) for layer in measures.layers], measures.parameters)
    done = _most([(layer, layer.macs) for layer in measures.layers], measures.macs)
    if held and done and held[0] == done[0]:
        return f"{_has(*held)} of the parameters and {done[1]} of the multiplications."
    parts = [f"{_has(*held)} of the parameters"] if held else []
    parts += [f"{_has(*done)} of the multiplications"] if done else []
    return f"{', '.join(parts)}." if parts else ""


def _has(names: tuple[str, ...], share: str) -> str:
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{joined} {'have' if len(names) > 1 else 'has'} {share}"


def _most(amounts: list[tuple[LayerMeasures, int | None]], whole: int) -> tuple[tuple[str, ...], str] | None:
    """The layers that together have most, and their share in words."""
    if not whole:
        return None
    ranked = sorted(((amount or 0, layer.node.name) for layer, amount in amounts), key=lambda pair: -pair[0])
    chosen = [pair for pair in ranked[:NAMED] if pair[0] >= COSTLY * whole] or ranked[:1]
    while len(chosen) > 1 and sum(amount for amount, _ in chosen[:-1]) >= whole / 2:
        chosen.pop()
    amount = sum(amount for amount, _ in chosen)
    # Almost all is not all.
    share = "all" if amount == whole else f"{min(99, round(100 * amount / whole))}%"
    return tuple(name for _, name in chosen), share


def _row(layer: LayerMeasures, measures: Measures) -> dict[str, Any]:
    return {
        "name": layer.node.name,
        "layer": layer.label,
        "output": " and ".join(show_shape(spec.shape) for spec in layer.outputs.values()) or None,
        "parameters": layer.parameters,
        "trainable": layer.trainable,
        "parameters_share": _share(layer.parameters, measures.parameters),
        "macs": layer.macs,
        "macs_share": _share(layer.macs, measures.macs),
        "activation_bytes": layer.activation_bytes,
        "receptive_field": " and ".join(map(str, layer.fields)) or None,
    }


def _share(amount: int | None, whole: int) -> float | None:
    if amount is None:
        return None
    return amount / whole if whole else 0.0


def _safe(value: Any) -> Any:
    """A name that a spreadsheet would take for a formula stays a text."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" else value
