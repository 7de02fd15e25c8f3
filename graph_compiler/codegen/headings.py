"""The first lines of a generated program."""

from graph_compiler.analysis import Analysis
from graph_compiler.document import GraphDocument

_LONGEST = 50


def title_of(document: GraphDocument) -> str:
    """The document's name as a text in a program can hold it."""
    title = "".join(c for c in document.name if c.isprintable() and c not in '"\\').strip() or "model"
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"


def summary_of(analysis: Analysis) -> str:
    """How large the model is."""
    count = len(analysis.order)
    layer_word = "layer" if count == 1 else "layers"
    return f"{count} {layer_word}, {analysis.total_parameters:,} parameters. Designed with Layerloom."


def heading(document: GraphDocument, analysis: Analysis, library: str) -> str:
    """The docstring of a program."""
    return f'"""{title_of(document)}: a neural network in {library}.\n\n{summary_of(analysis)}\n"""'
