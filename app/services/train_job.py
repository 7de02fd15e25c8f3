"""The job that trains a design: data, model, fit, and an examination at the end."""

import json
import random
import secrets
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict

from app.services.checkpoints import restore_checkpoint
from app.services.datasets import Dataset, load
from app.services.evaluation import CHECKPOINT, PREDICTIONS, RESULTS, results_of
from app.services.fit_reporter import FitReporter
from app.services.job_context import JobContext
from app.services.training_state import TrainingState, read_state
from graph_compiler.callback_settings import make_callbacks
from graph_compiler.document import GraphDocument, load_document
from graph_compiler.lowering import lower
from runtime.layers import Layer
from runtime.models.adapting import adapt_layers
from runtime.saving.model_file import load_weights

JOB = "app.services.train_job:train"
EXAMINE = "app.services.train_job:examine"


class TrainSpec(BaseModel):
    """What a training run is asked to do.

    Args:
        document: The design as JSON text, with its compile and training settings.
        dataset: Name of the data set in the catalogue.
        start: Id of the run whose weights it starts from; empty for new ones.
        epochs: Number of the last epoch; None for that of the design.
        resume: Whether to go on from this run's own checkpoint.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    dataset: str
    start: str = ""
    epochs: int | None = None
    resume: bool = False


def train(context: JobContext, spec: dict[str, Any]) -> str:
    """Trains a design and examines it on the test rows.

    The folder then holds the model (`CHECKPOINT`, written as training goes on, and `evaluation.BEST`), its
    answers to the test rows (`PREDICTIONS`) and how good they are (`RESULTS`).

    Args:
        context: Where to write, whom to tell, whether to stop.
        spec: A `TrainSpec`.

    Returns:
        Why it ended, if that needs saying.

    Raises:
        LayerloomError: The design, the data and the settings do not go together.
    """
    order = TrainSpec.model_validate(spec)
    document, dataset = load_document(order.document), load(order.dataset)
    training = document.training
    before = read_state(context.folder / CHECKPOINT) if order.resume else None
    seed = before.seed if before else _seed(document)
    context.emit(
        "log", text=f"Seed {seed}; data set {dataset.info.title}, {len(dataset.train)} rows to learn from."
    )
    # Runs share the machine's cores one each; threads of one run that wait for each other slow all down.
    torch.set_num_threads(1)
    model: Any = lower(document, seed=seed)
    _draw_from(seed)
    _adapt(context, model, document, dataset)
    if before is None:
        _start_from(context, model, order.start)
        state = TrainingState(seed=seed)
    else:
        state = _go_on(context, model)
    epochs = order.epochs or training.epochs
    watchers = make_callbacks(document)
    reporter = FitReporter(context, document, dataset, epochs, state, watchers)
    model.fit(
        dataset.train.x,
        dataset.train.y,
        initial_epoch=state.epoch,
        epochs=epochs,
        batch_size=training.batch_size,
        validation_split=training.validation_split,
        shuffle=training.shuffle,
        verbose=0,
        callbacks=[*watchers, reporter],
    )
    if reporter.blown_up:
        raise reporter.blown_up
    if context.end_state != "interrupted":
        # A designer that is being closed does not wait for it.
        _examine(context, model, document, dataset)
    return f"ended early: {reporter.why}" if reporter.why and not context.cancelled else ""


def examine(context: JobContext, spec: dict[str, Any]) -> str:
    """Examines a design on the test rows with the weights of an earlier run, without training.

    Args:
        context: Where to write, whom to tell.
        spec: A `TrainSpec` with a run to start from.

    Returns:
        How it came to be.
    """
    order = TrainSpec.model_validate(spec)
    document, dataset = load_document(order.document), load(order.dataset)
    torch.set_num_threads(1)
    model: Any = lower(document, seed=0)
    _adapt(context, model, document, dataset)
    _start_from(context, model, order.start)
    context.emit("start", epochs=0, parameters=int(model.count_params()))
    context.save(CHECKPOINT, model.save)
    _examine(context, model, document, dataset)
    return "examined as it was imported, without training"


def imported(context: JobContext, spec: dict[str, Any]) -> str:
    """Does nothing: the run of an import holds the weights of a file from its beginning."""
    del context, spec
    return ""


def _seed(document: GraphDocument) -> int:
    chosen = document.training.seed
    return secrets.randbits(32) if chosen is None else chosen


def _go_on(context: JobContext, model: Any) -> TrainingState:
    """Makes a model what it was at this run's last checkpoint, and says where that was."""
    state = restore_checkpoint(model, context.folder / CHECKPOINT)
    if state.ended:
        # It had come to its end; somebody wants more, which callbacks look at with fresh eyes.
        state.callbacks = []
    context.emit("log", text=f"Goes on after epoch {state.epoch}, with the optimizer's state.")
    return state


def _start_from(context: JobContext, model: Any, run_id: str) -> None:
    """Gives a model the weights of an earlier run, as far as names and shapes of the layers still fit."""
    if not run_id:
        return
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    with warnings.catch_warnings():
        # A layer that was changed since does not fit, and begins anew.
        warnings.simplefilter("ignore")
        load_weights(model, context.folder.parent / run_id / CHECKPOINT, by_name=True, skip_mismatch=True)
    after = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    taken = sum(not all(map(np.array_equal, old, after[name])) for name, old in before.items())
    context.emit("log", text=f"Starts from earlier weights: those of {taken} of {len(before)} layers fit.")


def _adapt(context: JobContext, model: Any, document: GraphDocument, dataset: Dataset) -> None:
    """Lets layers that learn from data do so, from the rows that are not kept for validation."""
    rows = dataset.held_back(document.training.validation_split)[0]

    def tell(layer: Layer) -> None:
        context.emit("log", text=f"{layer.label} learns from {len(rows)} training rows.")

    began = time.monotonic()
    adapted = adapt_layers(model, rows.x, tell)
    if adapted:
        seconds = time.monotonic() - began
        names = ", ".join(f"'{layer.name}'" for layer in adapted)
        context.emit("log", text=f"Ready in {seconds:.2g} s: {names}. Training begins.")


def _draw_from(seed: int) -> None:
    """Makes this process draw numbers of its own: a forked one would repeat those of its server."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _examine(context: JobContext, model: Any, document: GraphDocument, dataset: Dataset) -> None:
    results, predictions = results_of(model, dataset, max(256, document.training.batch_size))
    context.save(PREDICTIONS, lambda path: np.save(path, predictions))
    context.save(RESULTS, lambda path: _write_json(path, results))
    shown = ", ".join(f"{name} {value:.4g}" for name, value in results["metrics"].items())
    context.emit("log", text=f"On {len(dataset.test)} test rows: {shown}.")


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
