"""What was brought in: a file as it was read once, with what is known of its columns."""

import json
import re
from pathlib import Path
from typing import Annotated, Literal

import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.services.datasets.own.home import sources_dir
from runtime.errors import FileFormatError, UnknownNameError

CARD = "source.json"
TABLE = "table.parquet"
PICTURES = "pictures.zip"
WORKBOOK = "workbook.xlsx"
"""Kept where it has several sheets, so that another one can be read."""

_ID = re.compile(r"source-[a-z0-9-]+-[0-9a-f]{8}")

ColumnKind = Literal["number", "category", "text", "date", "ignore"]


class Record(BaseModel):
    """Base of what is kept as JSON: never changed in place, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnFacts(Record):
    """What reading a column once has shown.

    Args:
        name: Its name, unique in the table.
        missing: Empty cells.
        numbers: Cells that are numbers.
        dates: Cells that are dates of the format.
        date_format: The format most of them have; empty when they are no dates.
        distinct: Different values; None when there are more than are counted.
        values: The most frequent values with their counts, most frequent first.
        low: Smallest number.
        high: Largest number.
        mean: Mean of the numbers.
        whole: Whether all numbers are whole ones.
        rising: Whether each number is larger than the one before it, as in a column that counts rows.
        longest: Characters of the longest cell.
        words: Whether cells hold several words.
        not_number: Row and text of the first cell that is no number, or too large for one, as a spreadsheet
            counts rows.
        kind: The kind it probably is.
        why: Why, in words; said where it is left out.
    """

    name: str
    missing: int = 0
    numbers: int = 0
    dates: int = 0
    date_format: str = ""
    distinct: int | None = 0
    values: tuple[tuple[str, int], ...] = ()
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    whole: bool = False
    rising: bool = False
    longest: int = 0
    words: bool = False
    not_number: tuple[int, str] | None = None
    kind: ColumnKind = "text"
    why: str = ""


class _Source(Record):
    """What all files have in common.

    Args:
        id: Name of its folder.
        title: What the user calls it.
        file_name: The file it came from.
        size: Bytes of that file.
        content: SHA-256 of what was read.
        rows: Rows, pictures or samples.
        notes: What the user should know of how it was read.
        imported_at: Seconds since 1970, UTC.
    """

    id: str
    title: str
    file_name: str
    size: int
    content: str
    rows: int
    notes: tuple[str, ...] = ()
    imported_at: float = 0.0

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return sources_dir() / self.id


class TableSource(_Source):
    """A table.

    Args:
        columns: Its columns in order.
        decimal: The sign before the fraction of a number.
        sheet: The sheet it was read from, of a workbook.
        sheets: All sheets of a workbook that has several; it is kept as `WORKBOOK`.
    """

    kind: Literal["table"] = "table"
    columns: tuple[ColumnFacts, ...]
    decimal: Literal[".", ","] = "."
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnFacts:
        """The facts of one column.

        Raises:
            UnknownNameError: There is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownNameError("column", name, [column.name for column in self.columns])


class PictureSource(_Source):
    """Pictures in folders.

    Args:
        classes: Names of the folders with how many pictures are in them.
        parts: Whether outer folders called train and test cut them already.
        sizes: The most frequent heights and widths with their counts.
        colour: Whether any picture is in colour.
    """

    kind: Literal["pictures"] = "pictures"
    classes: tuple[tuple[str, int], ...]
    parts: bool
    sizes: tuple[tuple[int, int, int], ...]
    colour: bool


class ArrayFacts(Record):
    """One array of an .npz file.

    Args:
        name: Its name there.
        shape: Its shape, rows first.
        dtype: Type of its numbers.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


class ArraySource(_Source):
    """Arrays of an .npz file.

    Args:
        arrays: The arrays.
    """

    kind: Literal["arrays"] = "arrays"
    arrays: tuple[ArrayFacts, ...]


def first_rows(source: TableSource, count: int) -> dict[str, list[str | None]]:
    """The first rows of a table by column, as texts, None where a cell is empty."""
    with pq.ParquetFile(source.folder / TABLE) as file:
        batch = next(file.iter_batches(batch_size=count), None)
    return {} if batch is None else batch.to_pydict()


Source = TableSource | PictureSource | ArraySource
_reader: TypeAdapter[Source] = TypeAdapter(Annotated[Source, Field(discriminator="kind")])


def read_source(source_id: str) -> Source:
    """A file that was brought in.

    Raises:
        UnknownNameError: There is none of that id.
        FileFormatError: Its card was changed or broken from outside.
    """
    if not _ID.fullmatch(source_id):
        raise UnknownNameError("file", source_id, [source.id for source in sources()])
    path = sources_dir() / source_id / CARD
    try:
        return _reader.validate_json(path.read_bytes())
    except OSError:
        raise UnknownNameError("file", source_id, [source.id for source in sources()]) from None
    except ValidationError as error:
        raise FileFormatError(f"{path} cannot be read: {error.error_count()} values are wrong.") from error


def sources() -> list[Source]:
    """All files that were brought in, latest first; one that is broken is left out."""
    found: list[Source] = []
    for path in sources_dir().glob(f"*/{CARD}"):
        try:
            found.append(_reader.validate_json(path.read_bytes()))
        except (OSError, ValidationError):
            continue
    return sorted(found, key=lambda source: -source.imported_at)


def write_source(source: Source, folder: Path) -> None:
    """Writes the card of a file into its folder, which has its place only when all is there."""
    text = json.dumps(source.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
    (folder / CARD).write_text(text, encoding="utf-8")
