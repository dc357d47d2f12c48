"""Find the files of a landing folder: NAME.csv, NAME.csv.gz, NAME.parquet, or a folder NAME/ of such parts."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from data_contracts.engine.failures import TableFailure
from data_contracts.errors import UsageError

SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class LandingFile:
    """One file to read; ``name`` is its path beneath the landing folder."""

    table: str
    path: Path
    name: str


@dataclass(frozen=True)
class Landing:
    """What a landing folder holds, in order of name."""

    files: tuple[LandingFile, ...]
    tables: tuple[str, ...]
    unknown_files: tuple[str, ...]
    failures: tuple[TableFailure, ...]


def discover(folder: Path, tables: Collection[str]) -> Landing:
    """List the files of the tables we know; everything else is reported, hidden files are passed over.

    Raises
    ------
    UsageError
        The folder is not there.
    """
    if not folder.is_dir():
        raise UsageError(
            "there is no such folder", where=str(folder), next_step="give the landing folder with --landing"
        )
    entries: dict[str, list[Path]] = {table: [] for table in tables}
    unknown: list[str] = []
    for path in sorted(p for p in folder.iterdir() if not _is_hidden(p)):
        table = _table_of(path)
        if table in entries:
            entries[table].append(path)
        else:
            unknown.append(path.name)
    files: list[LandingFile] = []
    failures: list[TableFailure] = []
    for table, paths in entries.items():
        if len(paths) > 1:
            names = " and ".join(path.name for path in paths)
            failures.append(TableFailure(table, f"lies here more than once: {names}", "keep one of them"))
        for path in paths[:1]:
            parts = [path] if path.is_file() else sorted(p for p in path.iterdir() if not _is_hidden(p))
            for part in parts:
                known = part.is_file() and _suffix(part) is not None
                name = str(part.relative_to(folder))
                if known:
                    files.append(LandingFile(table, part, name))
                else:
                    unknown.append(name)
    found = tuple(table for table, paths in entries.items() if paths)
    return Landing(tuple(files), found, tuple(unknown), tuple(failures))


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "_"))


def _suffix(path: Path) -> str | None:
    return next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)


def _table_of(path: Path) -> str | None:
    if path.is_dir():
        return path.name
    suffix = _suffix(path)
    return path.name.removesuffix(suffix) if suffix else None
