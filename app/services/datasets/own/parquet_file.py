"""Reads Parquet files in pieces, all cells as texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.services.datasets.own.cells import compute
from app.services.datasets.own.csv_file import unique_names
from app.services.datasets.own.limits import MAX_ROWS, check_columns
from runtime.errors import FileFormatError

ROWS_A_PIECE = 65_536
_NESTED = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)


class ParquetTable:
    """A Parquet file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file: Any = pq.ParquetFile(path)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise FileFormatError(f"This is no Parquet file, or it is broken: {error}.") from error
        schema = self._file.schema_arrow
        check_columns(len(schema))
        for field in schema:
            if any(is_kind(field.type) for is_kind in _NESTED):
                raise FileFormatError(
                    f"Column '{field.name}' holds {field.type}, which is no single value.",
                    hint="Save each part as a column of its own, or leave the column out.",
                )
        self.rows = int(self._file.metadata.num_rows)
        if self.rows > MAX_ROWS:
            raise FileFormatError(f"The table has {self.rows:,} rows; at most {MAX_ROWS:,} are read.")
        self.names, self.notes = unique_names(schema.names)

    def pieces(self) -> Iterator[Any]:
        """The rows in pieces.

        Raises:
            FileFormatError: The file is broken.
        """
        try:
            for batch in self._file.iter_batches(ROWS_A_PIECE):
                columns = [_as_text(column) for column in batch.columns]
                yield pa.record_batch(columns, list(self.names))
        except (pa.ArrowException, OSError) as error:
            raise FileFormatError(f"The Parquet file is broken: {error}.") from error


def _as_text(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        # Through numbers, since a time zone's name need not be known here: what counts is the moment in UTC.
        seconds = compute("cast", column, pa.timestamp("s", column.type.tz), safe=False)
        moments = compute("cast", compute("cast", seconds, pa.int64()), pa.timestamp("s"))
        return compute("strftime", moments, format="%Y-%m-%d %H:%M:%S")
    return compute("cast", column, pa.string())
