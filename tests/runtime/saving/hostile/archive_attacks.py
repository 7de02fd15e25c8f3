"""Archives that burst, lead elsewhere, or say other things at their beginning than at their end."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.runtime.saving.hostile.attacks import Attack, good, members, write_archive


def _added(name: str, content: bytes = b"x", mode: int = 0) -> Callable[[Path, Path], None]:
    """A further member; one of mode 0o120777 is a symbolic link."""

    def make(path: Path, marker: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for own, held in members().items():
                archive.writestr(own, held)
            entry = zipfile.ZipInfo(name.format(marker=marker))
            entry.external_attr = mode << 16
            archive.writestr(entry, content)

    return make


def _linked(name: str) -> Callable[[Path, Path], None]:
    """A member that is a symbolic link."""

    def make(path: Path, marker: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for own, held in members().items():
                if own != name:
                    archive.writestr(own, held)
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")

    return make


def _twice(name: str, other: bytes) -> Callable[[Path, Path], None]:
    def make(path: Path, marker: Path) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for own, held in members().items():
                archive.writestr(own, held)
            # A name of the same length, changed afterwards: the writer itself warns of equal names.
            archive.writestr("#" * len(name), other)
        path.write_bytes(made.getvalue().replace(b"#" * len(name), name.encode()))

    return make


def _changed(change: Callable[[bytearray, int], None], name: bytes = b"config.json") -> Any:
    """A good archive in which the central entry of a member is changed; it is given where that begins."""

    def make(path: Path, marker: Path) -> None:
        data = bytearray(good("keras"))
        change(data, data.rfind(name, 0, data.rfind(b"PK\x05\x06")) - 46)
        path.write_bytes(data)

    return make


def _set(offset: int, layout: str, value: int) -> Callable[[bytearray, int], None]:
    return lambda data, start: struct.pack_into(layout, data, start + offset, value)


def _end_record(offset: int, layout: str, value: int) -> Callable[[Path, Path], None]:
    def make(path: Path, marker: Path) -> None:
        data = bytearray(good("keras"))
        struct.pack_into(layout, data, data.rfind(b"PK\x05\x06") + offset, value)
        path.write_bytes(data)

    return make


def _overlapping(path: Path, marker: Path) -> None:
    """Many entries that all lead to the same packed bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for own, held in members().items():
            archive.writestr(own, held)
        start = archive.fp.tell()  # type: ignore[union-attr]
        archive.writestr("assets/0", b"0" * 2**20)
        first = archive.infolist()[-1]
        for number in range(1, 3_000):
            entry = zipfile.ZipInfo(f"assets/{number}")
            entry.header_offset, entry.CRC = start, first.CRC
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.compress_size, entry.file_size = first.compress_size, first.file_size
            archive.filelist.append(entry)
            archive.NameToInfo[entry.filename] = entry
    path.write_bytes(made.getvalue())


def _packed(**other: bytes) -> Callable[[Path, Path], None]:
    renamed = {name.replace("__", "."): content for name, content in other.items()}
    return lambda path, marker: write_archive(path, renamed, zipfile.ZIP_DEFLATED)


def _stored_as(method: int, name: str, packed: bytes, size: int) -> Callable[[Path, Path], None]:
    """A member of a stated method of compression and a stated size."""

    def make(path: Path, marker: Path) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for own, held in members().items():
                archive.writestr(own, packed if own == name else held)
        data = bytearray(made.getvalue())
        begin = data.find(name.encode()) - 30
        central = data.rfind(name.encode(), 0, data.rfind(b"PK\x05\x06")) - 46
        for start, method_at, size_at in ((begin, 8, 22), (central, 10, 24)):
            struct.pack_into("<H", data, start + method_at, method)
            struct.pack_into("<I", data, start + size_at, size)
        path.write_bytes(data)

    return make


def _raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _in_a_zip(path: Path, marker: Path) -> None:
    """An archive in an archive in an archive."""
    content = good("keras")
    for _ in range(20):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.keras", content)
        content = made.getvalue()
    path.write_bytes(content)


def archive_attacks() -> list[Attack]:
    """All of them."""
    spaces = b"[" + b" " * 10**8 + b"]"
    table: dict[str, dict[str, tuple[Any, str]]] = {
        "compressed members": {
            "config": (_packed(config__json=spaces), "refused"),
            "metadata": (_packed(metadata__json=spaces), "refused"),
            "weights": (_packed(model__weights__h5=good("weights") + bytes(10**8)), "refused"),
            "size understated": (_stored_as(8, "config.json", _raw_deflate(spaces), 100), "refused"),
            "size overstated": (_stored_as(8, "config.json", _raw_deflate(b"{}"), 2**32 - 2), "refused"),
            "archive in an archive": (_in_a_zip, "refused"),
            "entries that overlap": (_overlapping, ""),
        },
        "names of members": {
            "..": (_added("../../../../../..{marker}"), ""),
            "absolute": (_added("{marker}"), ""),
            "backslashes": (_added("..\\..\\evil"), ""),
            "asset with ..": (_added("assets/../x"), ""),
            "symbolic link": (_added("assets/link", b"/etc/passwd", 0o120777), ""),
            "config is a link": (_linked("config.json"), "refused"),
            "weights are a link": (_linked("model.weights.h5"), "refused"),
            "config twice": (_twice("config.json", b"{}"), "2 members"),
            "weights twice": (_twice("model.weights.h5", b"x"), "2 members"),
            "metadata missing": (lambda p, m: write_archive(p, {"metadata.json": None}), "metadata.json"),
            "config missing": (lambda p, m: write_archive(p, {"config.json": None}), "config.json"),
            "weights missing": (lambda p, m: write_archive(p, {"model.weights.h5": None}), "weights"),
            "many": (
                lambda p, m: write_archive(p, {f"assets/{n}": b"" for n in range(12_000)}),
                "members",
            ),
        },
        "members that lie": {
            "encrypted": (_changed(_set(8, "<H", 1)), "refused"),
            "method unknown": (_changed(_set(10, "<H", 99)), "refused"),
            "checksum": (_changed(_set(16, "<I", 7)), "refused"),
            "packed size": (_changed(_set(20, "<I", 2**31)), ""),
            "size": (_changed(_set(24, "<I", 2**32 - 2)), "refused"),
            "size of zip64": (_changed(_set(24, "<I", 2**32 - 1)), "refused"),
            "start": (_changed(_set(42, "<I", 2**31)), "refused"),
            "start at another": (_changed(_set(42, "<I", 0)), "refused"),
            "length of its name": (_changed(_set(28, "<H", 60_000)), "refused"),
            "length of further fields": (_changed(_set(30, "<H", 60_000)), "refused"),
            "number of entries": (_end_record(10, "<H", 60_000), ""),
            "size of the list": (_end_record(12, "<I", 2**31), "refused"),
            "start of the list": (_end_record(16, "<I", 2**31), "refused"),
            "spelled otherwise inside": (_twice("config.jsoN", b"{}"), ""),
            "config of other text": (
                lambda p, m: write_archive(p, {"config.json": json.dumps({}).encode("utf-16")}),
                "refused",
            ),
        },
    }
    return [
        Attack(mechanism, name, "keras", make, told)
        for mechanism, attacks in table.items()
        for name, (make, told) in attacks.items()
    ]
