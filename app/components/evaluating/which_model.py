"""Which model of a run is examined: that of its last epoch, and how far that is from its best."""

from collections.abc import Iterable

from app.services.run_store import Run
from graph_compiler.document import Configured

GIVES_BACK = "restore_best_weights"
"""Argument of the callbacks that give the model back its best weights in the end."""


def examined_model(run: Run, callbacks: Iterable[Configured]) -> str:
    """What Evaluate says of the model it examines; nothing for one that was not trained here.

    Args:
        run: The run.
        callbacks: What watched its training.
    """
    last = run.progress.get("epoch")
    best = run.progress.get("best") or {}
    name = next((known for known in ("val_loss", "loss") if known in best), "")
    if run.is_imported or not last or not name:
        return ""
    value, epoch = best[name]
    loss = "validation loss" if name == "val_loss" else "loss"
    if any(callback.params.get(GIVES_BACK) for callback in callbacks):
        return "Examined is the model with the weights of its best epoch, which early stopping gave back."
    if last == epoch:
        return f"Examined is the model after epoch {last:g}, its last; its {loss} was never lower."
    return (
        f"Examined is the model after epoch {last:g}, its last. Its {loss} was lowest after epoch {epoch:g} "
        f"({value:.4g}): early stopping with {GIVES_BACK} keeps that one."
    )
