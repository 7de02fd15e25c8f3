"""Which weights a training starts from: new ones, those a model file brought along, or those of a run."""

import streamlit as st

from app.components.run_choice import choose_labelled, in_short
from app.components.workspace import designer
from app.services.evaluation import CHECKPOINT
from app.services.model_files import imported_run

NEW = ""


def choose_start(project_id: str) -> str:
    """Offers the weights there are; none are offered while nothing has been trained or imported.

    Args:
        project_id: The project.

    Returns:
        Id of the run to start from; empty for new weights.
    """
    services = designer()
    everything = services.runs.of_project(project_id)
    runs = [run for run in everything if (services.settings.run_dir(run.id) / CHECKPOINT).exists()]
    if not runs:
        return NEW
    labels = {NEW: "New weights"}
    for run in runs:
        numbered = f"Run {run.number} · {in_short(run)}"
        labels[run.id] = f"Imported: {run.reason}" if run.is_imported else numbered
    imported = imported_run(runs)
    key = f"start:{project_id}"
    chosen = st.session_state.get(key)
    if chosen not in labels:
        chosen = imported.id if imported else NEW
    told = "Layers whose name and shape still fit get these weights; all others begin anew."
    st.session_state[key] = choose_labelled("Start from", key, labels, chosen, help=told)
    return st.session_state[key]
