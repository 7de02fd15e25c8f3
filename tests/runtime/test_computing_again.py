"""Rematerialization, variables made by hand, and functions of symbolic tensors."""

import numpy as np
import pytest
import torch

import runtime
from runtime import layers
from runtime.errors import GraphError, ParameterError

ROWS = np.linspace(0, 1, 60, dtype="float32").reshape(10, 6)


def losses(mode, policy="float32"):
    runtime.utils.set_random_seed(1)
    with runtime.RematScope(mode, layer_names=["b"], output_size_threshold=10):
        inputs = runtime.Input((6,))
        x = layers.Dense(16, activation="relu", name="a", dtype=policy)(inputs)
        x = layers.Dropout(0.3)(layers.Dropout(0.3, seed=1)(x))
        outputs = layers.Dense(1)(layers.Dense(8, activation="tanh", name="b", dtype=policy)(x))
        model = runtime.Model(inputs, outputs)
    model.compile("sgd", "mse")
    return model.fit(ROWS, np.arange(10.0), epochs=3, verbose=0, shuffle=False).history["loss"]


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("mode", ["full", "activations", "larger_than", "list_of_layers"])
def test_what_is_computed_again_is_the_same(mode, policy):
    assert losses(mode, policy) == pytest.approx(losses(None, policy), rel=1e-6)


def test_values_are_computed_again_on_the_way_back():
    calls = []

    def function(x):
        calls.append(x.shape)
        return x.sin().exp().sum()

    x = torch.ones(3, requires_grad=True)
    runtime.remat(function)(x).backward()
    torch.testing.assert_close(x.grad, torch.ones(3).sin().exp() * torch.ones(3).cos())
    assert len(calls) == 2
    with torch.no_grad():
        runtime.remat(function)(x)
    assert len(calls) == 3
    with pytest.raises(ParameterError, match="list_of_layers"):
        runtime.RematScope("some")


def test_variables():
    variable = runtime.Variable(np.ones((2, 3), "float32"), name="v")
    assert isinstance(variable, runtime.Variable)
    assert variable.path == "v"
    assert variable.trainable if hasattr(variable, "trainable") else variable.requires_grad
    made = runtime.Variable("zeros", shape=(2,), dtype="float16", trainable=False, autocast=False)
    assert (made.dtype, made.requires_grad, made.autocast) == (torch.float16, False, False)
    assert runtime.Variable(1.5).dtype == torch.float32
    assert runtime.Variable(3, trainable=False).dtype == torch.int32
    assert isinstance(layers.Dense(2).add_weight((2,)), runtime.Variable)
    with pytest.raises(ParameterError, match="shape"):
        runtime.Variable("zeros")


def test_functions():
    first, second = runtime.KerasTensor((None, 3)), runtime.Input((3,))
    function = runtime.Function({"one": first, "two": second}, [first + second, first * 2.0])
    total, double = function({"one": ROWS[:, :3], "two": ROWS[:, 3:]})
    np.testing.assert_allclose(total, ROWS[:, :3] + ROWS[:, 3:], rtol=1e-6)
    np.testing.assert_allclose(double, ROWS[:, :3] * 2, rtol=1e-6)
    assert len(function.operations) == 4
    with pytest.raises(GraphError, match="no inputs"):
        runtime.Function([], first)
