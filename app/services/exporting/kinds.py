"""The forms a model can be taken away in, one entry each."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from app.services.exporting.source import Source
from graph_compiler import keras_code
from graph_compiler.codegen import DataSnippet
from graph_compiler.document import GraphDocument

Group = Literal["Code", "Model", "Picture"]
Generator = Callable[[GraphDocument, DataSnippet | None], str]
FILE_NAME_LENGTH = 60


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


def _code(generate: Generator) -> Callable[[Source, Path], None]:
    def make(source: Source, path: Path) -> None:
        path.write_text(generate(source.document, source.snippet), encoding="utf-8")

    return make


def _json(source: Source, path: Path) -> None:
    path.write_text(json.dumps(json.loads(source.model.to_json()), indent=2) + "\n", encoding="utf-8")


def _saved(source: Source, path: Path) -> None:
    source.model.save(path)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "keras_code",
            "Code",
            "Keras code (.py)",
            "code",
            ".py",
            "text/x-python",
            "Runs as it is under Keras 3.",
            _code(keras_code),
            "keras_program",
            weighted=True,
            preview=keras_code,
        ),
        Kind(
            "h5",
            "Model",
            "Model (.h5)",
            "deployed_code",
            ".h5",
            "application/x-hdf5",
            "Opens in Keras 2 and 3, weights included.",
            _saved,
            "keras_file",
        ),
        Kind(
            "keras",
            "Model",
            "Model (.keras)",
            "folder_zip",
            ".keras",
            "application/zip",
            "Keras 3's own form: weights, optimizer and all.",
            _saved,
            "keras_file",
        ),
        Kind(
            "keras_json",
            "Model",
            "Structure (Keras .json)",
            "data_object",
            ".model.json",
            "application/json",
            "The layers and wires without weights, as Keras's to_json writes them.",
            _json,
            "keras_json",
            weighted=True,
        ),
    )
}
