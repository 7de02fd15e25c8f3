"""Nodes and wires of a design as streamlit-flow draws them."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from streamlit_flow.elements import StreamlitFlowEdge, StreamlitFlowNode

Theme = Literal["light", "dark"]

_COLORS: dict[Theme, dict[str, str]] = {
    "light": {"background": "#ffffff", "color": "#1f2430", "border": "1px solid #d5d9e2", "wire": "#8b93a5"},
    "dark": {"background": "#232731", "color": "#f2f4f8", "border": "1px solid #424857", "wire": "#7d8597"},
}


class LayerNode(StreamlitFlowNode):
    """A layer in a picture: its label, its own name and its output shape."""

    @classmethod
    def from_doc(cls, node: Mapping[str, Any], label: str, shape: str = "", theme: Theme = "light") -> Self:
        """Make the picture of a node.

        streamlit-flow reads content as Markdown with HTML in it, so every string is escaped here.

        Args:
            node: a node of a design.
            label: what the layer is called.
            shape: its output shape in words.
            theme: the colours to draw it in.
        """
        lines = [f"**{_escaped(label)}**", _escaped(str(node["name"]))]
        if shape:
            lines.append(_escaped(shape))
        colors = _COLORS[theme]
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
                "border": colors["border"],
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
    def from_doc(cls, edge: Mapping[str, Any], theme: Theme = "light") -> Self:
        """Make the picture of a wire."""
        return cls(
            id=str(edge["id"]),
            source=str(edge["source"]),
            target=str(edge["target"]),
            style={"stroke": _COLORS[theme]["wire"], "strokeWidth": 1.5},
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
