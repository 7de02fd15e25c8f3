"""Pictures show what is really computed, and say it in words."""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
import torch

from app.components.inspector.curves import activation_picture, initializer_picture, schedule_picture
from app.components.inspector.drawing import INKS, Picture
from app.components.inspector.geometry import geometry_picture
from app.services.palette import first_params
from graph_compiler.document import Node
from runtime import activations, initializers
from runtime.layers import layer_names, layer_spec
from runtime.optimizers import schedules

LONGEST = 6000
"""A drawing that is longer would be cached by Streamlit, whose browser side forgets parts of fragments."""


def parts(picture: Picture, kind: str) -> list[ElementTree.Element]:
    """The elements of a kind; the drawing is well formed."""
    return list(ElementTree.fromstring(f"<svg>{picture.body}</svg>").iter(kind))


def filled(picture: Picture) -> int:
    """How many cells are looked at."""
    paths = [path for path in parts(picture, "path") if path.get("fill") == INKS["light"].line]
    return sum(path.get("d", "").count("M") for path in paths)


@pytest.mark.parametrize("name", activations.registry.names())
def test_every_activation_has_a_picture(name: str) -> None:
    picture = activation_picture(name, "light")
    if activations.objection(activations.registry.lookup(name), keeps_shape=False):
        assert picture is None
        return
    assert picture is not None
    assert picture.alt
    assert parts(picture, "polyline") or parts(picture, "rect")


def test_a_curve_goes_where_the_function_goes() -> None:
    picture = activation_picture("relu", "light")
    assert picture is not None
    (line,) = parts(picture, "polyline")
    points = [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]
    heights = [y for _, y in points]
    flat, rising = heights[:61], heights[60:]
    assert len(set(flat)) == 1, "0 for negative numbers"
    assert all(after < before for before, after in pairwise(rising)), "and up from there"
    assert "-4 becomes 0" in picture.alt
    assert "4 becomes 4" in picture.alt


def test_functions_of_several_numbers_and_no_others_have_bars() -> None:
    pictures = {name: activation_picture(name, "light") for name in activations.registry.names()}
    bars = {name for name, picture in pictures.items() if picture and not parts(picture, "polyline")}
    assert bars == {"softmax", "log_softmax", "sparsemax", "glu"}
    assert "1 together" in (pictures["softmax"] or Picture("", 0, "")).alt


@pytest.mark.parametrize("name", initializers.registry.names())
def test_every_initializer_that_fits_has_a_histogram(name: str) -> None:
    before = torch.random.get_rng_state()
    picture = initializer_picture(name, (20, 30), "dark")
    assert torch.equal(before, torch.random.get_rng_state()), "the program's random numbers stay"
    assert (picture is None) == (name == "STFT"), "it is for weights of three axes"
    assert picture is None or "20 × 30" in picture.alt


def test_a_histogram_is_of_the_weight_it_is_for() -> None:
    spreads: list[float] = []
    for shape in ((10, 10), (1000, 200)):
        picture = initializer_picture("glorot_uniform", shape, "light")
        assert picture is not None
        spreads += map(float, re.findall(r"spread ([\d.]+)\.", picture.alt))
    assert spreads[0] == pytest.approx((6 / 20) ** 0.5 / 3**0.5, rel=0.15)
    assert spreads[1] == pytest.approx((6 / 1200) ** 0.5 / 3**0.5, rel=0.05)


@pytest.mark.parametrize("name", schedules.registry.names())
def test_every_schedule_has_an_example_and_its_curve(name: str) -> None:
    example: Any = schedules.registry.lookup(name).example(0.01, 600)
    assert example(0) == pytest.approx(0.01)
    assert example(600) < 0.01
    config = {"class_name": name, "config": example.get_config()}
    picture = schedule_picture(config, 600, "light")
    assert picture is not None
    assert f"{example(300):.3g} at step 300" in picture.alt


def test_no_picture_of_what_is_wrong() -> None:
    assert activation_picture("relou", "light") is None
    assert activation_picture(["relu"], "light") is None
    assert initializer_picture({"class_name": "Zeros", "config": {"much": 1}}, None, "light") is None
    assert schedule_picture({"class_name": "CosineDecay", "config": {}}, 10, "light") is None


def geometry(layer: str, given: Any = None, /, **params: Any) -> Picture | None:
    return geometry_picture(Node(id="n_1", layer=layer, name="it", params=params), given, "light")


@pytest.mark.parametrize(
    ("layer", "params", "given", "said", "cells"),
    [
        (
            "Conv2D",
            {"kernel_size": 3},
            (None, 28, 28, 1),
            "28 places become 26, each from 3, the next from 1",
            10,
        ),
        (
            "Conv2D",
            {"kernel_size": 3, "dilation_rate": 2},
            (None, 28, 28, 1),
            "28 places become 24, each from 3 that lie 2 apart",
            10,
        ),
        (
            "Conv2D",
            {"kernel_size": 5, "padding": "same"},
            (None, 9, 9, 1),
            "with 2 of padding before and 2",
            26,
        ),
        (
            "MaxPooling2D",
            {"pool_size": [2, 3]},
            (None, 8, 9, 1),
            "8 places become 4, each from 2, the next from 2",
            7,
        ),
        (
            "Conv1D",
            {"kernel_size": 3, "padding": "causal"},
            (None, None, 4),
            "with 2 of padding before and 0",
            4,
        ),
        ("Conv2DTranspose", {"kernel_size": 2, "strides": 2}, (None, 7, 7, 1), "7 places become 14", 2),
    ],
)
def test_windows_lie_where_the_layer_puts_them(
    layer: str, params: dict[str, Any], given: Any, said: str, cells: int
) -> None:
    first = first_params(layer_spec(layer))
    picture = geometry(layer, given, **(first | params))
    assert picture is not None
    assert said in picture.alt
    assert filled(picture) == cells, "what the first place sees, and that place itself"


def test_every_layer_with_windows_has_a_picture_and_no_other() -> None:
    params = {name: first_params(layer_spec(name)) for name in layer_names()}
    drawn = {name for name, given in params.items() if geometry(name, None, **given) is not None}
    pictures = [geometry(name, None, **params[name]) for name in drawn]
    assert max(len(picture.body) for picture in pictures if picture) < LONGEST
    windowed = {name for name in layer_names() if "pools" in layer_spec(name).cls.traits}  # type: ignore[attr-defined]
    assert windowed <= drawn
    assert not {"Dense", "LSTM", "Flatten", "BatchNormalization", "InputLayer"} & drawn


def test_wrong_parameters_have_no_picture() -> None:
    assert geometry("Conv2D", (None, 28, 28, 1), filters=0, kernel_size=3) is None
    assert geometry("Conv2D", (None, 2, 2, 1), filters=3, kernel_size=3) is None
    assert geometry("Conv2D", (None, 28), filters=3, kernel_size=3) is None
