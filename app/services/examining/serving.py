"""The examiner's worker: loads the model of a run, and answers questions about it until nobody asks."""

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import torch

from app.services.evaluation import CHECKPOINT
from app.services.examining import attribution, insides, on_test_rows
from app.services.examining.messages import Message, read_message, write_message
from app.services.examining.probe import Probe
from runtime.errors import LayerloomError
from runtime.models import load_model

IDLE_SECONDS = 180.0

Question = Callable[..., Message]
QUESTIONS: dict[str, Question] = {
    "examine": on_test_rows.examine,
    "predict": insides.predict,
    "layers": insides.layers,
    "weights": insides.weights,
    "activations": insides.activations,
    "saliency": attribution.saliency,
    "class_activation": attribution.class_activation,
}
"""What a model can be asked: functions of a `Probe`, the arrays and the settings of the question."""


def serve(orders: IO[bytes], reports: IO[bytes], folder: Path, spec: Mapping[str, Any]) -> None:
    """Answers questions until the designer is gone or has not asked for a while.

    Args:
        orders: Where questions come from.
        reports: Where answers go.
        folder: The run's folder.
        spec: "idle": seconds without a question after which the process ends; "model": the file.
    """
    # One answer must not take the cores of the trainings.
    torch.set_num_threads(1)
    idle = spec.get("idle") or IDLE_SECONDS
    probe: Probe | None = None
    while True:
        alarm = threading.Timer(idle, os._exit, (0,))
        alarm.daemon = True
        alarm.start()
        try:
            asked = read_message(orders)
        except (EOFError, OSError):
            return
        finally:
            alarm.cancel()
        try:
            path = folder / spec.get("model", CHECKPOINT)
            probe = probe or Probe(load_model(path, compile=False), path)
            answer = QUESTIONS[asked.words["question"]](probe, asked.arrays, **asked.words["settings"])
            write_message(reports, answer)
        except Exception as error:
            write_message(reports, Message({"error": _in_words(error, folder)}))


def _in_words(error: Exception, folder: Path) -> str:
    if isinstance(error, LayerloomError):
        return str(error)
    if isinstance(error, MemoryError) or "not enough memory" in str(error):
        return "There is not enough memory for that."
    traceback.print_exc()
    log = folder / "worker.log"
    return f"An error inside Layerloom ({type(error).__name__}: {error}); its log is {log}."
