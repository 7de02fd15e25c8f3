"""A problem offers its fixes, and one click carries a fix out."""

from app.components.workspace import CANVAS
from graph_compiler.document import DeleteNodes, RenameNode, SetCompile, SetParam, apply, to_canvas


def test_a_problem_of_a_parameter_is_mended_on_the_canvas(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    broken, _ = apply(visitor.document, SetParam(node=hidden, param="units", value=-3))
    visitor.draw(broken)
    visitor.button("Fix: Set units of 'hidden' to 3").click().run()
    command = visitor.sent["commands"][-1]
    assert command["op"] == "batch", "one step on the canvas"
    assert command["edits"] == [{"op": "set_node", "node": hidden, "params": {"units": 3}}]


def test_a_name_is_mended_on_the_canvas(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    broken, _ = apply(visitor.document, RenameNode(node=hidden, name="2nd try"))
    visitor.draw(broken)
    visitor.button(r"Fix: Call it 'layer\_2nd\_try'").click().run()
    assert visitor.sent["commands"][-1]["edits"] == [
        {"op": "set_node", "node": hidden, "name": "layer_2nd_try"}
    ]


def test_the_loss_is_mended_at_once_and_undo_of_the_canvas_takes_it_back(tab, project):
    visitor = tab(project())
    visitor.visit()
    wrong = visitor.document.compile.model_copy(update={"loss": "sparse_categorical_crosentropy"})
    visitor.opening.save(apply(visitor.document, SetCompile(compile=wrong))[0])
    visitor.at.run()
    visitor.button(r"Fix: Use the loss 'sparse\_categorical\_crossentropy'").click().run()
    assert visitor.document.compile.loss == "sparse_categorical_crossentropy"
    assert "This is a working model." in visitor.texts()
    (command,) = visitor.sent["commands"]
    (told,) = command["edits"]
    assert told["op"] == "beside"

    visitor.draw(ack=command["id"], beside=[told["change"]])
    assert visitor.document.compile.loss == "sparse_categorical_crossentropy"
    visitor.draw(ack=command["id"])
    assert visitor.document.compile == wrong
    visitor.draw(ack=command["id"], beside=[told["change"]])
    assert visitor.document.compile.loss == "sparse_categorical_crossentropy"


def test_a_fix_of_a_design_that_has_changed_since_does_nothing(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    broken, _ = apply(visitor.document, SetParam(node=hidden, param="units", value=-3))
    visitor.draw(broken)
    fix = visitor.button("Fix: Set units of 'hidden' to 3")
    # The layer is deleted on the canvas in the moment of the click.
    gone, _ = apply(broken, DeleteNodes(nodes=(hidden,)))
    doc = {**to_canvas(gone), "rev": 2, "epoch": visitor.opening.epoch, "ack": 0, "selected": []}
    visitor.at.session_state[CANVAS] = {"doc": doc}
    fix.click().run()
    assert visitor.sent["commands"] == []
    assert hidden not in visitor.document.nodes
    assert "no longer fits" in visitor.texts()
