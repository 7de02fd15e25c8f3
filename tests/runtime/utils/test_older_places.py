"""`keras.preprocessing`, with what only stands there; sounds in folders."""

import os
import wave

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime.errors import FileFormatError, ParameterError


@pytest.mark.parametrize("size", [(6, 6), (4, 9), (20, 10)])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_smart_resize_is_keras_s(size, interpolation):
    picture = np.random.default_rng(1).random((12, 17, 3)).astype("float32")
    ours = runtime.preprocessing.image.smart_resize(picture, size, interpolation)
    theirs = keras.preprocessing.image.smart_resize(picture, size, interpolation)
    assert isinstance(ours, np.ndarray)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    batch = torch.as_tensor(picture).permute(2, 0, 1)[None]
    first = runtime.preprocessing.image.smart_resize(batch, size, interpolation, "channels_first")
    np.testing.assert_allclose(first[0].permute(1, 2, 0).numpy(), theirs, atol=1e-5)


def test_smart_resize_wants_pictures():
    with pytest.raises(ParameterError, match=r"shape \(4, 4\).*height, width, channels"):
        runtime.preprocessing.image.smart_resize(np.zeros((4, 4)), (2, 2))


def sound(path, samples, rate=8000, width=2):
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(np.asarray(samples, f"<i{width}").tobytes())


def test_sounds_become_batches_of_one_length(tmp_path):
    sound(tmp_path / "high" / "a.wav", [0, 16384, -32768])
    sound(tmp_path / "low" / "b.wav", [8192] * 5)
    found = runtime.utils.audio_dataset_from_directory(tmp_path, shuffle=False, verbose=False)
    ((batch, labels),) = list(found)
    assert found.class_names == ["high", "low"]
    np.testing.assert_array_equal(np.asarray(labels), [0, 1])
    np.testing.assert_array_equal(np.asarray(batch)[:, :, 0], [[0, 0.5, -1, 0, 0], [0.25] * 5])
    cut = runtime.utils.audio_dataset_from_directory(
        tmp_path, shuffle=False, verbose=False, output_sequence_length=2
    )
    assert np.asarray(next(iter(cut))[0]).shape == (2, 2, 1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b"RIFF no sound"), "cannot be read as a sound"),
        (lambda path: sound(path, [1], rate=44100), "44100 samples per second, not 8000"),
        (lambda path: sound(path, [1], width=4), "32 bits"),
    ],
)
def test_other_files_are_told(tmp_path, make, words):
    (tmp_path / "one").mkdir()
    make(tmp_path / "one" / "a.wav")
    batches = runtime.utils.audio_dataset_from_directory(tmp_path, sampling_rate=8000, verbose=False)
    with pytest.raises(FileFormatError, match=words):
        list(batches)
