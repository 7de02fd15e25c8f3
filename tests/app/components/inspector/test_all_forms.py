"""Every layer has a form, in which every parameter shows its default."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.components.inspector.fields import NO, YES, alike
from app.components.inspector.values import NO_VALUE, from_text, same
from app.services.palette import first_params
from runtime.layers import layer_names, layer_spec
from runtime.layers.parameters import ParamSpec

KINDS = ("text_input", "number_input", "selectbox", "toggle", "slider", "multiselect")
TOGETHER = 12
"""Layers on one page: a page costs more to begin than a form, and one with all of them is slow to read."""
LAYERS = layer_names()


def page(names: tuple[str, ...], given: bool) -> None:
    """Draws forms below each other."""
    from app.components.inspector import node_form
    from app.services.palette import first_params
    from graph_compiler.document import Node
    from runtime.layers import layer_spec

    for name in names:
        params = first_params(layer_spec(name)) if given else {}
        node_form("canvas", Node(id=f"n_{name}", layer=name, name=name.lower(), params=params))


@pytest.fixture(scope="module")
def widgets() -> dict[str, Any]:
    """The widgets of all forms, by key."""
    found: dict[str, Any] = {}
    for start in range(0, len(LAYERS), TOGETHER):
        names = tuple(LAYERS[start : start + TOGETHER])
        at = AppTest.from_function(page, args=(names, True), default_timeout=120).run()
        assert not at.exception, [error.value for error in at.exception]
        assert [title.value for title in at.subheader] == [layer_spec(name).label for name in names]
        found |= {widget.key.rpartition(":shown_")[0]: widget for kind in KINDS for widget in at.get(kind)}
    return found


def is_shown(param: ParamSpec, shown: Any, value: Any) -> bool:
    """Whether what stands in a widget means a value."""
    if (
        isinstance(shown, str)
        and shown in (NO_VALUE, YES, NO)
        and param.kind in ("bool", "choice", "registry")
    ):
        return value is {YES: True, NO: False, NO_VALUE: None}[shown]
    if param.kind in ("choice", "registry"):
        return alike(shown, value)
    if isinstance(shown, str) and param.kind != "str":
        shown = from_text(param, shown)
    return same(shown, value) or shown == value or (value in ("", None) and shown in ("", None))


@pytest.mark.parametrize("layer", LAYERS)
def test_every_default_is_shown_with_its_help(widgets: dict[str, Any], layer: str) -> None:
    spec = layer_spec(layer)
    first = first_params(spec)
    for table, params in (("params", spec.params), ("settings", spec.settings)):
        for param in params:
            more = ":add" if param.kind == "layers" else ""
            widget = widgets[f"canvas:n_{layer}:{table}:{param.name}{more}"]
            assert widget.label == param.name
            if param.kind in ("layer", "layers"):
                assert widget.options, "there are layers to choose from"
                continue
            value = first.get(param.name, param.default)
            assert is_shown(param, widget.value, value), f"{param.name}: {widget.value!r} is not {value!r}"
            help = widget.proto.help.replace("\\", "")
            assert param.help in help
            assert param.required or "Default: " in help


def test_a_form_without_its_required_parameters_can_be_drawn() -> None:
    required = [name for name in LAYERS if any(param.required for param in layer_spec(name).params)]
    at = AppTest.from_function(page, args=(tuple(required[:TOGETHER]), False), default_timeout=120).run()
    assert not at.exception
    assert len(at.subheader) == TOGETHER


def test_numbers_between_two_bounds_are_sliders(widgets: dict[str, Any]) -> None:
    bounded = {
        f"canvas:n_{name}:params:{param.name}": param.range
        for name in LAYERS
        for param in layer_spec(name).params
        if param.kind == "float" and not param.optional and None not in (param.range.min, param.range.max)
    }
    assert len(bounded) > 20
    for key, limits in bounded.items():
        slider = widgets[key]
        assert slider.type == "slider"
        assert (slider.min in limits, slider.max in limits) == (True, True)
        assert slider.max - slider.min > 0.9 * (limits.max - limits.min)
