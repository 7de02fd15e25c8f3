"""Plotly figures of runs besides their curves: several runs in one, layer by layer, rate and speed."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from app.services.curves import Curve, Curves
from app.services.figures import TRAINING, add_line, laid_out, thinned

MAX_COLUMNS = 120
"""Points along of a map of layers."""

MOST_LINES = 12
"""Layers that are drawn as lines; more are drawn as a map."""

ABOVE = {"orientation": "h"}
"""Where the buttons of a chart stand whose legend is beside it."""

LINES = ("#4f46e5", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#06b6d4", "#84cc16", "#ec4899", "#64748b")


def overlay_figures(runs: Sequence[tuple[str, Curves]], *, log_scale: bool = False) -> dict[str, go.Figure]:
    """A chart of the loss and of each metric with the lines of several runs, validation drawn through.

    Args:
        runs: What each run is called, and its curves.
        log_scale: Whether the values stand on a logarithmic axis.
    """
    names = list(dict.fromkeys(name for _, curves in runs for name in curves.training))
    names.sort(key=lambda name: name != "loss")
    figures: dict[str, go.Figure] = {}
    for name in names:
        figure = go.Figure()
        for place, (label, curves) in enumerate(runs):
            color = LINES[place % len(LINES)]
            for kind, lines, dash in (
                ("training", curves.training, "dot"),
                ("validation", curves.validation, "solid"),
            ):
                if name in lines:
                    line = {"color": color, "width": 2, "dash": dash}
                    add_line(figure, lines[name], f"{label} {kind}", line)
        figures[name] = laid_out(figure, name, f"overlay:{name}", log_scale=log_scale)
        figures[name].update_layout(
            height=320,
            legend={"orientation": "v", "x": 1.02, "xanchor": "left", "y": 1},
            modebar=ABOVE,
        )
    return figures


def layer_figures(curves: Curves) -> dict[str, go.Figure]:
    """How large gradients are and how far weights move: a line a layer, or a map where there are many."""
    kinds = {"length of the gradient": curves.gradients, "update to weights": curves.ratios}
    return {
        name: _layer_figure(f"{curves.run_id}:{name}", name, lines)
        for name, lines in kinds.items()
        if any(curve.epochs for curve in lines.values())
    }


def machine_figures(curves: Curves) -> dict[str, go.Figure]:
    """The learning rate, the speed and the memory along the training."""
    figures: dict[str, go.Figure] = {}
    megabytes = Curve(curves.memory.epochs, [None if v is None else v / 1e6 for v in curves.memory.values])
    wanted = (
        ("learning rate", curves.learning_rate),
        ("samples a second", curves.speed),
        ("memory, MB", megabytes),
    )
    for name, curve in wanted:
        if curve.epochs:
            figure = go.Figure()
            add_line(figure, curve, name, {"color": TRAINING, "width": 2, "shape": "hv"})
            figures[name] = laid_out(figure, name, f"{curves.run_id}:{name}", log_scale=False)
            figures[name].update_layout(showlegend=False, height=220)
            figures[name].update_yaxes(rangemode="tozero")
    return figures


def _layer_figure(revision: str, name: str, lines: dict[str, Curve]) -> go.Figure:
    figure = go.Figure()
    many = len(lines) > MOST_LINES
    if many:
        first = next(iter(lines.values()))
        shown = thinned(len(first.epochs), MAX_COLUMNS)
        figure.add_heatmap(
            x=[first.epochs[place] for place in shown],
            y=list(lines),
            z=[[_power(curve.values[place]) for place in shown] for curve in lines.values()],
            colorscale="Viridis",
            colorbar={"title": "10^", "thickness": 10},
            hovertemplate="%{y}, epoch %{x:.3~f}: 10^%{z:.2f}<extra></extra>",
        )
    for place, (layer, curve) in enumerate(() if many else lines.items()):
        add_line(figure, curve, layer, {"color": LINES[place % len(LINES)], "width": 1.5})
    laid_out(figure, name, revision, log_scale=not many)
    figure.update_yaxes(dtick=1, exponentformat="power", showexponent="all")
    if many:
        figure.update_layout(height=max(280, 14 * len(lines)), hovermode="closest")
        figure.update_yaxes(autorange="reversed", type="category")
    else:
        # The names of layers are long: beside, not above.
        figure.update_layout(
            legend={"orientation": "v", "x": 1.02, "xanchor": "left", "y": 1, "yanchor": "top"},
            modebar=ABOVE,
        )
    return figure


def _power(value: float | None) -> float | None:
    return None if not value else math.log10(value)
