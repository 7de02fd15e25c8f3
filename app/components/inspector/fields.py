"""One widget for each kind of parameter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.inspector.values import NO_VALUE, as_text, from_text, same
from app.services.palette import first_params
from runtime.errors import LayerloomError
from runtime.layers import layer_names, layer_spec
from runtime.layers.parameters import ParamSpec
from runtime.registries import snake_case

Commit = Callable[[str, Any], None]
"""Takes a parameter's name and its new value."""


@dataclass(frozen=True)
class Field:
    """A parameter in the form.

    Args:
        param: Its description.
        value: Its value in the document; the default when the document says nothing.
        key: Key of its widget.
        commit: What to do with a new value.
    """

    param: ParamSpec
    value: Any
    key: str
    commit: Commit

    def draw(self) -> None:
        """Draws the widget, and under it what is wrong with what was typed."""
        kind = self.param.kind
        if kind == "layer":
            _draw_layer(self)
            return
        self._follow_document()
        if kind == "bool":
            st.toggle(self.param.name, **self._arguments)
        elif kind in ("choice", "registry"):
            st.selectbox(self.param.name, self._choices(), **self._arguments)
        elif kind == "float" and self._is_fraction():
            st.slider(self.param.name, 0.0, 1.0, step=0.05, **self._arguments)
        elif kind == "float":
            low, high = self._bounds()
            st.number_input(
                self.param.name, low, high, step=None, format="%g", placeholder=NO_VALUE, **self._arguments
            )
        elif kind == "int":
            low, high = self._bounds()
            st.number_input(
                self.param.name,
                None if low is None else int(low),
                None if high is None else int(high),
                step=1,
                placeholder=NO_VALUE,
                **self._arguments,
            )
        else:
            st.text_input(self.param.name, placeholder=self._placeholder(), **self._arguments)
        problem = st.session_state.get(self._problem_key)
        if problem:
            st.caption(f":red[{problem}]")

    @property
    def _arguments(self) -> dict[str, Any]:
        return {"key": self.key, "help": self.param.help or None, "on_change": self._take}

    @property
    def _problem_key(self) -> str:
        return f"{self.key}:problem"

    def _follow_document(self) -> None:
        """Shows the document's value when it has changed since it was last shown; typing is not disturbed."""
        seen = f"{self.key}:seen"
        if self.key not in st.session_state or not same(st.session_state.get(seen), self.value):
            st.session_state[self.key] = self._shown(self.value)
            st.session_state[seen] = self.value
            st.session_state.pop(self._problem_key, None)

    def _shown(self, value: Any) -> Any:
        kind = self.param.kind
        if kind == "bool":
            return bool(value)
        if kind in ("choice", "registry"):
            if isinstance(value, dict):
                value = value.get("class_name")
            choices = self._choices()
            return value if value in choices else next((c for c in choices if _alike(c, value)), NO_VALUE)
        if kind == "float":
            return float(value) if isinstance(value, int | float) else (0.0 if self._is_fraction() else None)
        if kind == "int":
            return value if isinstance(value, int) else None
        return as_text(value)

    def _take(self) -> None:
        """Hands the widget's value on, or keeps the problem to be shown."""
        entered = st.session_state[self.key]
        if entered == self._shown(self.value):
            # The browser also reports a value that it was just given.
            return
        try:
            if self.param.kind in ("choice", "registry"):
                value = None if entered == NO_VALUE else entered
            elif isinstance(entered, str):
                value = from_text(self.param, entered)
            else:
                value = entered
            if value is None and not (self.param.optional or self.param.default is None):
                value = self.param.default if not self.param.required else value
            self.param.check(value)
        except LayerloomError as error:
            st.session_state[self._problem_key] = str(error)
            return
        st.session_state.pop(self._problem_key, None)
        self.commit(self.param.name, value)

    def _choices(self) -> list[str]:
        """What can be chosen; classes under the names that Keras programs use, glorot_uniform."""
        none = [NO_VALUE] if self.param.optional or self.param.default is None else []
        names = self.param.names
        return none + (list(dict.fromkeys(map(snake_case, names))) if self.param.registry else list(names))

    def _is_fraction(self) -> bool:
        return not self.param.optional and (self.param.range.min, self.param.range.max) == (0, 1)

    def _bounds(self) -> tuple[float | None, float | None]:
        low, high = self.param.range.min, self.param.range.max
        return (None if low is None else float(low), None if high is None else float(high))

    def _placeholder(self) -> str:
        if self.param.kind == "shape":
            return "28, 28, 1"
        return NO_VALUE if self.param.optional else ""


def _alike(choice: str, value: Any) -> bool:
    """Whether a choice and a name in a document are one: GlorotUniform and glorot_uniform."""
    return isinstance(value, str) and choice.replace("_", "").lower() == value.replace("_", "").lower()


def _draw_layer(field: Field) -> None:
    """A layer inside a layer: its kind, and its own form."""
    inner = field.value if isinstance(field.value, dict) else {}
    name = inner.get("layer") or inner.get("class_name")
    params = inner.get("params") or inner.get("config") or {}
    names = [n for n in layer_names() if layer_spec(n).group and len(layer_spec(n).inputs) >= 1]
    seen = f"{field.key}:seen"
    if field.key not in st.session_state or st.session_state.get(seen) != name:
        st.session_state[field.key] = name if name in names else None
        st.session_state[seen] = name

    def choose() -> None:
        chosen = st.session_state[field.key]
        field.commit(
            field.param.name,
            {"layer": chosen, "params": first_params(layer_spec(chosen))} if chosen else None,
        )

    def commit(param: str, value: Any) -> None:
        field.commit(field.param.name, {"layer": name, "params": {**params, param: value}})

    st.selectbox(
        field.param.name,
        names,
        key=field.key,
        help=field.param.help or None,
        on_change=choose,
        placeholder="choose a layer",
    )
    if name in names:
        with st.container(border=True):
            for param in layer_spec(name).params:
                if param.required or param.kind in ("int", "bool", "float"):
                    value = params.get(param.name, None if param.required else param.default)
                    Field(param, value, f"{field.key}:{name}:{param.name}", commit).draw()
