"""The graph compiler: the document of a design and everything computed from it."""

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.checks import rule_help
from graph_compiler.connecting import can_connect
from graph_compiler.data_facts import DataFacts
from graph_compiler.findings import Finding

__all__ = ["Analysis", "DataFacts", "Finding", "analyze", "can_connect", "rule_help"]
