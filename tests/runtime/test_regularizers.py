"""Regularizers by name and config, against the real Keras."""

import keras
import pytest
import torch

from runtime import regularizers
from runtime.errors import ParameterError, ShapeError

CASES = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.2, "l2": 0.1}),
    ("L1L2", {"l1": None, "l2": 0.1}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]


def test_all_are_compared():
    assert {name for name, _ in CASES} == set(regularizers.registry.names())


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
def test_configs_go_to_keras_and_back(name, arguments):
    theirs = getattr(keras.regularizers, name)(**arguments)
    read = regularizers.deserialize(keras.regularizers.serialize(theirs))
    assert type(read).__name__ == name
    back = keras.regularizers.deserialize(regularizers.serialize(read))
    assert back.get_config() == theirs.get_config()


@pytest.mark.parametrize("name", [name for name in dir(keras.regularizers) if not name.startswith("_")])
def test_each_name_finds_what_it_finds_in_keras(name):
    assert getattr(regularizers, name).__name__ == getattr(keras.regularizers, name).__name__


@pytest.mark.parametrize("alias", ["l1", "l2", "l1_l2", "l1l2", "orthogonal_regularizer"])
def test_names_are_found(alias):
    assert isinstance(regularizers.get(alias), regularizers.Regularizer)


def test_impossible_arguments_are_told():
    with pytest.raises(ParameterError, match=r"l1=-1.*at least 0"):
        regularizers.L1(-1)
    with pytest.raises(ParameterError, match="'rows' or 'columns'"):
        regularizers.OrthogonalRegularizer(mode="both")
    with pytest.raises(ShapeError, match="two axes"):
        regularizers.OrthogonalRegularizer()(torch.zeros(3))
