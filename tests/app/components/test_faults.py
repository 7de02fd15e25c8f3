"""What nobody expected: a sentence on the page, the traceback in the log, and the rest goes on."""

import pytest

from app.components import faults
from app.pages import data
from runtime.errors import DataError


@pytest.fixture
def log(services):
    path = services.settings.data_dir / faults.LOG_FILE
    path.unlink(missing_ok=True)
    return path


def break_data_page(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(data, "choose_dataset", fail)


def test_a_page_that_fails_says_so_in_a_sentence(tab, project, monkeypatch, log):
    break_data_page(monkeypatch, RuntimeError("secret details"))
    visitor = tab(project())
    at = visitor.visit("data")
    assert not at.exception, "no traceback on the page"
    (error,) = at.error
    assert error.value.startswith("Something went wrong here")
    assert str(log) in error.value.replace("\\", "")
    assert "secret details" not in visitor.texts()
    written = log.read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "secret details" in written


def test_it_can_be_tried_again(tab, project, monkeypatch):
    with monkeypatch.context() as broken:
        break_data_page(broken, RuntimeError("once"))
        visitor = tab(project())
        visitor.visit("data")
    visitor.button("Try again").click().run()
    assert not visitor.at.error
    assert "Iris flowers" in visitor.texts()


def test_an_error_for_users_keeps_its_words_and_nothing_in_them_is_markdown(tab, project, monkeypatch, log):
    break_data_page(monkeypatch, DataError("'![a](//b)' is odd.", hint="Choose other data."))
    (error,) = tab(project()).visit("data").error
    assert error.value.replace("\\", "") == "'![a](//b)' is odd. Choose other data."
    assert r"\!\[a\]\(//b\)" in error.value
    assert not log.exists()


def test_the_bar_stays_when_a_page_fails(tab, project, monkeypatch):
    break_data_page(monkeypatch, RuntimeError("x"))
    visitor = tab(project(name="Still here"))
    visitor.visit("data")
    assert visitor.field("Name of this project").value == "Still here"


def test_the_canvas_page_is_shielded_in_its_fragment(tab, project, monkeypatch, log):
    def fail(*_args, **_kwargs):
        raise RuntimeError("in the fragment")

    visitor = tab(project())
    visitor.visit()
    monkeypatch.setattr("app.pages.design.canvas_notes", fail)
    visitor.at.run()
    assert not visitor.at.exception
    assert visitor.at.error[0].value.startswith("Something went wrong here")
    assert "in the fragment" in log.read_text(encoding="utf-8")


def test_a_callback_that_fails_is_told_in_a_toast(tab, project, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("in the callback")

    visitor = tab(project())
    visitor.visit()
    visitor.select("hidden")
    monkeypatch.setattr("app.components.inspector.form.send", fail)
    visitor.field("units").set_value(9).run()
    assert not visitor.at.exception
    assert any("Something went wrong" in toast.value for toast in visitor.at.toast)
