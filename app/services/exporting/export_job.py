"""The job that writes an export and proves it: model, file, a run of it in a clean process, receipt."""

import shutil
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.services.exporting.kind import Kind
from app.services.exporting.kinds import KINDS
from app.services.exporting.parity import Receipt, prove
from app.services.exporting.source import Source
from app.services.exporting.weights import Weights, weighted_model
from app.services.job_context import JobContext
from app.services.settings import Settings
from graph_compiler.document import load_document
from runtime.errors import ExportError

FILES = "files"
RECEIPT = "receipt.json"


class ExportSpec(BaseModel):
    """What an export is asked to be.

    Args:
        name: The project's name.
        document: The design as JSON text.
        kind: Name of the form.
        weights: Kind of its weights, and the run they come from.
        data_dir: The data directory.
        digest: Stands for all that it is made from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    document: str
    kind: str
    weights: Weights
    data_dir: Path
    digest: str


def export(context: JobContext, spec: dict[str, Any]) -> str:
    """Writes an export; what it cannot prove is not left behind.

    The folder then holds the files in `FILES` and, of what can be run, the receipt (`RECEIPT`).

    Args:
        context: Where to write, whom to tell, whether to stop.
        spec: An `ExportSpec`.

    Raises:
        LayerloomError: It cannot be made faithfully; which layer and why.
    """
    order = ExportSpec.model_validate(spec)
    kind, document = KINDS[order.kind], load_document(order.document)
    folder = context.folder / FILES
    folder.mkdir(exist_ok=True)
    context.emit("step", done=0.1, text="Making the model")
    model, words = weighted_model(document, Settings(order.data_dir), order.weights)
    source = Source(order.name, document, model, words)
    context.emit("step", done=0.3, text="Writing the file")
    path = folder / kind.file_name(order.name)
    try:
        kind.make(source, path)
        if kind.runner and not context.cancelled:
            context.emit("step", done=0.5, text="Running it in a clean process")
            receipt = _proven(source, path, kind)
            context.save(RECEIPT, lambda target: _write(target, receipt.dump()))
    except BaseException:
        shutil.rmtree(folder)
        raise
    return ""


def _proven(source: Source, path: Path, kind: Kind) -> Receipt:
    weights = source.model.get_weights() if kind.weighted else ()
    receipt = prove(source, path, kind.runner, weights=weights, note=kind.told(source))
    if not receipt.agrees:
        raise ExportError(
            f"{path.name} answers up to {receipt.largest_difference:.3g} apart from the designed model "
            f"(run with {receipt.ran_with}), so it is not written.",
            hint="Take another form of the model.",
        )
    return receipt


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
