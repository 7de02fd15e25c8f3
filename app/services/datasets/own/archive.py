"""Looks into ZIP archives without unpacking them, and refuses those that were made to do harm."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

from app.services.datasets.own.limits import MAX_MEMBER, MAX_PICTURES, MAX_RATIO, MAX_UNPACKED
from runtime.errors import FileFormatError, RefusedError

SMALL = 1_000_000
"""Bytes below which a file may be packed as tightly as it likes."""

AGAIN = "Pack the folder again, as .zip."


def members(
    path: Path, *, largest: int = MAX_MEMBER, ratio: int = MAX_RATIO, hint: str = AGAIN
) -> list[zipfile.ZipInfo]:
    """The files of an archive, none of which is dangerous to read.

    Args:
        path: The archive.
        largest: Bytes that one of its files may have.
        ratio: How many times smaller a file may be packed.
        hint: How to mend one that is broken.

    Raises:
        FileFormatError: It is no ZIP archive, or a broken one.
        RefusedError: It would fill the disk or memory, its names lead out of it, or it is locked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # Not `is_dir`, which fails for an entry without a name.
            found = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileFormatError(f"This is no ZIP archive, or it is broken: {error}.", hint=hint) from error
    if len(found) > MAX_PICTURES:
        raise RefusedError(
            f"The archive holds {len(found):,} files; at most {MAX_PICTURES:,} are read.", what="many files"
        )
    total = 0
    for entry in found:
        _check_name(entry)
        _check_size(entry, largest, ratio)
        total += entry.file_size
    if total > MAX_UNPACKED:
        raise RefusedError(
            f"Unpacked, the archive has {total / 1e9:.0f} GB; at most {MAX_UNPACKED / 1e9:.0f} GB are read.",
            what="large archive",
        )
    return found


def read_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of one file, never more than the archive's list says.

    Raises:
        FileFormatError: It is broken, or larger than it says.
    """
    try:
        with archive.open(entry) as file:
            data = file.read(entry.file_size + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise FileFormatError(f"'{entry.filename}' cannot be unpacked: {error}.", hint=AGAIN) from error
    except Exception as error:
        # zlib, bz2 and lzma have errors of their own.
        raise FileFormatError(f"'{entry.filename}' cannot be unpacked: {error}.") from error
    if len(data) > entry.file_size:
        raise RefusedError(
            f"'{entry.filename}' is larger than the archive says.", what="a wrong size in the archive"
        )
    return data


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or ":" in (parts[0] if parts else ""):
        raise RefusedError(
            f"The archive holds a file called '{name}', a name that leads out of its folder.",
            what="a path that leads out of the archive",
            hint="Pack the folder anew, with names below it.",
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RefusedError(
            f"'{name}' is a link to another file.", what="a link", hint="Pack the file itself."
        )
    if entry.flag_bits & 0x1:
        raise RefusedError(
            f"'{name}' is locked with a password.", what="a password", hint="Pack it without one."
        )


def _check_size(entry: zipfile.ZipInfo, largest: int, ratio: int) -> None:
    if entry.file_size > largest:
        raise RefusedError(
            f"'{entry.filename}' has {entry.file_size / 1e6:,.0f} MB; at most {largest / 1e6:,.0f} MB are "
            "read from one file of an archive.",
            what="a large file",
        )
    if entry.file_size > SMALL and entry.file_size > ratio * max(1, entry.compress_size):
        raise RefusedError(
            f"'{entry.filename}' is packed {entry.file_size // max(1, entry.compress_size):,} times smaller "
            "than it is: an archive like that is made to fill a disk.",
            what="an archive that swells",
            hint="If it is your own and harmless, bring it in unpacked.",
        )
