"""Values that have parameters of their own: a layer inside a layer, a regularizer with its strength."""

import inspect
import typing
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, cast

import streamlit as st

from app.components.faults import guarded
from app.components.inspector.fields import Field
from app.components.shown import as_index, put
from app.components.words import plain
from app.services.palette import first_params
from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError
from runtime.layers import layer_names, layer_spec
from runtime.layers.docstrings import parse_docstring
from runtime.layers.parameters import REQUIRED, ParamSpec, find_registry, param_spec

SIMPLE = ("int", "float", "bool", "choice")
"""Kinds of the parameters that are shown for a choice from a family of names."""


def draw_field(field: Field) -> None:
    """Draws a parameter, and the parameters of its value where that has some."""
    if field.param.kind == "layer":
        _draw_layer(field)
        return
    field.draw()
    if field.param.kind == "registry" and field.value is not None:
        _draw_options(field)


def _draw_options(field: Field) -> None:
    """The strength of a regularizer, the bounds of a constraint, and the like."""
    value = field.value
    name = value.get("class_name") if isinstance(value, dict) else value
    try:
        entry = find_registry(field.param.registry).lookup(str(name))
    except LayerloomError:
        return
    if not inspect.isclass(entry):
        return
    options = [option for option in _options(entry) if option.kind in SIMPLE and not option.optional]
    given = cast("dict[str, Any]", value.get("config") or {}) if isinstance(value, dict) else {}

    def commit(option: str, setting: Any) -> None:
        config = {**given, option: setting}
        field.commit(field.param.name, {"class_name": entry.__name__, "config": config})

    if options:
        with st.container(border=True, gap="small"):
            _draw_all(options, given, replace(field, commit=commit), entry.__name__)


@cache
def _options(cls: type) -> tuple[ParamSpec, ...]:
    """The constructor's parameters of any class with configuration, as a layer's are described."""
    hints = typing.get_type_hints(cls.__init__, include_extras=True)
    texts = parse_docstring(cls).arguments
    return tuple(
        param_spec(
            name,
            hints.get(name, Any),
            REQUIRED if parameter.default is parameter.empty else parameter.default,
            texts.get(name, ""),
        )
        for name, parameter in constructor_parameters(cls).items()
    )


def _draw_layer(field: Field) -> None:
    """A layer inside a layer: its kind, and its own form."""
    inner: dict[str, Any] = field.value if isinstance(field.value, dict) else {}
    name = inner.get("layer") or inner.get("class_name")
    params: dict[str, Any] = inner.get("params") or inner.get("config") or {}
    names = [known for known in layer_names() if layer_spec(known).group and layer_spec(known).inputs]
    known_key = f"{field.key}:known"
    if field.key not in st.session_state or (field.settled and st.session_state.get(known_key) != name):
        put(field.key, name if name in names else None)
        st.session_state[known_key] = name

    def choose() -> None:
        chosen = st.session_state[field.key]
        if chosen == name:
            return
        st.session_state[known_key] = chosen
        kept = _shared(params, chosen) if chosen else {}
        value = {"layer": chosen, "params": {**first_params(layer_spec(chosen)), **kept}} if chosen else None
        field.commit(field.param.name, value)

    def commit(param: str, value: Any) -> None:
        spec = layer_spec(str(name)).param(param)
        changed = {**params, param: value}
        if spec is not None and not spec.required and value == spec.default:
            del changed[param]
        field.commit(field.param.name, {"layer": name, "params": changed})

    st.selectbox(
        field.param.name,
        names,
        **as_index(field.key, names),
        key=field.key,
        help=field.param.help or None,
        on_change=guarded(choose),
        placeholder="choose a layer" if not field.param.optional else "none",
    )
    for problem in field.problems:
        st.markdown(f":small[:red[:material/error: {plain(problem)}]]")
    if name in names:
        with st.container(border=True, gap="small"):
            shown = [param for param in layer_spec(str(name)).params if _is_shown_inside(param, params)]
            _draw_all(shown, params, replace(field, commit=commit, problems=()), str(name))


def _draw_all(params: Iterable[ParamSpec], given: dict[str, Any], outer: Field, owner: str) -> None:
    for param in params:
        value = given.get(param.name, None if param.required else param.default)
        key = f"{outer.key}:{owner}:{param.name}"
        draw_field(replace(outer, param=param, value=value, key=key, problems=()))


def _is_shown_inside(param: ParamSpec, given: dict[str, Any]) -> bool:
    """What one sets of a layer inside another one; the rest is for a form of its own."""
    simple = param.kind in ("int", "float", "bool", "choice", "size") and not param.optional
    return param.required or param.name in given or param.registry == "activations" or simple


def _shared(params: dict[str, Any], chosen: str) -> dict[str, Any]:
    """Parameters that the layer chosen instead has as well: an LSTM's units are a GRU's."""
    spec = layer_spec(chosen)
    return {
        name: value
        for name, value in params.items()
        if (known := spec.param(name)) is not None and known.required
    }
