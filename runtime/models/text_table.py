"""A table drawn with box characters, its columns and line breaks as Keras's summary has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Alignment = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        title: Its heading.
        width: Characters wanted for it.
        alignment: Where its texts stand.
    """

    title: str
    width: int
    alignment: Alignment = "left"


def draw_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table.

    Args:
        columns: The columns, left to right.
        rows: The texts, one for each column.
        width: Characters of a whole line, borders included.
    """
    widths = _fitted([column.width for column in columns], width)
    alignments: list[Alignment] = [column.alignment for column in columns]
    lines = [_rule("┏━┳┓", widths)]
    lines += _row([column.title for column in columns], widths, alignments, "┃")
    lines.append(_rule("┡━╇┩", widths))
    for place, row in enumerate(rows):
        if place:
            lines.append(_rule("├─┼┤", widths))
        lines += _row(row, widths, alignments, "│")
    return [*lines, _rule("└─┴┘", widths)]


def _fitted(wanted: list[int], width: int) -> list[int]:
    """Widths of the texts so that a line with paddings and borders is not longer than it may be.

    What is too much is taken from all columns, as evenly as whole characters allow.
    """
    excess = sum(wanted) + 2 * len(wanted) - (width - len(wanted) - 1)
    fitted: list[int] = []
    for place, size in enumerate(wanted):
        taken = min(size + 2, round(max(excess, 0) / (len(wanted) - place)))
        excess -= taken
        fitted.append(max(size - taken, 1))
    return fitted


def _row(texts: Sequence[str], widths: list[int], alignments: Sequence[Alignment], edge: str) -> list[str]:
    cells = [_wrapped(text, width) for text, width in zip(texts, widths, strict=True)]
    height = max(map(len, cells))
    lines: list[str] = []
    for place in range(height):
        parts = [
            _aligned(cell[place] if place < len(cell) else "", width, alignment)
            for cell, width, alignment in zip(cells, widths, alignments, strict=True)
        ]
        lines.append(f"{edge} {f' {edge} '.join(parts)} {edge}")
    return lines


def _aligned(text: str, width: int, alignment: Alignment) -> str:
    if alignment == "right":
        return text.rjust(width)
    if alignment == "center":
        # An odd place goes to the right.
        return (" " * ((width - len(text)) // 2) + text).ljust(width)
    return text.ljust(width)


def _wrapped(text: str, width: int) -> list[str]:
    """Breaks a text at spaces; a word longer than a line ends in three dots."""
    lines = [""]
    for word in _words(text):
        if not lines[-1] or len(lines[-1]) + len(word.rstrip()) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    lines = [line.rstrip() for line in lines]
    return [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]


def _words(text: str) -> list[str]:
    """Words with the spaces behind (and, for the first, before) them."""
    words: list[str] = []
    for part in text.split(" "):
        if part and (not words or words[-1].strip()):
            words.append(part)
        elif words:
            words[-1] += part
        else:
            words.append(part)
        words[-1] += " "
    if words:
        words[-1] = words[-1][:-1]
    return words


def _rule(shape: str, widths: list[int]) -> str:
    left, line, cross, right = shape
    return left + cross.join(line * (width + 2) for width in widths) + right
