"""Samples as the design's own augmentation layers change them."""

import numpy as np
import streamlit as st

from app.components.faults import guarded
from app.components.samples import picture
from app.components.words import plain
from app.services.augmenting import augmented, augmenting_nodes
from app.services.datasets import Dataset
from graph_compiler.document import GraphDocument
from runtime.errors import LayerloomError

SHOWN = 8
_SEED = "augmentation_seed"


def draw_augmented(document: GraphDocument, dataset: Dataset) -> None:
    """Draws some training samples after the design's augmentation layers; nothing where it has none."""
    nodes = augmenting_nodes(document)
    if not nodes or dataset.info.preview != "images":
        return
    st.markdown(f"**What training makes of them** · {plain(', '.join(node.name for node in nodes))}")
    seed = st.session_state.setdefault(_SEED, 1)
    samples = np.asarray(dataset.train.x[:SHOWN])
    try:
        changed = augmented(nodes, samples, seed)
    except LayerloomError as error:
        st.caption(f"It cannot be shown: {plain(str(error))}")
        return
    white = 255.0 if float(changed.max()) > 16 else max(1.0, float(changed.max()))
    for place, (column, sample) in enumerate(zip(st.columns(SHOWN, gap="small"), changed, strict=False)):
        column.image(
            picture(sample, white),
            width="stretch",
            caption=f"{place + 1}",
            alt=f"Augmented sample {place + 1}",
        )
    st.button(
        "Draw others",
        icon=":material/casino:",
        help="Each epoch sees other ones.",
        on_click=guarded(_draw_others),
    )


def _draw_others() -> None:
    st.session_state[_SEED] += 1
