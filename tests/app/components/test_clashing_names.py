"""Columns of the data beside our own: one that is called like one of ours is shown under another name."""

from streamlit.testing.v1 import AppTest

from app.components.samples import told_apart


def test_two_columns_never_have_one_name():
    columns = {"answer": 1, "answer (input)": 2, "size": 3}
    assert list(told_apart(columns, ["answer"]).values()) == [1, 2, 3]
    assert list(told_apart(columns, ["answer"]))[::2] == ["answer (input)", "size"]


def test_a_feature_called_answer_is_shown_beside_the_answers():
    def page():
        from dataclasses import replace

        from app.components.samples import preview
        from app.services.datasets import load

        cars = load("cars")
        preview(replace(cars, feature_names=("answer", *cars.feature_names[1:])))

    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    table = at.dataframe[0].value
    assert {"answer", "answer (input)"} <= set(table.columns)
    assert table["answer"][0].endswith("mpg")
    assert table["answer (input)"].max() == 8


def test_features_called_like_what_is_said_of_a_test_row_hide_none_of_it():
    def page():
        from dataclasses import replace

        from app.components.examined_rows import show_test_rows
        from app.services.datasets import load
        from app.services.evaluation import Evaluation

        cars = load("cars")
        named = replace(cars, feature_names=("error", "row", "right answer", *cars.feature_names[3:]))
        show_test_rows(Evaluation(named, {}, {}, cars.test.y))

    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    table = at.dataframe[0].value
    assert set(table["error"]) == {"0"}
    assert list(table["row"]) == list(range(len(table)))
    assert table["right answer"][0].endswith("mpg")
    assert table["error (input)"].max() == 8
    assert {"row (input)", "right answer (input)"} <= set(table.columns)
