"""Plotly figures: curves of a run, confusion matrix, and answers against what was expected."""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from app.services.curves import Curve, Curves
from app.services.evaluation import Evaluation

MAX_POINTS = 300
"""Points of a trace; with more a page that is redrawn each second gets slow, and nobody sees them."""

MOST_NUMBERS = 25
"""Classes of a confusion matrix up to which each cell holds its number."""

TALLEST = 860
Counted = Literal["rows", "of_true", "of_predicted"]

TRAINING, VALIDATION, WITHIN = "#4f46e5", "#f59e0b", "rgba(99, 102, 241, 0.35)"
CLASS_COLORS = ("#3d63dd", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#06b6d4", "#84cc16", "#ec4899")
"""Of the classes, and of lines that stand beside each other, in their order."""

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


def confusion_figure(evaluation: Evaluation, counted: Counted = "rows") -> go.Figure:
    """How many test rows of each class were taken for each class.

    Args:
        evaluation: The examination.
        counted: "rows"; or as shares, "of_true" class (rows sum to 1) or "of_predicted" class (columns do).
    """
    names = list(evaluation.dataset.info.answer.class_names)
    matrix = evaluation.confusion
    # Each row by itself, so that the errors of a rare class are seen as well.
    shares = matrix / np.maximum(matrix.sum(axis=0 if counted == "of_predicted" else 1, keepdims=True), 1)
    texts = matrix if counted == "rows" else np.vectorize("{:.0%}".format)(shares)
    is_large = len(names) > MOST_NUMBERS
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            text=texts,
            texttemplate="" if is_large else "%{text}",
            colorscale="Purples",
            zmin=0,
            zmax=1,
            showscale=False,
            hoverinfo="skip",
        )
    )
    # A heatmap's cells cannot be selected: a frame around each cell that holds rows can.
    true, taken = np.nonzero(matrix)
    figure.add_scatter(
        x=[names[number] for number in taken],
        y=[names[number] for number in true],
        customdata=np.stack([matrix[true, taken], shares[true, taken]], axis=1),
        mode="markers",
        marker={"symbol": "square-open", "size": 8 if is_large else 26, "color": VALIDATION, "opacity": 0},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
        hovertemplate="%{y} taken for %{x}: %{customdata[0]} (%{customdata[1]:.1%})<extra></extra>",
    )
    height = min(max(320, 38 * len(names) + 120), TALLEST)
    figure.update_layout(
        height=height, margin=MARGIN, uirevision="confusion", clickmode="event+select", hovermode="closest"
    )
    # Categories are drawn in the order in which they are met: that of the heatmap.
    axis: dict[str, Any] = {"type": "category", "categoryorder": "array", "categoryarray": names}
    figure.update_xaxes(title="predicted", side="top", range=[-0.5, len(names) - 0.5], **axis)
    figure.update_yaxes(title="true", range=[len(names) - 0.5, -0.5], **axis)
    return figure


def answers_figure(evaluation: Evaluation, place: int = 0) -> go.Figure:
    """Amounts the model gave, and the right ones: along time for a forecast, else one against the other.

    Args:
        evaluation: The examination.
        place: Which value of an answer that has several.
    """
    dataset = evaluation.dataset
    rows = len(evaluation.predictions)
    expected = dataset.original(dataset.test.y.reshape(rows, -1)[:, place])
    given = dataset.original(evaluation.predictions.reshape(rows, -1)[:, place])
    figure = go.Figure()
    unit = dataset.info.answer.unit
    if dataset.info.answer.task == "forecast":
        steps = np.arange(len(expected))
        figure.add_scatter(x=steps, y=expected, name="what came", line={"color": TRAINING})
        figure.add_scatter(x=steps, y=given, name="forecast", line={"color": VALIDATION})
        figure.update_xaxes(title="step of the test")
        figure.update_yaxes(title=unit)
    else:
        shown = thinned(len(expected))
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
        add_line(figure, curves.within[name], "within epochs", {"color": WITHIN, "width": 1})
    if name in curves.training:
        add_line(figure, curves.training[name], "training", {"color": TRAINING, "width": 2})
    if name in curves.validation:
        add_line(figure, curves.validation[name], "validation", {"color": VALIDATION, "width": 2})
    return laid_out(figure, name, f"{curves.run_id}:{name}", log_scale=log_scale)


def laid_out(figure: go.Figure, name: str, revision: str, *, log_scale: bool) -> go.Figure:
    """Lays a chart along the epochs out.

    Args:
        figure: The chart.
        name: What it shows.
        revision: Names it: as long as it is the same, zoom and hidden lines stay.
        log_scale: Whether its values stand on a logarithmic axis.
    """
    figure.update_layout(
        title=name.replace("_", " "),
        height=280,
        margin=MARGIN,
        hovermode="x unified",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        uirevision=revision,
    )
    figure.update_xaxes(title="epoch", rangemode="tozero")
    # A zoom on one kind of axis means nothing on the other.
    figure.update_yaxes(
        type="log" if log_scale else "linear",
        exponentformat="power" if log_scale else "none",
        uirevision=f"{revision}:{log_scale}",
    )
    return figure


def add_line(figure: go.Figure, curve: Curve, label: str, line: dict[str, Any]) -> None:
    """Adds a curve to a chart, with no more points than can be seen."""
    shown = thinned(len(curve.epochs))
    figure.add_scatter(
        x=[curve.epochs[place] for place in shown],
        y=[curve.values[place] for place in shown],
        name=label,
        line=line,
        # A single epoch is a point: a line would not be seen.
        mode="lines+markers" if len(shown) < 2 else "lines",
        hovertemplate="%{y:.4g}",
    )


def thinned(points: int, most: int = MAX_POINTS) -> list[int]:
    """Places of at most so many points, evenly spread; the first and the last are among them."""
    if points <= most:
        return list(range(points))
    return [int(place) for place in np.linspace(0, points - 1, most).round()]
