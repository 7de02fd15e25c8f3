"""The graph compiler: the document of a design and everything computed from it."""

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.checks import rule_help
from graph_compiler.codegen import DataSnippet, keras_code, mermaid, notebook, torch_code, torch_weights
from graph_compiler.connecting import can_connect
from graph_compiler.data_facts import DataFacts
from graph_compiler.document import (
    DocumentError,
    GraphDocument,
    apply,
    dump_document,
    from_canvas,
    load_document,
    to_canvas,
)
from graph_compiler.findings import Finding, QuickFix
from graph_compiler.fixing import applied, fixes_for
from graph_compiler.lowering import CompilationError, lower, model_name
from graph_compiler.measures import Measures, measure

__all__ = [
    "Analysis",
    "CompilationError",
    "DataFacts",
    "DataSnippet",
    "DocumentError",
    "Finding",
    "GraphDocument",
    "Measures",
    "QuickFix",
    "analyze",
    "applied",
    "apply",
    "can_connect",
    "dump_document",
    "fixes_for",
    "from_canvas",
    "keras_code",
    "load_document",
    "lower",
    "measure",
    "mermaid",
    "model_name",
    "notebook",
    "rule_help",
    "to_canvas",
    "torch_code",
    "torch_weights",
]
