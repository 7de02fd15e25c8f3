"""Single test rows with the model's answers to them, in the way that suits the data."""

from typing import Any, cast

import numpy as np
import streamlit as st

from app.components.samples import answer_text, picture, rows_table, told_apart
from app.components.words import plain
from app.services.evaluation import Choice, Evaluation

CHOICES: dict[Choice, str] = {
    "first": "The first",
    "wrong": "Mistaken",
    "worst": "Furthest off",
    "blind": "Sure and wrong",
    "surest": "Most sure",
    "unsure": "Least sure",
}
ANY = "any"
CELL_TRUE, CELL_PREDICTED = "cell_true", "cell_predicted"
"""Keys of the choices of a cell of the confusion matrix."""

PICTURES_A_ROW = 6
PAIRS_A_ROW = 4
ROWS = 24
COLUMNS_SHOWN = 12
"""Values of a row that are shown beside the answers."""


def show_test_rows(evaluation: Evaluation) -> None:
    """Draws some of the test rows, chosen by how well they were answered."""
    st.markdown("**Single test rows**")
    options: list[Choice] = list(CHOICES) if evaluation.has_classes else ["first", "worst"]
    names = [ANY, *evaluation.dataset.info.answer.class_names]
    if evaluation.has_classes:
        expected, predicted = st.columns(2)
        pick = st.container()
        for key in (CELL_TRUE, CELL_PREDICTED):
            if st.session_state.get(key) not in names:
                st.session_state[key] = ANY
        right = expected.selectbox("True", names, key=CELL_TRUE, help="Shows one cell of the matrix.")
        told = predicted.selectbox("Predicted", names, key=CELL_PREDICTED)
    else:
        pick, right, told = st.container(), ANY, ANY
    in_cell = ANY not in (right, told)
    chosen = pick.segmented_control(
        "Which",
        options,
        default="first",
        format_func=CHOICES.__getitem__,
        label_visibility="collapsed",
        disabled=in_cell,
    )
    if in_cell:
        rows = evaluation.cell(names.index(right) - 1, names.index(told) - 1, ROWS)
    else:
        rows = _filtered(evaluation, cast(Choice, chosen or "first"), right, told)
    if rows:
        _draw(evaluation, rows)
    elif in_cell or right != ANY or told != ANY:
        st.caption("There are no such test rows.")
    else:
        st.success("There are none: every test row was told right.", icon=":material/check_circle:")


def _filtered(evaluation: Evaluation, choice: Choice, right: str, told: str) -> list[int]:
    """Rows of a choice; with a class named, those of that class only."""
    if right == told == ANY:
        return evaluation.rows(choice, ROWS)
    names = evaluation.dataset.info.answer.class_names
    numbers, wanted = (
        (evaluation.expected, names.index(right))
        if right != ANY
        else (evaluation.predicted, names.index(told))
    )
    every = evaluation.rows(choice, len(evaluation.dataset.test))
    return [row for row in every if numbers[row] == wanted][:ROWS]


def _draw(evaluation: Evaluation, rows: list[int]) -> None:
    info = evaluation.dataset.info
    if info.answer.task == "reconstruction" and info.preview == "images":
        _pairs(evaluation, rows)
    elif info.preview == "images":
        _pictures(evaluation, rows)
    else:
        _table(evaluation, rows)


def _pictures(evaluation: Evaluation, rows: list[int]) -> None:
    columns = st.columns(PICTURES_A_ROW, gap="small")
    for place, row in enumerate(rows):
        with columns[place % PICTURES_A_ROW]:
            shown = picture(evaluation.dataset.test.shown[row])
            st.image(shown, width="stretch", caption=verdict(evaluation, row), alt=f"Test row {row}")


def _pairs(evaluation: Evaluation, rows: list[int]) -> None:
    """What went in beside what came out."""
    st.caption("Left what went in, right what came out.")
    columns = st.columns(PAIRS_A_ROW, gap="medium")
    for place, row in enumerate(rows[: 3 * PAIRS_A_ROW]):
        expected = evaluation.dataset.test.y[row]
        white = float(expected.max()) or 1.0
        before, after = picture(expected, white), picture(evaluation.predictions[row], white)
        gap = np.full((before.shape[0], max(2, before.shape[1] // 16)), 128, dtype="uint8")
        with columns[place % PAIRS_A_ROW]:
            st.image(
                np.concatenate([before, gap, after], axis=1),
                width="stretch",
                caption=f"mean error {evaluation.errors[row]:.3g}",
                alt=f"Test row {row}, and what became of it",
            )


def _table(evaluation: Evaluation, rows: list[int]) -> None:
    dataset = evaluation.dataset
    table: dict[str, Any] = {"row": rows}
    told = [_told(evaluation, row) for row in rows]
    table |= {name: [entry[name] for entry in told] for name in told[0]}
    if dataset.info.preview == "text":
        table["text"] = [str(text) for text in dataset.test.shown[rows]]
    elif dataset.info.preview == "table":
        values = rows_table(dataset, dataset.test.shown[rows])
        table |= told_apart(dict(list(values.items())[:COLUMNS_SHOWN]), table)
    config: dict[str, Any] = {}
    if dataset.info.preview == "series":
        shown = np.asarray(dataset.test.shown[rows], dtype=float)
        table["what went before"] = [list(line.reshape(len(line), -1)[:, 0]) for line in shown]
        config["what went before"] = st.column_config.LineChartColumn()
    st.dataframe(table, width="stretch", hide_index=True, column_config=config)


def verdict(evaluation: Evaluation, row: int) -> str:
    """What the model said of a test row, and whether that is right."""
    if not evaluation.has_classes:
        dataset, answer = evaluation.dataset, evaluation.predictions[row]
        error = f"error {evaluation.errors[row]:.3g}"
        if answer.size > 1:
            return error
        given, right = answer_text(dataset, answer), answer_text(dataset, dataset.test.y[row])
        return f"{plain(given)}, right is {plain(right)} · {error}"
    names = evaluation.dataset.info.answer.class_names
    told, right = names[evaluation.predicted[row]], names[evaluation.expected[row]]
    sure = f"{evaluation.sureness[row]:.0%}"
    if told == right:
        return f":green[{plain(told)} ✓] · {sure}"
    return f":red[{plain(told)}], not {plain(right)} · {sure}"


def _told(evaluation: Evaluation, row: int) -> dict[str, object]:
    dataset = evaluation.dataset
    if evaluation.has_classes:
        names = dataset.info.answer.class_names
        told, right = names[evaluation.predicted[row]], names[evaluation.expected[row]]
        return {
            "": "✓" if told == right else "✗",
            "right answer": right,
            "model's answer": told,
            "how sure": f"{evaluation.sureness[row]:.1%}",
        }
    return {
        "right answer": answer_text(dataset, dataset.test.y[row]),
        "model's answer": answer_text(dataset, evaluation.predictions[row]),
        "error": f"{evaluation.errors[row]:.4g}",
    }
