"""From a Python program that makes a Keras model to a design. The program is read, never run."""

import ast

import torch
from pydantic import ValidationError

from graph_compiler.document import TrainingSettings
from graph_compiler.importers.code_reader import Reader
from graph_compiler.importers.guarding import in_words
from graph_compiler.importers.models import draw_config
from graph_compiler.importers.result import Imported
from runtime.errors import FileFormatError
from runtime.naming import names_of_their_own
from runtime.saving.graph_writing import layer_config
from runtime.saving.memory import MemoryLimit, usable_memory
from runtime.saving.reading import Reading
from runtime.saving.training_settings import compile_config

MAX_CHARACTERS = 400_000
"""Longest program that is read."""
SHOWN = 10
_MOST_MEMORY = 4 * 2**30


def import_code(text: str) -> Imported:
    """The design that a Python program makes with Keras, functional or sequential.

    Args:
        text: The program. It is not run: only names of Keras, plain values, loops and small functions of its
            own have a meaning.

    Returns:
        The design of the model that is compiled or fitted last, or else made last; its remarks name the lines
        that were not read.

    Raises:
        FileFormatError: It is no Python, or makes no model that could be read; names the lines.
    """
    reader = Reader()
    tree = _parsed(text)
    limit = min(_MOST_MEMORY, usable_memory())
    try:
        with (
            names_of_their_own(),
            torch.random.fork_rng(devices=[]),
            MemoryLimit(limit, "a model that is only drawn gets no more than half of the memory"),
        ):
            reader.read(tree)
    except RecursionError:
        raise FileFormatError("The program is too deep, or goes on for too long, to be read.") from None
    lines = [f"Line {line}: {reason}" for line, reason in sorted(reader.notes.items())]
    model = reader.chosen or (reader.models[-1] if reader.models else None)
    if model is None or not model.layers:
        shown = " ".join(lines[:SHOWN])
        raise FileFormatError(
            f"No model of Keras was found in the program. {shown}".strip(),
            hint="It is read where layers are called on one another, or put into a Sequential.",
        )
    with in_words("The model"):
        config, learnt = layer_config(model), compile_config(model)
    drawing = draw_config(config, Reading(), learnt)
    document = drawing.document
    try:
        document = document.model_copy(update={"training": TrainingSettings(**reader.training)})
    except ValidationError:
        lines.append("The arguments of fit() were not taken over: a design cannot have them.")
    return Imported(document, {}, (*drawing.remarks, *lines))


def _parsed(text: str) -> ast.Module:
    if len(text) > MAX_CHARACTERS:
        raise FileFormatError(f"The program has more than {MAX_CHARACTERS:,} characters.")
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise FileFormatError(f"Line {error.lineno}: this is no Python: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise FileFormatError("The program is nested too deeply, or holds what is no text.") from None
