"""A learning rate that changes while a model learns: which schedule, its numbers, and its curve."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.inspector.curves import schedule_picture
from app.components.inspector.fields import Field
from app.components.inspector.nested import draw_field, member_of
from app.components.inspector.values import same
from app.components.theme import theme
from app.components.words import plain
from graph_compiler.compile_settings import INITIAL_RATE, SCHEDULES, schedule_config
from graph_compiler.document.settings import Configured
from runtime.errors import LayerloomError
from runtime.layers.parameters import ParamSpec, find_registry

_PARAM = ParamSpec(
    "schedule",
    "registry",
    default=None,
    optional=True,
    registry=SCHEDULES,
    help="How the learning rate changes from step to step; none keeps it as it is.",
)


def schedule_editor(
    key: str,
    value: Configured | None,
    commit: Callable[[Configured | None], None],
    *,
    rate: float,
    steps: int,
) -> None:
    """Draws a schedule's form and the rate it gives at each step.

    What cannot be a schedule yet, two lists that do not fit for instance, stays in the form with what is
    wrong; only what can be one is committed. A schedule that begins with `rate` does not say so: it goes on
    to begin with the learning rate when that is changed.

    Args:
        key: Key of its widgets.
        value: The schedule of the document; None for a rate that stays.
        commit: Takes a new one.
        rate: The learning rate of the document.
        steps: How many steps a training has: so many are shown, and a new schedule is made for them.
    """
    draft_key = f"{key}:draft"
    of_document = schedule_config(value, rate) if value is not None else None
    draft = st.session_state.get(draft_key)
    if draft is not None and not same(draft["instead_of"], of_document):
        # The document has gone on without it.
        st.session_state.pop(draft_key)
        draft = None
    shown: Any = draft["config"] if draft is not None else of_document

    def take(_: str, chosen: Any) -> None:
        config = _example(chosen, rate, steps) if isinstance(chosen, str) else chosen
        if config is not None and _objection(config):
            st.session_state[draft_key] = {"config": config, "instead_of": of_document}
            return
        st.session_state.pop(draft_key, None)
        commit(None if config is None else _as_document(config, rate))

    draw_field(Field(_PARAM, shown, f"{key}:schedule", take))
    if shown is None:
        return
    problem = _objection(shown)
    if problem:
        st.markdown(f":small[:red[:material/error: {plain(problem)}]]")
    picture = schedule_picture(shown, max(steps, 1), theme())
    if picture is not None:
        picture.show()


def _example(name: str, rate: float, steps: int) -> dict[str, Any]:
    """A schedule of that name as one would begin with it."""
    cls = member_of(SCHEDULES, name)
    made = cls.example(rate, steps)
    config = {key: value for key, value in made.get_config().items() if key != "name"}
    return {"class_name": cls.__name__, "config": config}


def _as_document(config: dict[str, Any], rate: float) -> Configured:
    params = dict(config.get("config") or {})
    if params.get(INITIAL_RATE) == rate:
        del params[INITIAL_RATE]
    return Configured(name=config["class_name"], params=params)


def _objection(config: dict[str, Any]) -> str:
    """Why this is no schedule; empty if it is one."""
    try:
        find_registry(SCHEDULES).get(config)
    except LayerloomError as error:
        return str(error)
    except (TypeError, ValueError):
        return "Something is missing, or is no number."
    return ""
