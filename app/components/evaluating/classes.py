"""How well each class is told: the report, the curves, and whether being sure means being right."""

from typing import Any

import numpy as np
import streamlit as st

from app.components.charts import STILL, in_theme
from app.components.evaluating.examined import Examined
from app.components.faults import shielded
from app.services.examining.calibration import calibration
from app.services.examining.class_report import class_report
from app.services.examining.figures import calibration_figure, ranking_figure
from app.services.examining.ranking import Ranking, rankings

KINDS = {"roc": "ROC", "pr": "Precision–recall"}
MOST_CURVES = 8


@st.fragment
def show_classes(examined: Examined) -> None:
    """Draws the report and the curves of the classes."""
    with shielded():
        evaluation = examined.evaluation
        found = rankings(evaluation.expected, evaluation.shares)
        _report(examined, found)
        curves, sure = st.columns([3, 2], gap="large")
        with curves:
            _curves(examined, found)
        with sure:
            _calibration(examined)


def _report(examined: Examined, found: list[Ranking | None]) -> None:
    report = class_report(examined.evaluation.confusion)
    columns: dict[str, Any] = {
        "class": list(examined.classes),
        "precision": report.precision,
        "recall": report.recall,
        "F1": report.f1,
        "ROC area": [one.roc_area if one else None for one in found],
        "average precision": [one.average_precision if one else None for one in found],
        "test rows": report.support,
    }
    share = {
        "precision": "Of the rows taken for this class, the share that is of it.",
        "recall": "Of the rows of this class, the share that was found.",
        "F1": "Harmonic mean of precision and recall: high only when both are.",
        "ROC area": "How well this class is ranked before the others: 0.5 by chance, 1 at best.",
        "average precision": "Area under the precision-recall curve; by chance the share of the class.",
    }
    config = {
        name: st.column_config.ProgressColumn(help=words, format="%.3f", min_value=0, max_value=1)
        for name, words in share.items()
    }
    rows = len(examined.classes)
    st.dataframe(
        columns, width="stretch", hide_index=True, column_config=config, height=min(38 + 35 * rows, 420)
    )
    told = [
        f"{name} mean: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"
        for name, (precision, recall, f1) in report.averages().items()
    ]
    st.caption(f"{' · '.join(told)}. Macro: each class counts the same; weighted: each by its rows.")


def _curves(examined: Examined, found: list[Ranking | None]) -> None:
    known = [(name, one) for name, one in zip(examined.classes, found, strict=True) if one]
    if not known:
        st.info("The test rows are all of one class: there is nothing to rank.")
        return
    kind = st.segmented_control(
        "Curves", list(KINDS), default="roc", format_func=KINDS.__getitem__, key=examined.key("curves")
    )
    names = [name for name, _ in known]
    hardest = sorted(known, key=lambda entry: entry[1].average_precision)[:MOST_CURVES]
    if len(names) == 2:
        # The two curves say the same: that of the second class is the usual one.
        chosen = names[1:]
    else:
        chosen = st.multiselect(
            "Classes",
            names,
            [name for name, _ in hardest],
            key=examined.key("curves_of"),
            help="Each class against all others; those that are ranked worst stand here first.",
        )
    kept = [entry for entry in known if entry[0] in chosen]
    figure = in_theme(ranking_figure(kept, kind or "roc"))
    st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key("ranking"))
    areas = [one.roc_area for _, one in known]
    precisions = [one.average_precision for _, one in known]
    st.caption(
        f"Beside each name its area. Mean over all classes: ROC {np.mean(areas):.3f}, "
        f"precision-recall {np.mean(precisions):.3f}."
    )


def _calibration(examined: Examined) -> None:
    st.markdown("**When it is sure, is it right?**")
    evaluation = examined.evaluation
    found = calibration(evaluation.sureness, evaluation.expected == evaluation.predicted)
    figure = in_theme(calibration_figure(found))
    st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key("calibration"))
    words = "Below the line it is too sure, above it too modest."
    st.caption(f"{words} Mean distance from the line: {found.error:.1%} (expected calibration error).")
