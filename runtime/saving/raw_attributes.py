"""Reads texts that are kept beside HDF5 groups straight from the bytes of the file.

The HDF5 library (2.0, as of h5py 3.16) crashes, hangs or takes gigabytes on damaged texts of varying length,
so it is not asked to read any. What does not fit together here is an error, and every step goes forward.

Source: HDF5 File Format Specification, III.D and III.E (heaps), IV.A (object headers), IV.A.2.m (attributes).
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runtime.errors import FileFormatError
from runtime.saving.raw_chains import check_chains, damaged

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_HEAP = b"GCOL\x01\x00\x00\x00"
_CONTINUED, _ATTRIBUTE = 0x10, 0x0C
_FIXED_TEXT, _VARYING = 3, 9
_MAX_TEXTS = 200_000
_MAX_LENGTH = 64 * 2**20

Content = bytes | mmap.mmap


@dataclass(frozen=True)
class RawAttribute:
    """One attribute as it lies in the file.

    Args:
        kind: Class of its type: 3 is a text of fixed length, 9 one of varying length.
        size: Bytes of one element.
        shape: Its sizes; () for a single value, None if it holds nothing.
        data: The elements.
    """

    kind: int
    size: int
    shape: tuple[int, ...] | None
    data: bytes


class RawFile:
    """The bytes of an HDF5 file, with eight-byte addresses and nothing before the superblock.

    Args:
        content: The bytes.

    Raises:
        FileFormatError: It is not such a file.
    """

    def __init__(self, content: Content) -> None:
        self.content = content
        self.heaps: dict[int, dict[int, tuple[int, int]]] = {}
        self.attributes: dict[int, dict[bytes, bytes]] = {}
        self.texts_found = 0
        if content[:8] != _SIGNATURE or len(content) < 48:
            raise FileFormatError("The file does not begin as an HDF5 file does.")
        sizes = 13 if content[8] < 2 else 9
        if content[sizes : sizes + 2] != b"\x08\x08":
            raise FileFormatError(
                "The file has addresses of an unusual size.", hint="It was not written by Keras."
            )
        check_chains(content)

    def attribute(self, address: int, name: str) -> RawAttribute | None:
        """The attribute of that name of the object at an address; None if there is none."""
        if address not in self.attributes:
            bodies = (body for kind, body in self._messages(address) if kind == _ATTRIBUTE and len(body) >= 9)
            self.attributes[address] = {_name(body): body for body in reversed(list(bodies))}
        body = self.attributes[address].get(name.encode())
        return None if body is None else _attribute(body)

    def texts(self, attribute: RawAttribute) -> list[bytes] | None:
        """The elements of an attribute, in order; None if they are no texts.

        Raises:
            FileFormatError: They lead out of the file or of their heap.
        """
        count = 0 if attribute.shape is None else 1
        for size in attribute.shape or ():
            count *= size
        if count * attribute.size > len(attribute.data):
            raise damaged()
        if count == 0:
            return []
        if count > _MAX_TEXTS:
            raise FileFormatError(f"A list in the file has more than {_MAX_TEXTS:,} entries.")
        items = (attribute.data[n * attribute.size : (n + 1) * attribute.size] for n in range(count))
        if attribute.kind == _FIXED_TEXT:
            return [item.rstrip(b"\0") for item in items]
        if attribute.kind != _VARYING or attribute.size != 16:
            return None
        found: list[bytes] = []
        room = _MAX_LENGTH
        for item in items:
            found.append(self._text(item))
            room -= len(found[-1])
            if room < 0:
                raise FileFormatError(f"The texts in the file are longer than {_MAX_LENGTH / 2**20:.0f} MiB.")
        return found

    def _text(self, element: bytes) -> bytes:
        length, address, number = struct.unpack("<IQI", element)
        if length == 0:
            return b""
        start, size = self._heap(address).get(number, (0, 0))
        if length > size:
            raise damaged()
        return self._part(start, length).rstrip(b"\0")

    def _heap(self, address: int) -> dict[int, tuple[int, int]]:
        """Places and sizes of the objects in a heap, by number."""
        if address not in self.heaps:
            if self._part(address, 8) != _HEAP:
                raise damaged()
            end = address + self._number("<Q", address + 8)
            objects: dict[int, tuple[int, int]] = {}
            place = address + 16
            while place + 16 <= min(end, len(self.content)):
                number, size = self._number("<H", place), self._number("<Q", place + 8)
                if number == 0 or place + 16 + size > end:
                    break
                objects[number] = (place + 16, size)
                self.texts_found += 1
                if self.texts_found > 2 * _MAX_TEXTS:
                    raise damaged()
                place += 16 + (size + 7) // 8 * 8
            self.heaps[address] = objects
        return self.heaps[address]

    def _messages(self, address: int) -> Iterator[tuple[int, bytes]]:
        """Kinds and contents of the messages in an object's header."""
        if self._part(address, 4) == b"OHDR":
            yield from self._new_messages(address)
            return
        if self._number("<B", address) != 1:
            raise damaged()
        blocks = [(address + 16, self._number("<I", address + 8))]
        for start, size in blocks:
            place = start
            while place + 8 <= start + size:
                kind, length = self._number("<H", place), self._number("<H", place + 2)
                body = self._part(place + 8, length)
                place += 8 + length
                self._follow(kind, body, blocks, before=0, behind=0)
                yield kind, body

    def _new_messages(self, address: int) -> Iterator[tuple[int, bytes]]:
        flags = self._number("<B", address + 5)
        place = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        blocks = [(place + width, int.from_bytes(self._part(place, width), "little"))]
        head = 6 if flags & 4 else 4
        for start, size in blocks:
            place = start
            while place + head <= start + size:
                kind, length = self._number("<B", place), self._number("<H", place + 1)
                body = self._part(place + head, length)
                place += head + length
                # A continued block has a signature in front and a checksum behind.
                self._follow(kind, body, blocks, before=4, behind=4)
                yield kind, body

    def _follow(
        self, kind: int, body: bytes, blocks: list[tuple[int, int]], *, before: int, behind: int
    ) -> None:
        if kind == _CONTINUED and len(body) >= 16:
            start, size = struct.unpack_from("<QQ", body)
            block = (start + before, size - before - behind)
            if block in blocks or sum(size for _, size in blocks) > len(self.content):
                raise damaged()
            blocks.append(block)

    def _part(self, start: int, length: int) -> bytes:
        if start < 0 or length < 0 or start + length > len(self.content):
            raise damaged()
        return self.content[start : start + length]

    def _number(self, layout: str, start: int) -> Any:
        return struct.unpack(layout, self._part(start, struct.calcsize(layout)))[0]


def _parts(body: bytes) -> tuple[list[bytes], int]:
    """Name, type and shape in an attribute message, and where its data begin."""
    version, _, *lengths = struct.unpack_from("<BBHHH", body)
    place = 9 if version == 3 else 8
    parts: list[bytes] = []
    for length in lengths:
        parts.append(body[place : place + length])
        place += (length + 7) // 8 * 8 if version == 1 else length
    return parts, place


def _name(body: bytes) -> bytes:
    return _parts(body)[0][0].rstrip(b"\0")


def _attribute(body: bytes) -> RawAttribute:
    version, flags = body[:2]
    (_, kind, space), place = _parts(body)
    shared = version > 1 and flags & 3
    if version not in (1, 2, 3) or shared or len(kind) < 8 or len(space) < 4:
        raise damaged()
    return RawAttribute(kind[0] & 15, struct.unpack_from("<I", kind, 4)[0], _shape(space), body[place:])


def _shape(space: bytes) -> tuple[int, ...] | None:
    version, axes, _, kind = space[:4]
    start = 8 if version == 1 else 4
    if len(space) < start + 8 * axes or version not in (1, 2):
        raise damaged()
    if version == 2 and kind == 2:
        return None
    return struct.unpack_from(f"<{axes}Q", space, start)
