"""One widget for each kind of parameter."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.faults import guarded
from app.components.inspector.values import NO_VALUE, as_text, from_text, same
from app.components.shown import as_index, as_value, put
from app.components.words import plain
from runtime.errors import LayerloomError
from runtime.layers.parameters import ParamSpec
from runtime.registries import snake_case

Commit = Callable[[str, Any], None]
"""Takes a parameter's name and its new value."""

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Field:
    """A parameter in the form.

    What is typed is committed once; the widget follows the document when that changes by itself (undo), but
    not while commits of this form are still on their way.

    Args:
        param: Its description.
        value: Its value in the document; the default when the document says nothing.
        key: Key of its widget.
        commit: What to do with a new value.
        settled: Whether the document has every value that was committed.
        problems: What the checks say of it.
    """

    param: ParamSpec
    value: Any
    key: str
    commit: Commit
    settled: bool = True
    problems: tuple[str, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether the document says nothing else than the layer does by itself."""
        return not self.param.required and same(self.value, self.param.default)

    def draw(self) -> None:
        """Draws the widget with a way back to the default, and under it what is wrong."""
        self._follow_document()
        state = "required" if self.param.required else "default" if self.is_default else "changed"
        with st.container(key=f"field_{self.key}", gap=None):
            with st.container(key=f"{state}_{self.key}", horizontal=True, vertical_alignment="bottom"):
                self._draw_widget()
                if state == "changed":
                    self._draw_reset()
            problem = st.session_state.get(self._problem_key)
            for text in (problem,) if problem else self.problems:
                st.markdown(f":small[:red[:material/error: {plain(text)}]]")

    def _draw_widget(self) -> None:
        param, arguments, key = self.param, self._arguments, self.key
        match param.kind:
            case "bool" if not param.optional:
                st.toggle(param.name, **as_value(key), **arguments)
            case "bool" | "choice" | "registry":
                choices = self.choices()
                st.selectbox(param.name, choices, **as_index(key, choices), **arguments)
            case "float" if self._is_fraction():
                st.slider(param.name, 0.0, 1.0, **as_value(key), step=0.01, **arguments)
            case "int":
                low, high = (
                    None if bound is None else int(bound) for bound in (param.range.min, param.range.max)
                )
                arguments |= as_value(key)
                st.number_input(param.name, low, high, step=1, placeholder=self._placeholder(), **arguments)
            case _:
                arguments |= as_value(key)
                st.text_input(param.name, placeholder=self._placeholder(), **arguments)

    def _draw_reset(self) -> None:
        st.button(
            "",
            key=f"reset_{self.key}",
            icon=":material/undo:",
            type="tertiary",
            help=f"Back to the default of {self.param.name}: {as_text(self.param.default) or NO_VALUE}",
            on_click=guarded(self._reset),
        )

    @property
    def _arguments(self) -> dict[str, Any]:
        return {"key": self.key, "help": self.param.help or None, "on_change": guarded(self._take)}

    @property
    def _problem_key(self) -> str:
        return f"{self.key}:problem"

    @property
    def _known_key(self) -> str:
        """Under it stands the value that the widget shows: the document's, or the one last committed."""
        return f"{self.key}:known"

    def _follow_document(self) -> None:
        state = st.session_state
        if self.key in state and (not self.settled or same(state.get(self._known_key), self.value)):
            return
        put(self.key, self._shown(self.value))
        state[self._known_key] = self.value
        state.pop(self._problem_key, None)

    def _shown(self, value: Any) -> Any:
        kind = self.param.kind
        if kind == "bool":
            return bool(value) if not self.param.optional else {True: YES, False: NO}.get(value, NO_VALUE)
        if kind in ("choice", "registry"):
            name = value.get("class_name") if isinstance(value, dict) else value
            choices = self.choices()
            return next(
                (choice for choice in choices if alike(choice, name)), NO_VALUE if name is None else name
            )
        if kind == "float" and self._is_fraction():
            return float(value) if isinstance(value, int | float) else 0.0
        if kind == "int":
            return value if isinstance(value, int) else None
        return as_text(value)

    def _take(self) -> None:
        """Hands the widget's value on, or keeps the problem to be shown."""
        state = st.session_state
        entered, known = state[self.key], state.get(self._known_key)
        if entered == self._shown(known):
            # The browser also reports a value that it was just given.
            state.pop(self._problem_key, None)
            return
        try:
            value = self._meant(entered)
            self.param.check(value)
        except LayerloomError as error:
            state[self._problem_key] = str(error)
            return
        # As the document writes it: "2x2" becomes "2, 2".
        put(self.key, self._shown(value))
        self._hand_on(value)

    def _meant(self, entered: Any) -> Any:
        kind = self.param.kind
        if kind == "bool":
            value = {YES: True, NO: False, NO_VALUE: None}.get(entered, entered)
        elif kind in ("choice", "registry"):
            value = None if entered == NO_VALUE else entered
        else:
            value = from_text(self.param, entered) if isinstance(entered, str) else entered
        nothing_allowed = self.param.optional or self.param.default is None or self.param.required
        return value if value is not None or nothing_allowed else self.param.default

    def _reset(self) -> None:
        put(self.key, self._shown(self.param.default))
        self._hand_on(self.param.default)

    def _hand_on(self, value: Any) -> None:
        st.session_state.pop(self._problem_key, None)
        st.session_state[self._known_key] = value
        self.commit(self.param.name, value)

    def choices(self) -> list[str]:
        """What can be chosen; classes under the names that Keras programs use, glorot_uniform."""
        none = [NO_VALUE] if self.param.optional or self.param.default is None else []
        if self.param.kind == "bool":
            return [*none, YES, NO]
        names = self.param.names
        known = none + (list(dict.fromkeys(map(snake_case, names))) if self.param.registry else list(names))
        # A name that is none stays to be seen: the checks say what is wrong with it.
        given = self.value.get("class_name") if isinstance(self.value, dict) else self.value
        if isinstance(given, str) and not any(alike(choice, given) for choice in known):
            known.append(given)
        return known

    def _is_fraction(self) -> bool:
        return not self.param.optional and (self.param.range.min, self.param.range.max) == (0, 1)

    def _placeholder(self) -> str:
        if self.param.kind == "shape":
            return "28, 28, 1"
        return NO_VALUE if self.param.optional or self.param.default is None else ""


def alike(choice: str, value: Any) -> bool:
    """Whether a choice and a name in a document are one: GlorotUniform and glorot_uniform."""
    return isinstance(value, str) and _bare(choice) == _bare(value)


def _bare(name: str) -> str:
    return re.sub(r"[_\s]", "", name).lower()
