"""Reads arrays out of files without running anything that stands in them.

Lists of different lengths and the CIFAR batches were stored with pickle. Python's pickle would call whatever
function a file names; here a file may name a few, and each stands for a small builder of ours.
"""

import pickle
import zipfile
from collections.abc import Callable
from typing import IO, Any, TypeVar, cast

import numpy as np

from runtime.errors import FileFormatError, RefusedError

Array = np.ndarray[Any, Any]
Found = TypeVar("Found")


class _StoredType:
    """The element type of a stored array: numbers of some size, or objects."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = code.decode("ascii") if isinstance(code, bytes) else str(code)
        self.order = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = state[1]
        self.order = order.decode("ascii") if isinstance(order, bytes) else str(order)

    @property
    def is_object(self) -> bool:
        return self.code in ("O", "O8", "object")

    def numbers(self) -> np.dtype[Any]:
        if self.code[:1] not in ("u", "i", "f", "b"):
            raise FileFormatError(f"The file stores an array of the kind '{self.code}'.")
        return np.dtype(self.code).newbyteorder(">" if self.order == ">" else "<")


class _StoredArray:
    """An array of which the file has told its shape, type and content."""

    value: Array

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, by_columns, content = state
        if kind.is_object:
            self.value = np.empty(len(content), dtype=object)
            self.value[:] = [_plain(entry) for entry in content]
        else:
            content = content.encode("latin1") if isinstance(content, str) else content
            self.value = np.frombuffer(content, kind.numbers()).copy()
        self.value = self.value.reshape(shape, order="F" if by_columns else "C")


def _stored_bytes(text: str, _: str) -> bytes:
    """Bytes as Python 3 stores them in the layout of Python 2."""
    return text.encode("latin1")


_KNOWN: dict[tuple[str, str], Any] = {
    ("_codecs", "encode"): _stored_bytes,
    ("numpy", "ndarray"): _StoredArray,
    ("numpy", "dtype"): _StoredType,
    ("numpy.core.multiarray", "_reconstruct"): _StoredArray,
    ("numpy._core.multiarray", "_reconstruct"): _StoredArray,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Our builder for a name in the file."""
        try:
            return _KNOWN[module_name, global_name]
        except KeyError:
            raise RefusedError(
                f"The file asks for '{module_name}.{global_name}', which no data set needs.",
                what=f"{module_name}.{global_name}",
                hint="It is not the published file: delete it and fetch it anew.",
            ) from None


def read_pickled(file: IO[bytes]) -> Any:
    """Arrays, numbers and texts in lists and dicts, as pickle stored them.

    Raises:
        RefusedError: The file wants something called.
        FileFormatError: It is broken.
    """
    return _guarded(lambda: _plain(_Reader(file, encoding="bytes").load()))


def read_npz(path: str) -> dict[str, Array]:
    """All arrays of an `.npz` file by name, lists of different lengths among them.

    Raises:
        RefusedError: The file wants something called.
        FileFormatError: It is broken, or no such file.
    """

    def read() -> dict[str, Array]:
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.endswith(".npy")]
            return {name.removesuffix(".npy"): _member(archive, name) for name in members}

    return _guarded(read, path)


def _member(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(name) as file:
        version = np.lib.format.read_magic(file)
        header = (
            np.lib.format.read_array_header_1_0 if version[0] == 1 else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = header(file)
        if dtype.hasobject:
            return cast(Array, read_pickled(file)).reshape(shape)
    with archive.open(name) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _plain(value: Any) -> Any:
    if isinstance(value, _StoredArray):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return value


def _guarded(read: Callable[[], Found], name: str = "") -> Found:
    """What is read, or an error that says the file is broken."""
    try:
        return read()
    except (FileFormatError, MemoryError):
        raise
    except Exception as error:
        raise FileFormatError(
            f"The file '{name}' is broken: {error}." if name else f"The file is broken: {error}.",
            hint="Delete it, so that it is fetched anew.",
        ) from error
