"""Begins a training run of a design."""

from app.services.designer import Designer
from app.services.run_store import Run
from app.services.train_job import EXAMINE, JOB, TrainSpec
from graph_compiler.document import GraphDocument, dump_document
from runtime.errors import DataError


def train(
    designer: Designer,
    project_id: str,
    document: GraphDocument,
    start: str = "",
    *,
    only_examine: bool = False,
) -> Run:
    """Enters a run of a design as it is now, on the data it is bound to.

    Args:
        designer: The services.
        project_id: The project.
        document: The design.
        start: Id of the run whose weights it starts from; empty for new ones.
        only_examine: True leaves out the training.

    Raises:
        DataError: No data set is chosen.
    """
    if document.data is None:
        raise DataError("No data set is chosen.", hint="Choose one on the page Data.")
    spec = TrainSpec(document=dump_document(document), dataset=document.data.dataset, start=start)
    return designer.jobs.submit(project_id, EXAMINE if only_examine else JOB, spec.model_dump())
