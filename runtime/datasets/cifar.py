"""Reads the batches that CIFAR-10 and CIFAR-100 were published in.

Source:
    Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
    https://www.cs.toronto.edu/~kriz/cifar.html
"""

import tarfile
import zlib
from typing import Any

import numpy as np

from runtime.datasets.arrays import read_pickled
from runtime.datasets.splitting import Array, Pair
from runtime.errors import FileFormatError


def read_batches(path: str, names: list[str], labels: str) -> list[Pair]:
    """Pictures and labels of each batch in an archive; nothing is unpacked to disk.

    Args:
        path: The archive.
        names: Names of the batches in it.
        labels: Which labels are wanted: their name in the batch.

    Returns:
        For each batch, pixels 0-255 of shape (samples, 32, 32, 3) and labels of shape (samples, 1).

    Raises:
        FileFormatError: The archive is broken, or holds something else.
    """
    found: dict[str, Pair] = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.name in names and member.isfile():
                    found[member.name] = _batch(read_pickled(_opened(archive, member)), labels)
        return [found[name] for name in names]
    except (tarfile.TarError, EOFError, OSError, zlib.error, KeyError, TypeError, ValueError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(
            f"'{path}' is broken: {error}.", hint="Delete it, so that it is fetched anew."
        ) from error


def joined(batches: list[Pair]) -> Pair:
    """Several batches as one."""
    return np.concatenate([x for x, _ in batches]), np.concatenate([y for _, y in batches])


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Any:
    return archive.extractfile(member)


def _batch(stored: dict[bytes, Any], labels: str) -> Pair:
    pixels: Array = stored[b"data"]
    numbers = np.array(stored[labels.encode()]).reshape(-1, 1)
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), numbers
