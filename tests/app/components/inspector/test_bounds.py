"""A number, or a lower and an upper one: a slider with one handle or with two."""

import pytest


def test_one_number_becomes_two_bounds_that_mean_the_same_and_back(form, last_command, carried_out):
    visitor = form("RandomRotation", factor=0.2)
    slider = visitor.field("factor")
    assert (slider.value, slider.min, slider.max) == (0.2, -1.0, 1.0)
    visitor.button("Two bounds for factor").click().run()
    assert last_command(visitor)["params"] == {"factor": [-0.2, 0.2]}
    carried_out(visitor, factor=[-0.2, 0.2])
    assert visitor.field("factor").value == (-0.2, 0.2)
    visitor.field("factor").set_value((-0.1, 0.3)).run()
    assert last_command(visitor)["params"] == {"factor": [-0.1, 0.3]}
    carried_out(visitor, factor=[-0.1, 0.3])
    visitor.button("One number for factor").click().run()
    assert last_command(visitor)["params"] == {"factor": 0.3}
    carried_out(visitor, factor=0.3)
    assert visitor.field("factor").value == 0.3


@pytest.mark.parametrize(
    ("layer", "given", "two"),
    [
        ("RandomContrast", {"factor": 0.2}, [0, 0.2]),
        ("RandomZoom", {"height_factor": 1.0}, [-0.99, 1.0]),
        ("RandomPosterization", {"factor": 3.5}, [1, 3.5]),
    ],
)
def test_two_bounds_begin_within_what_is_allowed(form, last_command, layer, given, two):
    visitor = form(layer, **given)
    (name,) = given
    visitor.button(f"Two bounds for {name}").click().run()
    assert last_command(visitor)["params"] == {name: two}


def test_nothing_can_become_a_number_and_go_back(form, last_command, carried_out):
    visitor = form("RandomColorJitter")
    field = visitor.field("hue_factor")
    assert (field.type, field.placeholder) == ("text_input", "none")
    field.input("0.1, 0.3").run()
    assert last_command(visitor)["params"] == {"hue_factor": [0.1, 0.3]}
    carried_out(visitor, hue_factor=[0.1, 0.3])
    assert visitor.field("hue_factor").value == (0.1, 0.3)
    visitor.button("Reset hue_factor").click().run()
    assert last_command(visitor)["unset"] == ["hue_factor"]
    assert not visitor.at.exception
    before = visitor.document
    carried_out(visitor, hue_factor=None)
    assert visitor.document != before
    assert visitor.field("hue_factor").type == "text_input"


def test_bounds_without_limits_are_written(form, last_command):
    visitor = form("AutoContrast")
    assert visitor.field("value_range").value == "0, 255"
    visitor.field("value_range").input("1").run()
    assert "two numbers, a lower and an upper one" in visitor.texts()
    visitor.field("value_range").input("(0, 1)").run()
    assert last_command(visitor)["params"] == {"value_range": [0, 1]}


@pytest.mark.parametrize("factor", [1.5, [0.3, 0.1], [0.1], "much", [0.1, None], 0.1234567])
def test_what_no_slider_can_show_is_text(form, factor):
    visitor = form("RandomHue", factor=factor)
    assert visitor.field("factor").type == "text_input"
    assert not visitor.at.exception
    assert not [button for button in visitor.at.button if button.label.startswith("Two bounds")]
