"""A parameter in a form: what it shows, what was typed, and when that is handed on."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from app.components.inspector.values import NO_VALUE, as_text, from_text, same
from app.components.shown import correct, put
from app.components.words import plain
from runtime.errors import LayerloomError
from runtime.layers.parameters import ParamSpec
from runtime.registries import snake_case

Commit = Callable[[str, Any], None]
"""Takes a parameter's name and its new value."""

YES, NO = "yes", "no"
COARSE, FINE, FINER = 0.1, 0.01, 0.001
"""Steps of a slider: over a wide range, as a rule, and where the default lies close to an end."""
WIDE = 5
"""Distance between the ends of a slider from which on it is wide."""
DIGITS = 5
"""Digits behind the point that a slider can show; a number with more is typed."""
LONGEST_SLIDER = 100
"""Whole numbers a slider may have to choose from."""


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
        mixed: Whether several layers are edited that have different values; `value` is None then.
        weight: Sizes of the weight the parameter is about, where they are known.
        owner: Name of the layer whose parameter it is.
        clear: Takes the parameter's value away, in place of a commit of the default.
    """

    param: ParamSpec
    value: Any
    key: str
    commit: Commit
    settled: bool = True
    problems: tuple[str, ...] = ()
    mixed: bool = False
    weight: tuple[int, ...] | None = None
    owner: str = ""
    clear: Callable[[str], None] | None = None

    @property
    def is_default(self) -> bool:
        """Whether the document says nothing else than the layer does by itself."""
        return not self.param.required and not self.mixed and same(self.value, self.param.default)

    @property
    def state(self) -> str:
        """Where the value comes from, in a word."""
        return "required" if self.param.required else "default" if self.is_default else "changed"

    @property
    def form(self) -> str:
        """The kind of widget that can show the value."""
        param, value = self.param, self.value
        match param.kind:
            case "bool" if not param.optional and not self.mixed:
                return "toggle"
            case "bool" | "choice" | "registry":
                return "choice"
            case "float" | "int" | "bounds" if self._slides():
                return "span" if isinstance(self.value, list | tuple) else "slider"
            case "int" if not self._may_be_empty() and (value is None or self._is_step()):
                return "stepper"
            case _:
                return "text"

    @property
    def step(self) -> float:
        """How far a slider moves at a time."""
        low, high, default = self.param.range.min or 0, self.param.range.max or 0, self.param.default
        if self.param.kind == "int":
            return 1
        close = _is_number(default) and 0 < min(default - low, high - default) <= 5 * FINE
        usual = FINER if close else COARSE if high - low > WIDE else FINE
        numbers = [number for number in _numbers(self.value) if _is_number(number)]
        for step in (usual, FINE, FINER, FINER / 10):
            if step <= usual and all(abs(number / step - round(number / step)) < 1e-6 for number in numbers):
                return step
        return 10**-DIGITS

    @property
    def lowest(self) -> float:
        """The lower end of a slider: the least number that is allowed."""
        limits = self.param.range
        return (limits.min or 0) + self.step * limits.exclusive_min

    @property
    def help(self) -> str:
        """What the parameter does, what it can be, and what it is by itself."""
        param = self.param
        texts = [param.help, f"{str(param.range).capitalize()}." if str(param.range) else ""]
        if not param.required:
            texts.append(f"Default: {self.default_text}.")
        return plain(" ".join(filter(None, texts)))

    @property
    def default_text(self) -> str:
        """The default as the form writes it."""
        default = self.param.default
        if isinstance(default, bool):
            return "on" if default else "off"
        return as_text(default) or ("empty" if default == "" else NO_VALUE)

    @property
    def problem_key(self) -> str:
        """Under it stands what is wrong with what was typed."""
        return f"{self.key}:problem"

    @property
    def known_key(self) -> str:
        """Under it stands the value that the widget shows: the document's, or the one last committed."""
        return f"{self.key}:known"

    def follow_document(self) -> None:
        """Has the widget show the document's value, where that was changed elsewhere."""
        state, form_key = st.session_state, f"{self.key}:form"
        kept = self.key in state and state.get(form_key) == self.form
        known = (self.value, self.mixed)
        if kept and (not self.settled or same(state.get(self.known_key), known)):
            return
        put(self.key, self.shown(self.value))
        state[self.known_key] = known
        state[form_key] = self.form
        state.pop(self.problem_key, None)

    def shown(self, value: Any) -> Any:
        """A value as the widget has it."""
        match self.form:
            case "toggle":
                return bool(value)
            case "choice" if self.param.kind == "bool":
                return {True: YES, False: NO}.get(value, None if self.mixed else NO_VALUE)
            case "choice":
                return self._shown_choice(value)
            case "slider":
                return int(value) if self.param.kind == "int" else float(value)
            case "span":
                return tuple(map(float, value))
            case "stepper":
                return value if _is_whole(value) else None
            case _:
                return as_text(value)

    def _shown_choice(self, value: Any) -> Any:
        if value is None:
            return None if self.mixed or NO_VALUE not in self.choices() else NO_VALUE
        name = value.get("class_name") if isinstance(value, dict) else value
        return next((choice for choice in self.choices() if alike(choice, name)), name)

    @property
    def latest(self) -> Any:
        """The value last committed, else the document's: for who changes a part of it."""
        known = st.session_state.get(self.known_key)
        return known[0] if known is not None and not known[1] else self.value

    def reset(self) -> None:
        """Goes back to the default."""
        default = self.param.default
        if self.form in ("text", replace(self, value=default).form):
            put(self.key, self.shown(default))
        if self.clear is None:
            self.hand_on(default)
            return
        self._know(default)
        self.clear(self.param.name)

    def enter(self, value: Any) -> None:
        """Commits a value as if it had been typed in the field."""
        put(self.key, self.shown(value))
        self.hand_on(value)

    def hand_on(self, value: Any) -> None:
        """Commits a value."""
        self._know(value)
        self.commit(self.param.name, value)

    def _know(self, value: Any) -> None:
        st.session_state.pop(self.problem_key, None)
        st.session_state[self.known_key] = (value, False)

    def choices(self) -> list[str]:
        """What can be chosen; classes under the names that Keras programs use, glorot_uniform."""
        param = self.param
        none = [NO_VALUE] if param.optional or param.default is None else []
        if param.kind == "bool":
            return [*none, YES, NO]
        known = none + (
            list(dict.fromkeys(map(snake_case, param.names))) if param.registry else list(param.names)
        )
        # A name that is none stays to be seen: the checks say what is wrong with it.
        given = self.value.get("class_name") if isinstance(self.value, dict) else self.value
        if isinstance(given, str) and not any(alike(choice, given) for choice in known):
            known.append(given)
        return known

    @property
    def placeholder(self) -> str:
        """What stands in an empty field."""
        if self.mixed:
            return "mixed"
        if self.param.kind == "shape":
            return "28, 28, 1"
        return NO_VALUE if self.param.optional or self.param.default is None else ""

    def _may_be_empty(self) -> bool:
        """Whether nothing is a value: a stepper cannot be emptied, since it begins with its number."""
        return self.param.optional or self.param.default is None

    def _is_step(self) -> bool:
        return _is_whole(self.value) and self.value in self.param.range

    def _slides(self) -> bool:
        """Whether the value is a number between two bounds that a slider has a place for."""
        param, value = self.param, self.value
        low, high = param.range.min, param.range.max
        if low is None or high is None or self.mixed:
            return False
        if param.kind == "bounds":
            return self._spans()
        if param.optional:
            return False
        if param.kind == "int":
            return high - low <= LONGEST_SLIDER and _is_whole(value) and value in param.range
        return self._has_place(value)

    def _spans(self) -> bool:
        """Whether the value is a number, or a lower and an upper one, that a slider has places for."""
        numbers = _numbers(self.value)
        one = not isinstance(self.value, list | tuple) and not self.param.listed
        if not all(map(self._has_place, numbers)):
            return False
        return one or (len(numbers) == 2 and numbers[0] <= numbers[1])

    def _has_place(self, number: Any) -> bool:
        return _is_number(number) and number in self.param.range and round(number, DIGITS) == number

    def take(self) -> None:
        """Hands the widget's value on when somebody changed it, or keeps the problem to be shown."""
        state = st.session_state
        entered = state[self.key]
        known, mixed = state.get(self.known_key) or (None, False)
        if entered == (self.shown(known) if not mixed else self.shown(None)):
            # Back at what it was before a mistake.
            state.pop(self.problem_key, None)
            return
        try:
            value = self._meant(entered)
            self.param.check(value)
        except LayerloomError as error:
            state[self.problem_key] = str(error)
            return
        # As the document writes it: "2x2" becomes "2, 2".
        correct(self.key, self.shown(value))
        if mixed or not same(value, known):
            self.hand_on(value)
        state.pop(self.problem_key, None)

    def _meant(self, entered: Any) -> Any:
        kind = self.param.kind
        if kind == "bool":
            value = {YES: True, NO: False, NO_VALUE: None}.get(entered, entered)
        elif kind in ("choice", "registry"):
            value = None if entered == NO_VALUE else entered
        elif isinstance(entered, str):
            value = from_text(self.param, entered)
        else:
            value = list(entered) if isinstance(entered, tuple) else entered
        nothing_allowed = self.param.optional or self.param.default is None or self.param.required
        return value if value is not None or nothing_allowed else self.param.default


def alike(choice: str, value: Any) -> bool:
    """Whether a choice and a name in a document are one: GlorotUniform and glorot_uniform."""
    return isinstance(value, str) and _bare(choice) == _bare(value)


def _bare(name: str) -> str:
    return re.sub(r"[_\s]", "", name).lower()


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
