"""Optimizer arguments: configs to and from Keras, those of Keras 2, and what is refused."""

import keras
import numpy as np
import pytest
import torch
from torch import nn

from runtime import optimizers
from runtime.errors import NotBuiltError, ParameterError, ShapeError, UnknownNameError
from runtime.optimizers import schedules

# Keras's own variables are read through an old form of numpy's protocol.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

NAMES = optimizers.registry.names()


def comparable(config):
    """Keras keeps the rate in float32, and writes lists for tuples."""
    rate = config.get("learning_rate")
    return {**config, "learning_rate": pytest.approx(rate) if isinstance(rate, float) else rate}


@pytest.mark.parametrize("name", NAMES)
def test_configs_go_to_keras_and_back(name):
    theirs = getattr(keras.optimizers, name)(learning_rate=0.02, clipnorm=0.5, use_ema=True)
    read = optimizers.deserialize(keras.optimizers.serialize(theirs))
    assert type(read).__name__ == name
    back = keras.saving.deserialize_keras_object(optimizers.serialize(read))
    assert comparable(back.get_config()) == theirs.get_config()


def test_schedules_in_configs_go_to_keras_and_back():
    theirs = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 20, warmup_target=0.2))
    read = optimizers.deserialize(keras.optimizers.serialize(theirs))
    assert isinstance(read.learning_rate, float)
    back = keras.saving.deserialize_keras_object(optimizers.serialize(read))
    assert back.get_config() == theirs.get_config()


def test_the_present_rate_is_written():
    optimizer = optimizers.Adam(0.1)
    optimizer.learning_rate = 0.01
    assert optimizer.get_config()["learning_rate"] == 0.01


def test_what_keras_2_wrote_is_read():
    config = {
        "class_name": "Custom>Adam",
        "config": {
            "name": "Adam",
            "learning_rate": 0.01,
            "decay": 0.0,
            "beta_1": 0.9,
            "beta_2": 0.999,
            "epsilon": None,
            "amsgrad": False,
            "jit_compile": True,
            "is_legacy_optimizer": False,
        },
    }
    optimizer = optimizers.deserialize(config)
    assert (optimizer.learning_rate, optimizer.epsilon, optimizer.name) == (0.01, 1e-7, "Adam")
    old = optimizers.deserialize({"class_name": "SGD", "config": {"lr": 0.5, "decay": 0.1, "momentum": 0.9}})
    assert old.learning_rate == 0.5
    old.apply([torch.ones(1)], [nn.Parameter(torch.ones(1))])
    assert old.learning_rate == pytest.approx(0.5 / 1.1)


def test_lr_is_another_name_of_the_rate():
    assert optimizers.Adam(lr=0.3).learning_rate == 0.3


@pytest.mark.parametrize(
    "name", ["adam", "Adam", "ADAM", "rmsprop", "RMSprop", "sgd", "adamw", "schedulefreeadamw"]
)
def test_names_are_found_as_in_keras(name):
    assert type(optimizers.get(name)).__name__ == type(keras.optimizers.get(name)).__name__


def test_an_optimizer_stays_itself():
    optimizer = optimizers.Adam()
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get(None) is None


def test_a_rate_may_come_from_a_function():
    optimizer = optimizers.SGD(lambda: 0.5)
    weight = nn.Parameter(torch.ones(1))
    optimizer.apply([torch.ones(1)], [weight])
    assert weight.item() == 0.5


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: optimizers.Adam(-0.1), r"learning_rate=-0.1.*number above 0"),
        (lambda: optimizers.Adam("fast"), r"learning_rate='fast'"),
        (lambda: optimizers.Adam(learning_rat=0.1), r"no argument 'learning_rat'.*'learning_rate'"),
        (lambda: optimizers.Adam(clipnorm=1.0, clipvalue=1.0), "only one of"),
        (lambda: optimizers.Adam(gradient_accumulation_steps=1), "at least 2"),
        (lambda: optimizers.Adam(use_ema=True, ema_momentum=1.5), "from 0 to 1"),
        (lambda: optimizers.Adam(use_ema=True, ema_overwrite_frequency=-1), "at least 1"),
        (lambda: optimizers.SGD(momentum=1.5), "from 0 to 1"),
        (lambda: optimizers.Lion(beta_1=0.0), "above 0"),
        (lambda: optimizers.Ftrl(learning_rate_power=1.0), "0 or below"),
        (lambda: optimizers.Ftrl(l1_regularization_strength=-1.0), "at least 0"),
        (lambda: optimizers.Ftrl(l2_shrinkage_regularization_strength=-1.0), "at least 0"),
    ],
)
def test_impossible_arguments_are_told(make, told):
    with pytest.raises(ParameterError, match=told):
        make()


def test_an_unknown_name_is_told_with_the_close_one():
    with pytest.raises(UnknownNameError, match=r"'adan'. Did you mean 'adam'|'Adam'"):
        optimizers.get("adan")


def test_a_rate_on_a_schedule_cannot_be_set():
    optimizer = optimizers.Adam(schedules.ExponentialDecay(0.1, 2, 0.5))
    with pytest.raises(ParameterError, match="follows a schedule"):
        optimizer.learning_rate = 0.1


def test_gradients_that_do_not_fit_are_told():
    weight = nn.Parameter(torch.ones(1))
    with pytest.raises(NotBuiltError, match=r"build\(parameters\) first"):
        optimizers.Adam().apply([torch.ones(1)])
    optimizer = optimizers.Adam()
    optimizer.build([weight])
    with pytest.raises(ParameterError, match="2 gradients for 1 weights"):
        optimizer.apply([torch.ones(1), torch.ones(1)])
    with pytest.raises(ParameterError, match="not built with"):
        optimizer.apply([torch.ones(1)], [nn.Parameter(torch.ones(1))])
    with pytest.raises(ParameterError, match="depends on none"):
        optimizer.apply([None])


def test_state_that_does_not_fit_changes_nothing():
    optimizer = optimizers.Adam()
    optimizer.build([nn.Parameter(torch.ones(2))])
    with pytest.raises(ShapeError, match="4 variables, but 1 were given"):
        optimizer.load_variables([np.array(3)])
    with pytest.raises(ShapeError, match=r"shape \(2,\), but was given \(3,\)"):
        optimizer.load_variables([np.array(3), np.array(0.5), np.zeros(2), np.zeros(3)])
    assert (optimizer.iterations, optimizer.learning_rate) == (0, 0.001)


def test_an_optimizer_of_one_s_own_overrides_update():
    class SignDescent(optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, name=None):
            super().__init__(learning_rate, name=name)

        def update(self, parameters, gradients, slots, rate):
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.sub_(rate * gradient.sign())

    weight = nn.Parameter(torch.ones(2))
    optimizer = SignDescent(0.5)
    optimizer.apply([torch.tensor([3.0, -2.0])], [weight])
    assert weight.tolist() == [0.5, 1.5]
    assert SignDescent.from_config(optimizer.get_config()).learning_rate == 0.5


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_may_begin_at_nothing(name):
    weight = nn.Parameter(torch.ones(2, 2))
    optimizer = getattr(optimizers, name)(schedules.CosineDecay(0.0, 8, warmup_target=0.1, warmup_steps=4))
    optimizer.apply([torch.ones(2, 2)], [weight])
    assert torch.equal(weight, torch.ones(2, 2))
    optimizer.apply([torch.ones(2, 2)], [weight])
    assert weight.isfinite().all()
    assert (weight < 1).all()
