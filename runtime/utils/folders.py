"""Finds the files of a data set in folders, one folder a class."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from runtime.console import say
from runtime.errors import DataError, ParameterError
from runtime.utils.batched import BatchedDataset, label_batch

Labels = Literal["inferred"] | Sequence[int] | None
LabelMode = Literal["int", "categorical", "binary"] | None
Subset = Literal["training", "validation", "both"] | None


@dataclass(frozen=True)
class Files:
    """Files and what they show.

    Args:
        paths: The files.
        labels: Class number of each; None without labels.
        class_names: Names of the classes; None without labels.
    """

    paths: list[str]
    labels: list[int] | None
    class_names: list[str] | None

    def part(self, share: float, subset: Subset) -> "Files":
        """The files to train on, or those to validate on: the last ones.

        Args:
            share: Share to validate on.
            subset: Which part.
        """
        kept = int(share * len(self.paths))
        chosen = (
            slice(len(self.paths) - kept) if subset == "training" else slice(len(self.paths) - kept, None)
        )
        say(f"Using {len(self.paths[chosen])} files for {subset}.")
        return Files(
            self.paths[chosen], None if self.labels is None else self.labels[chosen], self.class_names
        )


@dataclass(frozen=True)
class Wish:
    """Which files a program wants, under the names Keras has for it.

    Args:
        directory: The folder.
        labels: "inferred" for those of the folders' names, numbers in the order of the paths, or None.
        label_mode: Form of the labels; None for none.
        class_names: Folders to use, in the order of their numbers; None for all.
        endings: Endings of the files.
        batch_size: Samples in a batch; None for single samples.
        shuffle: True mixes the files.
        seed: Makes the order.
        validation_split: Share to validate on.
        subset: Which part is wanted.
        follow_links: True goes through links to folders, too.
        verbose: True says how many files there are.
    """

    directory: str | os.PathLike[str]
    labels: Labels
    label_mode: LabelMode
    class_names: Sequence[str] | None
    endings: tuple[str, ...]
    batch_size: int | None
    shuffle: bool
    seed: int | None
    validation_split: float | None
    subset: Subset
    follow_links: bool
    verbose: bool


Make = Callable[[Files, Sequence[int]], Any]


def folder_datasets(wish: Wish, make: Make) -> Any:
    """The data set (or two of them) of the files in a folder.

    Args:
        wish: What is wanted.
        make: Makes a batch of the files with given numbers, labels left out.

    Raises:
        ParameterError: Arguments contradict each other.
        DataError: There are no such folders or files.
    """
    _check(wish)
    seed = int(np.random.randint(10**6)) if wish.seed is None else wish.seed
    files = _found(wish, seed)
    if wish.label_mode == "binary" and len(files.class_names or ()) != 2:
        raise ParameterError(
            f"label_mode='binary' is for 2 classes, but there are {len(files.class_names or ())}.",
            parameter="label_mode",
            received=wish.label_mode,
            hint="Use 'int' or 'categorical'.",
        )
    if wish.validation_split is None or wish.subset is None:
        return _dataset(wish, files, make, seed, mixed=wish.shuffle)
    if wish.subset != "both":
        part = files.part(wish.validation_split, wish.subset)
        return _dataset(wish, part, make, seed, mixed=wish.shuffle)
    training = files.part(wish.validation_split, "training")
    validation = files.part(wish.validation_split, "validation")
    return [
        _dataset(wish, training, make, seed, mixed=wish.shuffle),
        _dataset(wish, validation, make, seed, mixed=False),
    ]


def _dataset(wish: Wish, files: Files, make: Make, seed: int, *, mixed: bool) -> BatchedDataset:
    if not files.paths:
        raise DataError(
            f"There are no files for this in '{os.fspath(wish.directory)}'.",
            hint=f"They must end in {', '.join(wish.endings)}, each in the folder of its class.",
        )
    labels, mode, classes = files.labels, wish.label_mode, len(files.class_names or ())

    def batch(numbers: Sequence[int]) -> Any:
        samples = make(files, numbers)
        if labels is None or mode is None:
            return samples
        return samples, label_batch([labels[number] for number in numbers], mode, classes)

    dataset = BatchedDataset(len(files.paths), batch, wish.batch_size, shuffle=mixed, seed=seed)
    dataset.class_names = files.class_names
    dataset.file_paths = files.paths
    return dataset


def _check(wish: Wish) -> None:
    if not isinstance(wish.labels, list | tuple) and wish.labels not in ("inferred", None):
        raise _wrong("labels", wish.labels, "Use 'inferred', None, or a list of class numbers.")
    if wish.class_names and wish.labels != "inferred":
        raise _wrong("class_names", wish.class_names, "It goes with labels='inferred' only.")
    if wish.label_mode not in ("int", "categorical", "binary", None):
        raise _wrong("label_mode", wish.label_mode, "Use 'int', 'categorical', 'binary' or None.")
    share, subset = wish.validation_split, wish.subset
    if subset not in ("training", "validation", "both", None):
        raise _wrong("subset", subset, "Use 'training', 'validation' or 'both'.")
    if share is not None and not 0 < share < 1:
        raise _wrong("validation_split", share, "Give a number between 0 and 1: 0.2 keeps a fifth.")
    if (share is None) != (subset is None):
        raise _wrong("subset", subset, "Give both validation_split and subset, or neither.")
    if share is not None and wish.shuffle and wish.seed is None:
        raise _wrong("seed", None, "Give a seed, so that no file gets into both parts; or shuffle=False.")


def _wrong(name: str, value: Any, hint: str) -> ParameterError:
    return ParameterError(f"{name} is {value!r}.", parameter=name, received=value, hint=hint)


def _found(wish: Wish, seed: int) -> Files:
    root = Path(wish.directory)
    if not root.is_dir():
        raise DataError(f"There is no folder '{root}'.", hint="Check the path.")
    inferred = wish.labels == "inferred" and wish.label_mode is not None
    folders = _class_folders(root, wish.class_names) if wish.labels == "inferred" else [""]
    paths: list[str] = []
    numbers: list[int] = []
    for number, folder in enumerate(folders):
        files = _files_below(root / folder, wish)
        paths += files
        numbers += [number] * len(files)
    labels, names = (numbers, folders) if inferred else _given_labels(wish, len(paths))
    if wish.verbose:
        classes = "" if names is None else f" belonging to {len(names)} classes"
        say(f"Found {len(paths)} files{classes}.")
    if wish.shuffle:
        # Files and labels are mixed alike, in the order Keras has for a seed.
        order = np.arange(len(paths))
        np.random.RandomState(seed).shuffle(order)
        paths = [paths[place] for place in order]
        labels = None if labels is None else [labels[place] for place in order]
    return Files(paths, labels, names)


def _class_folders(root: Path, names: Sequence[str] | None) -> list[str]:
    there = sorted(
        entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(".")
    )
    unknown = [name for name in names or () if name not in there]
    if unknown:
        raise ParameterError(
            f"There is no folder '{unknown[0]}' in '{root}'.",
            parameter="class_names",
            received=names,
            hint=f"There are {', '.join(there)}.",
        )
    return there if names is None else list(names)


def _files_below(folder: Path, wish: Wish) -> list[str]:
    found = sorted(os.walk(folder, followlinks=wish.follow_links), key=lambda step: step[0])
    return [
        os.path.join(place, name)
        for place, _, names in found
        for name in sorted(names)
        if name.lower().endswith(wish.endings)
    ]


def _given_labels(wish: Wish, files: int) -> tuple[list[int] | None, list[str] | None]:
    if wish.labels is None or wish.label_mode is None:
        return None, None
    labels = [int(label) for label in wish.labels]
    if len(labels) != files:
        raise DataError(
            f"There are {len(labels)} labels, but {files} files.",
            hint="Give one label for each file, in the order of the sorted paths.",
        )
    return labels, [str(label) for label in sorted(set(labels))]
