"""Reads the docstring of a layer: the text that stands at each field of the inspector."""

import inspect
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

_SECTION = re.compile(r"^(Formula|Args|Call args|Returns|Raises|Source|Input shape|Output shape):\s*(.*)$")
_ITEM = re.compile(r"^(\*{0,2}\w+)(?:\s*\([^)]*\))?:\s*(.*)$")


@dataclass(frozen=True)
class Docstring:
    """A docstring taken apart.

    Args:
        summary: Its first line.
        description: The paragraphs between summary and sections.
        arguments: Constructor argument → its text.
        call_arguments: Call argument → its text.
        source: Papers and pages the layer goes back to.
        formula: What is computed, in one line.
    """

    summary: str = ""
    description: str = ""
    arguments: dict[str, str] = field(default_factory=dict[str, str])
    call_arguments: dict[str, str] = field(default_factory=dict[str, str])
    source: str = ""
    formula: str = ""


def parse_docstring(cls: Any) -> Docstring:
    """The docstring of a class; arguments it does not describe are looked up in its base classes.

    Args:
        cls: The class, or a function.
    """
    arguments: dict[str, str] = {}
    call_arguments: dict[str, str] = {}
    formula = ""
    for base in reversed(getattr(cls, "__mro__", (cls,))):
        sections = _sections(_own(base))
        formula = " ".join(sections.get("Formula", "").split()) or formula
        arguments.update(_items(sections.get("Args", "")))
        call_arguments.update(_items(sections.get("Call args", "")))
    own = _sections(_own(cls))
    summary, _, description = own[""].partition("\n")
    source = own.get("Source", "").strip()
    return Docstring(summary.strip(), description.strip(), arguments, call_arguments, source, formula)


def _own(member: Any) -> str:
    """The text written at a class or function itself, not one inherited."""
    return (vars(member).get("__doc__") if isinstance(member, type) else member.__doc__) or ""


def _sections(text: str) -> dict[str, str]:
    """Section name → its dedented text; the text before the first section is under ""."""
    sections: dict[str, list[str]] = {"": []}
    name = ""
    for line in inspect.cleandoc(text).splitlines():
        heading = _SECTION.match(line)
        if heading:
            name = heading[1]
            sections[name] = [heading[2]] if heading[2] else []
        else:
            sections[name].append(line)
    return {
        name: textwrap.dedent("\n".join(lines)) if name else "\n".join(lines)
        for name, lines in sections.items()
    }


def _items(text: str) -> dict[str, str]:
    """`name: text` entries; an indented line goes on with the entry above."""
    items: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        item = _ITEM.match(line)
        if item:
            name = item[1].lstrip("*")
            items[name] = item[2]
        elif name and line.strip():
            items[name] += " " + line.strip()
    return items
