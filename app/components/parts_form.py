"""The parameters of an optimizer, a loss or a metric, as a form made from its signature."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.faults import guarded
from app.components.inspector.fields import Field
from app.components.inspector.nested import draw_field
from app.components.inspector.values import same
from app.components.inspector.widgets import reset_all_button
from app.components.words import plain
from graph_compiler.compile_settings import Part, params_of
from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError
from runtime.layers.parameters import ParamSpec
from runtime.optimizers import Optimizer

Read = Callable[[], Mapping[str, Any]]
Keep = Callable[[dict[str, Any]], None]


def parts_form(part: Part, name: str, read: Read, keep: Keep, key: str) -> None:
    """Draws the parameters that something has, behind a line that says how many are set.

    Args:
        part: Its family.
        name: Its name.
        read: Gives what the document says now, by name; called again before each change.
        keep: Takes all of it as it should be.
        key: Key of the widgets.
    """
    params, given = params_of(part, name), read()
    known = {param.name: param for param in params}
    unknown = [one for one in given if one not in known]
    changed = [one for one in given if one in unknown or not same(given[one], known[one].default)]
    if not params and not unknown:
        return
    label = f"Parameters of {plain(name)}"
    problems = _problems(known, given)
    with st.expander(f"{label} ({len(changed)} changed)" if changed else label, expanded=bool(problems)):
        own, of_all = _ranked(part, params)
        _fields(own, given, problems, read, keep, key)
        if of_all:
            st.caption("What every optimizer can do:" if own else "")
            _fields(of_all, given, problems, read, keep, key)
        for one in unknown:
            _unknown(name, one, read, keep, key)
        if len(changed) > 1:
            reset_all_button(f"{key}:reset_all", f"Changed here: {', '.join(changed)}.", lambda: keep({}))


def _fields(
    params: Sequence[ParamSpec],
    given: Mapping[str, Any],
    problems: Mapping[str, str],
    read: Read,
    keep: Keep,
    key: str,
) -> None:
    def commit(name: str, value: Any) -> None:
        default = next(param.default for param in params if param.name == name)
        rest = {one: kept for one, kept in read().items() if one != name}
        keep(rest if same(value, default) else {**rest, name: value})

    for param in params:
        value = given.get(param.name, None if param.required else param.default)
        said = (problems[param.name],) if param.name in problems else ()
        draw_field(Field(param, value, f"{key}:{param.name}", commit, problems=said))


def _problems(known: Mapping[str, ParamSpec], given: Mapping[str, Any]) -> dict[str, str]:
    """By parameter what is wrong with its value; of one that is not known, that it is not."""
    found: dict[str, str] = {}
    for name, value in given.items():
        if name not in known:
            found[name] = "unknown"
            continue
        try:
            known[name].check(value)
        except LayerloomError as error:
            found[name] = str(error)
    return found


def _ranked(part: Part, params: Sequence[ParamSpec]) -> tuple[list[ParamSpec], list[ParamSpec]]:
    """What it has of its own, and what all of its family have."""
    shared = constructor_parameters(Optimizer) if part == "optimizers" else {}
    of_all = [param for param in params if param.name in shared]
    return [param for param in params if param.name not in shared], of_all


def _unknown(name: str, param: str, read: Read, keep: Keep, key: str) -> None:
    """A parameter out of a file that is none here: it stays until it is taken away."""

    def forget() -> None:
        keep({one: value for one, value in read().items() if one != param})

    text = f"{plain(name)} has no parameter {plain(param)}."
    st.markdown(f":small[:red[:material/error: {text}]]")
    st.button(
        f"Take {plain(param)} away",
        key=f"{key}:forget:{param}",
        icon=":material/delete:",
        type="tertiary",
        on_click=guarded(forget),
    )
