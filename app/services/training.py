"""Begins training runs of a design, and lets those that have ended go on."""

from dataclasses import dataclass

from app.services.deleted_runs import remove_forgotten
from app.services.designer import Designer
from app.services.evaluation import CHECKPOINT
from app.services.run_store import Run
from app.services.train_job import EXAMINE, JOB, TrainSpec
from app.services.training_state import read_state
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


@dataclass(frozen=True)
class Standing:
    """How far a run that has ended has come, and how it can go on.

    Args:
        epoch: Whole epochs of its checkpoint; 0 when there is none yet.
        epochs: The epochs it was to take.
        can_train_more: Whether it has a checkpoint with all that is needed to go on.
    """

    epoch: int
    epochs: int
    can_train_more: bool

    @property
    def is_unfinished(self) -> bool:
        """Whether it still lacks epochs."""
        return self.epoch < self.epochs


def standing(designer: Designer, run: Run) -> Standing | None:
    """How a run can go on; None for one that is under way, or is no training.

    Args:
        designer: The services.
        run: The run.
    """
    if run.is_open or run.job != JOB:
        return None
    epochs = run.spec.get("epochs") or designer.runs.document(run.id).training.epochs
    checkpoint = designer.settings.run_dir(run.id) / CHECKPOINT
    if not checkpoint.exists():
        return Standing(0, epochs, can_train_more=False)
    state = read_state(checkpoint)
    # Earlier programs kept a model without saying where its training stood; its weights can be started from.
    return None if state is None else Standing(state.epoch, epochs, can_train_more=True)


def go_on(designer: Designer, run_id: str, epochs: int) -> Run:
    """Lets a run that has ended go on from its checkpoint; its curves stay and its epochs count on.

    Args:
        designer: The services.
        run_id: The run.
        epochs: The number of its last epoch, counted from its beginning.

    Raises:
        RunError: It does not exist, or has not ended.
    """
    return designer.jobs.go_on(run_id, epochs=epochs, resume=True)


def delete_run(designer: Designer, run_id: str) -> None:
    """Takes a run that has ended out of the lists; its curves and files stay for the way back.

    Args:
        designer: The services.
        run_id: The run.

    Raises:
        RunError: It does not exist, or has not ended.
    """
    designer.runs.delete(run_id)
    remove_forgotten(designer.runs, designer.settings)
