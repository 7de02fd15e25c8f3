"""`audio_dataset_from_directory`: sounds in folders, one folder a class."""

import os
import wave
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from runtime.errors import FileFormatError, ParameterError
from runtime.utils.folders import Files, LabelMode, Labels, Subset, Wish, folder_datasets

Sound = npt.NDArray[np.float32]


def audio_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Labels = "inferred",
    label_mode: LabelMode = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: Subset = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Sounds (`.wav`, 16 bits) in the folders of their classes, as batches of numbers from -1 to 1.

    Args:
        directory: Folder that holds one folder for each class.
        labels: "inferred" for those of the folders, class numbers in the order of the sorted paths, or None.
        label_mode: "int" for class numbers, "categorical" for one column a class, "binary" for 0 and 1, None.
        class_names: Folders to use, in the order of their numbers; None for all, sorted.
        batch_size: Sounds in a batch; None for single ones.
        sampling_rate: Samples per second all files must have (nothing is resampled); None takes any.
        output_sequence_length: Samples of each sound: longer ones are cut off, shorter ones followed by
            silence. None makes those of a batch as long as its longest.
        ragged: Not here: torch has no tensors of rows that differ in length.
        shuffle: True mixes the sounds, anew in each pass.
        seed: Makes the order.
        validation_split: Share of the sounds to validate on.
        subset: "training", "validation", or "both" for a list of the two.
        follow_links: True goes through links to folders, too.
        verbose: True says how many sounds there are.

    Returns:
        A data set of sounds (samples, length, channels) and labels; it has `class_names` and `file_paths`.

    Raises:
        ParameterError: Arguments contradict each other.
        DataError: There are no such folders or sounds.
        FileFormatError: A file is no such sound (when its batch is made).

    Source:
        https://keras.io/api/data_loading/audio/
    """
    if ragged:
        raise ParameterError(
            "ragged=True gives rows that differ in length, which torch's tensors have not.",
            parameter="ragged",
            received=ragged,
            hint="Leave it out: shorter sounds are followed by silence.",
        )

    def make(files: Files, numbers: Sequence[int]) -> Sound:
        sounds = [_sound(files.paths[number], sampling_rate) for number in numbers]
        channels = {sound.shape[1] for sound in sounds}
        if len(channels) > 1:
            raise FileFormatError(
                f"The sounds in '{os.fspath(directory)}' differ in their number of channels: "
                f"{' and '.join(map(str, sorted(channels)))}.",
                hint="Save all as mono (1) or all as stereo (2).",
            )
        length = output_sequence_length or max(len(sound) for sound in sounds)
        batch = np.zeros((len(sounds), length, channels.pop()), np.float32)
        for row, sound in zip(batch, sounds, strict=True):
            row[: len(sound)] = sound[:length]
        return batch

    wish = Wish(
        directory,
        labels,
        label_mode,
        class_names,
        (".wav",),
        batch_size,
        shuffle,
        seed,
        validation_split,
        subset,
        follow_links,
        verbose,
    )
    return folder_datasets(wish, make)


def _sound(path: str, rate: int | None) -> Sound:
    """Samples of a file, (length, channels)."""
    try:
        with wave.open(path, "rb") as file:
            width, channels, found = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise FileFormatError(
            f"'{path}' cannot be read as a sound: {error or 'it ends too early'}.",
            hint="Save it as .wav, PCM, 16 bits.",
        ) from error
    if width != 2:
        raise FileFormatError(
            f"'{path}' has {8 * width} bits a sample.", hint="Save it as .wav, PCM, 16 bits."
        )
    if rate is not None and found != rate:
        raise FileFormatError(
            f"'{path}' has {found} samples per second, not {rate}.", hint="Save it at that rate."
        )
    whole = len(data) - len(data) % (2 * channels)
    return (np.frombuffer(data[:whole], "<i2") / np.float32(32768)).astype(np.float32).reshape(-1, channels)
