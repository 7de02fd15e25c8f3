"""A Plotly chart that can be drawn again each second without losing its zoom."""

from app.components.live_chart.chart import live_chart

__all__ = ["live_chart"]
