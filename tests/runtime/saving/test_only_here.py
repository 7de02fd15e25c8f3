"""What Keras could not open from a file, or would open otherwise, is told in writing it."""

import warnings
from pathlib import Path
from typing import Any

import pytest

from runtime import Model, layers


def _model(layer: Any) -> Any:
    start = layers.Input((4, 3))
    return Model(start, layer(start))


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Softmax(axis=(1, 2), name="apart"),
        lambda: layers.UnitNormalization(axis=(1, 2), name="apart"),
    ],
)
def test_several_axes_in_h5(make: Any, tmp_path: Path) -> None:
    model = _model(make())
    with pytest.warns(UserWarning, match=r"Layer 'apart' has the axes \[1, 2\].* \.keras file keeps") as told:
        model.save(tmp_path / "m.h5")
    assert len(told) == 1
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.save(tmp_path / "m.keras")
        _model(layers.Softmax(axis=1)).save(tmp_path / "m.h5")


@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_a_function_that_no_keras_has(ending: str, tmp_path: Path) -> None:
    gate = "hard_sigmoid_of_keras_2"
    model = _model(layers.LSTM(2, recurrent_activation=gate, name="memory"))
    with pytest.warns(UserWarning, match=f"Layer 'memory' uses {gate}.*here only") as told:
        model.save(tmp_path / f"m{ending}")
    assert len(told) == 1
