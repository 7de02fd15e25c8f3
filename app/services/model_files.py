"""Opens files as projects: designs, and models of Keras with their weights."""

import shutil
import tempfile
from pathlib import Path

from app.services.designer import Designer
from app.services.evaluation import CHECKPOINT
from app.services.projects import NAME_LENGTH, Project
from app.services.run_store import IMPORT_JOB, Run
from graph_compiler.document import dump_document, load_document
from graph_compiler.document.json_file import MAX_CHARACTERS
from graph_compiler.importers import Imported, import_code, import_file, import_json, lower_with_weights
from runtime.errors import FileFormatError
from runtime.saving.json_text import parse_json

ENDINGS = ("json", "h5", "hdf5", "keras", "py")

_DESIGN = "schema_version"


def read_file(name: str, content: bytes) -> Imported:
    """The design in a file.

    Args:
        name: What the file is called; its ending tells texts from models.
        content: What is in it.

    Raises:
        LayerloomError: It cannot be read; says why.
    """
    if not content:
        raise FileFormatError("The file is empty.")
    if name.lower().endswith(".py"):
        return import_code(_text(content))
    if not name.lower().endswith(".json"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            path.write_bytes(content)
            return import_file(path)
    if len(content) > MAX_CHARACTERS:
        raise FileFormatError("The file is too large for a design. Is it a file of data?")
    raw = parse_json(content, "The file") if b'"class_name"' in content else None
    if isinstance(raw, dict) and _DESIGN not in raw and "class_name" in raw:
        return import_json(content)
    return Imported(load_document(content))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileFormatError("The file is not text.", hint="Choose the .py of a program.") from None


def open_as_project(designer: Designer, name: str, content: bytes, imported: Imported) -> Project:
    """Makes a project of an imported design; its weights become a run that training starts from.

    Args:
        designer: The services.
        name: What the file is called.
        content: What is in it.
        imported: The design in it.
    """
    stem = name.rpartition(".")[0].replace("_", " ").strip() or "Untitled network"
    project = designer.projects.create(stem[:NAME_LENGTH], imported.document)
    is_h5 = content.startswith(b"\x89HDF")
    if imported.weights or (imported.locked and is_h5):
        _keep_weights(designer, project, name, imported, content)
    return project


def imported_run(runs: list[Run]) -> Run | None:
    """The run that holds the weights a file brought along, if there is one."""
    return next((run for run in runs if run.is_imported), None)


def _keep_weights(
    designer: Designer, project: Project, name: str, imported: Imported, content: bytes
) -> None:
    spec = {"document": dump_document(imported.document), "dataset": "", "start": ""}
    run = designer.runs.create(project.id, IMPORT_JOB, spec)
    folder = designer.settings.run_dir(run.id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if imported.locked:
            # The layers that are not locked find their weights in the file by their names.
            (folder / CHECKPOINT).write_bytes(content)
        else:
            lower_with_weights(imported).save(folder / CHECKPOINT)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        designer.runs.change_state(run.id, "failed", "the weights could not be kept")
        raise
    designer.runs.change_state(run.id, "running")
    designer.runs.change_state(run.id, "finished", f"the weights of {name[:80]}")
