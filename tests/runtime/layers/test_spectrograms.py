"""Spectrograms against the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import DTypeError, ParameterError, ShapeError

from .oracle import arrays, assert_same, pair

MODES = ["log", "magnitude", "psd", "real", "imag", "angle", "stft"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"padding": "same", "frame_step": 3},
        {"expand_dims": True, "fft_length": 16},
        {"data_format": "channels_first", "window": "hamming", "periodic": True, "scaling": "spectrum"},
        {"data_format": "channels_first", "expand_dims": True, "window": None, "scaling": None},
    ],
    ids=str,
)
def test_short_transforms_are_the_same(mode, arguments):
    shape = (2, 2, 37) if arguments.get("data_format") == "channels_first" else (2, 37, 2)
    ours, theirs = pair("STFTSpectrogram", mode, 8, name="sound", **arguments)
    # The logarithm and the angle of sums near zero magnify the rounding.
    assert_same(ours, theirs, arrays(shape), rtol=1e-4, atol=1e-5)
    assert ours.compute_output_shape(shape) == tuple(theirs.compute_output_shape(shape))


def test_the_waves_are_those_of_keras():
    ours, theirs = pair("STFTSpectrogram", frame_length=20, name="sound")
    sound = arrays((2, 50, 1))
    torch.testing.assert_close(ours(sound), theirs(sound), rtol=1e-4, atol=1e-4)
    frozen = layers.STFTSpectrogram(frame_length=20, trainable=False)
    frozen(sound)
    assert len(frozen.non_trainable_weights) == 2
    assert not frozen.trainable_weights


def test_a_tone_stands_at_its_frequency():
    time = torch.arange(512) / 512
    picture = layers.STFTSpectrogram("magnitude", 64)(torch.sin(2 * torch.pi * 64 * time).reshape(1, -1, 1))
    assert set(picture[0].argmax(dim=-1).tolist()) == {8}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"power_to_db": False, "mag_exp": 1.0},
        {"sequence_length": 20, "window": "hamming", "top_db": 20.0},
        {"window": None, "num_mel_bins": 5, "min_freq": 100.0, "max_freq": 3000.0, "ref_power": 0.1},
        {"window": [0.5] * 32, "min_power": 1e-3},
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", [(3, 150), (150,)])
def test_mel_spectrograms_are_the_same(arguments, shape):
    arguments = {
        "fft_length": 32, "sequence_stride": 16, "sampling_rate": 8000, "num_mel_bins": 6, **arguments
    }  # fmt: skip
    ours, theirs = pair("MelSpectrogram", name="sound", **arguments)
    sound = arrays(shape)
    mine = ours(sound)
    torch.testing.assert_close(mine, theirs(sound), rtol=1e-4, atol=1e-4)
    assert tuple(mine.shape) == ours.compute_output_shape(shape)
    assert ours.get_config()["num_mel_bins"] == theirs.get_config()["num_mel_bins"]


@pytest.mark.parametrize("steps", [143, 144, 145, 159])
@pytest.mark.parametrize("fft_length", [32, 33])
def test_frames_are_counted_right_where_keras_says_one_too_many(steps, fft_length):
    layer = layers.MelSpectrogram(fft_length, 16, num_mel_bins=4)
    assert layer(arrays((2, steps))).shape == layer.compute_output_shape((2, steps))


def test_the_matrix_of_pitches_is_that_of_keras():
    ours, theirs = pair("MelSpectrogram")
    for arguments in ({}, {"num_mel_bins": 8, "num_spectrogram_bins": 65, "sampling_rate": 16000}):
        mine, real = (layer.linear_to_mel_weight_matrix(**arguments) for layer in (ours, theirs))
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-4)


def test_the_gradient_of_silence_is_a_number():
    sound = torch.zeros(1, 100, requires_grad=True)
    layers.MelSpectrogram(32, 16, num_mel_bins=4, power_to_db=False, mag_exp=1.0)(sound).sum().backward()
    assert torch.isfinite(sound.grad).all()


def test_wrong_arguments_and_inputs_are_told():
    with pytest.raises(ParameterError, match=r"frame_step=…\) got 9"):
        layers.STFTSpectrogram(frame_length=8, frame_step=9)
    with pytest.raises(ParameterError, match=r"fft_length=…\) got 4, which is less than its frame_length"):
        layers.STFTSpectrogram(frame_length=8, fft_length=4)
    with pytest.raises(ParameterError, match=r"fft_length=…\) got 4, which is less than its sequence_length"):
        layers.MelSpectrogram(4, sequence_length=8)
    with pytest.raises(ParameterError, match=r"window=…\) got 'hat'"):
        layers.MelSpectrogram(window="hat")
    with pytest.raises(ParameterError, match="one value for each step"):
        layers.MelSpectrogram(window=[1.0, 2.0])
    with pytest.raises(ShapeError, match="cuts frames of 8 steps, but its input has only 5"):
        layers.STFTSpectrogram(frame_length=8).compute_output_shape((None, 5, 1))
    with pytest.raises(DTypeError, match="floating numbers"):
        layers.STFTSpectrogram(frame_length=8)(np.ones((1, 20, 1), "int32"))
    with pytest.raises(ShapeError, match="a sound of 16 is too short"):
        layers.MelSpectrogram(32)(np.ones((1, 16), "float32"))
    with pytest.raises(ShapeError, match="Reshape"):
        layers.MelSpectrogram().compute_output_shape((None, 5, 1))
    assert keras.layers.MelSpectrogram().get_config().keys() - layers.MelSpectrogram().get_config() == set()
