"""What a form of export is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from app.services.exporting.source import Source
from graph_compiler.codegen import DataSnippet
from graph_compiler.document import GraphDocument

Group = Literal["Code", "Model", "Picture"]
Generator = Callable[[GraphDocument, DataSnippet | None], str]
FILE_NAME_LENGTH = 60


def _nothing(source: Source) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """One form a model can be taken away in.

    Args:
        name: What it is called in orders.
        group: Where it is listed.
        label: What people read.
        icon: Its symbol, by Material name.
        ending: End of the file's name.
        mime: Kind of the file.
        note: What one does with it, in a sentence.
        make: Writes it to the path it is given; what belongs to it goes beside that.
        runner: How the clean process runs it; empty where there is nothing to run.
        weighted: Whether it is given the weights when it runs, having none of its own.
        told: What else the runner has to know.
        modules: What has to be installed to write and to check it.
        extra: The extra of this package that installs these.
        preview: The text of its file, which needs no weights; None where it is none.
        language: Language of that text.
    """

    name: str
    group: Group
    label: str
    icon: str
    ending: str
    mime: str
    note: str
    make: Callable[[Source, Path], None]
    runner: str = ""
    weighted: bool = False
    told: Callable[[Source], str] = _nothing
    modules: tuple[str, ...] = ()
    extra: str = ""
    preview: Generator | None = None
    language: str = "python"

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and is not installed."""
        return tuple(module for module in self.modules if find_spec(module) is None)

    def file_name(self, project: str) -> str:
        """What its file is called."""
        return f"{file_stem(project)}{self.ending}"


def file_stem(name: str) -> str:
    """A project's name as files can have it everywhere: "My digits!" is "my_digits"."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())[:FILE_NAME_LENGTH].strip("_") or "model"
