"""`get_file`: fetches a file once, checks it, and keeps it."""

import hashlib
import http.client
import os
import shutil
from pathlib import Path
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit

from runtime.callbacks import Progbar
from runtime.console import say
from runtime.errors import DownloadError, ParameterError
from runtime.saving.atomic import replacing
from runtime.utils.archives import extract_archive

LARGEST = 8 * 2**30
"""Bytes of the largest file that is fetched."""
_PIECE = 2**18
_PATIENCE = 30.0
"""Seconds without a sign of life from the other side."""
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

HashName = Literal["auto", "md5", "sha256"]


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: HashName = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Fetches a file over https if it is not there yet, and says where it lies.

    A file takes its place only when it is complete and its checksum agrees.

    Args:
        fname: Its name on this machine; by default its name at the origin.
        origin: Its address, beginning with "https://".
        untar: The older word for `extract`, for tar archives.
        md5_hash: The older word for `file_hash`, for md5.
        file_hash: The checksum it must have, sha256 or md5.
        cache_subdir: Folder within the cache.
        hash_algorithm: Kind of the checksum; "auto" goes by its length.
        extract: True unpacks an archive; the folder is returned then.
        archive_format: "tar", "zip", a list of them, or "auto" for either.
        cache_dir: The cache; by default `$KERAS_HOME` or `~/.keras`, where Keras keeps its files, too.
        force_download: True fetches it even if it is there.

    Returns:
        Path of the file, or of the folder it was unpacked to.

    Raises:
        ParameterError: There is no address, it is no https, or the name is a path.
        DownloadError: It could not be fetched, is too large, or has another checksum.
        FileFormatError: The archive is broken, or holds what is not unpacked.
    """
    if origin is None:
        raise ParameterError(
            "get_file got no origin.", parameter="origin", hint="Give the address: origin='https://…'."
        )
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    checked_address(origin)
    name = _file_name(fname, origin)
    folder = cache_folder(cache_dir) / cache_subdir
    stored, unpacked = folder / name, folder / name
    if extract or untar:
        dotted = fname is not None and "." in name
        stored = folder / (name if dotted else f"{name}_archive")
        unpacked = folder / (f"{name.partition('.')[0]}_extracted" if dotted else name)
    fresh = not force_download and stored.is_file()
    if fresh and file_hash is not None and not has_checksum(stored, file_hash, hash_algorithm):
        say(f"{stored} is incomplete or out of date: it is fetched anew.")
        fresh = False
    if not fresh:
        _download(origin, stored, file_hash, hash_algorithm)
    if not (extract or untar):
        return str(stored)
    if not fresh or not unpacked.is_dir():
        extract_archive(stored, unpacked, "tar" if untar else archive_format)
    return str(unpacked)


def cache_folder(chosen: str | os.PathLike[str] | None = None) -> Path:
    """The folder fetched files are kept in.

    Args:
        chosen: What the program wishes; None for `$KERAS_HOME` or `~/.keras`.
    """
    return Path(chosen or os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()


def has_checksum(path: Path, expected: str, algorithm: HashName = "auto") -> bool:
    """True if a file has a checksum.

    Args:
        path: The file.
        expected: The checksum in hexadecimal digits.
        algorithm: Its kind; "auto" goes by its length.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: _hasher(expected, algorithm)).hexdigest() == expected.lower()


def checked_address(address: str) -> str:
    """An address, if it is one that files are fetched from.

    Raises:
        ParameterError: It is not https (plain http is allowed on this very machine alone).
    """
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
    if (parts.scheme != "https" and not local) or not parts.hostname:
        raise ParameterError(
            f"Files are fetched over https only, but the address is '{address}'.",
            parameter="origin",
            received=address,
            hint="Give an address that begins with https://.",
        )
    return address


def _file_name(fname: str | os.PathLike[str] | None, origin: str) -> str:
    name = os.fspath(fname) if fname else unquote(urlsplit(origin).path).rpartition("/")[2]
    if not name or name in (".", "..") or any(sign in name for sign in "/\\\0:"):
        raise ParameterError(
            f"get_file cannot keep a file under the name {name!r}.",
            parameter="fname",
            received=fname,
            hint="Give a plain name such as 'data.zip'; cache_dir and cache_subdir say the folder.",
        )
    return name


def _hasher(expected: str, algorithm: HashName) -> Any:
    if algorithm == "sha256" or (algorithm == "auto" and len(expected) == 64):
        return hashlib.sha256()
    return hashlib.md5(usedforsecurity=False)


def _download(origin: str, target: Path, expected: str | None, algorithm: HashName) -> None:
    from runtime.utils.web import open_address  # noqa: PLC0415 (it checks addresses with what is here)

    say(f"Downloading data from {origin}")
    try:
        answer = open_address(origin, _PATIENCE)
    except HTTPError as error:
        error.close()
        raise DownloadError(
            f"{origin} cannot be fetched: the server answered {error.code} {error.reason}.",
            hint="Check the address.",
        ) from None
    except (http.client.HTTPException, OSError) as error:
        raise DownloadError(
            f"{origin} cannot be fetched: {getattr(error, 'reason', None) or error}.",
            hint=f"Is there a network? A copy of the file may also be put at {target}.",
        ) from None
    with answer, replacing(target) as temporary:
        _copy(answer, temporary, origin)
        if expected is not None and not has_checksum(temporary, expected, algorithm):
            raise DownloadError(
                f"What came from {origin} is not the file that was expected: its checksum differs.",
                hint="It may be incomplete or changed; try again, or ask its publisher.",
            )


def _copy(answer: Any, target: Path, origin: str) -> None:
    """Writes an answer to a file, with a bar that shows how far it is."""
    stated = answer.headers.get("Content-Length")
    size = int(stated) if stated and stated.isdigit() else None
    room = min(LARGEST, shutil.disk_usage(target.parent).free)
    bar, done = Progbar(size, unit_name="byte"), 0
    with target.open("wb") as file:
        while size is None or size <= room:
            try:
                piece = answer.read(_PIECE)
            except (ValueError, OSError) as error:
                raise DownloadError(f"{origin} broke off after {done:,} bytes: {error}.") from None
            if not piece:
                break
            done += len(piece)
            if done > room:
                break
            file.write(piece)
            bar.update(done)
    if max(done, size or 0) > room:
        raise DownloadError(
            f"{origin} is larger than {room / 2**20:,.0f} MiB.",
            hint="Free some space, or fetch it by other means.",
        )
    if size is not None and done < size:
        raise DownloadError(
            f"{origin} broke off after {done:,} of {size:,} bytes.", hint="Try again; is the network well?"
        )
