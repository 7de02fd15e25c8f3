"""Which model of a run is examined: that of its last epoch, or that of its best."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import streamlit as st

from app.services.evaluation import BEST, CHECKPOINT, Which
from app.services.run_store import Run
from app.services.training_state import read_state
from graph_compiler.document import Configured

GIVES_BACK = "restore_best_weights"
"""Argument of the callbacks that give the model back its best weights in the end."""


CUT_SHORT = ("failed", "interrupted")
"""Of such runs the last model may be some epochs older than their curves."""


def choose_model(run: Run, callbacks: Iterable[Configured], folder: Path) -> Which:
    """Lets one choose the model, where the best is another one than the last, and says which it is.

    Args:
        run: The run.
        callbacks: What watched its training.
        folder: Where its models are.
    """
    kept = read_state(folder / CHECKPOINT) if run.state in CUT_SHORT else None
    last = kept.epoch if kept else run.progress.get("epoch", 0)
    words, labels = offered(run, callbacks, last, has_best=(folder / BEST).exists())
    if not labels:
        if words:
            st.caption(words)
        return "last"
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen: Any = st.segmented_control(
            "Which model is examined",
            list(labels),
            default="last",
            required=True,
            format_func=labels.__getitem__,
            key=f"which_model:{run.id}",
            label_visibility="collapsed",
            width="content",
        )
        st.caption(words)
    return chosen


def offered(
    run: Run, callbacks: Iterable[Configured], last: float, *, has_best: bool
) -> tuple[str, dict[Which, str]]:
    """What Evaluate says of the models of a run, and between which of them one can choose.

    Args:
        run: The run.
        callbacks: What watched its training.
        last: The epoch its last model is of.
        has_best: Whether its best model was kept.

    Returns:
        Words, none for a run that was not trained here; and a label for each model where there are two.
    """
    known = _best(run)
    if known is None:
        return "", {}
    loss, value, best = known
    here = f"Examined is the model after epoch {last:g}, its last"
    if any(callback.params.get(GIVES_BACK) for callback in callbacks):
        return "Examined is the model with the weights of its best epoch, which early stopping gave back.", {}
    if last == best:
        return f"{here}; its {loss} was never lower.", {}
    lowest = f"{loss} was lowest after epoch {best:g} ({value:.4g})"
    if not has_best:
        return f"{here}. Its {lowest}; that model was not kept.", {}
    labels: dict[Which, str] = {
        "last": f"Its last model, epoch {last:g}",
        "best": f"Its best, epoch {best:g}",
    }
    return f"All that stands below is of this model. The {lowest}.", labels


def _best(run: Run) -> tuple[str, float, float] | None:
    """What counted in a run that was trained here, its lowest value, and the epoch of that."""
    best = run.progress.get("best") or {}
    name = next((known for known in ("val_loss", "loss") if known in best), "")
    if run.is_imported or not run.progress.get("epoch") or not name:
        return None
    value, epoch = best[name]
    return "validation loss" if name == "val_loss" else "loss", value, epoch
