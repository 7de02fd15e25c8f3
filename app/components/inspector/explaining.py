"""What a layer or a chosen function does: a picture, its formula, and where it comes from."""

import streamlit as st

from app.components.inspector.curves import activation_picture, initializer_picture
from app.components.inspector.drawing import Picture
from app.components.inspector.fields import Field
from app.components.theme import theme
from app.components.words import plain
from runtime.errors import LayerloomError
from runtime.layers.docstrings import Docstring, parse_docstring
from runtime.layers.parameters import find_registry
from runtime.layers.spec import LayerSpec


def explain_member(field: Field) -> None:
    """Draws what the chosen member of a family does, under its field."""
    picture = _picture(field)
    if picture is not None:
        picture.show()
    name = field.value.get("class_name") if isinstance(field.value, dict) else field.value
    try:
        told = parse_docstring(find_registry(field.param.registry).lookup(str(name)))
    except LayerloomError:
        return
    st.caption(_told(told))


def _picture(field: Field) -> Picture | None:
    # What a family draws is said here once; a family without a picture has its words.
    match field.param.registry:
        case "activations":
            return activation_picture(field.value, theme())
        case "initializers":
            return initializer_picture(field.value, field.weight, theme())
        case _:
            return None


def explain_layer(spec: LayerSpec) -> None:
    """Draws what a layer does, its formula, and where one can read on."""
    st.caption(_told(spec.docstring))


def about_layer(spec: LayerSpec) -> None:
    """Draws what there is to know of a layer: its text, and what goes in."""
    with st.expander("About this layer"):
        st.markdown(spec.docstring.description or spec.summary)
        for port in spec.inputs:
            st.markdown(f"**{plain(port.name)}**{' (optional)' if port.optional else ''} {port.help}")
        if spec.docstring.source:
            st.caption(f"Source: {spec.docstring.source}")


def _told(told: Docstring) -> str:
    formula = f"`{told.formula}`" if told.formula else ""
    return "  \n".join(filter(None, (f"{told.summary} {_reference(told)}".strip(), formula)))


def _reference(told: Docstring) -> str:
    """A link with a short name to the first page that is named."""
    address = next((word for word in told.source.split() if word.startswith("https://")), "")
    return f"[Reference]({address.rstrip(';,.')})" if address else ""
