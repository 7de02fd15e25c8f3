"""The job that brings a file in: reads it once in pieces, and keeps what is needed to prepare it."""

import hashlib
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from app.services.datasets.own.arrays_file import unpack_arrays
from app.services.datasets.own.cells import cleaned
from app.services.datasets.own.column_facts import FactsOfColumn
from app.services.datasets.own.csv_file import form_of, read_csv
from app.services.datasets.own.deleting import delete
from app.services.datasets.own.excel_file import EmptySheetError, ExcelSheet, looks_like_old_excel, sheets_of
from app.services.datasets.own.home import slug, sources_dir
from app.services.datasets.own.limits import MAX_ROWS, check_room
from app.services.datasets.own.parquet_file import ParquetTable
from app.services.datasets.own.pictures import pictures_in, sizes_in
from app.services.datasets.own.source import (
    PICTURES,
    TABLE,
    WORKBOOK,
    ArraySource,
    PictureSource,
    Source,
    TableSource,
    sources,
    write_source,
)
from app.services.job_context import JobContext
from runtime.errors import FileFormatError, LayerloomError

JOB = "app.services.datasets.own.importing:import_file"
FORMS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".tab": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".npz": "arrays",
    ".zip": "pictures",
}
"""How a file is read, by the ending of its name."""

PIECE = 8 * 2**20
SIZED = 2_000
"""Pictures whose size is looked at when they are brought in; all are when they are prepared."""


class ImportSpec(BaseModel):
    """Which file is brought in.

    Args:
        path: Where it is.
        file_name: What the user knows it as.
        title: What the data shall be called; empty for the file's name.
        sheet: Sheet of a workbook; empty for the first that holds anything.
        replaces: Id of a source that is given up for this one, unless something was prepared from it.
        remove: Whether the file was only put there to be read, and is removed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    file_name: str
    title: str = ""
    sheet: str = ""
    replaces: str = ""
    remove: bool = False


class CancelledError(Exception):
    """The user does not want it any more."""


class Progress:
    """Tells how far a job is, and ends it when it is cancelled.

    Args:
        context: Whom to tell.
        total: What there is to do, in any unit.
        text: What is being done.
    """

    def __init__(self, context: JobContext, total: float, text: str) -> None:
        self._context, self._total, self._text = context, max(1.0, total), text
        self._done = 0.0
        self._told = 0.0

    def __call__(self, more: float = 0) -> None:
        """Counts what was done since.

        Raises:
            CancelledError: The job shall end.
        """
        if self._context.cancelled:
            raise CancelledError
        self._done += more
        now = time.monotonic()
        if now - self._told > 0.2:
            self._told = now
            self._context.emit("step", done=min(1.0, self._done / self._total), text=self._text)

    def now(self, text: str) -> None:
        """Says what is being done from now on."""
        self._text, self._told = text, 0.0
        self()


def import_file(context: JobContext, spec: dict[str, Any]) -> str:
    """Brings a file in.

    Args:
        context: Whom to tell; its folder is used for what is not finished.
        spec: An `ImportSpec`.

    Returns:
        The id of the source, or nothing when it was cancelled.

    Raises:
        FileFormatError: The file cannot be read; the message names the place.
    """
    order = ImportSpec.model_validate(spec)
    path = Path(order.path)
    unfinished = context.folder / "source"
    unfinished.mkdir(parents=True)
    try:
        source = _read(context, order, path, unfinished)
        write_source(source, unfinished)
        sources_dir().mkdir(parents=True, exist_ok=True)
        unfinished.rename(sources_dir() / source.id)
        if order.replaces:
            # It may be gone already, or open elsewhere.
            with suppress(LayerloomError, OSError):
                delete(order.replaces)
    except CancelledError:
        return ""
    finally:
        # A file that was only put there is removed by who ordered this: it may be wanted once more.
        shutil.rmtree(unfinished, ignore_errors=True)
    return source.id


def form_of_file(file_name: str, path: Path) -> Literal["csv", "excel", "parquet", "arrays", "pictures"]:
    """How a file is read: by its ending, and by how it begins.

    Raises:
        FileFormatError: It is of no kind that is read.
    """
    form: Any = FORMS.get(Path(file_name).suffix.lower())
    with path.open("rb") as file:
        begin = file.read(8)
    if looks_like_old_excel(begin):
        raise FileFormatError(
            "This is a workbook of an Excel before 2007, or one with a password.",
            hint="Save it as .xlsx without a password, or as CSV.",
        )
    if form is None:
        endings = ", ".join(sorted(FORMS))
        raise FileFormatError(
            f"A file called '{file_name}' is not known.", hint=f"These are read: {endings}."
        )
    packed = begin.startswith(b"PK")
    if form in {"excel", "arrays", "pictures"} and not packed:
        raise FileFormatError(f"'{file_name}' is not what its ending says: such files begin as ZIP archives.")
    if form == "csv" and (packed or begin.startswith((b"PAR1", b"\x1f\x8b"))):
        raise FileFormatError(
            f"'{file_name}' is not what its ending says: it is a packed file.",
            hint="Unpack it, or give it the ending it should have.",
        )
    return form


def _read(context: JobContext, order: ImportSpec, path: Path, folder: Path) -> Source:
    try:
        size = path.stat().st_size
        form = form_of_file(order.file_name, path)
    except OSError as error:
        raise FileFormatError(
            f"'{order.path}' cannot be read: {error.strerror or error}.", hint="Check the path."
        ) from error
    check_room(folder, size)
    title = _free_title(order.title.strip() or Path(order.file_name).stem, order.replaces)
    # Read twice or three times: the digest, the form of a text, the rows.
    progress = Progress(
        context, size * {"csv": 3, "pictures": 2, "arrays": 2}.get(form, 1), "Looking at the file"
    )
    content = _digest(path, progress)
    base: dict[str, Any] = {
        "id": f"source-{slug(title)}-{secrets.token_hex(4)}",
        "title": title[:120],
        "file_name": order.file_name,
        "size": size,
        "content": content,
        "imported_at": time.time(),
    }
    if form == "csv":
        found = form_of(path, progress)
        pieces = read_csv(path, found, progress)
        progress.now("Reading the rows")
        return _table(base, pieces, found.names, found.notes, found.decimal, folder, progress)
    if form == "excel":
        return _workbook(base, path, order.sheet, folder, progress)
    if form == "parquet":
        table = ParquetTable(path)
        progress.now("Reading the rows")
        return _table(base, table.pieces(), table.names, table.notes, ".", folder, progress)
    progress.now("Unpacking")
    if form == "arrays":
        arrays = unpack_arrays(path, folder, progress)
        return ArraySource(**base, rows=max(each.shape[0] for each in arrays), arrays=tuple(arrays))
    return _pictures(base, path, folder, progress)


def _table(
    base: dict[str, Any],
    pieces: Any,
    names: tuple[str, ...],
    notes: tuple[str, ...],
    decimal: Any,
    folder: Path,
    progress: Progress,
) -> TableSource:
    schema = pa.schema([(name, pa.string()) for name in names])
    columns = [FactsOfColumn(name, decimal) for name in names]
    rows = 0
    with pq.ParquetWriter(folder / TABLE, schema, compression="zstd") as writer:
        for piece in pieces:
            cells = [cleaned(column) for column in piece.columns]
            for column, gathered in zip(cells, columns, strict=True):
                gathered.take(column)
            writer.write_batch(pa.record_batch(cells, schema=schema))
            rows += len(cells[0])
            progress()
            if rows > MAX_ROWS:
                raise FileFormatError(f"The table has more than {MAX_ROWS:,} rows.")
    if rows == 0:
        raise FileFormatError(
            "Below its names the table has no rows.",
            hint="The first row holds the names of the columns; what is learned from stands below.",
        )
    facts = tuple(column.facts() for column in columns)
    return TableSource(**base, rows=rows, notes=notes, columns=facts, decimal=decimal)


def _free_title(title: str, replaces: str) -> str:
    """A title that no other file has: that of the second of a name ends in "(2)"."""
    taken = {source.title for source in sources() if source.id != replaces}
    if title not in taken:
        return title
    return next(each for n in range(2, len(taken) + 3) if (each := f"{title} ({n})") not in taken)


def _workbook(base: dict[str, Any], path: Path, wanted: str, folder: Path, progress: Progress) -> TableSource:
    """Reads the wanted sheet, else the first that can be read; the workbook is kept if it has others."""
    titles = [wanted] if wanted else list(sheets_of(path))
    notes: list[str] = []
    hint = ""
    while True:
        title = titles.pop(0)
        progress.now(f"Reading the sheet '{title}'")
        try:
            sheet = ExcelSheet(path, title)
            table = _table(base, sheet.pieces(), sheet.names, sheet.notes, ".", folder, progress)
            break
        except EmptySheetError as error:
            if not titles and notes:
                raise FileFormatError(" ".join([*notes, error.message]), hint=hint) from error
            if not titles:
                raise
        except LayerloomError as error:
            if not titles:
                raise
            notes.append(f"The sheet '{title}' was passed over: {error.message}")
            hint = error.hint
    if len(sheet.sheets) == 1:
        return table
    _copy(path, folder / WORKBOOK, progress)
    update = {"notes": (*notes, *table.notes), "sheet": sheet.title, "sheets": sheet.sheets}
    return table.model_copy(update=update)


def _pictures(base: dict[str, Any], path: Path, folder: Path, progress: Progress) -> PictureSource:
    found = pictures_in(path)
    sizes, colour = sizes_in(path, found.pictures, SIZED)
    _copy(path, folder / PICTURES, progress)
    classes = Counter(picture.label for picture in found.pictures)
    notes = ()
    if found.skipped:
        example = found.skipped[0]
        files = "file that is no picture" if len(found.skipped) == 1 else "files that are no pictures"
        notes = (f"Left out {len(found.skipped):,} {files}, such as '{example}'.",)
    return PictureSource(
        **base,
        rows=len(found.pictures),
        notes=notes,
        classes=tuple(sorted(classes.items())),
        parts=found.parts,
        sizes=tuple(sizes),
        colour=colour,
    )


def _digest(path: Path, seen: Callable[[float], None]) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            seen(len(piece))
    return digest.hexdigest()


def _copy(path: Path, target: Path, seen: Callable[[float], None]) -> None:
    with path.open("rb") as file, target.open("wb") as copy:
        while piece := file.read(PIECE):
            copy.write(piece)
            seen(len(piece))
