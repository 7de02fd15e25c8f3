"""One form for several layers: what all of them have, changed in all of them at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.canvas import send
from app.components.inspector.edits import changed_names, edit_of, settled
from app.components.inspector.fields import Field
from app.components.inspector.nested import draw_field
from app.components.inspector.ranking import comes_first
from app.components.inspector.values import same
from app.components.inspector.widgets import reset_all_button
from app.components.words import plain
from graph_compiler.document import Node
from graph_compiler.findings import Finding
from graph_compiler.instances import find_spec
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec

NAMED = 8
"""Layers that are named; of more there are only so many."""


@dataclass(frozen=True)
class Member:
    """One of the layers.

    Args:
        node: Its node.
        spec: Its description.
    """

    node: Node
    spec: LayerSpec


def nodes_form(canvas_key: str, nodes: Sequence[Node], findings: Sequence[Finding] = ()) -> None:
    """Draws the form of several nodes; a change is one command, and one step to undo.

    Args:
        canvas_key: The canvas the nodes are on.
        nodes: The nodes.
        findings: What is wrong with any of them.
    """
    st.subheader(f"{len(nodes)} layers", anchor=False)
    names = [plain(node.name) for node in nodes]
    st.caption(f"{', '.join(names[:NAMED])}{' …' if len(names) > NAMED else ''}")
    members = [
        Member(node, spec)
        for node in nodes
        if not node.locked and not node.shares and (spec := find_spec(node.layer)) is not None
    ]
    if len(members) < len(nodes):
        st.caption(f"{len(nodes) - len(members)} of them cannot be changed, or not here.")
    found = {"params": common_params(members, "params"), "settings": common_params(members, "settings")}
    if not any(found.values()):
        st.caption("They have no parameter in common. To change one, select it alone.")
        return
    for first in (True, False):
        shown = [
            _field(canvas_key, members, param, table, findings)
            for table, params in found.items()
            for param in params
            if comes_first(param) == first
        ]
        if shown and first:
            for field in shown:
                draw_field(field)
        elif shown:
            with st.expander("More"):
                for field in shown:
                    draw_field(field)
    _reset_all(canvas_key, members)


def common_params(members: Sequence[Member], table: str) -> list[ParamSpec]:
    """The parameters that all layers have, and that take the same values in all of them.

    Args:
        members: The layers.
        table: "params" or "settings".
    """
    if not members:
        return []
    first, *others = members
    return [
        param
        for param in getattr(first.spec, table)
        if param.kind not in ("layer", "layers")
        and all(
            (other := _param(member, table, param.name)) is not None and _alike(param, other)
            for member in others
        )
    ]


def _param(member: Member, table: str, name: str) -> ParamSpec | None:
    return member.spec.param(name) if table == "params" else member.spec.setting(name)


def _alike(one: ParamSpec, other: ParamSpec) -> bool:
    """Whether two parameters take the same values; what they are by themselves may differ."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("kind", "required", "optional", "choices", "range", "registry", "axes", "listed")
    )


def _field(
    canvas_key: str,
    members: Sequence[Member],
    param: ParamSpec,
    table: str,
    findings: Sequence[Finding],
) -> Field:
    own = [_param(member, table, param.name) or param for member in members]
    values = [
        getattr(member.node, table).get(param.name, None if param.required else each.default)
        for member, each in zip(members, own, strict=True)
    ]
    mixed = any(not same(value, values[0]) for value in values[1:])

    def commit(_: str, value: Any) -> None:
        edits = [
            {"op": "set_node", **edit_of(member.node.id, table, each, value)}
            for member, each in zip(members, own, strict=True)
        ]
        send(canvas_key, "batch", edits=edits)

    def clear(name: str) -> None:
        _unset(canvas_key, {member.node.id: [name] for member in members})

    return Field(
        param,
        None if mixed else values[0],
        f"{canvas_key}:{_together(members)}:{table}:{param.name}",
        commit,
        settled(canvas_key, [member.node.id for member in members]),
        _problems(members, param.name, findings),
        mixed=mixed,
        clear=clear,
    )


def _together(members: Sequence[Member]) -> str:
    """A short name of the selection: another one has widgets of its own."""
    ids = " ".join(sorted(member.node.id for member in members))
    return f"several_{hashlib.sha256(ids.encode()).hexdigest()[:12]}"


def _problems(members: Sequence[Member], name: str, findings: Sequence[Finding]) -> tuple[str, ...]:
    names = {member.node.id: member.node.name for member in members}
    return tuple(
        f"{names[finding.node_id]}: {finding.message} {finding.hint}".strip()
        for finding in findings
        if finding.param == name and finding.node_id in names
    )


def _unset(canvas_key: str, names: dict[str, list[str]]) -> None:
    edits = [{"op": "set_node", "node": node_id, "unset": unset} for node_id, unset in names.items()]
    send(canvas_key, "batch", edits=edits)


def _reset_all(canvas_key: str, members: Sequence[Member]) -> None:
    changed = {member.node.id: changed_names(member.node, member.spec) for member in members}
    changed = {node_id: names for node_id, names in changed.items() if names}
    if changed:
        reset_all_button(
            f"{canvas_key}:{_together(members)}:reset_all",
            "Of all these layers; one undo brings everything back.",
            lambda: _unset(canvas_key, changed),
        )
