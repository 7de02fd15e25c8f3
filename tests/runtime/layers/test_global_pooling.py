"""Global pooling, compared with the real Keras."""

import numpy as np
import pytest

from tests.runtime.layers.oracle import arrays, assert_same, pair

INPUTS = {1: (2, 4, 3), 2: (2, 4, 5, 3), 3: (2, 2, 3, 4, 3)}


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Max", "Average"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("keepdims", [True, False])
def test_same_as_keras(rank, kind, data_format, keepdims):
    layers = pair(f"Global{kind}Pooling{rank}D", data_format=data_format, keepdims=keepdims)
    assert_same(*layers, arrays(INPUTS[rank]))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_masked_steps_do_not_count(data_format):
    inputs = arrays((2, 4, 3))
    mask = np.array([[1, 1, 0, 1], [0, 1, 0, 0]], dtype=bool)
    mask = mask if data_format == "channels_last" else mask[:, :3]
    layers = pair("GlobalAveragePooling1D", data_format=data_format)
    assert_same(*layers, inputs, settings={"mask": mask})
