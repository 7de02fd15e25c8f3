"""Unpacks tar and zip archives that may come from anywhere."""

import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import IO, Any, NamedTuple

from runtime.errors import FileFormatError, ParameterError, RefusedError

MOST_BYTES = 32 * 2**30
"""Bytes of the files of one archive together."""
MOST_FILES = 2_000_000
_PIECE = 2**20


class Member(NamedTuple):
    """A plain file in an archive.

    Args:
        name: Its path there.
        size: Bytes it says it has.
        opened: Opens it.
    """

    name: str
    size: int
    opened: Callable[[], AbstractContextManager[IO[bytes]]]


def extract_archive(archive: Path, folder: Path, kinds: Any = "auto") -> None:
    """Unpacks an archive; the folder is there only when all went well.

    Args:
        archive: The tar (also compressed) or zip file.
        folder: Where its files go; what is there is replaced.
        kinds: "tar", "zip", a list of them, or "auto" for either.

    Raises:
        FileFormatError: It is no archive of that kind, or broken.
        RefusedError: A name in it leads out of the folder, it holds links, or it is too large.
    """
    wanted = ["tar", "zip"] if kinds == "auto" else [kinds] if isinstance(kinds, str) else list(kinds or [])
    unknown = [kind for kind in wanted if kind not in _READERS]
    if unknown:
        raise ParameterError(
            f"archive_format is {unknown[0]!r}.",
            parameter="archive_format",
            received=kinds,
            hint="Use 'tar', 'zip' or 'auto'.",
        )
    for kind in wanted:
        is_one, members = _READERS[kind]
        if is_one(archive):
            break
    else:
        raise FileFormatError(
            f"'{archive}' is no {' or '.join(wanted) or 'such'} archive.", hint="Leave extract out."
        )
    temporary = Path(mkdtemp(dir=folder.parent, prefix=".unpacking-"))
    try:
        _write(members(archive), temporary, archive)
        if folder.exists():
            shutil.rmtree(folder)
        # A fresh temporary folder is closed to others, an ordinary one is not.
        temporary.chmod(0o755)
        temporary.rename(folder)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise FileFormatError(f"'{archive}' cannot be unpacked: {error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write(members: Iterator[Member], folder: Path, archive: Path) -> None:
    room = min(MOST_BYTES, shutil.disk_usage(folder).free)
    for number, member in enumerate(members):
        target = folder / _safe_path(member.name, archive)
        room -= member.size
        if room < 0 or number >= MOST_FILES:
            raise RefusedError(f"'{archive}' holds more than can be unpacked here.", what=member.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with member.opened() as source, target.open("xb") as file:
            left = member.size
            # No more than the member says it has, however well it was packed.
            while piece := source.read(min(left, _PIECE)):
                left -= file.write(piece)


def _safe_path(name: str, archive: Path) -> Path:
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part != "."]
    if path.is_absolute() or ".." in parts or not parts or any(":" in part or "\0" in part for part in parts):
        raise RefusedError(
            f"'{archive}' holds a file named '{name}', which leads out of the folder.", what=name
        )
    return Path(*parts)


def _tar_members(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive) as opened:
        for info in opened:
            if info.isdir():
                continue
            if not info.isfile():
                raise RefusedError(
                    f"'{archive}' holds '{info.name}', which is a link or a device, not a file.",
                    what=info.name,
                )
            source: Any = opened.extractfile(info)
            yield Member(info.name, info.size, lambda source=source: source)


def _zip_members(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if not info.is_dir():
                yield Member(info.filename, info.file_size, lambda info=info: opened.open(info))


_READERS: dict[str, tuple[Callable[[os.PathLike[str]], bool], Callable[[Path], Iterator[Member]]]] = {
    "tar": (tarfile.is_tarfile, _tar_members),
    "zip": (zipfile.is_zipfile, _zip_members),
}
