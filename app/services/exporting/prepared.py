"""Exports that were asked for: begun, going on, ready to be taken away."""

import hashlib
import io
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from app.services.designer import Designer
from app.services.exporting.export_job import FILES, RECEIPT, ExportSpec
from app.services.exporting.kind import Kind
from app.services.exporting.parity import Receipt
from app.services.exporting.weights import Weights, weights_of
from app.services.run_store import EXPORT_JOB, Run
from graph_compiler.document import GraphDocument, dump_document


@dataclass(frozen=True)
class Order:
    """An export one may ask for.

    Args:
        project_id: The project.
        name: Its name.
        document: Its design, without errors.
        kind: The form.
        weights: Which weights go along.
    """

    project_id: str
    name: str
    document: GraphDocument
    kind: Kind
    weights: Weights

    @property
    def digest(self) -> str:
        """The same for the same export, other for any other."""
        parts = (self.name, self.kind.name, self.weights.model_dump_json(), dump_document(self.document))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """An export that is ready.

    Args:
        files: What was written; the export's own file first.
        receipt: What was found when it was run; None where there is nothing to run.
    """

    files: tuple[Path, ...]
    receipt: Receipt | None

    def content(self) -> bytes:
        """The file to take away: several, and the receipt, are packed into one."""
        if len(self.files) == 1:
            return self.files[0].read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in self.files:
                archive.write(file, file.name)
            if self.receipt is not None:
                archive.writestr(RECEIPT, self.receipt.dump())
        return packed.getvalue()

    @property
    def file_name(self) -> str:
        """What the file to take away is called."""
        first = self.files[0]
        return first.name if len(self.files) == 1 else f"{first.stem}.zip"


def order_of(designer: Designer, project_id: str, name: str, document: GraphDocument, kind: Kind) -> Order:
    """The export of a design as it is now, with the weights of its latest training."""
    weights = weights_of(designer.settings, designer.runs, project_id, document)
    return Order(project_id, name, document, kind, weights)


def begin(designer: Designer, order: Order) -> Run:
    """Enters an export; what was written of this form before goes."""
    for run in designer.runs.of_project(order.project_id, exports=True):
        if run.spec["kind"] == order.kind.name and not run.is_open:
            shutil.rmtree(designer.settings.run_dir(run.id), ignore_errors=True)
    spec = ExportSpec(
        name=order.name,
        document=dump_document(order.document),
        kind=order.kind.name,
        weights=order.weights,
        data_dir=designer.settings.data_dir,
        digest=order.digest,
    )
    return designer.exports.submit(order.project_id, EXPORT_JOB, spec.model_dump(mode="json"))


def latest(designer: Designer, order: Order) -> Run | None:
    """The last time this very export was asked for; None if it never was."""
    digest = order.digest
    runs = designer.runs.of_project(order.project_id, exports=True)
    return next((run for run in runs if run.spec["digest"] == digest), None)


def prepared(designer: Designer, run: Run, order: Order) -> Prepared | None:
    """What a finished export has left; None when it is gone."""
    folder = designer.settings.run_dir(run.id)
    own = folder / FILES / order.kind.file_name(order.name)
    if run.state != "finished" or not own.exists():
        return None
    beside = sorted(path for path in own.parent.iterdir() if path != own)
    receipt = folder / RECEIPT
    found = Receipt.load(receipt.read_text(encoding="utf-8")) if receipt.exists() else None
    return Prepared((own, *beside), found)
