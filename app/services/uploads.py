"""Files that come from a browser in slices: each goes to the disk at once, none is held in memory."""

import hashlib
import secrets
import shutil
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from app.services.datasets.own.limits import SPARE_DISK
from runtime.errors import RefusedError

MOST = 20_000_000_000
"""Bytes of a file that may come from a browser."""

COPIES = 2
"""How often a file is on the disk while it is read: as it came, and as what is kept of it."""

KEPT_SECONDS = 24 * 3600.0
"""How long the beginning of a file is kept that may still go on."""

RESTING_SECONDS = 30.0
"""After so long without a slice nobody is sending a file just now."""

_PART, _CARD = ".part", ".json"


class FileInBrowser(BaseModel):
    """A file as the browser knows it: the same file chosen again is told by these.

    Args:
        name: Its name.
        size: Bytes.
        modified: When it was changed last, in milliseconds since 1970.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=1)
    modified: float = 0.0


class Uploads:
    """The files that are being sent by browsers.

    What is there of a file is its part on the disk and nothing else, so that sending goes on after a lost
    connection, a reload or a restart.

    Args:
        folder: Where they are kept; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def begin(self, file: FileInBrowser) -> int:
        """Makes sure that a file has room.

        Returns:
            How many bytes of it are there already.

        Raises:
            RefusedError: It is too large, or the disk too full.
        """
        self.sweep()
        most = self.most()
        received = self.received(file)
        if file.size > most + received:
            # Rounded down, so that nobody is sent away with the very number they came with.
            raise RefusedError(
                f"The file has {file.size / 1e9:.1f} GB; at most {int(most / 1e8) / 10:.1f} GB have room.",
                what="disk",
                hint="Make room on the disk, or have a file on this machine read where it is.",
            )
        self._part(file).with_suffix(_CARD).write_text(file.model_dump_json(), encoding="utf-8")
        return received

    def most(self) -> int:
        """Bytes of the largest file that has room now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._folder).free - SPARE_DISK
        return max(0, min(MOST, free // COPIES))

    def received(self, file: FileInBrowser) -> int:
        """How many bytes of a file are there."""
        with suppress(FileNotFoundError):
            return self._part(file).stat().st_size
        return 0

    def take(self, file: FileInBrowser, offset: int, content: bytes) -> int:
        """Puts a slice to what is there of a file; one that does not follow on that is not taken.

        Args:
            file: The file.
            offset: Where the slice begins in it, in bytes.
            content: The slice.

        Returns:
            How many bytes are there now: where the next slice has to begin.

        Raises:
            RefusedError: The disk is full.
        """
        with self._lock:
            received = self.received(file)
            if offset != received or received + len(content) > file.size:
                return received
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                with self._part(file).open("ab") as part:
                    part.write(content)
            except OSError as error:
                raise RefusedError(
                    f"The file cannot be written: {error.strerror or error}.",
                    what="disk",
                    hint="Make room on the disk, then choose the file again: it goes on where it was.",
                ) from error
            return self.received(file)

    def finish(self, file: FileInBrowser) -> Path:
        """Gives a file that is there whole a place of its own, from which it can be read."""
        ending = "".join(sign for sign in Path(file.name).suffix if sign.isalnum() or sign == ".")[:10]
        path = self._folder / f"{secrets.token_hex(8)}{ending}"
        with self._lock:
            self._part(file).with_suffix(_CARD).unlink(missing_ok=True)
            return self._part(file).rename(path)

    def discard(self, file: FileInBrowser) -> None:
        """Removes what is there of a file."""
        with self._lock:
            for each in (self._part(file), self._part(file).with_suffix(_CARD)):
                each.unlink(missing_ok=True)

    def begun(self, resting: float = RESTING_SECONDS) -> list[tuple[FileInBrowser, int]]:
        """Files of which a beginning is there, with its bytes, and nothing has come for a while.

        Args:
            resting: Seconds since the last slice.
        """
        found: list[tuple[FileInBrowser, int]] = []
        for part in self._folder.glob(f"*{_PART}"):
            with suppress(OSError, ValueError):
                file = FileInBrowser.model_validate_json(part.with_suffix(_CARD).read_bytes())
                if time.time() - part.stat().st_mtime >= resting:
                    found.append((file, part.stat().st_size))
        return found

    def sweep(self, older_than: float = KEPT_SECONDS) -> None:
        """Removes beginnings of files that nobody has gone on with.

        Args:
            older_than: Seconds since the last slice.
        """
        for kind in (_PART, _CARD):
            for each in self._folder.glob(f"*{kind}"):
                with suppress(FileNotFoundError):
                    if time.time() - each.stat().st_mtime >= older_than and not self._is_card(each):
                        each.unlink()

    def keep_only(self, needed: Collection[Path]) -> None:
        """Removes whole files that nobody waits for, and beginnings that are old."""
        self.sweep()
        for each in self._folder.glob("*"):
            if each.suffix not in {_PART, _CARD} and each not in needed:
                each.unlink(missing_ok=True)

    def _is_card(self, path: Path) -> bool:
        """Whether a path is the card of a beginning that is kept."""
        return path.suffix == _CARD and path.with_suffix(_PART).exists()

    def _part(self, file: FileInBrowser) -> Path:
        known_by = f"{file.name}\n{file.size}\n{file.modified}"
        return self._folder / f"{hashlib.sha256(known_by.encode()).hexdigest()[:24]}{_PART}"
