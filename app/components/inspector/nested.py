"""Values that have parameters of their own: a layer inside a layer, a regularizer with its strength."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, cast

import streamlit as st

from app.components.inspector.explaining import explain_member
from app.components.inspector.fields import Field
from app.components.inspector.inner_layers import inner_layer, layers_for, new_layer
from app.components.inspector.ranking import comes_first
from app.components.inspector.values import same
from app.components.inspector.widgets import draw_problems, draw_widget, icon_button
from app.components.shown import as_index, put
from graph_compiler.class_arguments import class_params
from runtime.errors import LayerloomError
from runtime.layers import layer_names, layer_spec
from runtime.layers.parameters import ParamSpec, find_registry


def draw_field(field: Field) -> None:
    """Draws a parameter, and the parameters of its value where that has some."""
    if field.param.kind in ("layer", "layers"):
        _draw_layer(field) if field.param.kind == "layer" else _draw_layers(field)
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
    _draw_kind(field, layers_for(field.owner, field.param.name))
    draw_problems(field)
    name, _ = inner_layer(field.value)
    if name in layer_names():
        with st.container(border=True, gap="small"):
            _inner_form(field)


def _draw_kind(field: Field, fitting: Sequence[str]) -> None:
    """Which layer it is."""
    name, _ = inner_layer(field.value)
    names = list(fitting)
    if name and name not in names:
        names.append(name)
    known = st.session_state.get(field.known_key)
    if field.key not in st.session_state or (field.settled and (known is None or known[0] != field.value)):
        put(field.key, name or None)
        st.session_state[field.known_key] = (field.value, False)

    def choose() -> None:
        chosen = st.session_state[field.key]
        before, _ = inner_layer(field.latest)
        if chosen != before:
            field.hand_on(new_layer(chosen, field.latest) if chosen else None)

    st.selectbox(
        field.param.name,
        names,
        **as_index(field.key, names, choose),
        help=field.help or None,
        placeholder="choose a layer" if not field.param.optional else "none",
    )


def _draw_layers(field: Field) -> None:
    """Layers one after the other: each with its place and its form, and one more to be added."""
    order_key, add_key = f"{field.key}:order", f"{field.key}:add"
    known = st.session_state.get(field.known_key)
    if known is None or (field.settled and not same(known[0], field.value)):
        st.session_state[field.known_key] = known = (field.value, False)
        st.session_state[order_key] = st.session_state.get(order_key, 0) + 1
        put(add_key, None)
    layers, fitting = _listed(known[0]), layers_for(field.owner, field.param.name)

    def order(changed: list[Any]) -> None:
        # Widgets belong to places: with another order they begin anew.
        st.session_state[order_key] += 1
        field.hand_on(changed)

    key = f"{field.key}:{st.session_state[order_key]}"
    for place in range(len(layers)):
        with st.container(border=True, gap="small"):
            _draw_one_of(field, f"{key}:{place}", place, layers, order)

    def add() -> None:
        chosen = st.session_state[add_key]
        put(add_key, None)
        order([*_listed(field.latest), new_layer(chosen)])

    st.selectbox(
        f"Add to {field.param.name}" if layers else field.param.name,
        fitting,
        **as_index(add_key, fitting, add),
        help=field.help or None,
        placeholder="add a layer",
    )
    draw_problems(field)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _draw_one_of(
    field: Field, key: str, place: int, layers: list[Any], order: Callable[[list[Any]], None]
) -> None:
    """One layer of a list, with what moves it and takes it out."""
    name = f"{field.param.name} {place + 1}"

    def change(_: str, layer: Any) -> None:
        changed = _listed(field.latest)
        changed[place] = layer
        field.hand_on(changed)

    def move(to: int | None) -> None:
        changed = _listed(field.latest)
        layer = changed.pop(place)
        order(changed if to is None else [*changed[:to], layer, *changed[to:]])

    param = replace(field.param, name=name, kind="layer", help="")
    one = replace(field, param=param, value=layers[place], key=key, commit=change, clear=None, problems=())
    with st.container(horizontal=True, vertical_alignment="bottom", gap=None):
        _draw_kind(one, layers_for(field.owner, field.param.name))
        for way, to in (("up", place - 1), ("down", place + 1)):
            possible = 0 <= to < len(layers)
            move_to = partial(move, to)
            icon_button(
                f"Move {name} {way}", f"{way}_{key}", f"arrow_{way}ward", move_to, disabled=not possible
            )
        icon_button(f"Remove {name}", f"remove_{key}", "close", partial(move, None))
    kind, _ = inner_layer(layers[place])
    if kind in layer_names():
        with st.expander(f"Parameters of {name}"):
            _inner_form(one)


def _inner_form(field: Field) -> None:
    """The parameters of a layer inside."""
    name, params = inner_layer(field.value)
    spec = layer_spec(name)

    def commit(param: str, value: Any) -> None:
        inner_name, given = inner_layer(field.latest)
        changed = {**given, param: value}
        known = layer_spec(inner_name).param(param)
        if known is not None and not known.required and same(value, known.default):
            del changed[param]
        field.hand_on({"layer": inner_name, "params": changed})

    outer = replace(field, commit=commit, clear=None, problems=(), weight=None)
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
