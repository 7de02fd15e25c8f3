"""Layers that are called on two tensors: each call has to fit the weights that the owner has."""

from typing import Any

import pytest

from graph_compiler import analyze, lower
from graph_compiler.document import AddNode, Connect, Edge, Node, apply
from graph_compiler.instances import find_spec
from tests.graph_compiler.designs import Sketch


def called_twice(kind: str, first: list[int], second: list[int], **params: Any) -> Sketch:
    sketch = Sketch("twice").add("InputLayer", "left", shape=first).add("InputLayer", "right", shape=second)
    owner = Node(id="owner", layer=kind, name="owner", params=params)
    sketch.document, _ = apply(sketch.document, AddNode(node=owner))
    wire = Edge(id="e_owner", source="left", target="owner", target_port=input_of(kind))
    sketch.document, _ = apply(sketch.document, Connect(edge=wire))
    return sketch.add(kind, "guest", "right", shares="owner")


def input_of(kind: str) -> str:
    spec = find_spec(kind)
    assert spec is not None
    return spec.inputs[0].name


def codes(sketch: Sketch) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.node_id) for finding in analyze(sketch.document).errors]


INNER = {"layer": "Embedding", "params": {"input_dim": 4, "output_dim": 2}}


@pytest.mark.parametrize(
    ("layer", "first", "second", "params"),
    [
        ("Dense", [4], [5], {"units": 2}),
        ("BatchNormalization", [6, 3], [3], {}),
        ("GroupNormalization", [6, 4], [4], {"groups": 2}),
        ("EinsumDense", [6, 4], [2, 6, 4], {"equation": "...x,xy->...y", "output_shape": [3]}),
        ("PReLU", [6, 1], [2, 3], {}),
        ("Normalization", [6, 3], [3], {}),
        ("SpectralNormalization", [4], [5], {"layer": INNER}),
        ("LSTM", [6, 3], [6, 4], {"units": 2}),
    ],
)
def test_a_call_that_does_not_fit_the_weights_is_found(
    layer: str, first: list[int], second: list[int], params: dict[str, Any]
) -> None:
    assert codes(called_twice(layer, first, second, **params)) == [("NN204", "guest")]
    assert codes(called_twice(layer, first, first, **params)) == []


def test_sizes_that_no_weight_depends_on_may_differ() -> None:
    sketch = called_twice("Dense", [4], [7, 4], units=3)
    analysis = analyze(sketch.document)
    assert analysis.ok
    assert analysis.parameters == {"left": 0, "right": 0, "owner": 15, "guest": 0}
    assert lower(sketch.document, compile=False).count_params() == 15
