"""A row to be changed: a field for each feature, in its original unit."""

from typing import Any

import numpy as np
import streamlit as st

from app.components.evaluating.examined import Examined
from app.components.words import plain
from app.services.datasets.dataset import Array
from app.services.examining.rows import LOOKED_AT, cells, column, column_names, row_of

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
    before = dataset.test.shown[row]
    names = column_names(dataset)
    if len(names) > MOST_FIELDS:
        return _as_table(examined, row, names, before)
    st.caption("Change a number: the answer follows. In the units of the data, not scaled.")
    columns = st.columns(COLUMNS)
    values = [
        _field(columns[place % COLUMNS], examined, f"{row}:{place}", place, value)
        for place, value in enumerate(cells(before))
    ]
    return row_of(values, before)


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
        unit = examined.dataset.info.answer.unit
        names = (unit,) if steps.shape[1] == 1 and unit else _numbered(steps.shape[1])
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


def _field(where: Any, examined: Examined, name: str, place: int, value: Any) -> Any:
    dataset = examined.dataset
    known = column(dataset.train.shown[:LOOKED_AT], place)
    label, key = plain(column_names(dataset)[place]), examined.key(f"own:{name}")
    if known.dtype.kind not in "fiub":
        words = sorted({str(word) for word in known} | {str(value)})
        if len(words) > MOST_WORDS:
            return where.text_input(label, str(value), key=key)
        return where.selectbox(
            label, words, words.index(str(value)), format_func=lambda word: word or "missing", key=key
        )
    values = np.asarray(known, dtype=float)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    given = where.number_input(
        label,
        value=float(value) if np.isfinite(value) else None,
        step=_step(low, high),
        format="%.6g",
        key=key,
        placeholder="missing",
        help=f"{low:.4g} to {high:.4g} in the training rows.",
    )
    return np.nan if given is None else given


def _as_table(examined: Examined, row: int, names: tuple[str, ...], before: Any) -> Array:
    edited: Any = st.data_editor(
        {"feature": list(names), "value": [_plain_number(value) for value in cells(before)]},
        key=examined.key(f"own_table:{row}"),
        disabled=["feature"],
        width="stretch",
        height=420,
        hide_index=True,
        num_rows="fixed",
    )
    return row_of(list(edited["value"]), before)


def _step(low: float, high: float) -> float:
    """About a fiftieth of the range, as a round number."""
    reach = (high - low) / 50
    return float(10.0 ** np.round(np.log10(reach))) if reach > 0 else 1.0


def _plain_number(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"x{place}" for place in range(count))
