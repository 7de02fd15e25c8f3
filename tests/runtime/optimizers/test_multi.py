"""Several optimizers in one model do what they do in Keras."""

import json
from typing import Any

import keras
import numpy as np
import pytest

from runtime import models, optimizers
from runtime.errors import ParameterError
from tests.runtime.models.twins import assert_same_results, twins

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(48, 4)).astype("float32")
Y = RANDOM.normal(size=(48, 1)).astype("float32")


def mlp(lib: Any) -> Any:
    layers = lib.layers
    return lib.Sequential(
        [
            lib.Input((4,)),
            layers.Dense(5, activation="tanh", name="encoder"),
            layers.Dense(4, kernel_constraint="non_neg", name="middle"),
            layers.Dense(1, name="head"),
        ]
    )


def by_map(lib: Any) -> Any:
    chosen = lib.optimizers.OptimizerMap(lib.optimizers.SGD(0.05, momentum=0.9))
    chosen[".*encoder/.*"] = lib.optimizers.Adam(0.01, clipnorm=0.5)
    chosen[".*middle/kernel"] = lib.optimizers.RMSprop(0.02, use_ema=True, ema_momentum=0.5)
    return chosen


def by_function(lib: Any) -> Any:
    adam, sgd = lib.optimizers.Adam(0.01), lib.optimizers.SGD(0.1)
    return lambda variable: adam if "kernel" in variable.path else sgd


@pytest.mark.parametrize("choose", [by_map, by_function])
@pytest.mark.parametrize("scale", [None, 128.0])
def test_training_agrees_with_keras(choose: Any, scale: float | None) -> None:
    results = []
    for model, lib in zip(twins(mlp), libraries(), strict=True):
        model.compile(lib.optimizers.MultiOptimizer(choose(lib), loss_scale_factor=scale), "mse")
        history = model.fit(X, Y, epochs=3, batch_size=10, shuffle=False, verbose=0).history
        results.append((history, model.get_weights(), int(model.optimizer.iterations)))
    (history, weights, steps), (real_history, real_weights, real_steps) = results
    assert_same_results(history, real_history)
    assert steps == real_steps == 15
    for mine, theirs in zip(weights, real_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def test_a_saved_model_goes_on_where_it_stopped(tmp_path: Any) -> None:
    model, _ = twins(mlp)
    model.compile(optimizers.MultiOptimizer(by_map(libraries()[0])), "mse")
    model.fit(X, Y, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    histories = [one.fit(X, Y, epochs=2, verbose=0, shuffle=False).history for one in (model, again)]
    assert_same_results(*histories, rtol=1e-6)


def test_configs_go_both_ways() -> None:
    ours = optimizers.MultiOptimizer(by_map(libraries()[0]), name="parts")
    config = json.loads(json.dumps(optimizers.serialize(ours)))
    again = optimizers.deserialize(config)
    assert optimizers.serialize(again) == config
    theirs = keras.optimizers.MultiOptimizer(by_map(keras))
    read = optimizers.MultiOptimizer.from_config(theirs.get_config())
    assert [type(one).__name__ for one in read.optimizers] == ["Adam", "RMSprop", "SGD"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_map_finds_optimizers_as_that_of_keras() -> None:
    for lib in libraries():
        chosen = lib.optimizers.OptimizerMap(lib.optimizers.SGD(), {"a/b": lib.optimizers.Adam()})
        chosen["a/.*"] = lib.optimizers.Lion()
        found = [type(chosen[key]).__name__ for key in ("a/b", "a/c", "b")]
        assert found == ["Adam", "Lion", "SGD"]
        assert list(chosen) == ["a/b", "a/.*"]
        assert len(chosen) == 2
        with pytest.raises(ValueError, match="already"):
            chosen["a/b"] = lib.optimizers.SGD()
        del chosen["a/b"]
        chosen[".*"] = lib.optimizers.SGD()
        with pytest.raises(ValueError, match=r"Several|Multiple"):
            chosen["a/c"]


def test_mistakes_are_told() -> None:
    with pytest.raises(ParameterError, match="no plain optimizer"):
        optimizers.OptimizerMap("adam")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="OptimizerMap, or a function"):
        optimizers.MultiOptimizer("adam")
    many = optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.SGD()))
    with pytest.raises(AttributeError, match="no learning rate"):
        _ = many.learning_rate
    with pytest.raises(ParameterError, match="no plain optimizer"):
        optimizers.OptimizerMap(many)


def libraries() -> tuple[Any, Any]:
    from tests.runtime.models.twins import OURS

    return OURS, keras
