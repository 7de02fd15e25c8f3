"""Writes the files of exports."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from app.services.exporting.kind import Generator
from app.services.exporting.source import Source
from graph_compiler import analyze, keras_code, mermaid, model_name, notebook, torch_weights
from graph_compiler.codegen import DataSnippet
from graph_compiler.codegen.pytorch.program import class_name
from graph_compiler.document import GraphDocument
from graph_compiler.picture import graph_picture

Write = Callable[[Source, Path], None]


def code(generate: Generator) -> Write:
    """Writes the text a generator makes of the design."""

    def make(source: Source, path: Path) -> None:
        path.write_text(generate(source.document, source.snippet), encoding="utf-8")

    return make


def torch_module(generate: Generator) -> Write:
    """The same for PyTorch, with the weights in its layouts beside it."""

    def make(source: Source, path: Path) -> None:
        # The weights first: what cannot be written in PyTorch is said of the module, not of its training.
        arrays = torch_weights(source.document, source.model)
        np.savez(path.with_name(_weights_file(source.document)), allow_pickle=False, **arrays)
        path.write_text(generate(source.document, source.snippet), encoding="utf-8")

    return make


def _weights_file(document: GraphDocument) -> str:
    return f"{model_name(document)}_weights.npz"


def module_and_weights(source: Source) -> str:
    """Names of the module's class and of the file with its weights, as the runner is told them."""
    return f"{class_name(source.document)} {_weights_file(source.document)}"


def keras_json(source: Source, path: Path) -> None:
    """Writes the description of the model, without weights."""
    path.write_text(json.dumps(json.loads(source.model.to_json()), indent=2) + "\n", encoding="utf-8")


def saved(source: Source, path: Path) -> None:
    """Writes the model in the form that the ending of the path says."""
    source.model.save(path)


def exported(file_format: str) -> Write:
    """Writes the model for other programs, in one of the forms of `Model.export`."""

    def make(source: Source, path: Path) -> None:
        # The receipt's own run is the check.
        source.model.export(path, format=file_format, verbose=False, check=False)

    return make


def picture(ending: str) -> Write:
    """Writes the picture of the design."""

    def make(source: Source, path: Path) -> None:
        picture = graph_picture(source.document, analyze(source.document))
        path.write_bytes(picture.svg().encode() if ending == ".svg" else picture.png())

    return make


def svg_text(document: GraphDocument, data: DataSnippet | None) -> str:
    """The picture of the design as SVG."""
    return graph_picture(document, analyze(document)).svg()


def mermaid_text(document: GraphDocument, data: DataSnippet | None) -> str:
    """The design as a flowchart in text."""
    return mermaid(document)


functional = partial(keras_code, style="functional")
sequential = partial(keras_code, style="sequential")
torch_notebook = partial(notebook, library="torch")
