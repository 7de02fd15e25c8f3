"""Signs between symbolic tensors, compared with the real Keras: values, shapes, files."""

import json

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime.errors import GraphError, ShapeError
from runtime.layers import Dense, Input
from runtime.models import Functional, clone_model
from tests.runtime.layers.oracle import arrays

LIBRARIES = (runtime, keras)
MATRIX = np.arange(8, dtype="float32").reshape(4, 2)

SIGNS = {
    "x + y": lambda x, y: x + y,
    "x - y": lambda x, y: x - y,
    "x * y": lambda x, y: x * y,
    "x / y": lambda x, y: x / y,
    "x // y": lambda x, y: x // y,
    "x % y": lambda x, y: x % y,
    "x ** 2": lambda x, _: x**2,
    "2 ** x": lambda x, _: 2**x,
    "x > y": lambda x, y: x > y,
    "x >= 0": lambda x, _: x >= 0,
    "x < y": lambda x, y: x < y,
    "0.5 <= x": lambda x, _: x >= 0.5,
    "1 - x": lambda x, _: 1 - x,
    "2 + x": lambda x, _: 2 + x,
    "2.5 * x": lambda x, _: 2.5 * x,
    "1 / x": lambda x, _: 1 / x,
    "3 // x": lambda x, _: 3 // x,
    "3 % x": lambda x, _: 3 % x,
    "-abs(x)": lambda x, _: -abs(x),
    "x @ array": lambda x, _: x @ MATRIX,
    "x @ y": lambda x, y: x @ y[:, 0, :, None],
    "x[:, 0]": lambda x, _: x[:, 0],
    "x[:, -1, 1:3]": lambda x, _: x[:, -1, 1:3],
    "x[..., None]": lambda x, _: x[..., None],
    "x[:, ::2, ..., 0]": lambda x, _: x[:, ::2, ..., 0],
    "x[0]": lambda x, _: x[0],
    "x != y": lambda x, y: x != y,
    "(x > 0) & (y > 0)": lambda x, y: (x > 0) & (y > 0),
    "(x > 0) | (y > 0)": lambda x, y: (x > 0) | (y > 0),
    "(x > 0) ^ (y > 0)": lambda x, y: (x > 0) ^ (y > 0),
    "~(x > 0)": lambda x, _: ~(x > 0),
    "round(x, 1)": lambda x, _: round(x, 1),
    "x.reshape": lambda x, _: x.reshape((-1, 2, 6)),
    "x.squeeze": lambda x, _: x[:, :1].squeeze(1),
}


def models(function, *, shapes=((3, 4), (3, 4)), dtype="float32"):
    """A model of the signs alone, here and there."""
    made = []
    for library in LIBRARIES:
        inputs = [
            library.Input(shape, name=name, dtype=dtype) for name, shape in zip("xy", shapes, strict=False)
        ]
        made.append(library.Model(inputs, function(*inputs)))
    return made


@pytest.mark.parametrize("sign", SIGNS)
def test_computes_the_same(sign):
    ours, theirs = models(SIGNS[sign])
    assert ours.output_shape == theirs.output_shape
    assert ours.outputs[0].dtype == theirs.outputs[0].dtype
    inputs = arrays((2, 3, 4), (2, 3, 4))
    got, wanted = ours(inputs), theirs(inputs)
    assert got.dtype == wanted.dtype
    np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-6)


@pytest.mark.parametrize(
    "sign", ["x + y", "x / y", "1 / x", "2.5 * x", "2 + x", "x ** 2", "x > y", "x[:, 0]"]
)
def test_whole_numbers_become_what_they_become_in_keras(sign):
    ours, theirs = models(SIGNS[sign], dtype="int32")
    assert ours.outputs[0].dtype == theirs.outputs[0].dtype
    inputs = [np.arange(1, 13, dtype="int32").reshape(1, 3, 4)] * 2
    got, wanted = ours(inputs), theirs(inputs)
    assert str(got.dtype).endswith(ours.outputs[0].dtype)
    np.testing.assert_allclose(got.numpy(), wanted.numpy())


@pytest.mark.parametrize(
    ("shapes", "function"),
    [
        (((3, 4), (4,)), lambda x, y: x + y),
        (((None, 4), (3, 1)), lambda x, y: x * y),
        (((1, 4), (None, 4)), lambda x, y: x - y),
        (((None, 4), (4, 2)), lambda x, y: x @ y),
        (((None, 4), (3, 1)), lambda x, _: x[:, 1:]),
        (((5,), (5, 2)), lambda x, y: x[:, None] @ y),
    ],
)
def test_shapes_are_said_as_in_keras(shapes, function):
    ours, theirs = models(function, shapes=shapes)
    assert ours.output_shape == theirs.output_shape


@pytest.mark.parametrize(
    ("shapes", "function", "port"),
    [
        (((3,), (4,)), lambda x, y: x + y, "x2"),
        (((3, 4), (3, 4)), lambda x, y: x @ y, "x2"),
        (((3,), (3,)), lambda x, _: x @ 2, "x2"),
        (((3,), (3,)), lambda x, _: x[:, 3], "x"),
        (((3,), (3,)), lambda x, _: x[0, 0, 0], "x"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_runs(shapes, function, port):
    with pytest.raises(ShapeError) as caught:
        function(*map(Input, shapes))
    assert caught.value.port == port
    assert caught.value.hint


@pytest.mark.parametrize(
    "function",
    [lambda x: x + "1", lambda x: x * [1, 2], lambda x: x[[0, 1]], lambda x: x[::-1], lambda x: x["a"]],
)
def test_what_cannot_be_computed_is_refused(function):
    with pytest.raises(GraphError):
        function(Input((3,)))


@pytest.mark.parametrize("function", [lambda x: MATRIX[0] + x, lambda x: x[:1] - 1, lambda x: x[None]])
def test_does_what_keras_refuses(function):
    inputs = arrays((3, 2))
    model = Functional(x := Input((2,)), function(x))
    np.testing.assert_allclose(model(inputs).numpy(), function(inputs))
    again = Functional.from_config(json.loads(json.dumps(model.get_config())))
    np.testing.assert_allclose(again(inputs).numpy(), function(inputs))


def test_a_tensor_of_torch_goes_on_either_side():
    x, row = Input((3,)), torch.tensor([1.0, 2.0, 3.0])
    model = Functional(x, (row * x) - row)
    np.testing.assert_allclose(model(np.full((1, 3), 2, "float32")).numpy(), [[1, 2, 3]])


def residual(library):
    """A small network as Keras programs write it."""
    inputs = library.Input((8, 8, 3), name="pictures")
    x = library.layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(inputs / 255.0)
    shortcut = x
    x = library.layers.Conv2D(4, 3, padding="same", name="second")(x)
    x = library.layers.Activation("relu")(x + shortcut)
    x = x * library.layers.Dense(4, activation="sigmoid", name="gate")(x)
    x = library.layers.GlobalAveragePooling2D()(x[:, 1:, :-1])
    return library.Model(inputs, 1 - library.layers.Dense(2, activation="softmax", name="out")(x))


def pair_of_residuals():
    ours, theirs = residual(runtime), residual(keras)
    weights = [np.random.default_rng(2).normal(size=w.shape, scale=0.3) for w in theirs.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs, arrays((2, 8, 8, 3)) * 100


def test_a_residual_network_computes_and_learns_the_same():
    ours, theirs, pictures = pair_of_residuals()
    assert [layer.name for layer in ours.layers if layer.weights] == [
        layer.name for layer in theirs.layers if layer.weights
    ]
    assert len(ours.layers) == len(theirs.layers)
    targets = np.eye(2, dtype="float32")
    for model in (ours, theirs):
        model.compile(optimizer="sgd", loss="mse")
        model.fit(pictures, targets, epochs=3, batch_size=2, verbose=0)
    np.testing.assert_allclose(
        ours.predict(pictures, verbose=0), theirs.predict(pictures, verbose=0), rtol=1e-4, atol=1e-6
    )


def test_files_go_both_ways(tmp_path):
    ours, theirs, pictures = pair_of_residuals()
    wanted = ours.predict(pictures, verbose=0)
    ours.save(tmp_path / "ours.keras")
    theirs.save(tmp_path / "theirs.keras")
    theirs.save(tmp_path / "theirs.h5")
    ours.save(tmp_path / "ours.h5")
    there = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(there.predict(pictures, verbose=0), wanted, rtol=1e-5, atol=1e-6)
    for name in ("theirs.keras", "theirs.h5", "ours.keras", "ours.h5"):
        here = runtime.models.load_model(tmp_path / name)
        np.testing.assert_allclose(here.predict(pictures, verbose=0), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sign", SIGNS)
def test_configs_make_equal_models(sign):
    ours, theirs = models(SIGNS[sign])
    inputs = arrays((2, 3, 4), (2, 3, 4))
    wanted = ours(inputs).numpy()
    config = json.loads(json.dumps(ours.get_config()))
    np.testing.assert_allclose(Functional.from_config(config)(inputs).numpy(), wanted)
    np.testing.assert_allclose(keras.Model.from_config(config)(inputs).numpy(), wanted, rtol=1e-6)
    np.testing.assert_allclose(clone_model(ours)(inputs).numpy(), wanted)
    if "array" not in sign:
        # Keras writes an array as what only numpy's own form of files can hold.
        from_keras = json.loads(json.dumps(theirs.get_config()))
        np.testing.assert_allclose(Functional.from_config(from_keras)(inputs).numpy(), wanted, rtol=1e-6)


def test_operations_stand_in_the_summary_and_not_among_the_layers():
    x = Input((3,), name="x")
    model = Functional(x, Dense(3, name="dense")(x) + x)
    assert [layer.name for layer in model.layers] == ["x", "dense"]
    lines = []
    model.summary(print_fn=lines.append)
    assert "(Add)" in "".join(lines)
