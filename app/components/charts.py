"""Figures as the pages show them: in the colours of the theme, with what was asked for beside the curves."""

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.components.theme import theme
from app.services.curves import Curve, Curves
from app.services.datasets import Dataset
from app.services.datasets.dataset import Array
from app.services.evaluation import Evaluation
from app.services.figures import (
    CLASS_COLORS,
    MOST_NUMBERS,
    TRAINING,
    VALIDATION,
    WITHIN,
    Counted,
    confusion_figure,
    curve_figures,
)

ON_DARK = {TRAINING: "#818cf8", WITHIN: "rgba(165, 172, 255, 0.5)"}
"""Lines for a dark page, where those for white paper are hard to see."""

STILL = {"displayModeBar": False}
"""Charts that are drawn once: no buttons over them."""

MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
SMOOTHED_OVER = 9
"""Points over which a smoothed curve is averaged."""

MOST_CLASSES = 20


def training_charts(curves: Curves, *, log_scale: bool, smooth: bool) -> dict[str, go.Figure]:
    """A chart of the loss and of each metric, the best epoch marked.

    Args:
        curves: What the run has reported.
        log_scale: Whether values stand on a logarithmic axis.
        smooth: Whether the curves are averaged over their neighbours.
    """
    figures = curve_figures(smoothed(curves) if smooth else curves, log_scale=log_scale)
    for name, figure in figures.items():
        best = curves.best_epoch(name)
        if best is not None and curves.epochs_done > 1:
            figure.add_vline(
                x=best,
                line={"dash": "dot", "width": 1.5, "color": "#10b981"},
                annotation={"text": f"best: epoch {best:g}", "font": {"color": "#10b981"}},
                annotation_position=f"{_free_end(curves, name)} "
                f"{'right' if best < (curves.epochs or best) / 2 else 'left'}",
            )
        in_theme(figure)
    return figures


def _free_end(curves: Curves, name: str) -> str:
    """Where a chart is empty at its best epoch: above a curve at its lowest, below one at its highest."""
    line = curves.validation.get(name) or curves.training.get(name)
    values = [value for value in line.values if value is not None] if line else []
    best = curves.best.get(f"val_{name}") or curves.best.get(name)
    if not values or best is None:
        return "top"
    return "bottom" if best[0] - min(values) > max(values) - best[0] else "top"


def smoothed(curves: Curves) -> Curves:
    """The curves, each point the mean of those around it."""
    return replace(
        curves,
        training={name: _smooth(curve) for name, curve in curves.training.items()},
        validation={name: _smooth(curve) for name, curve in curves.validation.items()},
        within={},
    )


def confusion_chart(evaluation: Evaluation, counted: Counted = "rows") -> go.Figure:
    """The confusion matrix on the page's own background."""
    dark = theme() == "dark"
    figure = confusion_figure(evaluation, counted)
    # Opaque, since Plotly takes a transparent colour for a light one and writes on it in black.
    low, high = ("#1c1d29", "#6d78f0") if dark else ("#f7f7fd", "#4f46e5")
    gap = 0 if len(evaluation.confusion) > MOST_NUMBERS else 2
    figure.update_traces(selector=0, colorscale=[[0, low], [1, high]], xgap=gap, ygap=gap)
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(showgrid=False)
    return figure


def in_theme(figure: go.Figure) -> go.Figure:
    """The figure, with its dark lines made light on a dark page."""
    if theme() == "dark":
        for trace in figure.data:
            for part in (getattr(trace, "line", None), getattr(trace, "marker", None)):
                if part is not None and isinstance(part.color, str) and part.color in ON_DARK:
                    part.color = ON_DARK[part.color]
    return figure


def answers_chart(dataset: Dataset) -> go.Figure | None:
    """How often each answer occurs among the training rows; None where that says nothing."""
    names = dataset.info.answer.class_names
    answers = dataset.train.y
    figure = go.Figure()
    if names:
        if len(names) > MOST_CLASSES:
            return None
        numbers = answers.argmax(axis=-1) if answers.ndim > 1 and answers.shape[-1] == len(names) else answers
        counts = np.bincount(numbers.reshape(-1).astype(np.int64), minlength=len(names))
        figure.add_bar(y=list(names), x=counts, orientation="h", marker={"color": VALIDATION}, text=counts)
        figure.update_traces(hovertemplate="%{y}: %{x} samples<extra></extra>")
        figure.update_yaxes(autorange="reversed", type="category")
        figure.update_xaxes(visible=False)
        figure.update_layout(height=26 * len(names) + 30)
    elif answers.reshape(len(answers), -1).shape[1] == 1:
        values = dataset.original(answers).reshape(-1)
        figure.add_histogram(x=values, nbinsx=30, marker={"color": VALIDATION})
        figure.update_xaxes(title=dataset.info.answer.unit)
        figure.update_layout(height=180, bargap=0.05)
    else:
        return None
    figure.update_layout(margin=MARGIN, showlegend=False)
    return figure


def points_chart(points: Array, classes: Array, names: tuple[str, ...]) -> go.Figure:
    """Points of a plane in the colours of their classes, or of the words that name colours."""
    figure = go.Figure()
    for number, name in enumerate(names):
        members = points[classes == number]
        figure.add_scattergl(
            x=members[:, 0],
            y=members[:, 1],
            mode="markers",
            name=name,
            marker={"color": CLASS_COLORS[number % len(CLASS_COLORS)], "size": 5},
        )
    figure.update_layout(height=420, margin=MARGIN, legend={"orientation": "h"})
    figure.update_yaxes(scaleanchor="x")
    return figure


def series_chart(lines: list[tuple[str, Any]], unit: str) -> go.Figure:
    """Some stretches of a series, each named by what follows it."""
    figure = go.Figure()
    for number, (name, values) in enumerate(lines):
        color = CLASS_COLORS[number % len(CLASS_COLORS)]
        figure.add_scatter(y=values, mode="lines", name=name, line={"color": color, "width": 2})
    figure.update_layout(
        height=320, margin=MARGIN, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    )
    figure.update_xaxes(title="step")
    figure.update_yaxes(title=unit or "value")
    return figure


def _smooth(curve: Curve) -> Curve:
    values = np.array([np.nan if value is None else value for value in curve.values], dtype=float)
    half = SMOOTHED_OVER // 2
    means = [
        None if np.isnan(window).all() else float(np.nanmean(window))
        for window in (values[max(0, place - half) : place + half + 1] for place in range(len(values)))
    ]
    return Curve(list(curve.epochs), means)
