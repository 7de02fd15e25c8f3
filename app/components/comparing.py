"""The present design beside another one: what was added, removed and changed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.components.canvas import draw_graph
from app.components.theme import theme
from app.components.words import moment, plain
from app.components.workspace import Opening, designer
from app.services.palette import labels
from app.services.templates import TEMPLATES, open_template
from graph_compiler.comparison import Comparison, compare, compared_graph, comparison_text, in_short
from graph_compiler.document import GraphDocument
from runtime.errors import LayerloomError

HEIGHT = 320
RECENT = 30
LEGEND = (
    ":green[**+**] added (solid frame) · :red[**−**] removed (dashed) · :orange[**~**] changed (double) · "
    ":gray[**=**] as it was, with other shapes or weights (dotted)"
)


@dataclass(frozen=True)
class _Other:
    """A design to compare with.

    Args:
        label: What it is called in the list.
        open: Reads it.
    """

    label: str
    open: Callable[[], GraphDocument]


def show_comparison(opened: Opening) -> None:
    """Draws the choice of the other design, and all differences from it to the present one."""
    others = _others(opened)
    key = st.selectbox(
        "Compare this design with",
        list(others),
        index=None,
        placeholder="Choose a run, a project or a template",
        format_func=lambda key: others[key].label,
        key=f"compare_with:{opened.project.id}",
        help="What is shown leads from that design to the present one.",
    )
    if key is None:
        st.caption("What was added, removed and changed is then drawn here, and told in words.")
        return
    try:
        other = others[key].open()
    except LayerloomError as error:
        st.error(plain(str(error)))
        return
    comparison = compare(other, opened.document)
    if comparison.is_empty:
        st.success("Both are the same design.", icon=":material/check_circle:")
        return
    st.markdown(plain(in_short(comparison)))
    _drawn(comparison, f"comparison:{opened.project.id}:{key}")
    _told(comparison, others[key].label, opened.project.name)


def _others(opened: Opening) -> dict[str, _Other]:
    """All designs one may look for, those that are nearest first: runs, projects, templates.

    A choice is known by its label: one that changes, as the numbers of a run that trains do, would be lost.
    """
    services = designer()
    names: Counter[str] = Counter()
    found: dict[str, _Other] = {}
    runs = services.runs.of_project(opened.project.id)
    for run in runs:
        label = f"Run {run.number} · {moment(run.created_at)}"
        found[f"run:{run.id}"] = _Other(label, lambda run_id=run.id: services.runs.document(run_id))
    for entry in services.projects.recent(RECENT):
        names[entry.name] += 1
        if entry.id != opened.project.id:
            number = f" ({names[entry.name]})" if names[entry.name] > 1 else ""
            found[f"project:{entry.id}"] = _Other(
                f"Project “{entry.name}”{number}",
                lambda project_id=entry.id: services.projects.open(project_id).document,
            )
    for template in TEMPLATES:
        found[f"template:{template.name}"] = _Other(
            f"Template “{template.title}”", lambda name=template.name: open_template(name)
        )
    return found


# No fragment: a run of one may come between the choice of another design and the run that shows it.
def _drawn(comparison: Comparison, key: str) -> None:
    graph = compared_graph(comparison)
    draw_graph(
        key,
        {"nodes": list(graph.nodes), "edges": list(graph.edges)},
        labels=labels(),
        marks=graph.marks,
        words=graph.words,
        theme=theme(),
        height=HEIGHT,
    )
    st.markdown(f":small[{LEGEND}]")


def _told(comparison: Comparison, other: str, name: str) -> None:
    text = comparison_text(comparison, other, name)
    with st.expander("All differences", expanded=True):
        st.code(text, language=None, wrap_lines=True)
    st.download_button(
        "Differences (.txt)",
        text,
        f"{name[:60]} differences.txt",
        "text/plain",
        icon=":material/download:",
        on_click="ignore",
    )
