"""The form of one node, made from its layer's description."""

from typing import Any

import streamlit as st

from app.components.canvas import send
from app.components.inspector.fields import Field
from app.components.inspector.values import same
from graph_compiler.document import Node
from graph_compiler.findings import Finding
from runtime.errors import UnknownNameError
from runtime.layers import layer_spec
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec

FINE_TUNING = ("initializers", "regularizers", "constraints")
"""Families of parameters that a beginner leaves alone: they stand under "More"."""

RARELY_SET = (
    "batch_shape",
    "batch_size",
    "data_format",
    "dilation_rate",
    "epsilon",
    "groups",
    "momentum",
    "seed",
)
"""Single parameters of the same sort."""


def node_form(canvas_key: str, node: Node, findings: tuple[Finding, ...]) -> None:
    """Draws the form of a node; a change goes to the canvas as a command.

    Args:
        canvas_key: The canvas the node is on.
        node: The node.
        findings: What is wrong with it.
    """
    try:
        spec = layer_spec(node.layer)
    except UnknownNameError as error:
        st.subheader(node.name)
        st.error(str(error))
        return
    st.subheader(spec.label, anchor=False)
    st.caption(spec.summary)
    for finding in findings:
        show = st.error if finding.severity == "error" else st.warning
        show(f"{finding.message} {finding.hint}", icon=":material/error:" if show is st.error else None)
    _name_field(canvas_key, node)
    first = [param for param in spec.params if _comes_first(param)]
    more = [param for param in spec.params if not _comes_first(param)]
    for param in first:
        _param_field(canvas_key, node, param, "params").draw()
    for setting in spec.settings:
        _param_field(canvas_key, node, setting, "settings").draw()
    if more:
        with st.expander("More"):
            for param in more:
                _param_field(canvas_key, node, param, "params").draw()
    _about(spec)


def _comes_first(param: ParamSpec) -> bool:
    return param.required or (
        param.registry not in FINE_TUNING and param.kind != "json" and param.name != "seed"
    )


def _param_field(canvas_key: str, node: Node, param: ParamSpec, table: str) -> Field:
    given: dict[str, Any] = dict(getattr(node, table))
    value = given.get(param.name, None if param.required else param.default)

    def commit(name: str, value: Any) -> None:
        if not param.required and same(value, param.default):
            send(canvas_key, "set_node", node=node.id, unset=[name])
        else:
            send(canvas_key, "set_node", node=node.id, **{table: {name: value}})

    return Field(param, value, f"{canvas_key}:{node.id}:{table}:{param.name}", commit)


def _name_field(canvas_key: str, node: Node) -> None:
    key = f"{canvas_key}:{node.id}:name"
    seen = f"{key}:seen"
    if key not in st.session_state or st.session_state.get(seen) != node.name:
        st.session_state[key] = st.session_state[seen] = node.name

    def rename() -> None:
        send(canvas_key, "set_node", node=node.id, name=st.session_state[key].strip())

    st.text_input(
        "name", key=key, on_change=rename, help="What the layer is called in the model and in the code."
    )


def _about(spec: LayerSpec) -> None:
    with st.expander("About this layer"):
        st.markdown(spec.docstring.description or spec.summary)
        for port in spec.inputs:
            st.markdown(f"**{port.name}**{' (optional)' if port.optional else ''} {port.help}")
        if spec.docstring.source:
            st.caption(f"Source: {spec.docstring.source}")
