"""A browser that is slow to load its widgets changes nothing by itself."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Designer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

WIDGETS = re.compile(r"/static/js/(NumberInput|TextInput|Selectbox|Slider|Checkbox|Multiselect)\.")


class Brake:
    """Holds back the scripts of widgets until it is released."""

    def __init__(self, visitor: Visitor) -> None:
        self._held: list[Route] = []
        self._released = False
        visitor.page.route(WIDGETS, self._hold)

    def _hold(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self._held.append(route)

    def release(self) -> None:
        assert self._held, "the scripts of widgets have other names now"
        self._released = True
        for route in self._held:
            route.continue_()


def test_settings_of_training_stay_as_they_are(visitor: Visitor, designer: Designer) -> None:
    project_id = designer.new_project("digits_mlp")
    brake = Brake(visitor)
    visitor.open(project_id, "train")
    visitor.train_button.click()
    visitor.run_is("Finished")
    brake.release()
    visitor.painted()
    for label, value in (("Epochs", "20"), ("Batch size", "32"), ("Learning rate", "0.001")):
        expect(visitor.page.get_by_label(label, exact=True)).to_have_value(value)
    expect(visitor.page.get_by_role("switch", name="Shuffle")).to_be_checked()
    visitor.go("Evaluate")
    visitor.go("Train")
    assert designer.projects.open(project_id).revision == 1


def test_a_layer_stays_as_it_is(visitor: Visitor, designer: Designer) -> None:
    project_id = designer.new_project("digits_mlp")
    before = {node.name: node.params for node in designer.document(project_id).nodes.values()}
    brake = Brake(visitor)
    visitor.open(project_id)
    visitor.node("hidden").click(position={"x": 40, "y": 18})
    expect(visitor.node("hidden")).to_have_attribute("data-selected", "true")
    visitor.settle()
    # Moved: the form is drawn once more.
    visitor.page.keyboard.press("ArrowDown")
    visitor.settle()
    brake.release()
    visitor.painted()
    expect(visitor.page.get_by_label("name", exact=True)).to_have_value("hidden")
    expect(visitor.page.get_by_label("units", exact=True)).to_have_value("64")
    visitor.page.keyboard.press("ArrowDown")
    visitor.settle()
    assert {node.name: node.params for node in designer.document(project_id).nodes.values()} == before
