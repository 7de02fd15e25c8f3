"""Reads CSV and TSV files of any size in pieces: separator, encoding and header are found out."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from app.services.datasets.own.cells import FIRST_ROW, NUMBER, NUMBER_WITH_COMMA, compute
from app.services.datasets.own.limits import MAX_CELL, check_columns
from runtime.errors import FileFormatError

BLOCK = 2 * 2**20
"""Bytes that are read at a time."""

SEPARATORS = ",;\t|"
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
HEAD = 64 * 1024
LINES = 50


@dataclass(frozen=True)
class CsvForm:
    """How a file is written.

    Args:
        encoding: Its characters' encoding.
        separator: What stands between cells.
        decimal: The sign before the fraction of a number.
        names: Names of the columns, made unique.
        head: Lines of the file up to the end of the names; 0 where it begins with numbers.
        notes: What was found out and may be wrong.
    """

    encoding: str
    separator: str
    decimal: str
    names: tuple[str, ...]
    head: int
    notes: tuple[str, ...]


def form_of(path: Path, seen: Callable[[int], None]) -> CsvForm:
    """Finds out how a file is written.

    Args:
        path: The file.
        seen: Told the bytes of each piece that was looked at, and may raise to end it.

    Raises:
        FileFormatError: It is empty, or no text.
    """
    encoding, notes = _encoding(path, seen)
    try:
        with path.open(encoding=encoding, newline="") as file:
            head = file.read(HEAD)
    except UnicodeError as error:
        raise _no_text(encoding) from error
    if len(head) == HEAD:
        # The last line may have been cut.
        head = head[: head.rfind("\n") + 1] or head
    separator = _separator(head)
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    # Empty lines may stand above the names, and a name in quotation marks may go over several.
    numbered = [(reader.line_num, row) for row in reader if any(row)][:LINES]
    if not head.strip() or not numbered:
        raise FileFormatError(
            "The file is empty.", hint="It should begin with a row of names, one for each column."
        )
    rows = [row for _, row in numbered]
    check_columns(len(rows[0]))
    decimal = _decimal(rows, separator)
    has_header = _has_header(rows, decimal)
    found = rows[0] if has_header else [f"column {place}" for place in range(1, len(rows[0]) + 1)]
    if not has_header:
        notes += ("The first row holds numbers: the columns were named by their places.",)
    names, renamed = unique_names(found)
    head_lines = numbered[0][0] if has_header else 0
    return CsvForm(encoding, separator, decimal, names, head_lines, notes + renamed)


def read_csv(path: Path, form: CsvForm, seen: Callable[[int], None]) -> Iterator[Any]:
    """The rows of a file in pieces, all cells as texts.

    Args:
        path: The file.
        form: How it is written.
        seen: Told the bytes of each piece that was read, and may raise to end it.

    Raises:
        FileFormatError: A row has more or fewer cells than the header, or a quote is never closed.
    """
    wrong: list[Any] = []

    def refuse(row: Any) -> str:
        wrong.append(row)
        return "error"

    with path.open("rb") as file:
        watched: Any = _Watched(file, seen)
        try:
            reader = pa_csv.open_csv(
                watched,
                pa_csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK,
                    encoding=form.encoding,
                    column_names=list(form.names),
                    skip_rows=form.head,
                ),
                pa_csv.ParseOptions(
                    delimiter=form.separator, newlines_in_values=True, invalid_row_handler=refuse
                ),
                pa_csv.ConvertOptions(
                    column_types={name: pa.string() for name in form.names}, strings_can_be_null=False
                ),
            )
            for batch in reader:
                for name, column in zip(form.names, batch.columns, strict=True):
                    _check_length(name, column)
                yield batch
        except UnicodeError as error:
            raise _no_text(form.encoding) from error
        except pa.ArrowInvalid as error:
            raise _in_words(error, wrong, form) from error


class _Watched(io.RawIOBase):
    """A file that says how much of it was read."""

    def __init__(self, file: IO[bytes], seen: Callable[[int], None]) -> None:
        super().__init__()
        self._file, self._seen = file, seen

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._seen(len(data))
        return data


def unique_names(found: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of columns without blanks and doubles, and what was changed, in words."""
    names: list[str] = []
    changed: list[str] = []
    for place, name in enumerate(found, start=1):
        plain = " ".join(str(name).split())[:120] or f"column {place}"
        unique, number = plain, 2
        while unique in names:
            unique, number = f"{plain} ({number})", number + 1
        if unique != plain or not str(name).strip():
            changed.append(f"Column {place} is called '{unique}' here.")
        names.append(unique)
    return tuple(names), tuple(changed)


def _encoding(path: Path, seen: Callable[[int], None]) -> tuple[str, tuple[str, ...]]:
    """UTF-8 where all of the file is; else that of Western Windows, or Latin-1, which fits any bytes."""
    with path.open("rb") as file:
        begin = file.read(4)
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    if _fits(path, "utf-8-sig", seen):
        return "utf-8-sig" if begin.startswith(codecs.BOM_UTF8) else "utf-8", ()
    if _fits(path, "cp1252", seen):
        return "cp1252", ("The text is not UTF-8: it was read as Windows' Western European.",)
    return "latin-1", ("The text is neither UTF-8 nor Windows' Western European: it was read as Latin-1.",)


def _fits(path: Path, encoding: str, seen: Callable[[int], None]) -> bool:
    """Whether all bytes of a file are characters of an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    row = 1
    with path.open("rb") as file:
        try:
            while piece := file.read(BLOCK):
                seen(len(piece))
                if b"\0" in piece:
                    raise FileFormatError(
                        f"Row {row + piece[: piece.find(0)].count(10):,} holds bytes that are no text.",
                        hint="Save the table as CSV (UTF-8), or bring an Excel file in as .xlsx.",
                    )
                decoder.decode(piece)
                row += piece.count(b"\n")
            # The last bytes may begin a character that never ends.
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False
    return True


def _separator(head: str) -> str:
    """The sign that cuts the first lines into the same number of cells, as many as there can be."""

    def quality(separator: str) -> tuple[float, int]:
        rows = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator) if row]
        width, times = Counter(rows[:LINES]).most_common(1)[0] if rows else (1, 0)
        return (times / max(1, len(rows[:LINES])) if width > 1 else 0.0, width)

    return max(SEPARATORS, key=quality)


def _decimal(rows: list[list[str]], separator: str) -> str:
    if separator == ",":
        return "."
    cells = pa.array([cell.strip() for row in rows[1:] for cell in row] or [""])
    with_comma = compute("sum", compute("match_substring_regex", cells, NUMBER_WITH_COMMA)).as_py() or 0
    with_point = compute("sum", compute("match_substring_regex", cells, NUMBER)).as_py() or 0
    return "," if with_comma > with_point else "."


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    pattern = NUMBER if decimal == "." else NUMBER_WITH_COMMA
    cells = pa.array([cell.strip() for cell in rows[0]])
    return not compute("all", compute("match_substring_regex", cells, pattern)).as_py()


def _check_length(name: str, column: Any) -> None:
    longest = compute("max", compute("utf8_length", column)).as_py() or 0
    if longest > MAX_CELL:
        raise FileFormatError(
            f"A cell of column '{name}' has {longest:,} characters; at most {MAX_CELL:,} are read.",
            hint="A quotation mark that is opened and never closed swallows the rows behind it.",
        )


def _in_words(error: Exception, wrong: list[Any], form: CsvForm) -> FileFormatError:
    if wrong:
        row = wrong[-1]
        # Rows are counted from that of the names, on however many lines it stands.
        number = f"Row {row.number - max(0, form.head - 1):,}" if row.number is not None else "A row"
        text = row.text if len(row.text) <= 80 else f"{row.text[:80]}…"
        last = form.names[min(row.actual_columns, row.expected_columns) - 1]
        return FileFormatError(
            f"{number} has {row.actual_columns} cells, the first row {row.expected_columns}: {text!r}. "
            f"They are separated by {NAMES[form.separator]}; the last column that fits is '{last}'.",
            hint="A text that holds the separator needs quotation marks around it; a missing cell keeps its "
            "separator.",
        )
    if "straddling" in str(error):
        return FileFormatError(
            f"A row is longer than {BLOCK // 2**20} MB.",
            hint="A quotation mark that is opened and never closed swallows the rows behind it.",
        )
    if "UTF8" in str(error) or "codec" in str(error):
        return _no_text(form.encoding)
    return FileFormatError(
        f"From row {FIRST_ROW} on this is no table: {error}.", hint="Save it as CSV with a row of names."
    )


def _no_text(encoding: str) -> FileFormatError:
    return FileFormatError(
        f"The file holds bytes that are no text in {encoding.upper()}; it may have been cut off.",
        hint="Save it as CSV (UTF-8).",
    )
