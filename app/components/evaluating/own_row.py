"""A row to be changed: a field for each feature, in its original unit."""

from typing import Any

import numpy as np
import streamlit as st

from app.components.evaluating.examined import Examined
from app.components.words import plain
from app.services.datasets.dataset import Array

MOST_FIELDS = 40
COLUMNS = 2
MOST_WORDS = 100
"""Different words of a feature up to which they are offered as a list."""


def edit_row(examined: Examined, row: int) -> Array:
    """Draws the fields of a row, filled in with a test row.

    Args:
        examined: The run.
        row: Number of the test row that is begun with.

    Returns:
        The row as it stands now, as people see it.
    """
    dataset = examined.dataset
    before = np.asarray(dataset.test.shown[row])
    flat = before.reshape(-1)
    names = dataset.feature_names if len(dataset.feature_names) == len(flat) else _numbered(len(flat))
    if len(names) > MOST_FIELDS:
        return _as_table(examined, row, names, before)
    st.caption("Change a number: the answer follows. In the units of the data, not scaled.")
    columns = st.columns(COLUMNS)
    values = [
        _field(columns[place % COLUMNS], examined, row, place, name) for place, name in enumerate(names)
    ]
    return np.array(values, dtype=before.dtype).reshape(before.shape)


def edit_steps(examined: Examined, row: int) -> Array:
    """The same for a series: a table of its steps.

    Args:
        examined: The run.
        row: Number of the test row that is begun with.
    """
    before = np.asarray(examined.dataset.test.shown[row])
    steps = before.reshape(len(before), -1)
    names = examined.dataset.feature_names
    if len(names) != steps.shape[1]:
        names = _numbered(steps.shape[1])
    st.caption("Change a value of a step: the answer follows. In the units of the data, not scaled.")
    edited: Any = st.data_editor(
        {name: steps[:, place].astype(float).tolist() for place, name in enumerate(names)},
        key=examined.key(f"steps:{row}"),
        width="stretch",
        height=360,
        num_rows="fixed",
    )
    columns = [np.asarray(edited[name], dtype=float) for name in names]
    changed = np.stack(columns, axis=1).reshape(before.shape)
    return np.where(np.isfinite(changed), changed, before).astype(before.dtype)


def _field(column: Any, examined: Examined, row: int, place: int, name: str) -> Any:
    shown = examined.dataset.train.shown
    value = examined.dataset.test.shown[row][place]
    key = examined.key(f"own:{row}:{place}")
    if not isinstance(value, int | float | np.number):
        words = sorted({str(word) for word in shown[:5000, place]} | {str(value)})
        if len(words) > MOST_WORDS:
            return column.text_input(plain(name), str(value), key=key)
        return column.selectbox(plain(name), words, words.index(str(value)), key=key)
    values = np.asarray(shown[:5000, place], dtype=float)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return column.number_input(
        plain(name),
        value=round(float(value), 6),
        step=_step(low, high),
        format="%.6g",
        key=key,
        help=f"{low:.4g} to {high:.4g} in the training rows.",
    )


def _as_table(examined: Examined, row: int, names: tuple[str, ...], before: Array) -> Array:
    edited: Any = st.data_editor(
        {"feature": list(names), "value": before.reshape(-1).tolist()},
        key=examined.key(f"own_table:{row}"),
        disabled=["feature"],
        width="stretch",
        height=420,
        hide_index=True,
        num_rows="fixed",
    )
    return np.array(list(edited["value"]), dtype=before.dtype).reshape(before.shape)


def _step(low: float, high: float) -> float:
    """About a fiftieth of the range, as a round number."""
    reach = (high - low) / 50
    return float(10.0 ** np.round(np.log10(reach))) if reach > 0 else 1.0


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"x{place}" for place in range(count))
