"""Functions of `keras.ops` as steps of graphs: shapes, models, configs and files, as in the real Keras."""

import json

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import ops
from runtime.errors import ShapeError
from runtime.models import Functional
from tests.runtime.ops.calls import CALLS, data, names_in
from tests.runtime.ops.running import assert_same, chosen, flat, run, used

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
"""What torch says to Keras."""
SYMBOLIC = [call for call in CALLS if used(call) and "empty" not in call]
OTHER_SHAPES = {
    # Keras describes another number of axes than it computes.
    *("nonzero", "where", "corrcoef", "adaptive_max_pool", "categorical_crossentropy", "slogdet"),
    # Keras takes the batch size that a constant or a setting says, or says less of what is known.
    *("dot_product_attention", "scale_and_translate", "slice", "bincount"),
}
NOT_READ_BY_KERAS = {
    # Keras writes these, but computes something else or nothing from its own files.
    *("nonzero", "count_nonzero", "quantile", "cross", "softmax", "conv_transpose", "layer_normalization"),
}
BEYOND_GRAPHS = {
    *("matmul(x, p[0].T)", "matmul(i, i.T)", "dot(x, p[0].T)", "tensordot(x, p[0].T, axes=1)", "unstack(x)"),
}
"""A symbolic tensor has no `.T`, and nobody knows how many rows it has."""
FIXED_BATCH = (
    *("affine_transform", "broadcast_to", "ctc_decode", "ctc_loss", "depth_to_space", "fold", "segment_sum"),
)
"""Calls that are written for a batch of two."""


def graph(library, functions, call):
    """Inputs and outputs of a graph made of a call."""
    names = {name: torch.from_numpy(values) for name, values in data().items()}
    inputs = {
        name: library.Input(tuple(names[name].shape[1:]), name=f"in_{name}", dtype=str(names[name].dtype)[6:])
        for name in used(call)
    }
    return list(inputs.values()), run(functions, call, {**names, **inputs})


def tensors(call):
    return [torch.from_numpy(data()[name]) for name in used(call)]


def eager(call):
    return run(ops, call, {name: torch.from_numpy(values) for name, values in data().items()})


def keras_model(call):
    """The same call as a model of Keras, and its config, if Keras can write and read it."""
    try:
        inputs, outputs = graph(keras, keras.ops, call)
        assert all(isinstance(leaf, keras.KerasTensor) for leaf in flat(outputs))
    except Exception:
        return None, None
    try:
        config = json.dumps(keras.Model(inputs, flat(outputs)).get_config())
        keras.Model.from_config(json.loads(config))
    except Exception:
        config = None
    return outputs, config


def compare(call):
    """Describes a graph of a call, and compares what comes of it; True if Keras could do the same."""
    wanted = eager(call)
    inputs, outputs = graph(runtime, ops, call)
    for described, computed in zip(flat(outputs), flat(wanted), strict=True):
        assert len(described.shape) == computed.ndim
        fits = zip(described.shape, computed.shape, strict=True)
        assert all(size in (None, found) for size, found in fits)
        assert described.dtype == str(computed.dtype)[6:]
    model = Functional(inputs, flat(outputs))
    assert_same(flat(model(tensors(call))), flat(wanted), rtol=1e-4, atol=1e-5)
    config = json.dumps(model.get_config())
    again = Functional.from_config(json.loads(config))
    assert_same(flat(again(tensors(call))), flat(wanted), rtol=1e-4, atol=1e-5)
    theirs, their_config = keras_model(call)
    if theirs is not None and names_in(call) not in OTHER_SHAPES:
        assert [leaf.shape for leaf in flat(outputs)] == [tuple(leaf.shape) for leaf in flat(theirs)]
    if their_config is None or names_in(call) in NOT_READ_BY_KERAS:
        return False
    here = Functional.from_config(json.loads(their_config))
    assert_same(flat(here(tensors(call))), flat(wanted), rtol=1e-4, atol=1e-5)
    there = keras.Model.from_config(json.loads(config))
    assert_same(list(flat(there(tensors(call)))), flat(wanted), rtol=1e-4, atol=1e-5)
    return True


@pytest.mark.parametrize("part", range(4))
def test_functions_are_steps_of_graphs(part):
    """Shapes, models, configs: those of what is computed eagerly, and those of Keras."""
    compared = 0
    for call in chosen(SYMBOLIC)[part::4]:
        if names_in(call) in FIXED_BATCH or not all(
            isinstance(leaf, torch.Tensor) for leaf in flat(eager(call))
        ):
            continue
        if call in BEYOND_GRAPHS:
            continue
        try:
            compared += compare(call)
        except Exception as error:
            raise AssertionError(call) from error
    assert compared > 50


def network(library, functions):
    """A small model in which functions stand between layers."""
    layers = library.layers
    rows = library.Input((6, 4), name="rows")
    weights = library.Input((6,), name="weights")
    x = layers.Dense(4, name="first")(rows)
    scale = functions.expand_dims(functions.softmax(weights, axis=-1), -1)
    mean = functions.sum(x * scale, axis=1, keepdims=True)
    spread = functions.sqrt(functions.mean(functions.square(x - mean), axis=1) + 1e-3)
    left, right = functions.split(
        functions.concatenate([functions.squeeze(mean, 1), spread], axis=-1), 2, axis=-1
    )
    top, _ = functions.top_k(functions.max(x, axis=-1), 3)
    joined = functions.where(left > 0, left, functions.multiply(right, 0.5))
    joined = functions.concatenate([joined, top, functions.reshape(x[:, :2], (-1, 8))], axis=1)
    outer = functions.einsum("bi,bj->bij", joined, functions.clip(joined, -1.0, 1.0))
    y = layers.Dense(3, name="second")(functions.mean(outer, axis=2))
    return library.Model([rows, weights], functions.log_softmax(y))


def pair():
    ours, theirs = network(runtime, ops), network(keras, keras.ops)
    values = [np.random.default_rng(5).normal(size=w.shape, scale=0.5) for w in theirs.get_weights()]
    ours.set_weights(values)
    theirs.set_weights(values)
    random = np.random.default_rng(6)
    inputs = [random.normal(size=(8, 6, 4)).astype("float32"), random.normal(size=(8, 6)).astype("float32")]
    return ours, theirs, inputs


def test_a_network_learns_what_it_learns_in_keras():
    runtime.clear_session()
    keras.utils.clear_session()
    ours, theirs, inputs = pair()
    assert [layer.name for layer in ours.graph.layers] == [op.name for op in theirs.operations]
    targets = np.random.default_rng(7).normal(size=(8, 3)).astype("float32")
    for model in (ours, theirs):
        model.compile(optimizer="sgd", loss="mse")
        model.fit(inputs, targets, epochs=3, batch_size=4, shuffle=False, verbose=0)
    np.testing.assert_allclose(
        ours.predict(inputs, verbose=0), theirs.predict(inputs, verbose=0), rtol=1e-4, atol=1e-5
    )


def test_files_go_both_ways(tmp_path):
    ours, theirs, inputs = pair()
    wanted = theirs.predict(inputs, verbose=0)
    for name in ("model.keras", "model.h5"):
        ours.save(tmp_path / f"ours_{name}")
        theirs.save(tmp_path / f"theirs_{name}")
        for path in (f"ours_{name}", f"theirs_{name}"):
            here = runtime.models.load_model(tmp_path / path)
            np.testing.assert_allclose(here.predict(inputs, verbose=0), wanted, rtol=1e-5, atol=1e-6)
    there = keras.saving.load_model(tmp_path / "ours_model.keras")
    np.testing.assert_allclose(there.predict(inputs, verbose=0), wanted, rtol=1e-5, atol=1e-6)


def test_a_model_of_functions_is_called_on_other_shapes():
    x = runtime.Input((None, 4))
    inner = Functional(x, ops.mean(ops.concatenate([x * 2, ops.relu(x)], axis=-1), axis=1))
    outer = runtime.Input((5, 4))
    assert inner(outer).shape == (None, 8)


@pytest.mark.parametrize(
    "call",
    [
        "matmul(x, s)",
        "concatenate([x, s])",
        "add(x, v)",
        "transpose(x, (0, 3))",
    ],
)
def test_what_does_not_fit_is_told_before_anything_runs(call):
    with pytest.raises(ShapeError) as caught:
        graph(runtime, ops, call)
    assert caught.value.hint


def test_a_list_of_one_stays_a_list():
    x = runtime.Input((4,))
    (only,) = ops.split(x, 1, axis=-1)
    model = Functional(x, only + 1)
    assert model(np.ones((2, 4), "float32")).tolist() == [[2.0] * 4] * 2
