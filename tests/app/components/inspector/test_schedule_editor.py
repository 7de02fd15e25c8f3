"""A schedule is chosen, edited and committed; what is none yet stays in the form."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from graph_compiler.compile_settings import INITIAL_RATE, schedule_config
from runtime.optimizers import schedules
from runtime.registries import snake_case


def page(value):
    """A page that keeps what the editor commits."""
    import streamlit as st

    from app.components.inspector import schedule_editor
    from graph_compiler.document.settings import Configured

    def keep(config):
        st.session_state["kept"] = config

    st.session_state.setdefault("kept", None if value is None else Configured(name=value[0], params=value[1]))
    schedule_editor("rate", st.session_state["kept"], keep, rate=0.01, steps=400)


def opened(value: Any = None) -> AppTest:
    at = AppTest.from_function(page, args=(value,), default_timeout=60).run()
    assert not at.exception
    return at


def texts(at: AppTest) -> str:
    return "\n".join(str(element.value) for kind in ("markdown", "caption") for element in at.get(kind))


@pytest.mark.parametrize("name", schedules.registry.names())
def test_a_chosen_schedule_begins_with_the_rate_and_fits_the_training(name: str) -> None:
    at = opened()
    assert at.selectbox[0].value == "none"
    at.selectbox[0].set_value(snake_case(name)).run()
    assert not at.exception
    kept = at.session_state["kept"]
    assert kept.name == name
    assert INITIAL_RATE not in kept.params, "it follows the learning rate"
    schedule: Any = schedules.registry.get(schedule_config(kept, 0.01))
    assert schedule(0) == pytest.approx(0.01)
    assert schedule(400) < 0.01
    assert "Learning rate: 0.01 at step 0" in at.get("html")[0].proto.body
    at.selectbox[0].set_value("none").run()
    assert at.session_state["kept"] is None


def test_numbers_are_edited_and_a_mistake_stays_beside_its_field() -> None:
    at = opened(("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 50}))
    field = next(one for one in at.text_input if one.label == "decay_steps")
    field.input("many").run()
    assert "decay\\_steps got" in texts(at)
    assert at.session_state["kept"].params["decay_steps"] == 50
    next(one for one in at.text_input if one.label == "decay_steps").input("75").run()
    assert at.session_state["kept"].params == {"initial_learning_rate": 0.1, "decay_steps": 75}


def test_lists_that_do_not_fit_yet_are_kept_in_the_form_until_they_do() -> None:
    params = {"boundaries": [100], "values": [0.1, 0.01]}
    at = opened(("PiecewiseConstantDecay", params))
    boundaries, values = at.text_input
    assert (boundaries.value, values.value) == ("100", "0.1, 0.01")
    boundaries.input("100, 200").run()
    assert at.session_state["kept"].params == params
    assert "2 boundaries and 2 values" in texts(at)
    assert at.text_input[0].value == "100, 200"
    at.text_input[1].input("0.1, 0.01, 0.001").run()
    assert at.session_state["kept"].params == {"boundaries": [100.0, 200.0], "values": [0.1, 0.01, 0.001]}
    assert "boundaries and" not in texts(at)
