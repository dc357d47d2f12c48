"""Read one landing file as batches of text columns; refuse it whole, by reason, when it is broken.

pyarrow rather than DuckDB, because DuckDB takes a truncated gzip for a short file and quotes the broken line, a
patient's values, in its error. pyarrow refuses the first and is asked for the line number only.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

BLOCK_BYTES = 8 << 20
BATCH_ROWS = 1 << 17


class UnreadableFileError(Exception):
    """A landing file that cannot be read; the text is the reason and holds no value of any row."""


def read_part(path: Path) -> tuple[list[str], int, Iterator[pa.RecordBatch]]:
    """Open a landing file.

    Returns
    -------
    (list of str, int, iterator of RecordBatch)
        Column names; the line number of the first row (2 in a CSV file, whose header is line 1; 1 in Parquet); batches
        of text columns in the order of the file, missing values null in Parquet and empty text in CSV.

    Raises
    ------
    UnreadableFileError
        Now or while the batches are taken: wrong number of fields, truncated or damaged gzip or Parquet, not UTF-8, no
        header, a column name twice or empty.
    """
    if path.name.endswith(".parquet"):
        return _open_parquet(path)
    header = _read_header(path)
    return header, 2, _csv_batches(path, header)


def _read_header(path: Path) -> list[str]:
    try:
        with path.open("rb") as raw:
            stream = gzip.GzipFile(fileobj=raw) if path.name.endswith(".gz") else raw
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            header = [name.strip() for name in next(csv.reader(text), [])]
    except UnicodeDecodeError as error:
        raise UnreadableFileError("the encoding is not UTF-8") from error
    except (EOFError, OSError) as error:
        raise UnreadableFileError("the gzip is truncated or damaged") from error
    except csv.Error as error:
        raise UnreadableFileError("the header is not CSV") from error
    return _check_header(header)


def _check_header(header: list[str]) -> list[str]:
    if not header:
        raise UnreadableFileError("the file is empty, without even a header")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise UnreadableFileError(f"the header names a column twice: {', '.join(twice)}")
    if "" in header:
        raise UnreadableFileError("the header has a column without a name")
    return header


def _csv_batches(path: Path, header: list[str]) -> Iterator[pa.RecordBatch]:
    broken: list[pv.InvalidRow] = []

    def remember(row: pv.InvalidRow) -> str:
        broken.append(row)
        return "error"

    last: pa.RecordBatch | None = None
    try:
        source = _WatchedStream(path)
        reader = pv.open_csv(
            pa.PythonFile(source, mode="r"),
            read_options=pv.ReadOptions(block_size=BLOCK_BYTES, column_names=header, skip_rows=1, use_threads=False),
            parse_options=pv.ParseOptions(newlines_in_values=True, invalid_row_handler=remember),
            convert_options=pv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
        for last in reader:
            yield last
    except (pa.ArrowInvalid, OSError) as error:
        # A header without even a line break after it is an empty table, as one with a line break is.
        if "Empty CSV" not in str(error) and "Could not skip" not in str(error):
            _explain_csv(error, broken)
    if last is not None and source.ends_in_quote(last):
        raise UnreadableFileError("a quote is opened and never closed")


class _WatchedStream(io.RawIOBase):
    """The decompressed file, with an eye on its quotes: pyarrow takes a file that ends inside of one."""

    def __init__(self, path: Path) -> None:
        self._inner = pa.input_stream(str(path), compression="gzip" if path.name.endswith(".gz") else None)
        self._quotes = 0
        self._ends_a_line = True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._inner.read(size if size >= 0 else None)
        if block:
            self._quotes += block.count(b'"')
            self._ends_a_line = block.endswith((b"\n", b"\r"))
        return block

    def ends_in_quote(self, last: pa.RecordBatch) -> bool:
        """Whether the last value has swallowed what came after an opening quote.

        An odd number of quotes alone is no proof, a value may hold a single one (5" tube).
        """
        if self._quotes % 2 == 0:
            return False
        value: str = last.column(last.num_columns - 1)[-1].as_py()
        return "\n" in value or "\r" in value or not self._ends_a_line


def _explain_csv(error: Exception, broken: list[pv.InvalidRow]) -> NoReturn:
    """Say what is wrong without repeating the line that pyarrow quotes."""
    if broken:
        row = broken[0]
        line = f"line {row.number}" if row.number is not None else "one line"
        reason = f"{line} has {row.actual_columns} fields, the header {row.expected_columns}"
    elif "UTF8" in str(error):
        reason = "the encoding is not UTF-8"
    elif isinstance(error, OSError) and not isinstance(error, pa.ArrowInvalid):
        reason = "the gzip is truncated or damaged"
    else:
        reason = "it is not well-formed CSV (an open quote, or a line beyond all bounds)"
    raise UnreadableFileError(reason) from None


def _open_parquet(path: Path) -> tuple[list[str], int, Iterator[pa.RecordBatch]]:
    try:
        file = pq.ParquetFile(path)
        header = _check_header(file.schema_arrow.names)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFileError("the Parquet file is truncated or damaged") from error
    return header, 1, _parquet_batches(file)


def _parquet_batches(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            columns = [_as_text(batch.column(i), name) for i, name in enumerate(batch.schema.names)]
            yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFileError("the Parquet file is truncated or damaged") from error


def _as_text(column: pa.Array, name: str) -> pa.Array:
    """Turn a typed column into text: times ISO with their zone as Z, lists joined by a semicolon, NaN missing."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        utc = column.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(utc, "Z", "")
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(f"column {name} is of a type that cannot be read as text ({kind})") from error
