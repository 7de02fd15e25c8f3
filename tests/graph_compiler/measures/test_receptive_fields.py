"""Receptive fields, against the places of an input that a place's gradient reaches."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graph_compiler import lower
from graph_compiler.document import GraphDocument
from graph_compiler.measures import measure
from tests.graph_compiler.designs import Sketch
from tests.runtime.drawn import examples

LENGTH = 48
PLAIN = {"use_bias": False}
ONES = {"kernel_initializer": "ones"}
DEPTHWISE = {"depthwise_initializer": "ones"}
sizes = st.integers(1, 4)
paddings = st.sampled_from(["valid", "same"])


def add_layer(draw: st.DrawFn, sketch: Sketch, name: str, source: str) -> None:
    """One layer that moves or mixes steps; all weights are 1, so that nothing cancels out."""
    kind = draw(st.sampled_from(["conv", "depthwise", "separable", "transposed", "pool", "edges", "up"]))
    stride = draw(st.integers(1, 2))
    dilation = draw(st.integers(1, 3)) if stride == 1 else 1
    window = {
        "kernel_size": draw(sizes),
        "strides": stride,
        "dilation_rate": dilation,
        "padding": draw(paddings),
    }
    match kind:
        case "conv":
            padding = draw(st.sampled_from(["valid", "same", "causal"]))
            sketch.add("Conv1D", name, source, filters=2, **ONES, **window | {"padding": padding})
        case "depthwise":
            sketch.add("DepthwiseConv1D", name, source, **DEPTHWISE, **window)
        case "separable":
            pointwise = {"pointwise_initializer": "ones"}
            sketch.add("SeparableConv1D", name, source, filters=2, **DEPTHWISE, **pointwise, **window)
        case "transposed":
            # A window smaller than the step leaves places that nothing is written to.
            window |= {"kernel_size": max(window["kernel_size"], stride), "dilation_rate": 1}
            sketch.add("Conv1DTranspose", name, source, filters=1, **ONES, **window)
        case "pool":
            pool = {"pool_size": window["kernel_size"], "strides": stride, "padding": window["padding"]}
            sketch.add("AveragePooling1D", name, source, **pool)
        case "edges":
            sketch.add(
                "Cropping1D", name, source, cropping=[draw(st.integers(0, 3)), draw(st.integers(0, 3))]
            )
        case _:
            sketch.add("UpSampling1D", name, source, size=draw(st.integers(1, 3)))


@st.composite
def networks(draw: st.DrawFn) -> GraphDocument:
    """A few layers in a row; now and then with a branch around a part that keeps the length."""
    sketch = Sketch().add("InputLayer", "input", shape=[LENGTH, 1])
    last = "input"
    for number in range(draw(st.integers(1, 4))):
        name = f"layer_{number}"
        if draw(st.integers(0, 3)) == 3:
            same = {"kernel_size": draw(sizes), "padding": "same", "filters": 1, **ONES}
            sketch.add("Conv1D", f"around_{number}", last, **same)
            sketch.add("Conv1D", f"through_{number}", last, **same | {"kernel_size": draw(sizes)})
            sketch.add("Add", name, f"around_{number}", f"through_{number}")
        else:
            add_layer(draw, sketch, name, last)
        last = name
    return sketch.document


def seen(document: GraphDocument) -> tuple[list[list[int]], int]:
    """The places of the input that each place of the output depends on, and how long the output is."""
    model = lower(document, compile=False)
    inputs = torch.ones(1, LENGTH, 1, requires_grad=True)
    outputs = model(inputs).sum(-1)[0]
    found = []
    for place in outputs:
        (gradient,) = torch.autograd.grad(place, inputs, retain_graph=True)
        found.append(gradient[0, :, 0].nonzero().flatten().tolist())
    return found, len(outputs)


@examples(40)
@given(networks())
def test_fields_are_what_gradients_reach(document: GraphDocument) -> None:
    last = measure(document).layers[-1]
    if last.waits_for is not None:
        return
    (field,) = last.fields
    (axis,) = field.axes
    assert axis is not None
    places, length = seen(document)
    for place, reached in enumerate(places):
        first, end = axis.reach.at(place)
        assert all(first <= one <= end for one in reached), f"place {place} sees more than {first} to {end}"
    turn = len(axis.reach.first)
    middle = [
        place
        for place in range(length // 2 - turn // 2, length // 2 - turn // 2 + turn)
        if 0 <= place < length and axis.reach.at(place)[0] >= 8 and axis.reach.at(place)[1] < LENGTH - 8
    ]
    for place in middle:
        assert (places[place][0], places[place][-1]) == axis.reach.at(place)
    if len(middle) == turn:
        assert max(places[place][-1] - places[place][0] for place in middle) + 1 == axis.size


def texts(document: GraphDocument) -> dict[str, list[str]]:
    return {one.node.id: [str(field) for field in one.fields] for one in measure(document).layers}


def test_fields_of_a_known_network() -> None:
    """VGG16: 212 places behind its last pooling, 32 apart (Araujo et al. 2019, table 1)."""
    sketch = Sketch().add("InputLayer", "input", shape=[224, 224, 3])
    last = "input"
    for block, count in enumerate((2, 2, 3, 3, 3)):
        for number in range(count):
            name = f"conv_{block}_{number}"
            sketch.add("Conv2D", name, last, filters=4, kernel_size=3, padding="same")
            last = name
        sketch.add("MaxPooling2D", f"pool_{block}", last)
        last = f"pool_{block}"
    (field,) = measure(sketch.document).layers[-1].fields
    axes = [axis for axis in field.axes if axis is not None]
    assert [(axis.size, axis.jump) for axis in axes] == [(212, 32), (212, 32)]


def test_places_are_lost_where_they_are_mixed() -> None:
    sketch = Sketch().add("InputLayer", "input", shape=[12, 10, 3])
    sketch.add("Conv2D", "conv", "input", filters=2, kernel_size=[3, 1])
    sketch.add("BatchNormalization", "norm", "conv")
    sketch.add("Dense", "mixed", "norm", units=4)
    sketch.add("LayerNormalization", "rows", "mixed", axis=[2, 3])
    sketch.add("GlobalAveragePooling2D", "mean", "rows")
    sketch.add("Dense", "answer", "mean", units=1)
    assert texts(sketch.document) == {
        "input": ["1 × 1"],
        "conv": ["3 × 1"],
        "norm": ["3 × 1"],
        "mixed": ["3 × 1"],
        "rows": ["3 × all"],
        "mean": ["all"],
        "answer": ["all"],
    }


def test_rows_of_features_have_no_places() -> None:
    sketch = Sketch().add("InputLayer", "input", shape=[8]).add("Dense", "dense", "input", units=2)
    assert texts(sketch.document) == {"input": [], "dense": []}


def test_a_sequence_that_is_read_is_seen_as_a_whole() -> None:
    sketch = Sketch().add("InputLayer", "input", shape=[8, 3]).add("LSTM", "lstm", "input", units=2)
    assert texts(sketch.document) == {"input": ["1"], "lstm": ["all"]}


def test_each_input_has_a_field_of_its_own() -> None:
    sketch = Sketch().add("InputLayer", "left", shape=[9, 1]).add("InputLayer", "right", shape=[9, 1])
    sketch.add("Conv1D", "near", "left", filters=1, kernel_size=3, padding="same")
    sketch.add("Conv1D", "far", "right", filters=1, kernel_size=5, padding="same")
    sketch.add("Concatenate", "both", "near", "far")
    fields = measure(sketch.document).layers[-1].fields
    assert [(field.input, str(field)) for field in fields] == [("left", "3"), ("right", "5")]


def test_attention_sees_one_query_and_all_values() -> None:
    sketch = Sketch().add("InputLayer", "query", shape=[9, 4]).add("InputLayer", "value", shape=[7, 4])
    sketch.add("Conv1D", "near", "query", filters=4, kernel_size=3, padding="same")
    sketch.add("MultiHeadAttention", "look", "near", "value", num_heads=1, key_dim=2)
    fields = measure(sketch.document).layers[-1].fields
    assert [(field.input, str(field)) for field in fields] == [("query", "3"), ("value", "all")]


@pytest.mark.parametrize("layer", ["Reshape", "ConvLSTM1D", "AdaptiveAveragePooling1D"])
def test_where_nothing_can_be_said_nothing_is(layer: str) -> None:
    shape = [4, 6, 2] if layer == "ConvLSTM1D" else [12, 2]
    arguments = {
        "Reshape": {"target_shape": [6, 4]},
        "ConvLSTM1D": {"filters": 2, "kernel_size": 3, "return_sequences": True},
        "AdaptiveAveragePooling1D": {"output_size": 5},
    }[layer]
    sketch = Sketch().add("InputLayer", "input", shape=shape).add(layer, "layer", "input", **arguments)
    sketch.add("Dense", "behind", "layer", units=1)
    assert texts(sketch.document) == {
        "input": ["1 × 1" if len(shape) == 3 else "1"],
        "layer": [],
        "behind": [],
    }


def test_channels_may_stand_first() -> None:
    sketch = Sketch().add("InputLayer", "input", shape=[3, 12, 10])
    arguments = {"filters": 2, "kernel_size": 3, "data_format": "channels_first"}
    sketch.add("Conv2D", "conv", "input", **arguments)
    sketch.add("Permute", "last", "conv", dims=[2, 3, 1])
    sketch.add("Conv2D", "more", "last", filters=2, kernel_size=3)
    assert texts(sketch.document) == {
        "input": ["1 × 1"],
        "conv": ["3 × 3"],
        "last": ["3 × 3"],
        "more": ["5 × 5"],
    }
