"""What layers say they multiply, against torch's own count of what it did."""

import math
from dataclasses import replace
from typing import Any

import hypothesis
import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from runtime.errors import LayerloomError
from runtime.layers import (
    Layer,
    MelSpectrogram,
    Pipeline,
    ReversibleEmbedding,
    StackedRNNCells,
    STFTSpectrogram,
    layer_names,
    layer_spec,
    registry,
)
from runtime.layers.calls import shape_arguments
from tests.runtime.drawn import examples
from tests.runtime.layers.cases import NOT_DRAWN, Case, cases, names
from tests.runtime.layers.comparison import call, flat, inputs_of, make_ours

MULTIPLIES = [name for name in names() if getattr(registry.lookup(name), "macs", None) is not Layer.macs]
REST = [name for name in names() if name not in MULTIPLIES]


def _fused_lstm(inputs: Any, kernel: Any, recurrent: Any, *args: Any, **kwargs: Any) -> int:
    return 2 * math.prod(inputs[:-1]) * (math.prod(kernel) + math.prod(recurrent))


def _vector(matrix: Any, vector: Any, **kwargs: Any) -> int:
    return 2 * math.prod(matrix)


# torch leaves these two out of its table.
COUNTED = {torch.ops.aten.mkldnn_rnn_layer: _fused_lstm, torch.ops.aten.mv: _vector}


def counted(run: Any) -> float:
    """Products that torch makes."""
    with (
        torch.no_grad(),
        # The kernel for processors is none that torch counts; this one is made of products that are.
        sdpa_kernel(SDPBackend.MATH),
        FlopCounterMode(display=False, custom_mapping=COUNTED) as counter,
    ):
        run()
    return counter.get_total_flops() / 2


def stated(layer: Layer, shapes: dict[str, Any], **settings: Any) -> int | None:
    arguments = shape_arguments(layer.macs, layer_spec(type(layer)), shapes)
    return layer.macs(**arguments, **settings)


def without_masks(case: Case) -> Case:
    """Where steps are masked, layers may compute some of them more than once, to leave them out again."""
    bare = {
        port: [replace(one, masked=False) for one in value]
        if isinstance(value, list)
        else replace(value, masked=False)
        for port, value in case.inputs.items()
    }
    return replace(case, inputs=bare)


def compare(case: Case) -> None:
    case = without_masks(case)
    given = inputs_of(case)
    for tensor in flat(list(given.values())):
        tensor.requires_grad_(False)
    shapes = {
        name: [tuple(one.shape) for one in value] if isinstance(value, list) else tuple(value.shape)
        for name, value in given.items()
    }
    first = next(iter(shapes.values()))
    try:
        layer = make_ours(case)
        call(layer, case, given, training=False)
    except LayerloomError:
        return
    batch = first[0][0] if isinstance(first, list) else first[0]
    macs = stated(layer, shapes)
    assert macs is not None
    done = counted(lambda: call(layer, case, given, training=False))
    if not done and case.layer == "EinsumDense" and 1 in layer.kernel.shape:
        # torch makes no matrix product where there is one place to add up.
        return
    assert macs * batch == done


@pytest.mark.parametrize("name", MULTIPLIES)
def test_products_are_those_that_torch_makes(name: str) -> None:
    @examples(8)
    @hypothesis.given(cases(name))
    def hold(case: Case) -> None:
        compare(case)

    hold()


@pytest.mark.parametrize("name", REST)
def test_other_layers_multiply_nothing(name: str) -> None:
    @examples(2)
    @hypothesis.given(cases(name))
    def hold(case: Case) -> None:
        compare(case)

    hold()


def test_every_layer_that_multiplies_is_compared() -> None:
    here = {"StackedRNNCells", "MelSpectrogram", "STFTSpectrogram", "Pipeline", "ReversibleEmbedding"}
    said = {name for name in layer_names() if getattr(registry.lookup(name), "macs", None) is not Layer.macs}
    assert said & set(NOT_DRAWN) == here


@pytest.mark.parametrize("mode", ["log", "real", "stft"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_products_of_spectrograms(mode: str, padding: str) -> None:
    layer = STFTSpectrogram(mode=mode, frame_length=16, frame_step=5, padding=padding)
    sound = np.random.default_rng(0).normal(size=(2, 70, 3)).astype("float32")
    layer(sound)
    assert 2 * (layer.macs(sound.shape) or 0) == counted(lambda: layer(sound))


def test_products_of_pitches() -> None:
    layer = MelSpectrogram(num_mel_bins=7, fft_length=32, sequence_stride=8, sequence_length=32)
    sound = np.random.default_rng(0).normal(size=(2, 100)).astype("float32")
    layer(sound)
    assert 2 * (layer.macs(sound.shape) or 0) == counted(lambda: layer(sound))


def test_products_of_cells_in_a_row() -> None:
    cells = [registry.deserialize({"class_name": "LSTMCell", "config": {"units": units}}) for units in (3, 5)]
    layer = StackedRNNCells(cells)
    inputs = torch.ones(2, 4)
    layer.build((2, 4))
    states = layer.get_initial_state(2)
    assert 2 * (layer.macs((2, 4)) or 0) == counted(lambda: layer(inputs, states))


def test_products_of_words_and_vectors() -> None:
    layer = ReversibleEmbedding(9, 4)
    layer.build((None, 5))
    vectors = torch.ones(2, 5, 4)
    assert layer.macs((2, 5)) == 0
    assert 2 * (layer.macs((2, 5, 4), reverse=True) or 0) == counted(lambda: layer(vectors, reverse=True))


def test_products_of_a_pipeline_are_those_of_its_layers() -> None:
    config = {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 3}}
    layer = Pipeline([registry.deserialize(config)])
    pictures = torch.ones(2, 6, 6, 3)
    layer(pictures)
    assert 2 * (layer.macs((2, 6, 6, 3)) or 0) == counted(lambda: layer(pictures, training=False))


def test_open_sizes_are_no_number() -> None:
    dense = registry.deserialize({"class_name": "Dense", "config": {"units": 4}})
    assert dense.macs((None, 3)) == 12
    assert dense.macs((None, None, 3)) is None
    conv = registry.deserialize({"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3}})
    assert conv.macs((None, None, 3)) is None


def test_of_a_layer_of_ones_own_nothing_is_claimed() -> None:
    class Own(Layer):
        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            return inputs @ inputs.transpose(-1, -2)

    assert Own().macs((None, 3, 3)) is None
    assert Own().sight((None, 3, 3)) is None
