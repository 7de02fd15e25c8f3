"""Files to take away: the program, the model, the design, the data."""

import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from app.services.data_code import data_file_name, data_snippet
from app.services.datasets import load
from app.services.evaluation import CHECKPOINT
from app.services.run_store import RunStore
from app.services.settings import Settings
from graph_compiler import keras_code, lower
from graph_compiler.document import GraphDocument, dump_document
from graph_compiler.lowering import compile_as
from runtime.models import load_model
from runtime.models.adapting import adapt_layers, learning_layers

FILE_NAME_LENGTH = 60


@dataclass(frozen=True)
class Download:
    """A file for the user.

    Args:
        file_name: What it is called.
        content: What is in it.
        mime: Its kind.
        note: What a user should know about it.
    """

    file_name: str
    content: bytes
    mime: str
    note: str = ""


@dataclass(frozen=True)
class Weights:
    """Where the weights of an exported model come from.

    Args:
        kind: "trained" when a run of the same network has kept them, "fresh" when they are random.
        run_id: That run.
        resumable: Whether that run was compiled as the design is, so that its optimizer's state fits too.
    """

    kind: Literal["trained", "fresh"]
    run_id: str = ""
    resumable: bool = False


def program(name: str, document: GraphDocument) -> Download:
    """The design as a Keras program.

    Args:
        name: The project's name.
        document: A design without errors.

    Raises:
        CompilationError: The design has errors.
    """
    code = keras_code(document, data_snippet(document))
    return Download(f"{file_stem(name)}.py", code.encode(), "text/x-python")


def design(name: str, document: GraphDocument) -> Download:
    """The design itself, to be opened again."""
    return Download(f"{file_stem(name)}.json", dump_document(document).encode(), "application/json")


def data(document: GraphDocument) -> Download | None:
    """The arrays of the design's data set, as the program reads them; None when none is chosen."""
    if document.data is None:
        return None
    dataset = load(document.data.dataset)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        x_train=dataset.train.x,
        y_train=dataset.train.y,
        x_test=dataset.test.x,
        y_test=dataset.test.y,
    )
    note = f"{dataset.info.title}. Source: {dataset.info.source}. Licence: {dataset.info.licence}."
    return Download(data_file_name(dataset.info), packed.getvalue(), "application/octet-stream", note)


def weights_of(settings: Settings, runs: RunStore, project_id: str, document: GraphDocument) -> Weights:
    """The latest run of the project that has trained this very network.

    Args:
        settings: The data directory.
        runs: The run store.
        project_id: The project.
        document: The design as it is now.
    """
    wanted = network(document)
    for run in runs.of_project(project_id):
        if not (settings.run_dir(run.id) / CHECKPOINT).exists():
            continue
        trained = runs.document(run.id)
        if network(trained) == wanted:
            return Weights("trained", run.id, resumable=trained.compile == document.compile)
    return Weights("fresh")


def model_file(name: str, document: GraphDocument, settings: Settings, weights: Weights) -> Download:
    """The model as Keras's `.h5`.

    Args:
        name: The project's name.
        document: A design without errors.
        settings: The data directory.
        weights: Which weights it has.

    Raises:
        CompilationError: The design has errors.
    """
    checkpoint = settings.run_dir(weights.run_id) / CHECKPOINT
    if weights.kind == "fresh":
        content, note = _saved(_fresh(document)), "Not trained yet: its weights are random."
    elif weights.resumable:
        content, note = checkpoint.read_bytes(), "Trained, with the state of its optimizer."
    else:
        # The model as it was kept: what layers have learnt from the data is not in their weights alone.
        trained: Any = load_model(checkpoint, compile=False)
        compile_as(document, trained)
        content, note = _saved(trained), "Trained, before its compile settings were changed."
    return Download(f"{file_stem(name)}.h5", content, "application/x-hdf5", note)


def _fresh(document: GraphDocument) -> Any:
    """An untrained model; layers that learn from the data have, where data are chosen."""
    model: Any = lower(document)
    if document.data is not None and learning_layers(model):
        adapt_layers(model, load(document.data.dataset).held_back(document.training.validation_split)[0].x)
    return model


def network(document: GraphDocument) -> Any:
    """What makes two designs the same network: layers, their settings and wires, wherever they stand."""
    nodes = {
        key: node.model_dump(include={"layer", "name", "params", "settings", "shares", "locked"})
        for key, node in document.nodes.items()
    }
    edges = sorted(tuple(edge.model_dump(exclude={"id"}).values()) for edge in document.edges.values())
    return list(nodes.items()), edges


def _saved(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        model.save(path)
        return path.read_bytes()


def file_stem(name: str) -> str:
    """A project's name as files can have it everywhere: "My digits!" is "my_digits"."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())[:FILE_NAME_LENGTH].strip("_") or "model"
