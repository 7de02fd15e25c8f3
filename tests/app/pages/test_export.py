"""The page Export."""

import time

import pytest

from app.pages import export
from graph_compiler.document import GraphDocument, SetParam, apply

SECONDS = 120


def downloads(at):
    return [button.proto.label.split(" · ")[0] for button in at.get("download_button")]


def until_prepared(visitor):
    """Looks again until nothing is being prepared."""
    deadline = time.monotonic() + SECONDS
    while any("…" in str(bar.proto.text) for bar in visitor.at.get("progress")):
        assert time.monotonic() < deadline
        visitor.at.run()
    return visitor.at


def test_forms_data_and_design_are_offered_and_code_is_shown(tab, project):
    visitor = tab(project())
    at = visitor.visit("export")
    assert downloads(at) == ["Data (.npz)", "Design (.json)"]
    assert at.radio[0].options[0] == "Keras, functional (.py)"
    assert "Not trained yet: random weights" in visitor.texts()
    assert "import keras" in at.code[0].value


def test_rows_too_many_for_a_download_are_said_to_be(tab, project, services, monkeypatch):
    monkeypatch.setattr(export, "LARGEST_DOWNLOAD", 1000)
    visitor = tab(project())
    at = visitor.visit("export")
    assert downloads(at) == ["Design (.json)"]
    assert f"They are kept in {services.settings.data_dir}" in visitor.texts().replace("\\", "")


def test_a_form_is_prepared_proven_and_handed_out(tab, project):
    visitor = tab(project(name="My iris!"))
    visitor.visit("export")
    visitor.button("Prepare").click().run()
    at = until_prepared(visitor)
    assert downloads(at)[-2:] == ["Download my_iris.py", "Receipt (.json)"]
    assert "Run in a clean process with Keras" in visitor.texts().replace("\\", "")
    # What is ready stays ready for the same design, and not for another.
    hidden = visitor.node("hidden")
    changed = apply(visitor.document, SetParam(node=hidden, param="units", value=7))[0]
    assert "Download my_iris.py" in downloads(visitor.visit("export"))
    visitor.visit()
    visitor.draw(changed)
    assert "Download my_iris.py" not in downloads(visitor.visit("export"))


def test_trained_weights_are_said_to_be(tab, trained):
    visitor = tab(trained("iris"))
    visitor.visit("export")
    assert "With the weights of your last training" in visitor.texts()


def test_what_is_not_installed_is_named(tab, project, monkeypatch):
    from app.services.exporting import KINDS, Kind

    needy = {**vars(KINDS["keras_code"]), "modules": ("no_such_module",), "extra": "onnx"}
    monkeypatch.setitem(KINDS, "keras_code", Kind(**needy))
    visitor = tab(project())
    visitor.visit("export")
    assert "no_such_module, which is not installed here" in visitor.texts()
    with pytest.raises(AssertionError, match="no button 'Prepare'"):
        visitor.button("Prepare")


def test_a_design_with_mistakes_gives_only_itself_and_says_why(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    visitor.draw(apply(visitor.document, SetParam(node=hidden, param="units", value=0))[0])
    at = visitor.visit("export")
    assert downloads(at) == ["Design (.json)"]
    assert "hidden: " in visitor.texts().replace("\\", "")
    assert not at.code
    visitor.button("Show hidden").click().run()
    assert visitor.sent["commands"][-1]["nodes"] == [hidden]


def test_an_empty_design_gives_itself(tab, services):
    at = tab(services.projects.create("Empty", GraphDocument())).visit("export")
    assert len(downloads(at)) == 1
