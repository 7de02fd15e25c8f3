"""The form of one node, made from its layer's description."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.canvas import send, unfinished
from app.components.faults import guarded
from app.components.inspector.fields import Field
from app.components.inspector.nested import draw_field
from app.components.inspector.values import same
from app.components.shown import as_value, put
from app.components.words import plain
from graph_compiler.document import Node, name_problem
from graph_compiler.findings import Finding
from graph_compiler.instances import find_spec
from runtime.errors import UnknownNameError
from runtime.layers import layer_spec
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec

FINE_TUNING = ("initializers", "regularizers", "constraints")
"""Families of parameters that a beginner leaves alone: they stand under "More"."""

RARELY_SET = {
    "attention_axes",
    "backward_layer",
    "batch_shape",
    "batch_size",
    "data_format",
    "depth_multiplier",
    "dilation_rate",
    "epsilon",
    "flash_attention",
    "go_backwards",
    "groups",
    "mask_value",
    "momentum",
    "noise_shape",
    "output_padding",
    "output_shape",
    "recurrent_activation",
    "recurrent_dropout",
    "reset_after",
    "seed",
    "shared_axes",
    "sliding_window",
    "stateful",
    "synchronized",
    "unit_forget_bias",
    "unroll",
    "use_gate",
}
"""Single parameters of the same sort, whichever layer has them."""


def node_form(
    canvas_key: str, node: Node, findings: tuple[Finding, ...], waits_for: str | None = None
) -> None:
    """Draws the form of a node; a change goes to the canvas as a command.

    Args:
        canvas_key: The canvas the node is on.
        node: The node.
        findings: What is wrong with it.
        waits_for: Name of the layer whose mistake has to be mended before anything can be said of this one.
    """
    if node.locked or node.shares:
        _given(node)
        return
    try:
        spec = find_spec(node.layer) or layer_spec(node.layer)
    except UnknownNameError as error:
        st.subheader(plain(node.name), anchor=False)
        st.error(str(error))
        return
    st.subheader(spec.label, anchor=False)
    st.caption(spec.summary)
    _notices(spec, findings, waits_for)
    _name_field(canvas_key, node)
    _fields(canvas_key, node, [param for param in spec.params if comes_first(param)], "params", findings)
    _fields(canvas_key, node, spec.settings, "settings", findings)
    more = [param for param in spec.params if not comes_first(param)]
    set_here = [param.name for param in more if param.name in node.params]
    with st.expander(f"More ({len(set_here)} changed)" if set_here else "More", expanded=bool(set_here)):
        _fields(canvas_key, node, more, "params", findings)
        _note_field(canvas_key, node)
    _about(spec)


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


def comes_first(param: ParamSpec) -> bool:
    """Whether a beginner should see it at once: shapes, sizes, numbers and names, not the fine tuning."""
    if param.required:
        return True
    # A value of no particular kind is for experts, unless its default shows what it looks like.
    vague = param.kind == "json" and not isinstance(param.default, list | tuple)
    renorm = param.name.startswith("renorm")
    return param.registry not in FINE_TUNING and param.name not in RARELY_SET and not vague and not renorm


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


def _fields(
    canvas_key: str,
    node: Node,
    params: Sequence[ParamSpec],
    table: str,
    findings: tuple[Finding, ...],
) -> None:
    given: dict[str, Any] = dict(getattr(node, table))
    settled = not any(_concerns(command, node.id) for command in unfinished(canvas_key))
    by_name = {param.name: param for param in params}

    def commit(name: str, value: Any) -> None:
        param = by_name[name]
        if not param.required and same(value, param.default):
            send(canvas_key, "set_node", node=node.id, unset=[name])
        else:
            send(canvas_key, "set_node", node=node.id, **{table: {name: value}})

    for param in params:
        value = given.get(param.name, None if param.required else param.default)

        problems = tuple(
            f"{finding.message} {finding.hint}".strip() for finding in findings if finding.param == param.name
        )
        key = f"{canvas_key}:{node.id}:{table}:{param.name}"
        draw_field(Field(param, value, key, commit, settled, problems))


def _concerns(command: dict[str, Any], node_id: str) -> bool:
    """Whether a command on its way to the canvas changes a node."""
    edits = command.get("edits", [command])
    return command["op"] == "replace" or any(edit.get("node") == node_id for edit in edits)


def _name_field(canvas_key: str, node: Node) -> None:
    key = f"{canvas_key}:{node.id}:name"
    known, problem = f"{key}:known", f"{key}:problem"
    if key not in st.session_state or st.session_state.get(known) != node.name:
        put(key, node.name)
        st.session_state[known] = node.name
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
        **as_value(key),
        key=key,
        on_change=guarded(rename),
        help="What the layer is called in the model and in the code.",
    )
    if st.session_state.get(problem):
        st.markdown(f":small[:red[:material/error: {plain(st.session_state[problem])}]]")


def _note_field(canvas_key: str, node: Node) -> None:
    key = f"{canvas_key}:{node.id}:note"
    known = f"{key}:known"
    if key not in st.session_state or st.session_state.get(known) != node.note:
        put(key, node.note)
        st.session_state[known] = node.note

    def keep() -> None:
        send(canvas_key, "set_node", node=node.id, note=st.session_state[key])

    st.text_area(
        "note",
        **as_value(key),
        key=key,
        height=68,
        max_chars=10_000,
        on_change=guarded(keep),
        help="For yourself.",
    )


def _about(spec: LayerSpec) -> None:
    with st.expander("About this layer"):
        st.markdown(spec.docstring.description or spec.summary)
        for port in spec.inputs:
            st.markdown(f"**{plain(port.name)}**{' (optional)' if port.optional else ''} {port.help}")
        if spec.docstring.source:
            st.caption(f"Source: {spec.docstring.source}")
