"""The form of one node, made from its layer's description."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from app.components.canvas import send
from app.components.inspector.edits import changed_names, edit_of, settled
from app.components.inspector.explaining import about_layer, explain_layer
from app.components.inspector.fields import Field
from app.components.inspector.geometry import geometry_picture
from app.components.inspector.nested import draw_field
from app.components.inspector.ranking import comes_first
from app.components.inspector.surroundings import Surroundings
from app.components.inspector.widgets import reset_all_button
from app.components.shown import as_value, follow
from app.components.theme import theme
from app.components.words import plain
from graph_compiler.document import Node, name_problem
from graph_compiler.findings import Finding
from graph_compiler.instances import find_spec
from runtime.errors import UnknownNameError
from runtime.layers import layer_spec
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec


def node_form(
    canvas_key: str,
    node: Node,
    findings: tuple[Finding, ...] = (),
    waits_for: str | None = None,
    around: Surroundings | None = None,
) -> None:
    """Draws the form of a node; a change goes to the canvas as a command.

    Args:
        canvas_key: The canvas the node is on.
        node: The node.
        findings: What is wrong with it.
        waits_for: Name of the layer whose mistake has to be mended before anything can be said of this one.
        around: What is known of it from where it stands.
    """
    if node.locked or node.shares:
        _given(node)
        return
    try:
        spec = find_spec(node.layer) or layer_spec(node.layer)
    except UnknownNameError as error:
        st.subheader(plain(node.name), anchor=False)
        st.error(plain(str(error)))
        return
    around = around or Surroundings()
    st.subheader(spec.label, anchor=False)
    explain_layer(spec)
    _notices(spec, findings, waits_for)
    _name_field(canvas_key, node)

    def fields(params: Sequence[ParamSpec], table: str) -> None:
        for param in params:
            draw_field(_field(canvas_key, node, param, table, findings, around))

    fields([param for param in spec.params if comes_first(param)], "params")
    fields(spec.settings, "settings")
    picture = geometry_picture(node, around.given, theme())
    if picture is not None:
        picture.show()
    more = [param for param in spec.params if not comes_first(param)]
    set_here = [param.name for param in more if param.name in node.params]
    with st.expander(f"More ({len(set_here)} changed)" if set_here else "More", expanded=bool(set_here)):
        fields(more, "params")
        _note_field(canvas_key, node)
    if not spec.is_source:
        _bypass_switch(canvas_key, node)
    _reset_all(canvas_key, node, spec)
    about_layer(spec)


def _given(node: Node) -> None:
    """A node whose parameters are not its own to set: a locked layer, or one that another node owns."""
    st.subheader(plain(node.layer), anchor=False)
    st.caption(plain(node.name))
    if node.locked:
        st.error(plain(node.locked), icon=":material/lock:")
        st.caption("It came in with a file, which says of it:")
        st.json(node.params, expanded=False)
    else:
        st.info(
            "The same layer as another node, called once more: it has that one's parameters and weights.",
            icon=":material/link:",
        )


def _notices(spec: LayerSpec, findings: tuple[Finding, ...], waits_for: str | None) -> None:
    """What is wrong with the layer as a whole; what concerns one field stands at the field."""
    fields = {param.name for param in (*spec.params, *spec.settings)}
    for finding in findings:
        if finding.param in fields:
            continue
        show = st.error if finding.severity == "error" else st.warning
        show(f"{plain(finding.message)} {plain(finding.hint)}")
    if waits_for is not None:
        st.caption(f":material/hourglass: Waits for {plain(waits_for)}: what is wrong there comes first.")


def _field(
    canvas_key: str,
    node: Node,
    param: ParamSpec,
    table: str,
    findings: tuple[Finding, ...],
    around: Surroundings,
) -> Field:
    given: dict[str, Any] = dict(getattr(node, table))

    def commit(_: str, value: Any) -> None:
        send(canvas_key, "set_node", **edit_of(node.id, table, param, value))

    return Field(
        param,
        given.get(param.name, None if param.required else param.default),
        f"{canvas_key}:{node.id}:{table}:{param.name}",
        commit,
        settled(canvas_key, [node.id]),
        tuple(f"{one.message} {one.hint}".strip() for one in findings if one.param == param.name),
        weight=around.weight_of(param),
        owner=node.layer,
    )


def _reset_all(canvas_key: str, node: Node, spec: LayerSpec) -> None:
    names = changed_names(node, spec)
    if not names:
        return

    def reset() -> None:
        send(canvas_key, "set_node", node=node.id, unset=names)

    told = f"Changed here: {', '.join(names)}. One undo brings them back."
    reset_all_button(f"{canvas_key}:{node.id}:reset_all", told, reset)


def _name_field(canvas_key: str, node: Node) -> None:
    key = f"{canvas_key}:{node.id}:name"
    problem = f"{key}:problem"
    if _follow(canvas_key, node, key, node.name):
        st.session_state.pop(problem, None)

    def rename() -> None:
        name = st.session_state[key].strip()
        wrong = name_problem(name)
        if wrong is not None:
            st.session_state[problem] = f"A layer cannot be called {name!r}: {wrong}."
            return
        st.session_state.pop(problem, None)
        send(canvas_key, "set_node", node=node.id, name=name)

    st.text_input(
        "name",
        **as_value(key, rename),
        help="What the layer is called in the model and in the code.",
    )
    if st.session_state.get(problem):
        st.markdown(f":small[:red[:material/error: {plain(st.session_state[problem])}]]")


def _bypass_switch(canvas_key: str, node: Node) -> None:
    st.toggle(
        "Bypassed",
        **_kept(canvas_key, node, "bypassed"),
        help="The model is made as if this layer were not there: what comes in is handed on (Ctrl+B).",
    )


def _note_field(canvas_key: str, node: Node) -> None:
    arguments = _kept(canvas_key, node, "note")
    st.text_area("note", **arguments, height=68, max_chars=10_000, help="For yourself.")


def _kept(canvas_key: str, node: Node, field: Literal["bypassed", "note"]) -> dict[str, Any]:
    """The arguments of a widget that shows something of the node itself, and has the canvas keep it."""
    key = f"{canvas_key}:{node.id}:{field}"
    _follow(canvas_key, node, key, getattr(node, field))

    def keep() -> None:
        fields: dict[str, Any] = {field: st.session_state[key]}
        send(canvas_key, "set_node", node=node.id, **fields)

    return as_value(key, keep)


def _follow(canvas_key: str, node: Node, key: str, value: Any) -> bool:
    """Has a widget show what the document says, unless what was entered is on its way there.

    Returns:
        Whether the document says something else than before.
    """
    before = st.session_state.get(key)
    if before is None or settled(canvas_key, [node.id]):
        follow(key, value)
    return before != st.session_state[key]
