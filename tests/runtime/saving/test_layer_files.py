"""Every layer goes to the real Keras and comes from it in every kind of file, with arguments and weights."""

from pathlib import Path

import pytest

from tests.runtime.saving.cells import CELLS, NOT_IN_KERAS, reason, try_cell
from tests.runtime.saving.layer_models import LAYER_MODELS, NAMES, LayerModel

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # The name that both Keras 2 and Keras 3 read.
    pytest.mark.filterwarnings("ignore:Argument `alpha` is deprecated:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*which Keras 3 leaves out:UserWarning"),
]


@pytest.mark.parametrize("model", LAYER_MODELS, ids=str)
def test_a_layer_in_every_kind_of_file_both_ways(model: LayerModel, tmp_path: Path) -> None:
    ours, theirs, inputs = model.ours(), model.theirs(), model.inputs()
    for cell in CELLS:
        if reason(model, cell) is None:
            try_cell(ours, theirs, cell, inputs, tmp_path)
        else:
            with pytest.raises((AssertionError, TypeError, ValueError)):
                try_cell(ours, theirs, cell, inputs, tmp_path)


def test_no_layer_is_left_out() -> None:
    assert {model.layer for model in LAYER_MODELS} == set(NAMES)
    assert {(kind, way) for _, kind, way in NOT_IN_KERAS} <= set(CELLS)
    assert {name for name, _, _ in NOT_IN_KERAS} <= set(NAMES)
