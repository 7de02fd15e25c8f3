"""Plotly figures: curves of a run, confusion matrix, and answers against what was expected."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.services.curves import Curve, Curves
from app.services.evaluation import Evaluation

MAX_POINTS = 300
"""Points of a trace; with more a page that is redrawn each second gets slow, and nobody sees them."""

TRAINING, VALIDATION, WITHIN = "#4f46e5", "#f59e0b", "rgba(99, 102, 241, 0.35)"
MARGIN = {"l": 8, "r": 8, "t": 40, "b": 8}


def curve_figures(curves: Curves, *, log_scale: bool = False) -> dict[str, go.Figure]:
    """A chart of the loss and of each metric, by name, the loss first.

    Args:
        curves: What the run has reported.
        log_scale: Whether the values stand on a logarithmic axis.
    """
    names = list(dict.fromkeys([*curves.training, *curves.within]))
    names.sort(key=lambda name: name != "loss")
    return {name: _curve_figure(curves, name, log_scale) for name in names}


def confusion_figure(evaluation: Evaluation) -> go.Figure:
    """How many test rows of each class were taken for each class."""
    names = list(evaluation.dataset.info.answer.class_names)
    matrix = evaluation.confusion
    # Each row by itself, so that the errors of a rare class are seen as well.
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            text=matrix,
            texttemplate="%{text}",
            colorscale="Purples",
            zmin=0,
            zmax=1,
            showscale=False,
            hovertemplate="%{y} taken for %{x}: %{text} (%{z:.1%})<extra></extra>",
        )
    )
    figure.update_layout(height=max(320, 38 * len(names) + 120), margin=MARGIN, uirevision="confusion")
    figure.update_xaxes(title="predicted", type="category", side="top")
    figure.update_yaxes(title="true", type="category", autorange="reversed")
    return figure


def answers_figure(evaluation: Evaluation) -> go.Figure:
    """Amounts the model gave, and the right ones: along time for a forecast, else one against the other."""
    dataset = evaluation.dataset
    expected = dataset.original(dataset.test.y).reshape(-1)
    given = dataset.original(evaluation.predictions).reshape(-1)
    figure = go.Figure()
    unit = dataset.info.answer.unit
    if dataset.info.answer.task == "forecast":
        steps = np.arange(len(expected))
        figure.add_scatter(x=steps, y=expected, name="what came", line={"color": TRAINING})
        figure.add_scatter(x=steps, y=given, name="forecast", line={"color": VALIDATION})
        figure.update_xaxes(title="step of the test")
        figure.update_yaxes(title=unit)
    else:
        shown = _thinned(len(expected))
        figure.add_scatter(
            x=expected[shown], y=given[shown], mode="markers", name="test rows", marker={"color": TRAINING}
        )
        ends = [float(min(expected.min(), given.min())), float(max(expected.max(), given.max()))]
        figure.add_scatter(
            x=ends, y=ends, mode="lines", name="exactly right", line={"color": VALIDATION, "dash": "dot"}
        )
        figure.update_xaxes(title=f"right answer, {unit}")
        figure.update_yaxes(title=f"model's answer, {unit}")
    figure.update_layout(height=380, margin=MARGIN, uirevision="answers")
    return figure


def _curve_figure(curves: Curves, name: str, log_scale: bool) -> go.Figure:
    figure = go.Figure()
    # A quick run is looked into once or twice within an epoch: points that say less than they disturb.
    if name in curves.within and len(curves.within[name].epochs) > 2:
        _add_line(figure, curves.within[name], "within epochs", {"color": WITHIN, "width": 1})
    if name in curves.training:
        _add_line(figure, curves.training[name], "training", {"color": TRAINING, "width": 2})
    if name in curves.validation:
        _add_line(figure, curves.validation[name], "validation", {"color": VALIDATION, "width": 2})
    figure.update_layout(
        title=name.replace("_", " "),
        height=280,
        margin=MARGIN,
        hovermode="x unified",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        # The same word each time: zoom and hidden lines stay while the curves grow.
        uirevision=f"{curves.run_id}:{name}",
    )
    figure.update_xaxes(title="epoch", rangemode="tozero")
    figure.update_yaxes(type="log" if log_scale else "linear")
    return figure


def _add_line(figure: go.Figure, curve: Curve, label: str, line: dict[str, Any]) -> None:
    shown = _thinned(len(curve.epochs))
    figure.add_scatter(
        x=[curve.epochs[place] for place in shown],
        y=[curve.values[place] for place in shown],
        name=label,
        line=line,
        # A single epoch is a point: a line would not be seen.
        mode="lines+markers" if len(shown) < 2 else "lines",
        hovertemplate="%{y:.4g}",
    )


def _thinned(points: int) -> list[int]:
    """Places of at most `MAX_POINTS` points, evenly spread; the first and the last are among them."""
    if points <= MAX_POINTS:
        return list(range(points))
    return [int(place) for place in np.linspace(0, points - 1, MAX_POINTS).round()]
