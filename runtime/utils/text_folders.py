"""`text_dataset_from_directory`: texts in folders, one folder a class."""

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from runtime.errors import FileFormatError
from runtime.utils.folders import Files, LabelMode, Labels, Subset, Wish, folder_datasets


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Labels = "inferred",
    label_mode: LabelMode = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: Subset = None,
    follow_links: bool = False,
    format: Literal["tf", "grain"] = "tf",
    verbose: bool = True,
) -> Any:
    """Texts (`.txt`, UTF-8) in the folders of their classes, as batches.

    Args:
        directory: Folder that holds one folder for each class.
        labels: "inferred" for those of the folders, class numbers in the order of the sorted paths, or None.
        label_mode: "int" for class numbers, "categorical" for one column a class, "binary" for 0 and 1, None.
        class_names: Folders to use, in the order of their numbers; None for all, sorted.
        batch_size: Texts in a batch; None for single ones.
        max_length: Characters after which a text is cut off; None keeps all.
        shuffle: True mixes the texts, anew in each pass.
        seed: Makes the order.
        validation_split: Share of the texts to validate on.
        subset: "training", "validation", or "both" for a list of the two.
        follow_links: True goes through links to folders, too.
        format: Accepted for Keras's sake: it is always a data set of this library.
        verbose: True says how many texts there are.

    Returns:
        A data set of texts (arrays of str) and labels; it has `class_names` and `file_paths`.

    Raises:
        ParameterError: Arguments contradict each other.
        DataError: There are no such folders or texts.
        FileFormatError: A file is no text (when its batch is made).

    Source:
        https://keras.io/api/data_loading/text/
    """
    del format

    def make(files: Files, numbers: Sequence[int]) -> np.ndarray[Any, Any]:
        texts = np.empty(len(numbers), dtype=object)
        texts[:] = [_text(files.paths[number])[:max_length] for number in numbers]
        return texts

    wish = Wish(
        directory,
        labels,
        label_mode,
        class_names,
        (".txt",),
        batch_size,
        shuffle,
        seed,
        validation_split,
        subset,
        follow_links,
        verbose,
    )
    return folder_datasets(wish, make)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise FileFormatError(
            f"'{path}' cannot be read as text: {error}.", hint="Save it as UTF-8."
        ) from error
