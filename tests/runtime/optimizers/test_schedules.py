"""Learning rate schedules: configs, and where they end."""

import keras
import pytest

from runtime.errors import ParameterError
from runtime.optimizers import schedules

CASES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8, "staircase": True},
    ),
    ("PiecewiseConstantDecay", {"boundaries": [5, 12], "values": [1.0, 0.5, 0.1]}),
    ("PiecewiseConstantDecay", {"boundaries": [3], "values": [1.0, 0.5]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "power": 2.0, "cycle": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
    ),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 15, "alpha": 0.1}),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.01, "decay_steps": 9, "warmup_target": 0.2, "warmup_steps": 6},
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.0, "m_mul": 0.8, "alpha": 0.1},
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 3, "t_mul": 1.5, "m_mul": 1.2},
    ),
]


def test_all_are_compared():
    assert {name for name, _ in CASES} == set(schedules.registry.names())


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
def test_configs_go_to_keras_and_back(name, arguments):
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    read = schedules.deserialize(keras.optimizers.schedules.serialize(theirs))
    back = keras.optimizers.schedules.deserialize(schedules.serialize(read))
    assert back.get_config() == theirs.get_config()


def test_restarts_come_in_time_where_logarithms_round_down():
    schedule = schedules.CosineDecayRestarts(0.1, 1, t_mul=3.0)
    for restart in (1, 4, 13, 40, 121, 364):
        assert schedule(restart) == pytest.approx(0.1)


def test_shorter_and_shorter_ways_come_to_an_end():
    schedule = schedules.CosineDecayRestarts(0.1, 4, t_mul=0.5, alpha=0.2)
    assert schedule(4) == pytest.approx(0.1)
    assert schedule(100) == pytest.approx(0.02)


def test_impossible_arguments_are_told():
    with pytest.raises(ParameterError, match=r"t_mul=0.*above 0"):
        schedules.CosineDecayRestarts(0.1, 4, t_mul=0)
    with pytest.raises(ParameterError, match=r"initial_learning_rate='0.1'.*It is a number"):
        schedules.CosineDecay("0.1", 4)
    with pytest.raises(ParameterError, match=r"decay_steps=0.*at least 1"):
        schedules.ExponentialDecay(0.1, 0, 0.5)
    with pytest.raises(ParameterError, match="2 boundaries and 2 values"):
        schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2])
