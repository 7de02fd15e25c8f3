"""Plotly figures of what is found when a run is examined closely."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.services.datasets.dataset import Array
from app.services.examining.calibration import Calibration
from app.services.examining.ranking import Ranking
from app.services.examining.residuals import Residuals
from app.services.figures import CLASS_COLORS, MARGIN, MAX_POINTS, TRAINING, VALIDATION

CHANCE = {"dash": "dot", "width": 1, "color": "#8b8b95"}
DIVERGING = [[0, "#2563eb"], [0.5, "#f4f4f5"], [1, "#ea580c"]]
HEIGHT = 360
LETTERS_A_ROW = 110


def ranking_figure(found: Sequence[tuple[str, Ranking]], kind: str) -> go.Figure:
    """The curves of some classes.

    Args:
        found: Names of classes with their rankings.
        kind: "roc", recall over false positives; "pr", precision over recall.
    """
    figure = go.Figure()
    for number, (name, one) in enumerate(found):
        x, y = (one.false_positives, one.recall) if kind == "roc" else (one.recall, one.precision)
        area = one.roc_area if kind == "roc" else one.average_precision
        kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), MAX_POINTS)).round().astype(int))
        figure.add_scatter(
            x=x[kept],
            y=y[kept],
            customdata=one.thresholds[kept],
            name=f"{name} · {area:.3f}",
            mode="lines",
            line={
                "color": CLASS_COLORS[number % len(CLASS_COLORS)],
                "width": 2,
                "shape": "hv" if kind == "pr" else "linear",
            },
            hovertemplate="from %{customdata:.2f} on: %{x:.3f}, %{y:.3f}",
        )
    if kind == "roc":
        figure.add_scatter(x=[0, 1], y=[0, 1], name="by chance", mode="lines", line=CHANCE, hoverinfo="skip")
    titles = ("taken wrongly", "found (recall)") if kind == "roc" else ("found (recall)", "precision")
    figure.update_xaxes(title=titles[0], range=[-0.02, 1.02])
    figure.update_yaxes(title=titles[1], range=[-0.02, 1.04])
    figure.update_layout(height=HEIGHT + 60, margin=MARGIN, legend={"y": 0.5})
    return figure


def calibration_figure(found: Calibration) -> go.Figure:
    """How often the model is right where it is so sure."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], name="as sure as right", mode="lines", line=CHANCE, hoverinfo="skip"
    )
    figure.add_scatter(
        x=found.sureness,
        y=found.right,
        customdata=found.rows,
        name="test rows",
        mode="lines+markers",
        line={"color": TRAINING},
        marker={"size": 6 + 18 * np.sqrt(found.rows / found.rows.max())},
        hovertemplate="sure of %{x:.0%}, right in %{y:.0%} of %{customdata} rows<extra></extra>",
    )
    figure.update_xaxes(title="how sure", range=[0, 1.05], tickformat=".0%")
    figure.update_yaxes(title="how often right", range=[-0.05, 1.08], tickformat=".0%")
    figure.update_layout(height=HEIGHT, margin=MARGIN, showlegend=False)
    return figure


def residual_figures(found: Residuals, unit: str, *, in_time: bool) -> tuple[go.Figure, go.Figure]:
    """Residuals over the answer, or along time; and how they are spread."""
    values = found.values
    shown = np.unique(np.linspace(0, len(values) - 1, min(len(values), 1000)).round().astype(int))
    over, spread = go.Figure(), go.Figure()
    over.add_scatter(
        x=shown if in_time else found.given[shown],
        y=values[shown],
        customdata=shown,
        mode="lines" if in_time else "markers",
        marker={"color": TRAINING, "size": 6, "opacity": 0.7},
        line={"color": TRAINING},
        hovertemplate="row %{customdata}: %{y:.4g}<extra></extra>",
    )
    over.add_hline(y=0, line={"dash": "dot", "color": VALIDATION})
    over.update_xaxes(title="step of the test" if in_time else f"model's answer, {unit}".rstrip(", "))
    over.update_yaxes(title=f"too much, {unit}".rstrip(", "))
    spread.add_histogram(x=values, nbinsx=40, marker={"color": TRAINING})
    spread.add_vline(x=0, line={"dash": "dot", "color": VALIDATION})
    spread.update_xaxes(title=f"too much, {unit}".rstrip(", "))
    spread.update_yaxes(title="test rows")
    spread.update_layout(bargap=0.05)
    for figure in (over, spread):
        figure.update_layout(height=HEIGHT - 60, margin=MARGIN, showlegend=False)
    return over, spread


def shares_figure(names: Sequence[str], shares: Array, most: int = 10) -> go.Figure:
    """How sure a model is of the classes it is surest of."""
    order = np.argsort(-shares, kind="stable")[:most]
    figure = go.Figure(
        go.Bar(
            x=shares[order],
            y=[names[number] for number in order],
            orientation="h",
            text=[f"{share:.1%}" for share in shares[order]],
            textposition="auto",
            marker={"color": [TRAINING, *["#a5a8c8"] * (len(order) - 1)]},
            hovertemplate="%{y}: %{x:.2%}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 1.02], visible=False)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_layout(height=30 * len(order) + 30, margin={**MARGIN, "t": 8}, showlegend=False)
    return figure


def weighed_figure(names: Sequence[str], values: Array, title: str, most: int = 24) -> go.Figure:
    """What speaks for an answer (above 0) and against it, the weightiest of many parts in their order."""
    kept = np.sort(np.argsort(-np.abs(values), kind="stable")[:most])
    figure = go.Figure(
        go.Bar(
            x=values[kept],
            y=[names[place] for place in kept],
            orientation="h",
            marker={"color": np.where(values[kept] > 0, "#ea580c", "#2563eb")},
            hovertemplate="%{y}: %{x:.4g}<extra></extra>",
        )
    )
    figure.update_xaxes(title=title)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_layout(height=24 * len(kept) + 70, margin=MARGIN, showlegend=False)
    return figure


def strip_figure(pieces: Sequence[str], values: Array) -> go.Figure:
    """A text piece by piece, each in the colour of what it says for or against an answer."""
    top = float(np.abs(values).max()) or 1.0
    # As many beside each other as can be read, the others below.
    a_row = min(len(pieces), max(1, LETTERS_A_ROW // (1 + max(map(len, pieces)))))
    rows = -(-len(pieces) // a_row)
    padded = np.full(rows * a_row, np.nan)
    padded[: len(pieces)] = values
    words = [*pieces, *[""] * (rows * a_row - len(pieces))]
    figure = go.Figure(
        go.Heatmap(
            z=padded.reshape(rows, a_row),
            text=[words[first : first + a_row] for first in range(0, len(words), a_row)],
            hoverongaps=False,
            texttemplate="%{text}",
            zmin=-top,
            zmax=top,
            colorscale=DIVERGING,
            showscale=False,
            xgap=1,
            ygap=4,
            hovertemplate="%{text}: %{z:.3g}<extra></extra>",
        )
    )
    # The colours are light: letters on them are dark on any page.
    figure.update_traces(textfont={"size": 15, "color": "#18181b"})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")
    figure.update_layout(height=50 + 40 * rows, margin={**MARGIN, "t": 8})
    return figure


def table_figure(values: Array, *, height: int = HEIGHT) -> go.Figure:
    """Numbers as a table of colours, or as bars where there is one row of them."""
    figure = go.Figure()
    if len(values) == 1:
        figure.add_bar(y=values[0], marker={"color": TRAINING}, hovertemplate="%{x}: %{y:.4g}<extra></extra>")
        figure.update_layout(height=min(height, 240), bargap=0.1)
    else:
        top = float(np.abs(values).max()) or 1.0
        figure.add_heatmap(z=values, zmin=-top, zmax=top, colorscale=DIVERGING, colorbar={"thickness": 10})
        figure.update_yaxes(autorange="reversed")
        figure.update_layout(height=height)
    figure.update_layout(margin={**MARGIN, "t": 8}, showlegend=False)
    return figure


def histogram_figure(counts: Array, edges: Array) -> go.Figure:
    """How the numbers of a weight are spread."""
    middles = (edges[1:] + edges[:-1]) / 2
    figure = go.Figure(go.Bar(x=middles, y=counts, marker={"color": TRAINING}))
    figure.update_traces(
        hovertemplate="about %{x:.3g}: %{y}<extra></extra>", width=float(edges[1] - edges[0])
    )
    figure.update_layout(height=170, margin={**MARGIN, "t": 8}, bargap=0, showlegend=False)
    return figure


def lines_figure(
    x: Sequence[Any] | Array, lines: Sequence[tuple[str, Array]], titles: tuple[str, str]
) -> go.Figure:
    """Lines over a common axis."""
    figure = go.Figure()
    for number, (name, values) in enumerate(lines):
        figure.add_scatter(
            x=x, y=values, name=name, line={"color": CLASS_COLORS[number % len(CLASS_COLORS)], "width": 2}
        )
    figure.update_xaxes(title=titles[0])
    figure.update_yaxes(title=titles[1])
    figure.update_layout(height=HEIGHT - 60, margin=MARGIN, showlegend=len(lines) > 1)
    return figure
