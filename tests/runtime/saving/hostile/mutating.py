"""Makes files that are a little wrong from good ones: always the same for the same number."""

import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from tests.runtime.saving.hostile.good_files import GoodFile, places_of_structure

_ODD_NUMBERS = (0, 1, 7, 8, 0x7FFF, 0xFFFF, 2**31, 2**32 - 1, 2**63, 2**64 - 8, 2**64 - 1)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 5, 1.5, 2**31, 10**12, 10**30, 1e308, float("nan"), float("inf")),
    *("", "text", "\x00", "\x1b[2J\u202e", "../x", "Lambda", "Dense", "__lambda__", "softmax", "a" * 5000),
    *([], {}, [[]], [None], [1, "a"], {"class_name": "Dense"}, {"class_name": "Dense", "config": None}),
)


class Mutator:
    """Mutated files by number.

    Args:
        files: The good ones.
    """

    def __init__(self, files: Sequence[GoodFile]) -> None:
        self.files = files
        self.places = {file.name: places_of_structure(file.content) for file in files}

    def mutated(self, number: int) -> tuple[GoodFile, bytes]:
        """The file of that number, and the one it was made from."""
        chance = random.Random(number)
        file = self.files[number % len(self.files)]
        if file.name.endswith(".json"):
            return file, _other_json(chance, file.content)
        if file.name.endswith(".keras") and chance.random() < 0.7:
            return file, self._other_archive(chance, file)
        return file, self._other_bytes(chance, file)

    def _other_bytes(self, chance: random.Random, file: GoodFile) -> bytes:
        ways: list[Callable[[random.Random, bytearray, Sequence[int]], None]] = [
            _flipped,
            _flipped_in_structure,
            _odd_number_in_structure,
            _odd_number_in_structure,
            _address_in_structure,
            _cut,
            _moved,
            _zeroed,
            _other_text,
            self._spliced,
        ]
        data = bytearray(file.content)
        for way in chance.choices(ways, k=chance.choice((1, 1, 2))):
            way(chance, data, self.places[file.name])
        return bytes(data)

    def _spliced(self, chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
        other = chance.choice(self.files).content
        start = chance.randrange(len(data) + 1)
        if chance.random() < 0.5:
            data[start:] = other[start:]
        else:
            begin = chance.randrange(len(other))
            part = other[begin : begin + chance.randrange(1, 2000)]
            data[start : start + len(part)] = part

    def _other_archive(self, chance: random.Random, file: GoodFile) -> bytes:
        """An archive that is whole, with one member that is not."""
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(file.content)) as old, zipfile.ZipFile(made, "w") as new:
            chosen = chance.choice(old.namelist())
            for name in old.namelist():
                content = old.read(name)
                if name == chosen and name.endswith(".json"):
                    content = _other_json(chance, content)
                elif name == chosen:
                    inner = GoodFile(f"{file.name}/{name}", "", content)
                    self.places.setdefault(inner.name, places_of_structure(content))
                    content = self._other_bytes(chance, inner)
                new.writestr(name, content)
        return made.getvalue()


def _flipped(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    for _ in range(chance.randrange(1, 8)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _near(chance: random.Random, data: bytearray, places: Sequence[int]) -> int:
    start = chance.choice(places) if places else 0
    return min(start + chance.randrange(0, 160), max(len(data) - 1, 0))


def _flipped_in_structure(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    for _ in range(chance.randrange(1, 4)):
        if data:
            data[_near(chance, data, places)] ^= 1 << chance.randrange(8)


def _odd_number_in_structure(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    size = chance.choice((1, 2, 4, 8))
    start = _near(chance, data, places) // size * size
    data[start : start + size] = (chance.choice(_ODD_NUMBERS) % 2 ** (8 * size)).to_bytes(size, "little")


def _address_in_structure(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    """Something leads to another structure, or to itself."""
    start = _near(chance, data, places) // 8 * 8
    data[start : start + 8] = (chance.choice(places) if places else 0).to_bytes(8, "little")


def _cut(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _moved(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    start, size = chance.randrange(len(data) + 1), chance.randrange(1, 600)
    to = chance.randrange(len(data) + 1)
    part = data[start : start + size]
    data[to : to + len(part)] = part


def _zeroed(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    start, size = chance.randrange(len(data) + 1), chance.randrange(1, 600)
    data[start : start + size] = bytes([chance.choice((0, 255))]) * len(data[start : start + size])


def _other_text(chance: random.Random, data: bytearray, places: Sequence[int]) -> None:
    """A config inside of the bytes has another value, and the same length."""
    start = data.find(b'{"class_name"')
    end = data.find(b"\0", start)
    if start < 0 or end < 0:
        return
    text = _other_json(chance, bytes(data[start:end]))
    if len(text) <= end - start:
        data[start:end] = text.ljust(end - start)


def _other_json(chance: random.Random, text: bytes) -> bytes:
    """A text in which some values are others: odd ones, or those from other places."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = _places(value)
        path = chance.choice(places)
        new = _at(value, chance.choice(places)) if chance.random() < 0.4 else chance.choice(ODD_VALUES)
        value = with_value(value, path, new)
    return json.dumps(value).encode()


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to all values in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in _places(item, (*path, key)))]


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another one at a place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_value(value[path[0]], path[1:], new)
    return copy
