"""Where weights are made and batches computed."""

import numpy as np
import pytest
import torch

import runtime
from runtime.errors import ParameterError


@pytest.fixture(autouse=True)
def _same_device_afterwards():
    yield
    runtime.set_device(None)


def test_the_best_device_is_taken() -> None:
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert runtime.get_device().type == expected


def test_weights_and_batches_go_to_the_chosen_device() -> None:
    # The meta device has shapes and no values: whatever stays on the CPU would be seen.
    runtime.set_device("meta")
    dense = runtime.layers.Dense(2)
    assert dense(np.ones((4, 3), "float32")).device.type == "meta"
    assert {weight.device.type for weight in dense.weights} == {"meta"}


@pytest.mark.parametrize("name", ["gpu0", "cuda:99", 7.5])
def test_devices_that_are_not_there_are_refused(name: object) -> None:
    with pytest.raises(ParameterError, match="cannot be used here"):
        runtime.set_device(name)  # type: ignore[arg-type]
    assert runtime.get_device().type != "meta"
