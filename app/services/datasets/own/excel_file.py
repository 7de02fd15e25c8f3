"""Reads a sheet of an Excel workbook row by row."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa

from app.services.datasets.own.archive import members
from app.services.datasets.own.csv_file import unique_names
from app.services.datasets.own.limits import MAX_CELL, MAX_ROWS, check_columns
from runtime.errors import FileFormatError, RefusedError

ROWS_A_PIECE = 10_000
MAX_PART = 2_000_000_000
"""Bytes of one part of a workbook when unpacked."""

AGAIN = "Save it as .xlsx; the older .xls, and .xlsx with a password, are not read."
EMPTY_ROWS = 1_000
"""After so many empty rows a sheet has ended: a colour painted down to the last row is no data."""


class EmptySheetError(FileFormatError):
    """A sheet holds nothing."""


def sheets_of(path: Path) -> tuple[str, ...]:
    """The names of the sheets of a workbook.

    Raises:
        FileFormatError: It is none.
    """
    with closing(_opened(path)) as book:
        return tuple(each.title for each in book.worksheets)


class ExcelSheet:
    """One sheet of a workbook.

    Args:
        path: The workbook.
        sheet: Name of the sheet.
    """

    def __init__(self, path: Path, sheet: str) -> None:
        self._book = _opened(path)
        self.title = sheet
        self.sheets = tuple(each.title for each in self._book.worksheets)
        if sheet not in self.sheets:
            raise FileFormatError(f"There is no sheet '{sheet}' but {', '.join(self.sheets)}.")
        self._rows = _rows_of(sheet, self._book[sheet])
        first = next((cells for row in self._rows if any(cells := _texts(sheet, row))), None)
        if first is None:
            raise EmptySheetError(
                f"The sheet '{sheet}' holds no table.", hint="Put names into its first row."
            )
        while first and not first[-1]:
            first.pop()
        check_columns(len(first))
        self.names, self.notes = unique_names(first)

    def pieces(self) -> Iterator[Any]:
        """The rows below the names in pieces, all cells as texts.

        Raises:
            FileFormatError: A row is wider than the names.
            RefusedError: A cell holds a formula.
        """
        columns: list[list[str]] = [[] for _ in self.names]
        empty = rows = 0
        with closing(self._book):
            for row in self._rows:
                cells = _texts(self.title, row)
                if not any(cells):
                    empty += 1
                    if empty > EMPTY_ROWS:
                        break
                    continue
                # Empty rows between others count as rows of which nothing is known.
                for column, cell in zip(columns, self._fitted(cells, row), strict=True):
                    column.extend([""] * empty)
                    column.append(cell)
                rows += empty + 1
                empty = 0
                if rows > MAX_ROWS:
                    raise FileFormatError(f"The sheet has more than {MAX_ROWS:,} rows.")
                if len(columns[0]) >= ROWS_A_PIECE:
                    yield self._batch(columns)
                    columns = [[] for _ in self.names]
        if columns[0]:
            yield self._batch(columns)

    def _fitted(self, cells: list[str], row: Any) -> list[str]:
        for place, cell in enumerate(cells[len(self.names) :], start=len(self.names)):
            if cell:
                raise FileFormatError(
                    f"Sheet '{self.title}', cell {row[place].coordinate}: {cell[:60]!r} stands where no "
                    "column has a name.",
                    hint="Name the column in the first row, or clear the cell.",
                )
        return [*cells[: len(self.names)], *[""] * (len(self.names) - len(cells))]

    def _batch(self, columns: list[list[str]]) -> Any:
        return pa.record_batch([pa.array(column, pa.string()) for column in columns], list(self.names))


def _opened(path: Path) -> Any:
    members(path, largest=MAX_PART, hint=AGAIN)
    # openpyxl takes a tenth of a second to import.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        return load_workbook(path, read_only=True, keep_links=False)
    except Exception as error:
        # zlib and the reader of XML have errors of their own.
        raise FileFormatError(f"This is no workbook that can be read: {error}.", hint=AGAIN) from error


def _rows_of(sheet: str, rows: Any) -> Iterator[Any]:
    """The rows of a sheet, whose XML is read only now."""
    try:
        yield from rows.iter_rows()
    except Exception as error:
        raise FileFormatError(f"The sheet '{sheet}' is broken: {error}.", hint=AGAIN) from error


def _texts(sheet: str, row: Any) -> list[str]:
    return [_text(sheet, cell) for cell in row]


def _text(sheet: str, cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise RefusedError(
            f"Sheet '{sheet}', cell {cell.coordinate} holds a formula, {str(value)[:60]!r}; formulas are not "
            "computed here.",
            what="a formula",
            hint="In Excel copy the column and paste it as values, or save the sheet as CSV.",
        )
    if cell.data_type == "e":
        return ""
    if isinstance(value, datetime | date | time):
        return _moment(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value)
    if len(text) > MAX_CELL:
        raise FileFormatError(f"Sheet '{sheet}', cell {cell.coordinate} has {len(text):,} characters.")
    return text


def _moment(value: datetime | date | time) -> str:
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.replace(microsecond=0).isoformat() if isinstance(value, datetime) else value.isoformat()


def looks_like_old_excel(begin: bytes) -> bool:
    """Whether a file is a workbook of Excel before 2007, or one with a password."""
    return begin.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
