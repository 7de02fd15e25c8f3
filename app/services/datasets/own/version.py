"""A prepared version: arrays on the disk, cut and scaled for good, with the recipe they were made by."""

import json
import mmap
import time
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from app.services.datasets.dataset import Array, Dataset, DatasetInfo, Split
from app.services.datasets.own.asking import encoder_of, pieces_of, recoder_of
from app.services.datasets.own.home import is_own_name, prepared_dir
from app.services.datasets.own.recipe import ArrayRecipe, PictureRecipe, TableRecipe
from app.services.datasets.own.source import Record
from runtime.errors import FileFormatError, UnknownNameError

CARD = "version.json"
PARTS = ("x", "y", "shown")


class Caution(Record):
    """Something in prepared data that may spoil what is learned from them.

    Args:
        code: What it is, for programs.
        text: What was found.
        hint: What can be done.
        grave: Whether results will probably mislead.
    """

    code: Literal[
        "duplicates", "leak", "id", "constant", "imbalance", "rare_class", "dropped", "missing_class", "small"
    ]
    text: str
    hint: str = ""
    grave: bool = False


class Version(Record):
    """What is known of a prepared version.

    Args:
        info: Its card among the data sets.
        source: Id of the source.
        file_name: The file the source came from.
        recipe: How it was made.
        feature_names: Names of the inputs along their last axis.
        shown_names: Names of the columns that people are shown.
        target_mean: Mean of the original answers over the training rows.
        target_scale: Their standard deviation.
        train: Training rows.
        test: Test rows.
        encoding: How each column became numbers, with what was measured on the training rows.
        cautions: What may spoil what is learned.
        made_at: Seconds since 1970, UTC.
    """

    info: DatasetInfo
    source: str
    file_name: str
    recipe: TableRecipe | PictureRecipe | ArrayRecipe
    feature_names: tuple[str, ...] = ()
    shown_names: tuple[str, ...] = ()
    target_mean: float = 0.0
    target_scale: float = 1.0
    train: int
    test: int
    encoding: dict[str, Any] = Field(default_factory=dict)
    cautions: tuple[Caution, ...] = ()
    made_at: float = 0.0


def read_version(name: str) -> Version:
    """A prepared version by name.

    Raises:
        UnknownNameError: There is none, or not any more.
        FileFormatError: Its card was changed or broken from outside.
    """
    path = prepared_dir() / name / CARD
    if not is_own_name(name) or not path.is_file():
        raise UnknownNameError("data set", name, [version.info.name for version in versions()])
    return _read(path)


def versions() -> list[Version]:
    """All prepared versions, latest first; one that is broken is left out."""
    found: list[Version] = []
    for path in prepared_dir().glob(f"*/{CARD}"):
        try:
            found.append(_read(path))
        except FileFormatError:
            continue
    return sorted(found, key=lambda version: -version.made_at)


_seen: dict[tuple[Path, int], Version] = {}


def _read(path: Path) -> Version:
    try:
        key = (path, path.stat().st_mtime_ns)
        if key not in _seen:
            _seen[key] = Version.model_validate_json(path.read_bytes())
        return _seen[key]
    except (OSError, ValidationError) as error:
        raise FileFormatError(
            f"{path} cannot be read.", hint="Prepare the data anew from the file they came from."
        ) from error


def load_version(name: str) -> Dataset:
    """A prepared version, its arrays mapped from the disk: only what is looked at takes memory.

    Raises:
        UnknownNameError: There is none of that name.
        FileFormatError: One of its files is missing or broken.
    """
    version = read_version(name)
    folder = prepared_dir() / name
    train, test = (Split(*(_mapped(folder, part, array) for array in PARTS)) for part in ("train", "test"))
    naive = folder / "naive.npy"
    return Dataset(
        version.info,
        train,
        test,
        feature_names=version.feature_names,
        shown_names=version.shown_names,
        target_mean=version.target_mean,
        target_scale=version.target_scale,
        naive=np.load(naive) if naive.exists() else None,
        encode=encoder_of(version.recipe, version.encoding),
        pieces=pieces_of(version.recipe, version.encoding),
        recode=recoder_of(version.recipe, version.encoding),
    )


def write_version(version: Version, folder: Path) -> None:
    """Writes the card of a version into its folder, which has its place only when all is there."""
    stamped = version.model_copy(update={"made_at": time.time()})
    text = json.dumps(stamped.model_dump(mode="json"), ensure_ascii=False)
    (folder / CARD).write_text(text, encoding="utf-8")


def _mapped(folder: Path, part: str, array: str) -> Array:
    path = folder / f"{part}_{array}.npy"
    try:
        # Copy on write: torch takes such an array without copying it, and the file stays as it is.
        return np.load(path, mmap_mode="c")
    except (OSError, ValueError) as error:
        if array == "shown" and not path.exists():
            # Pictures are shown as they go in.
            return _mapped(folder, part, "x")
        raise FileFormatError(
            f"{path} is missing or broken.", hint="Prepare the data anew from the file they came from."
        ) from error


class PartWriter:
    """Writes the arrays of both parts row by row in any order, without holding them in memory.

    Args:
        folder: Gets the files.
        train: Training rows.
        test: Test rows.
    """

    def __init__(self, folder: Path, train: int, test: int) -> None:
        self._folder = folder
        self._rows = {"train": train, "test": test}
        self.arrays: dict[str, Array] = {}

    def begin(self, array: str, shape: tuple[int, ...], dtype: Any) -> None:
        """Makes room for "x", "y" or "shown".

        Args:
            array: Which.
            shape: Shape of one row.
            dtype: Type of its values.
        """
        for part, rows in self._rows.items():
            path = self._folder / f"{part}_{array}.npy"
            self.arrays[f"{part}_{array}"] = np.lib.format.open_memmap(
                path, "w+", dtype=np.dtype(dtype), shape=(rows, *shape)
            )

    def put(self, array: str, is_test: Array, place: Array, values: Array) -> None:
        """Writes some rows where they belong.

        Args:
            array: "x", "y" or "shown".
            is_test: Which of them are for the test.
            place: Their places in their parts; negative for rows that are left out.
            values: The rows.
        """
        for part, chosen in (("train", ~is_test & (place >= 0)), ("test", is_test & (place >= 0))):
            if chosen.any():
                self.arrays[f"{part}_{array}"][place[chosen]] = values[chosen]

    def release(self) -> None:
        """Lets the system write out what was put, so that it takes no memory here."""
        for array in self.arrays.values():
            release(array)

    def close(self) -> None:
        """Writes all to the disk."""
        for array in self.arrays.values():
            array.flush()  # pyright: ignore[reportAttributeAccessIssue]
        self.arrays.clear()


def release(array: Array) -> None:
    """Takes a mapped array's pages out of this process; they stay in the file."""
    mapped: Any = getattr(array, "_mmap", None)
    if mapped is not None and hasattr(mapped, "madvise"):
        mapped.madvise(mmap.MADV_DONTNEED)
