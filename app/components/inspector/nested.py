"""Values that have parameters of their own: a layer inside a layer, a regularizer with its strength."""

import inspect
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, cast

import streamlit as st

from app.components.inspector.explaining import explain_member
from app.components.inspector.fields import Field
from app.components.inspector.ranking import comes_first
from app.components.inspector.values import same
from app.components.inspector.widgets import draw_problems, draw_widget
from app.components.shown import as_index, put
from app.services.palette import first_params, first_value
from graph_compiler.class_arguments import class_params
from graph_compiler.instances import make_layer
from runtime.errors import LayerloomError
from runtime.layers import layer_names, layer_spec
from runtime.layers.parameters import ParamSpec, find_registry


def draw_field(field: Field) -> None:
    """Draws a parameter, and the parameters of its value where that has some."""
    if field.param.kind == "layer":
        _draw_layer(field)
        return
    draw_widget(field)
    if field.param.kind == "registry" and field.value is not None:
        explain_member(field)
        _draw_options(field)


def _draw_options(field: Field) -> None:
    """The strength of a regularizer, the bounds of a constraint, and the like."""
    entry = member_of(field.param.registry, field.value)
    if not inspect.isclass(entry):
        return
    given = _config(field.value)
    options = [option for option in options_of(entry) if _is_offered(option, given)]

    def commit(option: str, setting: Any) -> None:
        # As it is by now: another option may have been changed since this was drawn.
        config = {**_config(field.latest), option: setting}
        field.hand_on({"class_name": entry.__name__, "config": config})

    if options:
        with st.container(border=True, gap="small"):
            _draw_all(options, given, replace(field, commit=commit, clear=None), entry.__name__)


def member_of(family: str, value: Any) -> Any:
    """The class or function a name or config stands for; None for one that is unknown."""
    name = value.get("class_name") if isinstance(value, dict) else value
    try:
        return find_registry(family).lookup(str(name))
    except LayerloomError:
        return None


@cache
def options_of(cls: type) -> tuple[ParamSpec, ...]:
    """The constructor's parameters of any class with configuration, as a layer's are described."""
    return tuple(param for param in class_params(cls) if param.name != "name")


def _config(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value.get("config") or {}) if isinstance(value, dict) else {}


def _is_offered(option: ParamSpec, given: dict[str, Any]) -> bool:
    """Lists, and values of no particular kind, that are nothing by themselves are for programs."""
    vague = option.kind in ("json", "ints", "floats") and option.default is None
    return option.required or option.name in given or not vague


def _draw_layer(field: Field) -> None:
    """A layer inside a layer: its kind, and its own form."""
    name, params = _inner(field.value)
    names = list(layers_for(field.owner, field.param.name))
    if name and name not in names:
        names.append(name)
    known = st.session_state.get(field.known_key)
    if field.key not in st.session_state or (field.settled and (known is None or known[0] != field.value)):
        put(field.key, name or None)
        st.session_state[field.known_key] = (field.value, False)

    def choose() -> None:
        chosen = st.session_state[field.key]
        before, given = _inner(field.latest)
        if chosen == before:
            return
        kept = _shared(given, chosen) if chosen else {}
        inside = {"layer": chosen, "params": {**first_params(layer_spec(chosen)), **kept}}
        field.hand_on(inside if chosen else None)

    def commit(param: str, value: Any) -> None:
        inner_name, given = _inner(field.latest)
        spec = layer_spec(inner_name).param(param)
        changed = {**given, param: value}
        if spec is not None and not spec.required and same(value, spec.default):
            del changed[param]
        field.hand_on({"layer": inner_name, "params": changed})

    st.selectbox(
        field.param.name,
        names,
        **as_index(field.key, names, choose),
        help=field.help or None,
        placeholder="choose a layer" if not field.param.optional else "none",
    )
    draw_problems(field)
    if name in layer_names():
        with st.container(border=True, gap="small"):
            _inner_form(name, params, replace(field, commit=commit, clear=None, problems=(), weight=None))


def _inner_form(name: str, params: dict[str, Any], outer: Field) -> None:
    spec = layer_spec(name)
    st.caption(spec.summary)
    _draw_all([param for param in spec.params if comes_first(param)], params, outer, name)
    more = [param for param in spec.params if not comes_first(param)]
    if more:
        set_here = [param for param in more if param.name in params]
        with st.expander(f"More of {spec.label}", expanded=bool(set_here)):
            _draw_all(more, params, outer, name)


def _draw_all(params: Iterable[ParamSpec], given: dict[str, Any], outer: Field, owner: str) -> None:
    for param in params:
        value = given.get(param.name, None if param.required else param.default)
        key = f"{outer.key}:{owner}:{param.name}"
        draw_field(replace(outer, param=param, value=value, key=key, problems=(), owner=owner))


@cache
def layers_for(owner: str, parameter: str) -> tuple[str, ...]:
    """The layers that can stand inside a layer: those that it does not refuse.

    Args:
        owner: The layer around it.
        parameter: The parameter they are given by.
    """
    inside = [name for name in layer_names() if layer_spec(name).inputs]
    others = {param.name: first_value(param) for param in layer_spec(owner).params if param.required}
    taken = [name for name in inside if _is_taken(owner, {**others, parameter: _example(name)})]
    if not taken:
        # A second one that has to fit the first: what can be the first.
        first = next((param.name for param in layer_spec(owner).params if param.kind == "layer"), parameter)
        return layers_for(owner, first) if first != parameter else tuple(inside)
    # What is not in the palette is offered where nothing else is taken: cells.
    usual = [name for name in taken if layer_spec(name).group]
    return tuple(usual or taken)


def _example(name: str) -> dict[str, Any]:
    return {"layer": name, "params": first_params(layer_spec(name))}


def _is_taken(owner: str, params: dict[str, Any]) -> bool:
    try:
        make_layer(owner, "layer", params)
    except Exception:
        # Whatever it is: this one is not offered.
        return False
    return True


def _inner(value: Any) -> tuple[str, dict[str, Any]]:
    """Name and parameters of the layer inside, however the document has them."""
    inner: dict[str, Any] = value if isinstance(value, dict) else {}
    name = inner.get("layer") or inner.get("class_name") or ""
    return str(name), inner.get("params") or inner.get("config") or {}


def _shared(params: dict[str, Any], chosen: str) -> dict[str, Any]:
    """Parameters that the layer chosen instead has as well: an LSTM's units are a GRU's."""
    spec = layer_spec(chosen)
    return {
        name: value
        for name, value in params.items()
        if (known := spec.param(name)) is not None and known.required
    }
