"""Nodes and wires of a design as streamlit-flow draws them."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from streamlit_flow.elements import StreamlitFlowEdge, StreamlitFlowNode

from app.components.theme import Theme

_COLORS: dict[Theme, dict[str, str]] = {
    "light": {"background": "#ffffff", "color": "#1f2430", "border": "1px solid #d5d9e2", "wire": "#8b93a5"},
    "dark": {"background": "#232731", "color": "#f2f4f8", "border": "1px solid #424857", "wire": "#7d8597"},
}

Mark = Literal["added", "removed", "changed", "affected"]
"""What became of a layer or wire in a comparison."""

_MARKS: dict[Theme, dict[Mark, str]] = {
    "light": {"added": "#1a7f37", "removed": "#b42318", "changed": "#8a5a00", "affected": "#57606a"},
    "dark": {"added": "#4ac26b", "removed": "#ff8a80", "changed": "#e3b341", "affected": "#9da7b3"},
}
_LINES: dict[Mark, str] = {
    "added": "2px solid",
    "removed": "2px dashed",
    "changed": "4px double",
    "affected": "2px dotted",
}
"""Borders: what became of a layer is told by them and in words, too, for those who see no colours."""
MARK_SIGNS: dict[Mark, str] = {"added": "+", "removed": "−", "changed": "~", "affected": "="}


class LayerNode(StreamlitFlowNode):
    """A layer in a picture: its label, its own name and its output shape."""

    @classmethod
    def from_doc(
        cls,
        node: Mapping[str, Any],
        label: str,
        shape: str = "",
        theme: Theme = "light",
        mark: Mark | None = None,
        words: str = "",
    ) -> Self:
        """Make the picture of a node.

        streamlit-flow reads content as Markdown with HTML in it, so every string is escaped here.

        Args:
            node: a node of a design.
            label: what the layer is called.
            shape: its output shape in words.
            theme: the colours to draw it in.
            mark: what became of it in a comparison.
            words: the same in a few words.
        """
        lines = [f"**{_escaped(label)}**", _escaped(str(node["name"]))]
        if shape:
            lines.append(_escaped(shape))
        colors = _COLORS[theme]
        border = colors["border"]
        if mark is not None:
            color = _MARKS[theme][mark]
            border = f"{_LINES[mark]} {color}"
            said = f"{MARK_SIGNS[mark]} {_escaped(words or mark)}"
            lines.append(f'<span style="color: {color}; font-weight: 600">{said}</span>')
        return cls(
            id=str(node["id"]),
            pos=(float(node.get("x", 0)), float(node.get("y", 0))),
            data={"content": "<br/>".join(lines)},
            source_position="right",
            target_position="left",
            draggable=False,
            selectable=True,
            style={
                "background": colors["background"],
                "color": colors["color"],
                "border": border,
                "borderRadius": "9px",
                "padding": "6px 12px",
                "fontSize": "12px",
                "width": "auto",
                "height": "auto",
            },
        )


class PortEdge(StreamlitFlowEdge):
    """A wire in a picture. streamlit-flow has one port a side, so the ports are kept beside it."""

    @classmethod
    def from_doc(cls, edge: Mapping[str, Any], theme: Theme = "light", mark: Mark | None = None) -> Self:
        """Make the picture of a wire."""
        style: dict[str, Any] = {"stroke": _COLORS[theme]["wire"], "strokeWidth": 1.5}
        if mark is not None:
            style = {"stroke": _MARKS[theme][mark], "strokeWidth": 2.5}
        if mark == "removed":
            style["strokeDasharray"] = "6 4"
        return cls(
            id=str(edge["id"]),
            source=str(edge["source"]),
            target=str(edge["target"]),
            style=style,
            marker_start={},
            marker_end={},
            label_style={},
            label_bg_style={},
            sourcePort=str(edge["source_port"]),
            targetPort=str(edge["target_port"]),
        )


_MEANINGFUL = str.maketrans({character: f"&#{ord(character)};" for character in "&<>\"'\\`*_{}[]()#+-.!|~"})


def _escaped(text: str) -> str:
    """The text with all that means something in HTML or Markdown written as character references."""
    return text.translate(_MEANINGFUL)
