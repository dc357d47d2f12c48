"""Files as they come: quotes, line ends, marks, types; and the line numbers people will look for."""

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.canonical.read_part import UnreadableFileError, read_part


def read(path: Path) -> tuple[list[str], int, list[dict[str, object]]]:
    header, first_line, batches = read_part(path)
    return header, first_line, [row for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,x\n2,y\n", [("1", "x"), ("2", "y")]),
        ("a,b\r\n1,x\r\n2,y", [("1", "x"), ("2", "y")]),
        ("\ufeffa,b\n1,x\n", [("1", "x")]),
        ('a,b\n007,"x, ""y"""\n', [("007", 'x, "y"')]),
        ('a,b\n1,"two\nlines"\n2,y\n', [("1", "two\nlines"), ("2", "y")]),
        ('a,b\n1,5" tube\n', [("1", '5" tube')]),
        ("a,b\n,\n", [("", "")]),
        ("a,b\n1,é\n\n", [("1", "é")]),
        ("a,b\n", []),
        ("a,b", []),
        (' a ,"b"\n1,NULL\n', [("1", "NULL")]),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_csv(tmp_path: Path, content: str, rows: list[tuple[str, str]], zipped: bool) -> None:
    path = tmp_path / ("t.csv.gz" if zipped else "t.csv")
    data = content.encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    assert read(path) == (["a", "b"], 2, [{"a": a, "b": b} for a, b in rows])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b\n1\n", "line 2 has 1 fields, the header 2"),
        (b'a,b\n1,"x\n2,y\n3,z\n', "a quote is opened and never closed"),
        (b'a,b\n1,"x', "a quote is opened and never closed"),
        (b"\n", "empty, without even a header"),
        (b"a,b\n1,\xe9\n", "not UTF-8"),
        (b"\xe9,b\n1,2\n", "not UTF-8"),
    ],
)
def test_broken_csv(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=reason):
        read(path)


def test_the_broken_line_is_named_by_number_in_a_long_file_and_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 500_000 + "planted\n" + "3,4\n" * 10)
    with pytest.raises(UnreadableFileError, match="^line 500002 has 1 fields, the header 2$"):
        read(path)


def test_parquet_types_become_text(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 5, 10, 30, tzinfo=UTC)
    table = pa.table({
        "whole": pa.array([7, None], pa.int64()),
        "real": pa.array([1.5, float("nan")]),
        "id_as_real": pa.array([123.0, None]),
        "exact": pa.array([Decimal("1.50"), None]),
        "day": pa.array([date(2024, 1, 5), None]),
        "naive": pa.array([moment.replace(tzinfo=None), None], pa.timestamp("us")),
        "zoned": pa.array([moment, None], pa.timestamp("ns", "America/New_York")),
        "truth": pa.array([True, None]),
        "several": pa.array([["F1", "F2"], None]),
        "category": pa.array(["x", None]).dictionary_encode(),
    })  # fmt: skip
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)
    header, first_line, rows = read(path)
    assert (header, first_line) == (table.column_names, 1)
    assert rows[0] == {
        "whole": "7", "real": "1.5", "id_as_real": "123", "exact": "1.50", "day": "2024-01-05",
        "naive": "2024-01-05 10:30:00.000000", "zoned": "2024-01-05 10:30:00.000000Z", "truth": "true",
        "several": "F1;F2", "category": "x",
    }  # fmt: skip
    assert set(rows[1].values()) == {None}


def test_a_nested_parquet_column_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"pair": [{"a": 1}]}), path)
    with pytest.raises(UnreadableFileError, match="column pair is of a type that cannot be read as text"):
        read(path)
