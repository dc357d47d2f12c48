"""What every source adapter does: read a folder into ``source.*``, write the landing tables, report what was done.

An adapter is a folder of SQL: ``source_tables.sql`` (the columns it reads), steps (helper tables), one SELECT per
landing table, ``left_out.sql`` (rows not handed on, by reason) and ``missing.sql`` (what the source cannot say).
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

import duckdb

from data_contracts.errors import HomewardError, UsageError

REQUIRED_LANDING = ("patients", "encounters", "diagnoses")
SUFFIXES = (".csv", ".csv.gz", ".parquet")
COMMA_TEXT, TAB_TEXT, PARQUET = KINDS = ("comma-separated text", "tab-separated text", "Parquet")


@dataclass(frozen=True)
class SourceTable:
    """A table of the source format: ``pattern`` matches file names without suffix, in any case."""

    name: str
    pattern: str
    required: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """Rows (or coded cells) of a source table that a landing table does not carry, and why."""

    source_table: str
    landing_table: str
    reason: str
    rows: int


@dataclass(frozen=True)
class SourceReport:
    """What an adapter read, wrote and left out. Counts and names only, never a value."""

    source: str
    source_version: str
    files: tuple[str, ...]
    rows_in: dict[str, int]
    rows_out: dict[str, int]
    left_out: tuple[LeftOut, ...]
    missing: tuple[str, ...]


class SourceAdapter(Protocol):
    """The one function an adapter offers; ``con`` holds ``reference.*`` (``load_reference``) when it is called."""

    def to_landing(self, con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> SourceReport:
        """Write the landing tables of ``folder`` to ``out`` and say what was done."""
        ...


def read_source(
    con: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[SourceTable], definitions: str
) -> tuple[dict[str, list[Path]], dict[str, int]]:
    """Fill ``source.*`` from the files of a folder, every value as text, absent tables and columns empty.

    Parameters
    ----------
    con : DuckDBPyConnection
        Its schema ``source`` is made anew.
    folder : Path
        Holds ``NAME.csv``, ``.csv.gz`` or ``.parquet`` of each table, or a folder ``NAME/`` of such parts.
    tables : sequence of SourceTable
        The tables looked for; file and column names may be in any case.
    definitions : str
        ``CREATE TABLE source.<name> (...)`` of each of them, and macros.

    Returns
    -------
    (dict, dict)
        Files found and rows read, by table.

    Raises
    ------
    UsageError
        The folder or a required table is not there.
    HomewardError
        A file cannot be read, or lacks a column without which it means nothing.
    """
    if not folder.is_dir():
        raise UsageError("this is not a folder", where=folder.name, next_step="give the folder that holds the files")
    found = {table.name: _find_files(folder, table.pattern) for table in tables}
    absent = [table.pattern for table in tables if table.required and not found[table.name]]
    if absent:
        raise UsageError(
            f"no file matches {', '.join(absent)}",
            where=folder.name,
            next_step=f"put the files there ({', '.join(SUFFIXES)}), or name another source format",
        )
    con.execute("DROP SCHEMA IF EXISTS source CASCADE")
    con.execute("CREATE SCHEMA source")
    con.execute(definitions)
    for table in tables:
        for kind in KINDS:
            files = [path for path in found[table.name] if _kind_of(path) == kind]
            if files:
                _insert_files(con, table, files, kind)
    return found, {table.name: _count(con, f"source.{table.name}") for table in tables if found[table.name]}


def add_step(con: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    """Keep the result of a SELECT as helper table ``source.<name>``."""
    con.execute(f"CREATE OR REPLACE TABLE source.{name} AS {select}")


def write_landing(con: duckdb.DuckDBPyConnection, sql_folder: Path, tables: Sequence[str], out: Path) -> dict[str, int]:
    """Write ``out/<table>.parquet`` from ``sql_folder/<table>.sql``; an optional table without rows is not written.

    A file left by an earlier run is replaced or removed, so the folder holds this run's tables only.

    Returns
    -------
    dict of str to int
        Rows written, by landing table.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows_out: dict[str, int] = {}
    for table in tables:
        add_step(con, f"landing_{table}", (sql_folder / f"{table}.sql").read_text(encoding="utf-8"))
        rows = _count(con, f"source.landing_{table}")
        target, part = out / f"{table}.parquet", out / f".{table}.part"
        target.unlink(missing_ok=True)
        if rows or table in REQUIRED_LANDING:
            con.table(f"source.landing_{table}").write_parquet(str(part))
            part.replace(target)
            rows_out[table] = rows
    return rows_out


def read_left_out(con: duckdb.DuckDBPyConnection, select: str) -> tuple[LeftOut, ...]:
    """Run ``left_out.sql``: (source_table, landing_table, reason, rows); reasons that hit nothing are dropped."""
    return tuple(LeftOut(*row) for row in con.execute(select).fetchall() if row[3])


def read_missing(con: duckdb.DuckDBPyConnection, select: str) -> tuple[str, ...]:
    """Run ``missing.sql``: (sentence, whether it applies to these files)."""
    return tuple(sentence for sentence, applies in con.execute(select).fetchall() if applies)


def require_reference(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Refuse to start without the value sets an adapter joins.

    Raises
    ------
    UsageError
        One of ``reference.<name>`` is not in the connection.
    """
    rows = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'reference'").fetchall()
    absent = sorted(set(names) - {row[0] for row in rows})
    if absent:
        raise UsageError(
            f"value sets not loaded: {', '.join(absent)}", where="reference", next_step="call load_reference first"
        )


def _find_files(folder: Path, pattern: str) -> list[Path]:
    """List files whose name without suffix matches, and the parts in a folder of that name."""
    files = [path for path in folder.iterdir() if path.is_file()]
    for parts in (path for path in folder.iterdir() if path.is_dir() and fnmatch(path.name.lower(), pattern.lower())):
        files += [path for path in parts.iterdir() if path.name.lower().endswith(SUFFIXES)]
    wanted = [pattern.lower() + suffix for suffix in SUFFIXES]
    return sorted(
        path
        for path in files
        if path.parent != folder or any(fnmatch(path.name.lower(), suffixed) for suffixed in wanted)
    )


def _kind_of(path: Path) -> str:
    """Tell the format by the file's name and, for text, by its header: vocabulary downloads are separated by tabs."""
    if path.name.lower().endswith(".parquet"):
        return PARQUET
    try:
        with gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as lines:
            return TAB_TEXT if b"\t" in lines.readline() else COMMA_TEXT
    except (OSError, EOFError, zlib.error) as error:
        raise _refuse(COMMA_TEXT, path.name, error) from None


def _open_files(con: duckdb.DuckDBPyConnection, names: list[str], kind: str) -> duckdb.DuckDBPyRelation:
    if kind == PARQUET:
        return con.read_parquet(names, union_by_name=True, filename=True)
    is_comma = kind == COMMA_TEXT
    return con.read_csv(
        names,  # type: ignore[arg-type]  # the stub knows one file only
        header=True,
        delimiter="," if is_comma else "\t",
        quotechar='"' if is_comma else "",
        all_varchar=True,
        union_by_name=True,
        filename=True,
    )


def _refuse(kind: str, where: str, error: Exception) -> HomewardError:
    # The engine's own message quotes the offending line, so only its kind is passed on.
    return HomewardError(
        f"cannot be read as {kind} ({type(error).__name__})", where=where, next_step="fetch the file again"
    )


def _insert_files(con: duckdb.DuckDBPyConnection, table: SourceTable, files: list[Path], kind: str) -> None:
    names = [str(path) for path in files]
    where = ", ".join(path.name for path in files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")  # noqa: PLR2004
    known = {row[0] for row in con.execute(f"DESCRIBE source.{table.name}").fetchall()}
    try:
        incoming = _open_files(con, names, kind)
        absent = sorted(set(table.columns) - {column.lower() for column in incoming.columns})
        if absent:
            raise HomewardError(
                f"no column {', '.join(absent)}", where=where, next_step="check that this is the right file and format"
            )
        wanted = [duckdb.ColumnExpression(c).alias(c.lower()) for c in incoming.columns if c.lower() in known]
        incoming.select(*wanted).to_view("source_incoming", replace=True)
        con.execute(f"INSERT INTO source.{table.name} BY NAME FROM source_incoming")
        con.execute("DROP VIEW source_incoming")
    except duckdb.Error as error:
        raise _refuse(kind, where, error) from None


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608  # our own names
