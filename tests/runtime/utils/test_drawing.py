"""A model is drawn with each of its layers and every wire, without boxes upon each other."""

import os
import re
from xml.etree import ElementTree

os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np
import pytest
from PIL import Image

import runtime
from runtime import layers, utils
from runtime.errors import NotBuiltError, ParameterError
from runtime.utils.layout import place


def branching():
    start = layers.Input((8,), name="start")
    left = layers.Dense(4, "relu", name="left")(start)
    deep = layers.Dense(4, name="deep")(layers.Dense(4, name="right")(start))
    inner_start = layers.Input((4,), name="inner_start")
    inner = runtime.Model(inner_start, layers.Dense(4, name="inside")(inner_start), name="inner")
    joined = layers.Add(name="joined")([left, inner(deep), left])
    return runtime.Model(start, layers.Dense(2, name='say "hi"')(joined), name="whole")


def wires(diagram):
    names = [lines[0].partition(" (")[0] for lines in diagram.boxes]
    return {(names[source], names[target]) for source, target in diagram.arrows}


def test_boxes_and_arrows():
    diagram = utils.model_to_dot(branching())
    assert wires(diagram) == {
        ("start", "left"),
        ("start", "right"),
        ("right", "deep"),
        ("deep", "inner"),
        ("inner", "joined"),
        ("left", "joined"),
        ("joined", 'say "hi"'),
    }
    text = diagram.to_string()
    assert text.count("->") == len(diagram.arrows)
    assert r'label="say \"hi\" (Dense)"' in text


def test_models_inside_are_opened():
    diagram = utils.model_to_dot(branching(), expand_nested=True)
    assert {("deep", "inside"), ("inside", "joined")} <= wires(diagram)
    assert "inner" not in {name for wire in wires(diagram) for name in wire}


def test_what_is_shown_of_a_layer():
    diagram = utils.model_to_dot(
        branching(), show_shapes=True, show_dtype=True, show_layer_activations=True, show_trainable=True
    )
    (left,) = [lines for lines in diagram.boxes if lines[0] == "left (Dense)"]
    assert left[1] == "Activation: relu"
    assert re.fullmatch(r"Input shape: .*8.*", left[2])
    assert re.fullmatch(r"Output shape: .*4.*", left[3])
    assert left[4:] == ("Output dtype: float32", "Trainable: yes")
    assert utils.model_to_dot(branching(), show_layer_names=False).boxes[0] == ("InputLayer",)


@pytest.mark.parametrize("across", ["TB", "LR"])
def test_no_box_lies_upon_another(across):
    diagram = utils.model_to_dot(branching(), show_shapes=True, rankdir=across)
    placed = place(diagram)
    for number, (left, top, width, height) in enumerate(placed.boxes):
        assert 0 <= left <= placed.width - width
        assert 0 <= top <= placed.height - height
        for other_left, other_top, other_width, other_height in placed.boxes[:number]:
            beside = left >= other_left + other_width or other_left >= left + width
            assert beside or top >= other_top + other_height or other_top >= top + height
    axis = 0 if across == "LR" else 1
    assert all(way[0][axis] < way[-1][axis] for way in placed.arrows)


def test_pictures(tmp_path):
    model = branching()
    assert utils.plot_model(model, tmp_path / "model.svg", show_layer_names=True) is None
    tree = ElementTree.parse(tmp_path / "model.svg")
    texts = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert 'say "hi" (Dense)' in texts
    assert len(texts) == len(model.layers)
    utils.plot_model(model, tmp_path / "model.png", dpi=96)
    utils.plot_model(model, tmp_path / "large.png", dpi=192)
    with Image.open(tmp_path / "model.png") as small, Image.open(tmp_path / "large.png") as large:
        assert abs(large.width - 2 * small.width) <= 2
        assert len(set(small.convert("L").get_flattened_data())) > 10, "something is drawn"
    utils.plot_model(model, tmp_path / "model.dot")
    assert (tmp_path / "model.dot").read_text().startswith("digraph model {")


def test_other_models():
    chain = runtime.Sequential([runtime.Input((3,)), layers.Dense(2, name="a"), layers.Dense(1, name="b")])
    assert ("a", "b") in wires(utils.model_to_dot(chain))

    class Own(runtime.Model):
        def call(self, inputs):
            return inputs

    own = Own(name="own")
    with pytest.raises(NotBuiltError, match="no layers to draw"):
        utils.plot_model(runtime.Sequential([layers.Dense(1)]))
    own(np.zeros((1, 3), "float32"))
    assert utils.model_to_dot(own).boxes == [("own (Own)",)]


def test_wrong_wishes_are_told(tmp_path):
    model = branching()
    with pytest.raises(ParameterError, match=r"\.svg or \.png"):
        utils.plot_model(model, tmp_path / "model.pdf")
    with pytest.raises(ParameterError, match="rankdir"):
        utils.plot_model(model, tmp_path / "model.svg", rankdir="UP")
    with pytest.raises(ParameterError, match="layer_range"):
        utils.plot_model(model, tmp_path / "model.svg", layer_range=("a", "b"))
