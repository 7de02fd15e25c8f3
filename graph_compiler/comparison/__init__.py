"""How two designs differ: as data, as text, and as one graph to draw."""

from graph_compiler.comparison.comparing import Comparison, compare
from graph_compiler.comparison.differences import (
    LayerDifference,
    SettingDifference,
    ValueChange,
    WireDifference,
)
from graph_compiler.comparison.drawing import ComparedGraph, compared_graph
from graph_compiler.comparison.matching import match_nodes
from graph_compiler.comparison.report import change_lines, comparison_json, comparison_text, in_short

__all__ = [
    "ComparedGraph",
    "Comparison",
    "LayerDifference",
    "SettingDifference",
    "ValueChange",
    "WireDifference",
    "change_lines",
    "compare",
    "compared_graph",
    "comparison_json",
    "comparison_text",
    "in_short",
    "match_nodes",
]
