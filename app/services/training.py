"""Begins a training run of a design."""

from app.services.designer import Designer
from app.services.run_store import Run
from app.services.train_job import JOB, TrainSpec
from graph_compiler.document import GraphDocument, dump_document
from runtime.errors import DataError


def train(designer: Designer, project_id: str, document: GraphDocument) -> Run:
    """Enters a run of a design as it is now, on the data it is bound to.

    Args:
        designer: The services.
        project_id: The project.
        document: The design.

    Raises:
        DataError: No data set is chosen.
    """
    if document.data is None:
        raise DataError("No data set is chosen.", hint="Choose one on the page Data.")
    spec = TrainSpec(document=dump_document(document), dataset=document.data.dataset)
    return designer.jobs.submit(project_id, JOB, spec.model_dump())
