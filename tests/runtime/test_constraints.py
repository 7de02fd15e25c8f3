"""Constraints by name and config, against the real Keras."""

import keras
import pytest

from runtime import constraints

CASES = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("MaxNorm", {"max_value": 0.5, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 1.0, "max_value": 2.0, "rate": 0.3, "axis": 1}),
]


def test_all_are_compared():
    assert {name for name, _ in CASES} == set(constraints.registry.names())


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
def test_configs_go_to_keras_and_back(name, arguments):
    theirs = getattr(keras.constraints, name)(**arguments)
    read = constraints.deserialize(keras.constraints.serialize(theirs))
    assert type(read).__name__ == name
    back = keras.constraints.deserialize(constraints.serialize(read))
    assert back.get_config() == theirs.get_config()


@pytest.mark.parametrize("name", [name for name in dir(keras.constraints) if not name.startswith("_")])
def test_each_name_finds_what_it_finds_in_keras(name):
    assert getattr(constraints, name).__name__ == getattr(keras.constraints, name).__name__
