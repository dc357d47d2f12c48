"""Value sets as tables: reference/catalogue.yaml and its CSV files become ``reference.*`` in a connection."""

import csv
import gzip
from pathlib import Path
from typing import TextIO

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data_contracts.contract import YAML_LOADER
from data_contracts.errors import HomewardError

TYPE_WORDS = {"text": "VARCHAR", "int": "INTEGER", "float": "DOUBLE", "date": "DATE", "bool": "BOOLEAN"}


class ReferenceTable(BaseModel):
    """One value set with where it comes from; ``columns`` maps each column to its DuckDB type."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    file: str
    source: str
    version: str | int | float
    licence: str
    description: str
    columns: dict[str, str]

    @field_validator("columns", mode="before")
    @classmethod
    def _read_columns(cls, columns: dict[str, str] | list[dict[str, str]]) -> dict[str, str]:
        """Accept {name: VARCHAR} and [{name: ..., type: text}]."""
        if isinstance(columns, list):
            columns = {c["name"]: c.get("type", "text") for c in columns}
        types = {name: TYPE_WORDS.get(word, str(word).upper()) for name, word in columns.items()}
        unknown = sorted(set(types.values()) - set(TYPE_WORDS.values()))
        if unknown:
            raise ValueError(f"unknown column types {', '.join(unknown)}; use {', '.join(TYPE_WORDS)}")
        return types


def load_catalogue(folder: Path) -> list[ReferenceTable]:
    """Read ``catalogue.yaml`` of a reference folder: a list of entries.

    Raises
    ------
    HomewardError
        The catalogue is missing or not valid.
    """
    path = folder / "catalogue.yaml"
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), YAML_LOADER)
        return [ReferenceTable.model_validate(entry) for entry in entries]
    except (OSError, KeyError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise HomewardError(
            f"not a valid catalogue: {error}",
            where=f"{folder.name}/catalogue.yaml",
            next_step="list name, file, source, version, licence, description and columns of each value set",
        ) from error


def load_reference(con: duckdb.DuckDBPyConnection, folder: Path, only: set[str] | None = None) -> list[str]:
    """Create ``reference.<name>`` for every entry of the catalogue (or those named in ``only``).

    Files are looked up in ``folder`` itself and in ``folder/value_sets``. Codes are stored as the files give them.

    Returns
    -------
    list of str
        Names of the tables made.

    Raises
    ------
    HomewardError
        A file is missing or does not have the catalogue's columns.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS reference")
    tables = [t for t in load_catalogue(folder) if only is None or t.name in only]
    for table in tables:
        con.execute(_create_sql(table, _find_file(table, folder)))
    return [t.name for t in tables]


def _find_file(table: ReferenceTable, folder: Path) -> Path:
    for path in (folder / table.file, folder / "value_sets" / table.file):
        if path.is_file():
            return path
    raise HomewardError(
        f"its file {table.file} is not there",
        where=f"reference.{table.name}",
        next_step="add it to reference/value_sets, or take the entry out of the catalogue",
    )


def _open_text(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _create_sql(table: ReferenceTable, path: Path) -> str:
    # Sniffing is off (it costs more than the reading), so the header is compared with the catalogue here.
    with _open_text(path) as lines:
        header = next(csv.reader(lines), [])
    if header != list(table.columns):
        raise HomewardError(
            f"the columns of {path.name} are {', '.join(header)}; the catalogue says {', '.join(table.columns)}",
            where=f"reference.{table.name}",
            next_step="make catalogue.yaml and the file agree",
        )
    columns = ", ".join(f"'{name}': '{sql_type}'" for name, sql_type in table.columns.items())
    quoted = str(path).replace("'", "''")
    return (
        f"CREATE OR REPLACE TABLE reference.{table.name} AS FROM read_csv('{quoted}', "  # noqa: S608
        f"header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}})"
    )
