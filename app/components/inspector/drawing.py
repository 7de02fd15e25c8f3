"""Small drawings as SVG, in the colours of the theme, with a text for those who cannot see them.

A drawing is an image, so that nothing in it can run, and its file lies in the page: nothing is fetched.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from app.components.theme import Theme

WIDTH = 240.0
"""Units a drawing is wide; it is as wide as the panel lets it be."""


@dataclass(frozen=True)
class Ink:
    """The colours of a theme.

    Args:
        line: What a picture is about.
        soft: The same, for what stands behind.
        other: What is set beside it.
        axis: Axes and the edges of cells.
        text: Numbers at the axes.
    """

    line: str
    soft: str
    other: str
    axis: str
    text: str


INKS: dict[Theme, Ink] = {
    "light": Ink("#3d63dd", "#c3cff6", "#c2570c", "#c4c8d0", "#555a66"),
    "dark": Ink("#7c9bff", "#33437c", "#fb9a4b", "#4a4f5c", "#b4b9c4"),
}


@dataclass(frozen=True)
class Picture:
    """A drawing and what it shows.

    Args:
        body: Its parts, as SVG.
        height: Units it is high.
        alt: What is to be seen, in words.
    """

    body: str
    height: float
    alt: str

    def show(self) -> None:
        """Draws it where the page is."""
        content = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {self.height:g}" '
            f'font-family="sans-serif" font-size="9">{self.body}</svg>'
        )
        data = base64.b64encode(content.encode()).decode()
        st.html(
            f'<img alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{data}" '
            f'style="display:block;width:100%;max-width:22rem;aspect-ratio:{WIDTH:g}/{self.height:g}">'
        )


@dataclass(frozen=True)
class Frame:
    """Where numbers lie in a drawing.

    Args:
        left: Smallest number across.
        right: Largest number across.
        low: Smallest number upwards.
        high: Largest number upwards.
        height: Units from top to bottom.
        margin: Units left empty at the left, for numbers.
        foot: Units left empty below, for numbers.
    """

    left: float
    right: float
    low: float
    high: float
    height: float
    margin: float = 4
    foot: float = 4

    def x(self, value: float) -> float:
        """Place of a number across."""
        return self.margin + (value - self.left) / ((self.right - self.left) or 1) * (WIDTH - 4 - self.margin)

    def y(self, value: float) -> float:
        """Place of a number upwards."""
        span = (self.high - self.low) or 1
        return 4 + (self.high - value) / span * (self.height - 4 - self.foot)

    def line(self, points: Iterable[tuple[float, float]], colour: str) -> str:
        """A line through points."""
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return (
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2" '
            'stroke-linejoin="round"/>'
        )

    def axes(self, ink: Ink) -> str:
        """The lines on which numbers are 0, as far as they lie inside."""
        parts: list[str] = []
        if self.left <= 0 <= self.right:
            parts.append(rule(self.x(0), 4, self.x(0), self.height - self.foot, ink.axis))
        if self.low <= 0 <= self.high:
            parts.append(rule(self.margin, self.y(0), WIDTH - 4, self.y(0), ink.axis))
        return "".join(parts)

    def bars(self, tops: Sequence[tuple[float, float, float]], colour: str) -> str:
        """Bars from 0 up or down: left side, right side, height."""
        parts: list[str] = []
        for start, end, top in tops:
            upper, lower = sorted((self.y(top), self.y(0)))
            parts.append(
                box(
                    self.x(start), upper, max(self.x(end) - self.x(start), 1), max(lower - upper, 0.6), colour
                )
            )
        return "".join(parts)


def rule(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1) -> str:
    """A straight line."""
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"/>'
    )


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def words(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
