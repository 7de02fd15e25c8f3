"""Spectral normalization against the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError
from runtime.models import Sequential, load_model

from .oracle import arrays, assert_same, share_weights


def make(library, **arguments):
    return library.SpectralNormalization(library.Dense(3, name="inside"), name="outside", **arguments)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("power_iterations", [1, 3])
def test_computes_the_same(training, power_iterations):
    ours, theirs = (make(library, power_iterations=power_iterations) for library in (layers, keras.layers))
    assert type(theirs).from_config(ours.get_config()).get_config() == theirs.get_config()
    assert_same(ours, theirs, arrays((4, 5)), training=training, configs=False)


def test_holds_the_kernel_of_a_convolution():
    ours, theirs = (
        library.SpectralNormalization(library.Conv2D(4, 3, activation="relu", name="inside"), name="outside")
        for library in (layers, keras.layers)
    )
    # The gradient adds up 400 products with weights that the division has just changed.
    assert_same(ours, theirs, arrays((2, 6, 6, 3)), training=True, configs=False, rtol=1e-4, atol=1e-5)


def test_the_kernel_is_held_to_a_stretch_of_one():
    layer = make(layers, power_iterations=5)
    x = torch.tensor(arrays((4, 5)))
    for _ in range(10):
        layer(x, training=True)
    assert torch.linalg.matrix_norm(layer.kernel, 2).item() == pytest.approx(1, abs=1e-3)
    before = layer.kernel.detach().clone()
    layer(x)
    assert torch.equal(layer.kernel, before)


def test_a_kernel_of_zeros_stays():
    layer = layers.SpectralNormalization(layers.Dense(3, kernel_initializer="zeros"))
    direction = None
    for _ in range(2):
        layer(torch.ones(2, 4), training=True)
        assert layer.kernel.eq(0).all()
        assert direction is None or torch.equal(layer.vector_u, direction)
        direction = layer.vector_u.detach().clone()


def test_two_calls_in_one_step_have_a_gradient():
    """A discriminator sees true and made pictures; with Keras on torch this fails."""
    layer = make(layers)
    true, made = torch.ones(2, 4, requires_grad=True), torch.zeros(2, 4, requires_grad=True)
    (layer(true, training=True).sum() - layer(made, training=True).sum()).backward()
    assert layer.kernel.grad is not None
    assert made.grad is not None


def test_an_embedding_gives_its_vectors():
    """Keras turns them into the whole numbers that the inputs are; nobody can mean that."""
    layer = layers.SpectralNormalization(layers.Embedding(5, 3))
    assert layer(np.array([[1, 2]])).dtype == torch.float32


def test_files_open_in_both_libraries(tmp_path):
    theirs = keras.Sequential([keras.Input((5,)), make(keras.layers)])
    data = arrays((4, 5))
    for ending in (".keras", ".h5"):
        theirs.save(tmp_path / f"theirs{ending}")
        ours = load_model(tmp_path / f"theirs{ending}")
        torch.testing.assert_close(ours(data), theirs(data), rtol=1e-5, atol=1e-6)
        ours.save(tmp_path / f"ours{ending}")
        again = keras.saving.load_model(tmp_path / f"ours{ending}")
        torch.testing.assert_close(again(data), theirs(data), rtol=1e-5, atol=1e-6)


def test_trains_in_a_model_as_keras_does():
    def model(library, models):
        net = models([library.Input((5,)), make(library), library.Dense(1, name="last")])
        net.compile("sgd", "mse")
        return net

    ours, theirs = model(layers, Sequential), model(keras.layers, keras.Sequential)
    share_weights(ours, theirs)
    x, y = arrays((8, 5), (8, 1))
    for _ in range(3):
        np.testing.assert_allclose(ours.train_on_batch(x, y), theirs.train_on_batch(x, y), rtol=1e-5)
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-5, atol=1e-6)


def test_a_layer_without_weights_is_refused():
    with pytest.raises(ParameterError, match="has no kernel and no embeddings"):
        layers.SpectralNormalization(layers.Flatten())(np.ones((2, 3), "float32"))
    with pytest.raises(ParameterError, match="power_iterations"):
        layers.SpectralNormalization(layers.Dense(2), power_iterations=0)


@pytest.mark.parametrize("outside", [None, "mixed_bfloat16"])
@pytest.mark.parametrize("inside", [None, "mixed_bfloat16"])
def test_weights_are_held_in_full_precision(outside, inside):
    """The copies in half precision are what is computed with; what is kept are the weights themselves."""
    inner = layers.Dense(3, dtype=inside)
    layer = layers.SpectralNormalization(inner, power_iterations=20, dtype=outside)
    x = torch.tensor(arrays((4, 5)))
    for _ in range(3):
        outputs = layer(x, training=True)
    assert layer.kernel.dtype == layer.vector_u.dtype == torch.float32
    assert torch.linalg.matrix_norm(layer.kernel, 2).item() == pytest.approx(1, abs=1e-3)
    # Keras gives back the element type that came in, too.
    wanted = x.to(outputs.dtype) @ layer.kernel.to(outputs.dtype)
    torch.testing.assert_close(outputs, wanted, rtol=0.05, atol=0.05)
    outputs.sum().backward()
    assert layer.kernel.grad is not None
    assert "kernel" not in vars(inner)
