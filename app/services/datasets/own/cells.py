"""Cells of a table: which of them are numbers, dates or missing, and what is wrong with one that is not."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from app.services.datasets.dataset import Array
from runtime.errors import DataError

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?", "-", "#N/A", "<NA>", "NaT")
"""What people and programs write where they know nothing."""

NUMBER = (
    r"^[+-]?(\d+(\.\d*)?|\.\d+|[1-9]\d{0,2}([,'\x{2019} \x{a0}\x{202f}]\d{3})+\.\d+"
    r"|[1-9]\d{0,2}([,'\x{2019} \x{a0}\x{202f}]\d{3}){2,})([eE][+-]?\d+)?$"
)
"""Thousands may be apart where it is plain that they are: 1,234.5 and 1,234,567, but not 1,234."""

NUMBER_WITH_COMMA = (
    r"^[+-]?(\d+(,\d*)?|,\d+|[1-9]\d{0,2}([.'\x{2019} \x{a0}\x{202f}]\d{3})+,\d+"
    r"|[1-9]\d{0,2}([.'\x{2019} \x{a0}\x{202f}]\d{3}){2,})([eE][+-]?\d+)?$"
)
GROUPING = {".": r"[,'\x{2019} \x{a0}\x{202f}]", ",": r"[.'\x{2019} \x{a0}\x{202f}]"}
"""What stands between thousands, by the sign before the fraction."""

DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y",
)
FIRST_ROW = 2
"""Number of the first row below the names, as a spreadsheet shows it."""

_markers = pa.array(MISSING)


def compute(name: str, *arguments: Any, **options: Any) -> Any:
    """A function of pyarrow by name; pyarrow makes them at run time, where no type checker sees them."""
    return getattr(pc, name)(*arguments, **options)


def cleaned(cells: Any) -> Any:
    """Cells without blanks around them; those that stand for nothing are null."""
    trimmed = compute("utf8_trim_whitespace", cells)
    missing = compute("is_in", trimmed, value_set=_markers)
    return compute("if_else", missing, pa.scalar(None, pa.string()), trimmed)


def are_numbers(cells: Any, decimal: str) -> Any:
    """Which cells are numbers, null where they are missing."""
    pattern = NUMBER if decimal == "." else NUMBER_WITH_COMMA
    return compute("match_substring_regex", cells, pattern)


def as_numbers(cells: Any, decimal: str) -> Array:
    """Cells as numbers, NaN where they are missing, no numbers, or too large to compute with.

    Args:
        cells: The cells, cleaned.
        decimal: The sign before the fraction.
    """
    kept = compute("if_else", are_numbers(cells, decimal), cells, pa.scalar(None, pa.string()))
    grouped = compute("match_substring_regex", kept, GROUPING[decimal])
    if compute("any", grouped).as_py():
        kept = compute("replace_substring_regex", kept, pattern=GROUPING[decimal], replacement="")
    if decimal == ",":
        kept = compute("replace_substring", kept, pattern=",", replacement=".")
    # pyarrow reads no plus sign before a number.
    kept = compute("utf8_ltrim", kept, characters="+")
    numbers = compute("cast", kept, pa.float64()).to_numpy(zero_copy_only=False)
    # Networks compute with 32 bits: what is larger, such as a mark for nothing known, becomes infinite there.
    return np.where(np.abs(numbers) <= np.finfo(np.float32).max, numbers, np.nan)


def as_dates(cells: Any, date_format: str) -> Array:
    """Cells as seconds since 1970, NaN where they are missing or no such dates."""
    moments = compute("strptime", cells, format=date_format, unit="s", error_is_null=True)
    seconds = compute("cast", moments, pa.int64())
    return compute("cast", seconds, pa.float64()).to_numpy(zero_copy_only=False)


def without_odd(cells: Any, values: Array) -> Any:
    """Cells of which those that could not be read are missing, too.

    Args:
        cells: The cells, cleaned.
        values: What was read from them, NaN where nothing was.
    """
    return compute("if_else", pa.array(np.isnan(values)), pa.scalar(None, pa.string()), cells)


def missing_cells(cells: Any) -> Array:
    """Which cells are missing."""
    return compute("is_null", cells).to_numpy(zero_copy_only=False)


def refuse_cell(column: str, kind: str, row: int, cell: str, hint: str = "") -> DataError:
    """The error for a cell that is not what its column should hold.

    Args:
        column: The column.
        kind: What it should hold: "number" or "date".
        row: Its row below the names, from 0.
        cell: What stands there.
        hint: How to mend it, when it is not the usual way.
    """
    shown = cell if len(cell) <= 60 else f"{cell[:60]}…"
    return DataError(
        f"Row {row + FIRST_ROW:,}, column '{column}': {shown!r} is no {kind}.",
        hint=hint
        or f"Count such cells as missing, correct it in the file, or take '{column}' for a category.",
    )
