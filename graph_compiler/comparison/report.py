"""A comparison as text and as JSON."""

import json
from collections.abc import Iterable
from typing import Any

from graph_compiler.comparison.comparing import Comparison
from graph_compiler.comparison.differences import LayerDifference, ValueChange

SIGNS = {"added": "+", "removed": "-", "changed": "~", "affected": "="}
"""What stands before a layer: the sign says as much as the colour that a page gives it."""


def comparison_text(comparison: Comparison, old_name: str = "", new_name: str = "") -> str:
    """A report for people: what is + new, - gone, ~ changed, and = the same with other shapes.

    Args:
        comparison: The differences.
        old_name: What the old design is called; its own name when empty.
        new_name: What the new design is called; its own name when empty.
    """
    lines = [
        f"--- {_line(old_name or comparison.old.name)}",
        f"+++ {_line(new_name or comparison.new.name)}",
    ]
    if comparison.is_empty:
        return "\n".join([*lines, "", "Both are the same.", ""])
    lines += ["", in_short(comparison), *_section("Layers", _layer_lines(comparison.layers))]
    lines += _section("Wires", [f"{SIGNS[wire.kind]} {_line(str(wire))}" for wire in comparison.wires])
    for section in ("design", "compile", "training", "groups"):
        found = [one.change for one in comparison.settings if one.section == section]
        lines += _section(section.capitalize(), [f"~ {_change(change)}" for change in found])
    return "\n".join([*lines, ""])


def in_short(comparison: Comparison) -> str:
    """The differences in one sentence."""
    counts = {kind: sum(one.kind == kind for one in comparison.layers) for kind in SIGNS}
    words = {
        "added": "added",
        "removed": "removed",
        "changed": "changed",
        "affected": "with other shapes or weights only",
    }
    parts = [f"{_layers(count)} {words[kind]}" for kind, count in counts.items() if count]
    wires = len(comparison.wires)
    parts += [f"{wires} wire{'s' * (wires != 1)} changed"] if wires else []
    settings = len(comparison.settings)
    parts += [f"{settings} setting{'s' * (settings != 1)} changed"] if settings else []
    if not parts:
        return "Both are the same."
    before, after = comparison.old_parameters, comparison.new_parameters
    held = f"{after:,} parameters as before" if before == after else f"parameters {before:,} → {after:,}"
    return f"{', '.join(parts)}; {held}."


def change_lines(comparison: Comparison, most: int = 6) -> list[str]:
    """The differences as short lines, what is done before what comes of it.

    Args:
        comparison: The differences.
        most: How many lines are enough; a last one says how many there are besides.
    """
    done: list[str] = []
    come: list[str] = []
    for one in comparison.layers:
        name = _line(one.node.name)
        if one.kind in ("added", "removed"):
            done.append(f"{SIGNS[one.kind]} {name} ({_line(one.node.layer)})")
        else:
            done += [f"{SIGNS['changed']} {name}: {_change(change)}" for change in one.changes]
            come += [f"{SIGNS['affected']} {name}: {_change(change)}" for change in one.effects]
    done += [f"{SIGNS['changed']} {_change(one.change)}" for one in comparison.settings]
    if not done:
        done = [f"{SIGNS[wire.kind]} {_line(str(wire))}" for wire in comparison.wires]
    lines = [*done, *come]
    more = len(lines) - most
    return lines if more <= 0 else [*lines[:most], f"and {more} more change{'s' * (more != 1)}"]


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The differences as plain JSON values, for programs."""
    return {
        "same": comparison.is_empty,
        "parameters": {"old": comparison.old_parameters, "new": comparison.new_parameters},
        "layers": [
            {
                "kind": one.kind,
                "old": one.old and {"id": one.old.id, "name": one.old.name, "layer": one.old.layer},
                "new": one.new and {"id": one.new.id, "name": one.new.name, "layer": one.new.layer},
                "changes": [_as_json(change) for change in one.changes],
                "effects": [_as_json(change) for change in one.effects],
            }
            for one in comparison.layers
        ],
        "wires": [{"kind": wire.kind, **wire.edge.model_dump(mode="json")} for wire in comparison.wires],
        "settings": [{"section": one.section, **_as_json(one.change)} for one in comparison.settings],
    }


def _layers(count: int) -> str:
    return f"{count} layer{'s' * (count != 1)}"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", f"{title}:", *(f"  {line}" for line in found)] if found else []


def _layer_lines(layers: Iterable[LayerDifference]) -> Iterable[str]:
    for one in layers:
        yield f"{SIGNS[one.kind]} {_line(one.node.name)} ({_line(one.node.layer)})"
        for change in (*one.changes, *one.effects):
            yield f"    {_change(change, one.kind)}"


def _change(change: ValueChange, kind: str = "changed") -> str:
    if kind == "added":
        return f"{_line(change.name)}: {_value(change.new)}"
    if kind == "removed":
        return f"{_line(change.name)}: {_value(change.old)}"
    return f"{_line(change.name)}: {_value(change.old)} → {_value(change.new)}"


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return _line(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(text: str) -> str:
    """The text in one line, whatever is in it."""
    return text if text.isprintable() else json.dumps(text)


def _as_json(change: ValueChange) -> dict[str, Any]:
    return {"name": change.name, "old": change.old, "new": change.new}
