"""Models and layers of all kinds, exported to ONNX, compute the same in onnxruntime."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runtime import Model
from runtime.applications import MobileNetV2
from runtime.errors import LayerloomError
from runtime.export import export_onnx
from runtime.layers import InputSpec, layer_spec, registry
from tests.runtime.export.exporting import (
    EVERYTHING,
    assert_close,
    layer_model,
    predicted,
    random_inputs,
    run,
)
from tests.runtime.layers.samples import count_tries
from tests.runtime.saving.zoo import ZOO, Builder, ours, stir

pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

SOME = {
    "picture_classifier",
    "separable",
    "signal",
    "borders",
    "gates",
    "both_directions",
    "words",
    "masked_numbers",
    "attentive",
    "named_ends",
    "nested_end",
    "frozen_inside",
}
STEP_BY_STEP = {"gates": [InputSpec(shape=(None, 6, 3))]}
"""Models that leave a size open that ONNX cannot leave open."""

NOT_IN_ONNX = {"AdaptiveAveragePooling3D": "torch has no words of ONNX for the uneven boxes of three axes"}
"""Layers that cannot be exported → why."""
SOME_LAYERS = {"CategoryEncoding", "Resizing", "ContrastLimitedAdaptiveHistogramEqualization", *NOT_IN_ONNX}
SOURCES = {"InputLayer"}


def _is_in_palette(name: str) -> bool:
    layer: Any = registry.lookup(name)
    return bool(layer_spec(layer).group)


NAMES = [name for name in registry.names() if name not in SOURCES and _is_in_palette(name)]
TRIES = [
    (name, place)
    for name in NAMES
    for place in range(count_tries(name))
    if EVERYTHING or (name in SOME_LAYERS and place == 0)
]


@pytest.mark.parametrize(
    "build", [one for one in ZOO if EVERYTHING or one.__name__ in SOME], ids=lambda build: build.__name__
)
def test_a_model_computes_the_same_in_onnxruntime(build: Builder, tmp_path: Path) -> None:
    model = ours(build)
    stir(model)
    file = tmp_path / "m.onnx"
    receipt = model.export(file, verbose=False, input_signature=STEP_BY_STEP.get(build.__name__))
    assert receipt.largest_difference <= 1e-5
    assert list(receipt.inputs) == model.input_names
    assert list(receipt.outputs) == model.output_names
    assert {sizes[0] for sizes in (receipt.inputs | receipt.outputs).values()} == {"batch"}
    for batch in (1, 7):
        arrays = random_inputs(model, batch)
        structure = partial(_by_name, model) if isinstance(model.input, dict) else None
        assert_close(run(file, arrays), predicted(model, arrays, structure))


def _by_name(model: Any, flat: list[Any]) -> dict[str, Any]:
    return dict(zip(model.input_names, flat, strict=True))


@pytest.mark.parametrize(("name", "place"), TRIES)
def test_a_layer_computes_the_same_in_onnxruntime(name: str, place: int, tmp_path: Path) -> None:
    model = layer_model(name, place)
    file = tmp_path / "m.onnx"
    if name in NOT_IN_ONNX:
        with pytest.raises(LayerloomError, match=model.layers[-1].name):
            export_onnx(model, file, verbose=False)
        return
    receipt = export_onnx(model, file, verbose=False)
    assert receipt.largest_difference is not None
    assert receipt.largest_difference <= 1e-5
    arrays = random_inputs(model, 5, ids=2)
    assert_close(run(file, arrays), predicted(model, arrays))


def test_what_cannot_be_exported_is_a_layer() -> None:
    assert set(NOT_IN_ONNX) <= set(NAMES)


@pytest.mark.parametrize("name", ["MobileNetV2"] if EVERYTHING else [])
@pytest.mark.parametrize("size", [32, 64])
def test_an_application_computes_the_same_in_onnxruntime(name: str, size: int, tmp_path: Path) -> None:
    del name
    model = MobileNetV2(input_shape=(size, size, 3), weights=None, classes=5)
    arrays = random_inputs(model, 3)
    kernel, bias = model.layers[-1].get_weights()
    features = Model(model.inputs, model.layers[-2].output).predict(arrays[0], verbose=0)
    # Untrained, it gives all classes nearly the same odds.
    model.layers[-1].set_weights([kernel / (features @ kernel).std(), bias])
    receipt = export_onnx(model, tmp_path / "m.onnx", verbose=False)
    wanted = predicted(model, arrays)
    # Outputs that are all the same would show nothing.
    assert wanted[0].std() > 1e-3
    assert_close(run(receipt.path, arrays), wanted)
