"""The page Export."""

from graph_compiler.document import GraphDocument, SetParam, apply


def downloads(at):
    return [button.proto.label for button in at.get("download_button")]


def test_code_model_data_and_design_are_offered_with_their_sizes(tab, project):
    visitor = tab(project())
    at = visitor.visit("export")
    labels = downloads(at)
    assert [label.split(" · ")[0] for label in labels] == [
        "Python code (.py)",
        "Model (.h5)",
        "Data (.npz)",
        "Design (.json)",
    ]
    assert labels[0].endswith("kB")
    assert "Not trained yet: random weights" in visitor.texts()
    assert "import keras" in at.code[0].value


def test_trained_weights_are_said_to_be(tab, trained):
    visitor = tab(trained("iris"))
    visitor.visit("export")
    assert "With the weights of your last training" in visitor.texts()


def test_a_design_with_mistakes_gives_only_itself_and_says_why(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    visitor.draw(apply(visitor.document, SetParam(node=hidden, param="units", value=0))[0])
    at = visitor.visit("export")
    assert [label.split(" · ")[0] for label in downloads(at)] == ["Design (.json)"]
    assert "hidden: " in visitor.texts().replace("\\", "")
    assert not at.code
    visitor.button("Show hidden").click().run()
    assert visitor.sent["commands"][-1]["nodes"] == [hidden]


def test_an_empty_design_gives_itself(tab, services):
    at = tab(services.projects.create("Empty", GraphDocument())).visit("export")
    assert len(downloads(at)) == 1
