"""Takes the arrays out of an .npz file, without ever running what is in it."""

import math
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from app.services.datasets.own.archive import members
from app.services.datasets.own.limits import MAX_UNPACKED, check_room
from app.services.datasets.own.source import ArrayFacts
from runtime.errors import FileFormatError, LayerloomError, RefusedError

AGAIN = "Write it with numpy.savez(…, x=…, y=…)."
MAX_ARRAYS = 64
PIECE = 4 * 2**20
MAX_RATIO = 2_000
"""Empty pictures pack tightly: what an array takes is known from its shape before it is unpacked."""


def unpack_arrays(path: Path, folder: Path, seen: Any) -> list[ArrayFacts]:
    """Writes each array of an .npz file as a file of its own.

    Args:
        path: The .npz file.
        folder: Gets one .npy file an array, "0.npy" and so on.
        seen: Told the bytes of each piece that was written, and may raise to end it.

    Returns:
        The arrays, in the order of their numbers.

    Raises:
        FileFormatError: It is no .npz file, or a broken one.
        RefusedError: It holds Python objects, which would run code when they are read.
    """
    found = members(path, largest=MAX_UNPACKED, ratio=MAX_RATIO, hint=AGAIN)
    others = [entry.filename for entry in found if not entry.filename.endswith(".npy")]
    if others or not found:
        raise FileFormatError(
            f"An .npz file holds arrays; here is {others[0]!r}." if others else "There are no arrays in it.",
            hint=AGAIN,
        )
    if len(found) > MAX_ARRAYS:
        raise FileFormatError(f"The file holds {len(found)} arrays; at most {MAX_ARRAYS} are read.")
    check_room(folder, sum(entry.file_size for entry in found))
    facts: list[ArrayFacts] = []
    with zipfile.ZipFile(path) as archive:
        for number, entry in enumerate(found):
            name = entry.filename.removesuffix(".npy")
            with _said(name):
                packed = archive.open(entry)
            with packed:
                facts.append(_unpack(packed, name, entry.file_size, folder / f"{number}.npy", seen))
    return facts


@contextmanager
def _said(name: str) -> Generator[None]:
    """Says in words that an array is broken; what cancels the work is not raised here."""
    try:
        yield
    except LayerloomError:
        raise
    except Exception as error:
        # zlib, tokenize and others have errors of their own.
        raise FileFormatError(f"The array '{name}' is broken: {error}.", hint=AGAIN) from error


def _unpack(packed: IO[bytes], name: str, size: int, target: Path, seen: Any) -> ArrayFacts:
    with _said(name):
        shape, fortran, dtype = _header(packed, name)
        expected = math.prod(shape) * dtype.itemsize
        if expected > size:
            raise FileFormatError(
                f"The array '{name}' says it has {expected:,} bytes, but only {size:,} are there."
            )
        if fortran and len(shape) > 1:
            raise FileFormatError(
                f"The array '{name}' is stored column by column.",
                hint="Write numpy.ascontiguousarray(…) of it.",
            )
        out = np.lib.format.open_memmap(target, "w+", dtype=dtype, shape=shape)
        flat = out.reshape(-1).view(np.uint8)
    place = 0
    while place < expected:
        with _said(name):
            data = packed.read(min(PIECE, expected - place))
        if not data:
            raise FileFormatError(f"The array '{name}' ends in the middle.")
        flat[place : place + len(data)] = np.frombuffer(data, np.uint8)
        place += len(data)
        seen(len(data))
    out.flush()
    return ArrayFacts(name=name, shape=shape, dtype=dtype.name)


def _header(packed: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(packed)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(packed)
    elif version == (2, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(packed)
    else:
        raise FileFormatError(f"The array '{name}' is of the format {version}, which is not known.")
    if dtype.hasobject:
        raise RefusedError(
            f"The array '{name}' holds Python objects (pickled), which could run code when they are read.",
            what="pickled objects",
            hint="Save it with a type of numbers: array.astype('float32').",
        )
    if dtype.kind not in "biuf":
        raise FileFormatError(
            f"The array '{name}' holds {dtype.name}, which are no numbers.",
            hint="Number the classes, and bring texts in as a table.",
        )
    if len(shape) == 0 or 0 in shape:
        raise FileFormatError(f"The array '{name}' has the shape {shape}: there are no rows in it.")
    return shape, fortran, dtype
