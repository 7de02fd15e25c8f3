"""The page Design: what is drawn is kept and checked, and the form edits it."""

from app.components.problems import MOST_SHOWN
from graph_compiler.document import DeleteNodes, GraphDocument, Node, RenameNode, SetParam, apply, to_canvas

KEY = "canvas"


def test_an_edit_on_the_canvas_is_saved_and_checked_in_the_same_run(tab, project, services):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    broken, _ = apply(visitor.document, SetParam(node=hidden, param="units", value=-3))
    visitor.draw(broken)
    assert services.projects.open(visitor.opening.project.id).document.nodes[hidden].params["units"] == -3
    findings = visitor.sent["notes"][hidden]["findings"]
    assert [finding["severity"] for finding in findings] == ["error"]
    assert "at least 1" in visitor.texts()


def test_layers_behind_a_mistake_say_whom_they_wait_for(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden, output = visitor.node("hidden"), visitor.node("output")
    broken, _ = apply(visitor.document, SetParam(node=hidden, param="units", value=0))
    visitor.draw(broken, selected=(output,))
    assert visitor.sent["notes"][output]["waits_for"] == "hidden"
    assert "Waits for hidden" in visitor.texts()
    assert "1 layer waits for these: output" in visitor.texts()
    assert {metric.label: metric.value for metric in visitor.at.metric}["Parameters"] == "not known yet"


def test_a_problem_leads_to_its_layer(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    broken, _ = apply(visitor.document, SetParam(node=hidden, param="units", value=0))
    visitor.draw(broken)
    visitor.button("Show hidden").click().run()
    assert visitor.sent["commands"][-1] | {"id": 0} == {"id": 0, "op": "focus", "nodes": [hidden]}


def test_a_wire_without_its_layer_is_dropped_and_nothing_else(tab, project):
    visitor = tab(project())
    visitor.visit()
    fewer, _ = apply(visitor.document, DeleteNodes(nodes=(visitor.node("hidden"),)))
    visitor.draw(fewer)
    assert {node.name for node in visitor.document.nodes.values()} == {"input", "output"}
    assert visitor.document.edges == {}


def test_what_is_no_design_is_refused_and_said(tab, project):
    visitor = tab(project())
    visitor.visit()
    before = visitor.document
    nodes = [node.model_dump(mode="json") for node in before.nodes.values()]
    visitor.at.session_state[KEY] = {
        "doc": {
            "nodes": [nodes[0], nodes[0]],
            "edges": [],
            "rev": 1,
            "epoch": visitor.opening.epoch,
            "ack": 0,
        }
    }
    visitor.at.run()
    assert "could not be kept" in visitor.texts()
    assert visitor.document == before


def test_several_selected_layers_are_named(tab, project):
    visitor = tab(project())
    visitor.visit()
    visitor.select("hidden", "output")
    assert "2 layers" in visitor.texts()
    assert "hidden, output" in visitor.texts()


def test_an_edit_made_just_before_a_page_switch_is_kept(tab, project, services):
    visitor = tab(project())
    at = visitor.visit()
    renamed, _ = apply(visitor.document, RenameNode(node=visitor.node("hidden"), name="thinking"))
    # The commit arrives together with the switch: the design page never runs for it.
    at.session_state[KEY] = {
        "doc": {**to_canvas(renamed), "rev": 1, "epoch": visitor.opening.epoch, "ack": 0, "selected": []}
    }
    visitor.visit("train")
    assert visitor.node("thinking")
    stored = services.projects.open(visitor.opening.project.id).document
    assert "thinking" in {node.name for node in stored.nodes.values()}


def test_an_empty_design_offers_templates_and_takes_one(tab, services):
    visitor = tab(services.projects.create("My first network", GraphDocument()))
    at = visitor.visit()
    assert "Begin with a template" in visitor.texts()
    at.button(key="begin_template_iris").click().run()
    assert visitor.document.data.dataset == "iris"
    assert visitor.opening.project.name == "Iris: a first classifier"
    assert "Begin with a template" not in visitor.texts()


def test_a_design_with_layers_offers_none(tab, project):
    visitor = tab(project())
    visitor.visit()
    assert "Begin with a template" not in visitor.texts()
    assert "This is a working model." in visitor.texts()


def test_commands_are_forgotten_once_carried_out(tab, project):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    visitor.select("hidden")
    visitor.field("units").set_value(5).run()
    (command,) = visitor.sent["commands"]
    changed, _ = apply(visitor.document, SetParam(node=hidden, param="units", value=5))
    visitor.draw(changed, selected=(hidden,), ack=command["id"])
    assert visitor.sent["commands"] == []
    assert visitor.field("units").value == 5


def test_what_a_form_has_told_the_canvas_holds_on_other_pages_at_once(tab, project, services):
    visitor = tab(project())
    visitor.visit()
    hidden = visitor.node("hidden")
    visitor.select("hidden")
    visitor.field("units").set_value(5)
    visitor.field("note").input("fewer")
    visitor.field("name").input("thinking")
    visitor.field("Bypassed").set_value(True).run()
    visitor.visit("train")
    node = services.projects.open(visitor.opening.project.id).document.nodes[hidden]
    assert (node.params["units"], node.note, node.name, node.bypassed) == (5, "fewer", "thinking", True)


def test_of_very_many_problems_the_first_are_shown_until_all_are_asked_for(tab, services):
    nodes = {f"n{place}": Node(id=f"n{place}", layer="Add", name=f"add_{place}") for place in range(30)}
    visitor = tab(services.projects.create("Hundreds", GraphDocument(nodes=nodes)))
    visitor.visit()
    # The first is about the design as a whole: no layer lets data in.
    assert _shown(visitor) == MOST_SHOWN - 1
    next(toggle for toggle in visitor.at.toggle if toggle.label.startswith("Show all")).set_value(True).run()
    assert _shown(visitor) == len(nodes)


def _shown(visitor):
    return len([button for button in visitor.at.button if button.label.startswith("Show add")])


def test_what_the_canvas_has_done_and_taken_back_is_not_done_again(tab, project):
    visitor = tab(project())
    at = visitor.visit()
    hidden = visitor.node("hidden")
    visitor.select("hidden")
    before = visitor.document
    visitor.field("units").set_value(5).run()
    (command,) = visitor.sent["commands"]
    # The browser says both at once, and the page is left in that moment.
    at.session_state[KEY] = {
        "doc": {
            **to_canvas(before),
            "rev": 3,
            "epoch": visitor.opening.epoch,
            "ack": command["id"],
            "selected": [hidden],
        }
    }
    visitor.visit("train")
    assert visitor.document.nodes[hidden].params == before.nodes[hidden].params
