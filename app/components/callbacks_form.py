"""What watches the training and steps in: early stopping and the like, as choices with their arguments."""

import re
from dataclasses import replace
from typing import Any

import streamlit as st

from app.components.inspector.fields import Field
from app.components.inspector.nested import draw_field
from app.components.inspector.values import same
from app.components.shown import as_value, follow
from app.components.words import plain
from app.components.workspace import Opening
from graph_compiler.callback_settings import MONITOR, callback_problem
from graph_compiler.class_arguments import class_params
from graph_compiler.document import Configured, SetTraining, apply
from runtime.callbacks import registry
from runtime.layers.docstrings import parse_docstring
from runtime.layers.parameters import ParamSpec

SAID_ELSEWHERE = ("verbose", "raise_error")
"""Arguments about how a program speaks; here the page says it."""

FIRST = (MONITOR, "patience", "factor", "restore_best_weights")
"""Arguments to see at once, whichever callback has them; the others stand below."""

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z]([a-z]|[A-Z]))|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where the words of a class's name meet: "Reduce LR On Plateau", "Terminate On NaN"."""


def callbacks_form(opened: Opening, key: str) -> None:
    """Draws a switch for each callback, and the form of those that are on.

    Args:
        opened: The project.
        key: Key of the widgets.
    """
    st.markdown("**What watches it**")
    chosen = {settings.name: settings for settings in opened.document.training.callbacks}
    for name in registry.names():
        _switch(opened, name, chosen.get(name), f"{key}:{name}")
        if name in chosen:
            _form(opened, chosen[name], f"{key}:{name}")


def _switch(opened: Opening, name: str, settings: Configured | None, key: str) -> None:
    cls: Any = registry.lookup(name)
    on = settings is not None
    follow(key, on)

    def take() -> None:
        others = [one for one in opened.document.training.callbacks if one.name != name]
        _save(opened, [*others, Configured(name=name)] if st.session_state[key] else others)

    label = _WORDS.sub(" ", name)
    st.toggle(label, **as_value(key, take), help=parse_docstring(cls).summary)


def _form(opened: Opening, settings: Configured, key: str) -> None:
    cls: Any = registry.lookup(settings.name)
    params = [_as_choice(opened, param) for param in class_params(cls) if param.name not in SAID_ELSEWHERE]

    def commit(name: str, value: Any) -> None:
        now = next(one for one in opened.document.training.callbacks if one.name == settings.name)
        default = next(param.default for param in params if param.name == name)
        given = {key: entry for key, entry in now.params.items() if key != name}
        if not same(value, default):
            given[name] = value
        changed = now.model_copy(update={"params": given})
        callbacks = opened.document.training.callbacks
        _save(opened, [changed if one.name == settings.name else one for one in callbacks])

    def draw(param: ParamSpec) -> None:
        value = settings.params.get(param.name, param.default)
        draw_field(Field(param, value, f"{key}:{param.name}", commit))

    if not params:
        return
    with st.container(border=True, gap="small"):
        for param in params:
            if param.name in FIRST:
                draw(param)
        others = [param for param in params if param.name not in FIRST]
        with st.expander("More"):
            for param in others:
                draw(param)
        problem = callback_problem(settings)
        if problem is not None:
            st.markdown(f":small[:red[:material/error: {plain(str(problem))}]]")


def _as_choice(opened: Opening, param: ParamSpec) -> ParamSpec:
    """The number to watch, chosen among those that are measured."""
    if param.name != MONITOR:
        return param
    names = ["loss", *opened.document.compile.metrics]
    held_back = [f"val_{name}" for name in names] if opened.document.training.validation_split else []
    choices = dict.fromkeys([*held_back, *names, str(param.default)])
    return replace(param, kind="choice", choices=tuple(choices))


def _save(opened: Opening, callbacks: list[Configured]) -> None:
    training = opened.document.training.model_copy(update={"callbacks": tuple(callbacks)})
    opened.save(apply(opened.document, SetTraining(training=training))[0])
