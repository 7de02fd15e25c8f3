"""What each layer costs and sees: totals, a table with bars, and what is not known yet."""

from typing import Any

import streamlit as st

from app.components.navigation import show_layer
from app.components.words import amount, plain, roughly, so_far
from app.components.workspace import Opening
from graph_compiler import Measures, measure
from graph_compiler.measures import LayerMeasures, costliest, measures_csv, measures_table

LARGEST_BATCH = 1_000_000
ROW_HEIGHT = 35
MOST_ROWS = 18
NAMED = 6

_HELP = {
    "parameters": "Numbers that the layer's weights hold.",
    "macs": "Multiply-accumulates (MACs): products that are made and added up for one sample, in matrix "
    "products and convolutions. Each is two floating point operations.",
    "activation": "What the layer's output takes for one batch. Training keeps all of them until the "
    "gradients are computed.",
    "field": "How much of the input one place of the output is computed from, along each axis that has "
    "places (steps, or height × width), away from the edges.",
    "train": "An estimate: weights, gradients, what the optimizer keeps, and the outputs of all layers for "
    "one batch. What layers keep inside comes on top.",
    "predict": "The most that outputs take at once, when the layers of a batch are computed one after the "
    "other; the weights come on top.",
}


def show_costs(opened: Opening) -> None:
    """Draws the totals and the table of a design that has layers."""
    document = opened.document
    head = st.container()
    batch_key = f"batch:{opened.project.id}:{document.training.batch_size}"
    batch = st.session_state.get(batch_key, document.training.batch_size)
    measures = measure(document, batch)
    with head:
        _totals(measures, batch_key)
    sentence = costliest(measures)
    if sentence:
        st.markdown(f":material/lightbulb: {plain(sentence)}")
    _unknown(measures)
    _table(opened, measures)


def _totals(measures: Measures, batch_key: str) -> None:
    layers, parameters, macs, train, predict, batch = st.columns([2, 3, 3, 3, 3, 3], vertical_alignment="top")
    training = measures.training
    waiting = bool(measures.waiting)
    layers.metric("Layers", len(measures.layers))
    parameters.metric(
        "Parameters",
        so_far(measures.parameters, roughly(measures.parameters), unknown=waiting),
        help=f"{measures.parameters:,} numbers in weights: {measures.trainable:,} that training changes, "
        f"{measures.frozen:,} that it does not.",
    )
    macs.metric(
        "Multiplications",
        so_far(measures.macs, roughly(measures.macs), unknown=waiting or bool(measures.without_macs)),
        help=f"{measures.macs:,} for one sample. {_HELP['macs']}",
    )
    optimizer = "unknown" if training.optimizer is None else amount(training.optimizer)
    train.metric(
        "Memory to train",
        so_far(training.total, amount(training.total), unknown=waiting),
        help=f"{_HELP['train']} Here: weights {amount(training.weights)}, gradients "
        f"{amount(training.gradients)}, optimizer {optimizer}, outputs {amount(training.activations)}.",
    )
    predict.metric(
        "Memory to predict",
        so_far(measures.inference_bytes, amount(measures.inference_bytes), unknown=waiting),
        help=_HELP["predict"],
    )
    batch.number_input(
        "Batch size",
        1,
        LARGEST_BATCH,
        measures.batch_size,
        key=batch_key,
        help="Samples that are computed at once: memory grows with it. It begins with that of training, and "
        "changes nothing there.",
    )


def _unknown(measures: Measures) -> None:
    """Says what is missing, and why."""
    waiting = measures.waiting
    if waiting:
        by_id = {layer.node.id: layer.node.name for layer in measures.layers}
        causes = list(dict.fromkeys(layer.waits_for for layer in waiting if layer.waits_for is not None))
        names = _some([by_id[cause] for cause in causes])
        number = f"{len(waiting)} layer{'s' * (len(waiting) != 1)}"
        st.warning(
            f"Of {number} nothing is known yet, because of a mistake at {names}. The totals are without "
            f"{'it' if len(waiting) == 1 else 'them'}.",
            icon=":material/hourglass:",
        )
        if st.button(f"Show {plain(by_id[causes[0]])}", icon=":material/my_location:", key="show_cause"):
            show_layer(causes[0])
    open_sizes = {layer.node.name for layer in (*measures.without_macs, *measures.without_bytes)}
    if open_sizes:
        st.caption(f"Some numbers depend on a size that the Input leaves open: {_some(sorted(open_sizes))}.")


def _some(names: list[str]) -> str:
    shown = ", ".join(plain(name) for name in names[:NAMED])
    return f"{shown} …" if len(names) > NAMED else shown


def _table(opened: Opening, measures: Measures) -> None:
    rows = measures_table(measures)
    event: Any = st.dataframe(
        {
            "name": [row["name"] for row in rows],
            "layer": [row["layer"] for row in rows],
            "output": [row["output"] or _wait(layer, measures) for row, layer in _beside(rows, measures)],
            "field": [row["receptive_field"] for row in rows],
            "parameters": [row["parameters"] for row in rows],
            "parameters_share": [_percent(row["parameters_share"]) for row in rows],
            "macs": [row["macs"] for row in rows],
            "macs_share": [_percent(row["macs_share"]) for row in rows],
            "memory": [row["activation_bytes"] for row in rows],
        },
        column_config=_columns(measures),
        hide_index=True,
        width="stretch",
        height=ROW_HEIGHT * (min(len(rows), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        key=f"costs:{opened.project.id}",
    )
    chosen = [measures.layers[row] for row in event.selection.rows if row < len(rows)]
    with st.container(horizontal=True, vertical_alignment="center"):
        label = f"Show {plain(chosen[0].node.name)} on the canvas" if chosen else "Show on the canvas"
        if st.button(
            label,
            icon=":material/my_location:",
            disabled=not chosen,
            help=None if chosen else "Choose a row of the table first.",
        ):
            show_layer(chosen[0].node.id)
        st.download_button(
            "Table (.csv)",
            measures_csv(measures),
            f"{opened.project.name[:60]} layers.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _beside(rows: list[dict[str, Any]], measures: Measures) -> list[tuple[dict[str, Any], LayerMeasures]]:
    return list(zip(rows, measures.layers, strict=True))


def _wait(layer: LayerMeasures, measures: Measures) -> str:
    """In place of a shape, why there is none."""
    if layer.waits_for in (None, layer.node.id):
        return "has a mistake"
    return f"waits for {next(one.node.name for one in measures.layers if one.node.id == layer.waits_for)}"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _columns(measures: Measures) -> dict[str, Any]:
    column = st.column_config
    memory = max((layer.activation_bytes or 0 for layer in measures.layers), default=0)
    return {
        "name": column.TextColumn("Name"),
        "layer": column.TextColumn("Layer"),
        "output": column.TextColumn("Output", help="Shape of what comes out."),
        "parameters": column.ProgressColumn(
            "Parameters",
            help=_HELP["parameters"],
            format="localized",
            max_value=max(1, measures.parameters),
            width=132,
        ),
        "parameters_share": column.NumberColumn(
            "of all", help="Share of all parameters.", format="%.1f%%", width=62
        ),
        "macs": column.ProgressColumn(
            "Multiplications",
            help=_HELP["macs"],
            format="localized",
            max_value=max(1, measures.macs),
            width=132,
        ),
        "macs_share": column.NumberColumn(
            "of all", help="Share of all multiplications.", format="%.1f%%", width=62
        ),
        "memory": column.ProgressColumn(
            "Output memory",
            help=_HELP["activation"],
            format="bytes",
            max_value=max(1, memory),
            width=125,
        ),
        "field": column.TextColumn("Sees", help=_HELP["field"], alignment="center"),
    }
