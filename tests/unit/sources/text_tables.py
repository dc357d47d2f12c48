"""Source files written as readable tables, and landing tables read back the same way."""

import gzip
from pathlib import Path

import duckdb


def write_table(folder: Path, name: str, text: str) -> Path:
    """Write a table drawn with bars as comma-separated ``name`` (gzipped if it ends so); ``-`` is an empty cell."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    csv = "".join(",".join("" if cell == "-" else cell for cell in line) + "\n" for line in lines)
    path = folder / name
    path.write_bytes(gzip.compress(csv.encode()) if name.endswith(".gz") else csv.encode())
    return path


def read_table(out: Path, table: str, columns: str) -> str:
    """Draw the named columns of a landing table, in the order of the file."""
    rows = duckdb.connect().execute(
        f"SELECT {columns} FROM read_parquet($file)", {"file": str(out / f"{table}.parquet")}
    )
    return "\n".join(" | ".join("-" if cell is None else str(cell) for cell in row) for row in rows.fetchall())


def draw(text: str) -> str:
    """Take the padding out of an expected table."""
    lines = (line.split("|") for line in text.strip().splitlines())
    return "\n".join(" | ".join(cell.strip() for cell in line) for line in lines)
