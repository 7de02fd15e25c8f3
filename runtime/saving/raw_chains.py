"""Finds chains in an HDF5 file that lead back to themselves: the HDF5 library would follow them for ever.

Source: HDF5 File Format Specification, III.A.1 (trees) and III.D (heaps of names).
"""

import mmap
import struct
from collections.abc import Iterator

from runtime.errors import FileFormatError

Content = bytes | mmap.mmap

_TREE = b"TREE"
_NAMES = b"HEAP\x00\x00\x00\x00"
_NO_ROOM = 1


def check_chains(content: Content) -> None:
    """Looks at the chains of free room in heaps, and of neighbours in trees.

    Raises:
        FileFormatError: One of them has no end.
    """
    _check_free_room(content)
    _check_neighbours(content)


def damaged() -> FileFormatError:
    """The error for structures that do not fit together."""
    return FileFormatError("A structure of the file is damaged.", hint="Get the file again.")


def _places(content: Content, sign: bytes) -> Iterator[int]:
    start = content.find(sign)
    while start >= 0:
        yield start
        start = content.find(sign, start + len(sign))


def _check_free_room(content: Content) -> None:
    steps = len(content)
    for start in _places(content, _NAMES):
        if start + 32 > len(content):
            return
        size, free, address = struct.unpack("<QQQ", content[start + 8 : start + 32])
        seen: set[int] = set()
        # Where the heap does not lie in the file, the library sees that by itself.
        while free != _NO_ROOM and address + size <= len(content):
            steps -= 1
            if free in seen or free + 16 > size or steps < 0:
                raise damaged()
            seen.add(free)
            free = struct.unpack_from("<Q", content, address + free)[0]


def _check_neighbours(content: Content) -> None:
    """Each node of a tree names the node to its right."""
    right_of = {
        start: struct.unpack_from("<Q", content, start + 16)[0]
        for start in _places(content, _TREE)
        if start + 24 <= len(content)
    }
    finished: set[int] = set()
    for start in right_of:
        way: set[int] = set()
        place = start
        while place in right_of and place not in finished:
            if place in way:
                raise damaged()
            way.add(place)
            place = right_of[place]
        finished |= way
