"""Our shapes, the shapes our model computes, and those of the real Keras are the same."""

import keras
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, reject, settings

from graph_compiler import analyze, lower
from graph_compiler.codegen import keras_code
from graph_compiler.document import GraphDocument, Node, SetParam, apply
from graph_compiler.instances import instance_of
from runtime.errors import DataError, NotBuiltError
from runtime.layers.learning import learner
from runtime.types import Shape
from tests.graph_compiler.random_designs import designs

EXAMPLES = 25
quiet = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def fits(real: Shape, stated: Shape) -> bool:
    return len(real) == len(stated) and all(b is None or a == b for a, b in zip(real, stated, strict=True))


def with_known_sizes(document: GraphDocument) -> GraphDocument:
    """The same with inputs of size 6 where they leave it open: whether open sizes fit, only data can tell."""
    for node_id in analyze(document).inputs:
        shape = document.nodes[node_id].params["shape"]
        sizes = [6 if size is None else size for size in shape]
        document, _ = apply(document, SetParam(node=node_id, param="shape", value=sizes))
    return document


def output_shapes(document: GraphDocument) -> list[Shape]:
    analysis = analyze(document)
    return [next(iter(analysis.shapes[key].values())).shape for key in analysis.outputs]


@given(designs(to_compute=True))
@quiet
def test_a_lowered_model_computes_tensors_of_the_stated_shapes(document):
    document = with_known_sizes(document)
    analysis = analyze(document)
    assume(analysis.ok)
    model = lower(document, seed=0, compile=False)
    arrays = [torch.zeros([7, *tensor.shape[1:]]) for tensor in model.inputs]
    try:
        outputs = model(arrays[0] if len(arrays) == 1 else arrays)
    except (DataError, NotBuiltError):
        reject()  # Random layers make ids that are none, and have learnt nothing from data yet.
    outputs = outputs if isinstance(outputs, list) else [outputs]
    for real, stated in zip(outputs, output_shapes(document), strict=True):
        assert fits(tuple(real.shape), stated)
    assert model.count_params() == analysis.total_parameters


@given(designs(to_compute=True))
@quiet
def test_generated_code_makes_the_same_model_in_keras(document):
    analysis = analyze(document)
    assume(analysis.ok)
    model = keras_model(document)
    assert [tensor.shape for tensor in model.outputs] == output_shapes(document)
    assert model.count_params() == analysis.total_parameters
    assert {layer.name for layer in model.layers} == {
        node.name for node in document.nodes.values() if not node.shares
    }


def keras_model(document: GraphDocument) -> keras.Model:
    """Runs the part of the generated program that makes the model."""
    code = keras_code(document)
    # The data, too, where layers learn from them.
    begin = "# Random numbers" if any(map(learns, document.nodes.values())) else "# The layers"
    part = code[code.index(begin) : code.index("model.summary()")]
    scope = {"keras": keras, "layers": keras.layers, "np": np}
    exec(part, scope)
    return scope["model"]


def learns(node: Node) -> bool:
    return learner(instance_of(node).layer) is not None


@pytest.mark.parametrize("seed", [0, 7])
def test_the_start_values_follow_the_seed(seed):
    from tests.graph_compiler.designs import mlp

    first, again = (lower(mlp(), seed=seed, compile=False).get_weights() for _ in range(2))
    other = lower(mlp(), seed=seed + 1, compile=False).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
