"""Opens HDF5 files nobody vouches for: hard links only, nothing outside the file, sizes before contents."""

import io
import math
import mmap
import os
import re
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from h5py import h5g  # type: ignore[attr-defined]  (compiled)

from runtime.errors import FileFormatError, LayerloomError, RefusedError
from runtime.saving.memory import readable_size
from runtime.saving.raw_attributes import Content, RawAttribute, RawFile

MAX_AXES = 32
_INNATE_FILTERS = {
    h5py.h5z.FILTER_DEFLATE,
    h5py.h5z.FILTER_SHUFFLE,
    h5py.h5z.FILTER_FLETCHER32,
    h5py.h5z.FILTER_LZF,
}
_MODEST = 2**20
_MOST_PARTS = 1_000
_MOST_COMPRESSION = 16


_ALWAYS_ALLOWED = 16 * 2**20


class _RawFiles(threading.local):
    """Files that are open in a thread, by the number HDF5 gave them."""

    def __init__(self) -> None:
        self.by_number: dict[int, RawFile] = {}


_raw_files = _RawFiles()


@contextmanager
def opened(source: str | os.PathLike[str] | io.BytesIO, path: str = "") -> Generator[h5py.File]:
    """An HDF5 file, open for reading; whatever goes wrong inside the block is said in one message.

    Args:
        source: Path of the file, or its contents.
        path: What to call it in messages.

    Raises:
        FileFormatError: There is no such file, it is not HDF5, or it is broken.
    """
    if not isinstance(source, io.BytesIO):
        path = os.fspath(source)
        _require_hdf5(path)
    try:
        with _bytes_of(source) as content, h5py.File(source, "r") as file:
            raw, (number, _) = RawFile(content), _where(file)
            _raw_files.by_number[number] = raw
            try:
                yield file
            finally:
                del _raw_files.by_number[number]
    except LayerloomError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, RecursionError, MemoryError) as error:
        sizes = re.search(r"truncated file: eof = (\d+),.*stored_eof = (\d+)", str(error))
        what = (
            f"has {int(sizes[1]):,} of {int(sizes[2]):,} bytes" if sizes else f"is broken: {str(error)[:300]}"
        )
        raise FileFormatError(
            f"'{path}' {what}.", hint="Get the file again, or save the model anew."
        ) from error


@contextmanager
def _bytes_of(source: str | os.PathLike[str] | io.BytesIO) -> Generator[Content]:
    if isinstance(source, io.BytesIO):
        yield source.getvalue()
        return
    with open(source, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield content


def _require_hdf5(path: str) -> None:
    if not os.path.isfile(path):
        raise FileFormatError(f"There is no file '{path}'.")
    if not h5py.is_hdf5(path):
        size = os.path.getsize(path)
        raise FileFormatError(
            f"'{path}' is not an HDF5 file ({size:,} bytes)." if size else f"'{path}' is empty.",
            hint="A download may have been cut off, or the file is of another kind than its name says.",
        )


def child_group(parent: h5py.Group, name: str) -> h5py.Group:
    """The group of that name, which may lead through several groups: "a/b".

    Raises:
        FileFormatError: There is none.
        RefusedError: A link on the way does not stay in the file.
    """
    found = _child(parent, name)
    if not isinstance(found, h5py.Group):
        raise FileFormatError(f"'{_path(parent, name)}' is no group.")
    return found


def child_dataset(parent: h5py.Group, name: str) -> h5py.Dataset:
    """The dataset of that name, checked but not read.

    Raises:
        FileFormatError: There is none, or it holds no numbers.
        RefusedError: It lies outside the file, or claims far more than is stored.
    """
    found = _child(parent, name)
    path = _path(parent, name)
    if not isinstance(found, h5py.Dataset):
        raise FileFormatError(f"'{path}' is no dataset.")
    plan = found.id.get_create_plist()
    if found.is_virtual or plan.get_external_count():
        raise RefusedError(
            f"The values of '{path}' lie in another file.", what=path, hint="They are not read."
        )
    if any(plan.get_filter(n)[0] not in _INNATE_FILTERS for n in range(plan.get_nfilters())):
        raise RefusedError(f"'{path}' is packed by a filter that would have to be loaded.", what=path)
    if found.dtype.kind not in "fiubV" or found.shape is None or found.ndim > MAX_AXES:
        raise FileFormatError(f"'{path}' holds no numbers (dtype {found.dtype}).")
    if declared_size(found) > max(_MODEST, _MOST_COMPRESSION * found.id.get_storage_size()):
        raise RefusedError(
            f"'{path}' claims {readable_size(declared_size(found))}, but the file stores "
            f"{readable_size(found.id.get_storage_size())}.",
            what=path,
        )
    return found


def declared_size(dataset: h5py.Dataset) -> int:
    """Bytes the values would take."""
    return math.prod(dataset.shape) * dataset.dtype.itemsize


def check_sizes(datasets: Sequence[h5py.Dataset]) -> int:
    """Bytes of all values together, none read; the same values may be listed many times.

    Raises:
        RefusedError: They are far more than the file can hold.
    """
    claimed = sum(map(declared_size, datasets))
    held = len(_raw_files.by_number[_where(datasets[0])[0]].content) if datasets else 0
    if claimed > _ALWAYS_ALLOWED + _MOST_COMPRESSION * held:
        raise RefusedError(
            f"The weights claim {readable_size(claimed)}, but the file has only {readable_size(held)}.",
            what="weights",
        )
    return claimed


def read_values(dataset: h5py.Dataset) -> npt.NDArray[Any]:
    """The values of a checked dataset; bfloat16 becomes float32.

    Raises:
        FileFormatError: They are no numbers.
    """
    if dataset.dtype.kind != "V":
        values = np.asarray(dataset[()])
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    if dataset.dtype.itemsize != 2 or text_attribute(dataset, "dtype") != "bfloat16":
        raise FileFormatError(f"'{dataset.name}' holds no numbers (dtype {dataset.dtype}).")
    upper = np.asarray(dataset[()]).view(np.uint16).astype(np.uint32) << 16
    return upper.view(np.float32).reshape(dataset.shape)


def has_attribute(holder: Any, name: str) -> bool:
    """True if something of that name is kept beside a group, dataset or file."""
    return _attribute(holder, name) is not None


def text_attribute(holder: Any, name: str) -> str | None:
    """A text kept beside a group, dataset or file, of either string type; None if there is none.

    Raises:
        FileFormatError: It is no single text, or is too long.
    """
    found = _attribute(holder, name)
    if found is None:
        return None
    texts = _texts(holder, found) if found.shape == () else None
    if texts is None:
        raise FileFormatError(f"The attribute '{name}' is no text.")
    return texts[0].decode()


def name_list(group: h5py.Group, name: str) -> list[str] | None:
    """A list of names kept beside a group, also where it was split into "name0", "name1", …; None without.

    Raises:
        FileFormatError: It is no list of texts.
    """
    parts = [found] if (found := _attribute(group, name)) else []
    while not found and (part := _attribute(group, f"{name}{len(parts)}")):
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise FileFormatError(f"The list '{name}' is in more than {_MOST_PARTS:,} parts.")
    if not parts:
        return None
    names: list[str] = []
    for part in parts:
        texts = _texts(group, part) if part.shape is not None and len(part.shape) == 1 else None
        if texts is None:
            raise FileFormatError(f"The attribute '{name}' is no list of names.")
        names += [text.decode() for text in texts]
    return names


def _attribute(holder: Any, name: str) -> RawAttribute | None:
    number, address = _where(holder)
    return _raw_files.by_number[number].attribute(address, name)


def _texts(holder: Any, attribute: RawAttribute) -> list[bytes] | None:
    return _raw_files.by_number[_where(holder)[0]].texts(attribute)


def _where(holder: Any) -> tuple[Any, int]:
    """The number of an object's file, and its address in it."""
    # Asked for more, the library would go through all that the object holds.
    found = h5g.get_objinfo(holder.id)
    return found.fileno, found.objno[0]


def _child(parent: h5py.Group, name: str) -> Any:
    steps = name.split("/")
    found: Any = parent
    for step in steps:
        link = (
            found.get(step, getlink=True) if isinstance(found, h5py.Group) and step not in ("", ".") else None
        )
        if link is None:
            raise FileFormatError(
                f"'{_path(parent, name)}' is missing in the file.", hint="The file is broken or was cut off."
            )
        if not isinstance(link, h5py.HardLink):
            raise RefusedError(
                f"'{_path(parent, name)}' is a link to somewhere else.",
                what=name,
                hint="Links are not followed.",
            )
        found = found[step]
    return found


def _path(parent: h5py.Group, name: str) -> str:
    return f"{str(parent.name).rstrip('/')}/{name}"[:200]
