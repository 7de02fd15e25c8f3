"""Bounds of what is read from files, and the refusal of what goes beyond them."""

import shutil
from pathlib import Path

from runtime.errors import FileFormatError, RefusedError

MAX_COLUMNS = 2_000
MAX_ROWS = 100_000_000
MAX_CELL = 100_000
"""Characters in one cell."""

MAX_CATEGORIES = 1_000
"""Different values of a column that are counted, and classes of an answer."""

MAX_FEATURES = 20_000
"""Numbers in one row of inputs, after categories were spread out."""

MAX_PICTURES = 1_000_000
MAX_PIXELS = 50_000_000
"""Points of one picture: more than cameras have."""

MAX_MEMBER = 100_000_000
"""Bytes of one picture file."""

MAX_UNPACKED = 64_000_000_000
"""Bytes of all files of one archive when unpacked."""

MAX_RATIO = 200
"""How many times smaller a file may be packed; pictures shrink hardly at all, tables by 5 to 50."""

SPARE_DISK = 500_000_000
"""Bytes that are left free on the disk."""


def check_room(folder: Path, needed: float) -> None:
    """Makes sure that the disk has room.

    Args:
        folder: Where it will be written.
        needed: Bytes.

    Raises:
        RefusedError: There is too little.
    """
    free = shutil.disk_usage(folder).free
    if needed + SPARE_DISK > free:
        raise RefusedError(
            f"This takes {needed / 1e9:.1f} GB on the disk, and only {free / 1e9:.1f} GB are free.",
            what="disk",
            hint="Choose smaller pictures, shorter windows or fewer columns, or make room.",
        )


def check_columns(count: int) -> None:
    """Refuses a table that is wider than any that people make.

    Raises:
        FileFormatError: It has too many columns, or none.
    """
    if count == 0:
        raise FileFormatError(
            "The table has no columns.", hint="Its first row should hold the names of its columns."
        )
    if count > MAX_COLUMNS:
        raise FileFormatError(
            f"The table has {count:,} columns; at most {MAX_COLUMNS:,} are read.",
            hint="Wide measurements are better kept as an array: save them as .npz.",
        )
