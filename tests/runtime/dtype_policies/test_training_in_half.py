"""Training in half precision against Keras, scaling of losses, and files with policies both ways."""

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime.errors import ParameterError, ShapeError
from runtime.optimizers import SGD, Adam, LossScaleOptimizer

RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(64, 5)).astype("float32")
Y = RANDOM.normal(size=(64, 2)).astype("float32")


@pytest.fixture(autouse=True)
def as_in_a_new_program():
    yield
    runtime.clear_session(free_memory=False)
    keras.utils.clear_session(free_memory=False)


def made(library, policy):
    library.utils.clear_session(free_memory=False)
    library.mixed_precision.set_dtype_policy(policy)
    inputs = library.Input((5,))
    x = library.layers.Dense(8, activation="tanh")(inputs)
    x = library.layers.LayerNormalization()(library.layers.BatchNormalization()(x))
    model = library.Model(inputs, library.layers.Dense(2, dtype="float32")(x))
    random = np.random.default_rng(1)
    values = [random.uniform(0.1, 0.6, weight.shape).astype("float32") for weight in model.weights]
    model.set_weights(values)
    model.compile("adam", "mse", metrics=["mae"])
    return model


# Both round weights and sums to 8 or 11 binary places at each step, in orders of their own.
TOLERANCE = {"mixed_bfloat16": 2e-3, "mixed_float16": 3e-4}


@pytest.mark.parametrize("policy", TOLERANCE)
def test_training_and_files_go_as_in_keras(policy, tmp_path):
    ours, theirs = made(runtime, policy), made(keras, policy)
    assert type(ours.optimizer).__name__ == type(theirs.optimizer).__name__
    histories = [
        model.fit(X, Y, epochs=4, batch_size=16, shuffle=False, verbose=0).history for model in (ours, theirs)
    ]
    for name in ("loss", "mae"):
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=TOLERANCE[policy])
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=3 * TOLERANCE[policy])
    policies = [layer.dtype_policy.name for layer in ours.layers if layer.weights]
    for ending in ("keras", "h5"):
        ours.save(tmp_path / f"ours.{ending}")
        theirs.save(tmp_path / f"theirs.{ending}")
        read = keras.models.load_model(tmp_path / f"ours.{ending}")
        back = runtime.models.load_model(tmp_path / f"theirs.{ending}")
        for model, origin in ((read, ours), (back, theirs)):
            assert [layer.dtype_policy.name for layer in model.layers if layer.weights] == policies
            found, expected = (one.predict(X, verbose=0) for one in (model, origin))
            np.testing.assert_allclose(found, expected, rtol=0, atol=5 * TOLERANCE[policy])
            assert type(model.optimizer).__name__ == type(ours.optimizer).__name__
        assert int(back.optimizer.iterations) == 16


@pytest.mark.parametrize("compiled", [True, False])
def test_losses_of_float16_are_scaled(compiled):
    model = made(runtime, "mixed_float16")
    optimizer = model.optimizer
    optimizer.dynamic_growth_steps = 3
    model.run_eagerly = not compiled
    model.fit(X, Y, epochs=1, batch_size=16, verbose=0)
    assert (optimizer.iterations, float(optimizer.dynamic_scale), optimizer.step_counter) == (4, 2.0**16, 1)


def test_auto_scale_loss_can_be_left_out():
    model = made(runtime, "mixed_float16")
    model.compile("adam", "mse", auto_scale_loss=False)
    assert isinstance(model.optimizer, Adam)


def test_steps_with_infinite_gradients_are_left_out():
    results = []
    for library in (runtime, keras):
        weight = library.Variable(np.ones(3, "float32"))
        inner = library.optimizers.SGD(0.5)
        scaled = library.optimizers.LossScaleOptimizer(inner, initial_scale=8.0, dynamic_growth_steps=2)
        seen = []
        for gradient in (8.0, np.inf, 4.0, 4.0, np.nan):
            given = torch.full((3,), gradient)
            scaled.apply([given], [weight])
            value = weight.detach() if library is runtime else weight.value.detach()
            seen.append(
                (
                    value.tolist(),
                    float(scaled.dynamic_scale),
                    int(scaled.iterations),
                    int(scaled.step_counter),
                )
            )
        assert float(scaled.scale_loss(torch.tensor(3.0))) == 3.0 * seen[-1][1]
        results.append(seen)
    assert results[0] == results[1]


def test_the_rate_is_that_of_the_optimizer_inside():
    scaled = LossScaleOptimizer(SGD(0.5))
    scaled.learning_rate = 0.25
    assert scaled.inner_optimizer.learning_rate == scaled.learning_rate == 0.25
    again = runtime.optimizers.deserialize(runtime.optimizers.serialize(scaled))
    assert again.get_config() == scaled.get_config()
    assert keras.optimizers.deserialize(runtime.optimizers.serialize(scaled)).initial_scale == 2.0**15


def test_wrong_arguments_of_loss_scaling_are_told():
    with pytest.raises(ParameterError, match="no optimizer"):
        LossScaleOptimizer(3.0)
    with pytest.raises(ParameterError, match="optimizer inside"):
        LossScaleOptimizer(SGD(), clipnorm=1.0)
    with pytest.raises(ParameterError, match="loss_scale_factor"):
        LossScaleOptimizer(SGD(), dynamic=False)
    with pytest.raises(ShapeError, match="not fit"):
        LossScaleOptimizer(SGD()).load_variables([np.zeros(2)])
