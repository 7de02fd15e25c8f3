"""A row that nobody has changed is the row itself."""

from streamlit.testing.v1 import AppTest


def test_small_and_large_numbers_reach_the_model_as_they_are():
    def page():
        from dataclasses import replace

        import numpy as np
        import streamlit as st

        from app.components.evaluating.examined import Examined
        from app.components.evaluating.own_row import edit_row
        from app.services.datasets import load
        from app.services.evaluation import Evaluation

        iris = load("iris")
        shown = iris.test.shown.copy()
        shown[0] = (3.2e-7, 1234567.0, 0.1, np.nan)
        odd = replace(iris, test=replace(iris.test, shown=shown))
        row = edit_row(Examined("a run", Evaluation(odd, {}, {}, odd.test.y)), 0)
        st.session_state["same"] = np.array_equal(row, shown[0], equal_nan=True)
        st.session_state["row"] = row

    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    assert at.session_state["same"], at.session_state["row"]
    (width,) = [field for field in at.number_input if field.label == "sepal width, cm"]
    width.set_value(5.0).run()
    assert at.session_state["row"][0] == at.session_state["row"].dtype.type(3.2e-7)
    assert at.session_state["row"][1] == 5
