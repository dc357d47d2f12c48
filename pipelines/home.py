"""The folder a run leaves: where things are, who may write, and the warehouse views over the lake."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.errors import HomewardError
from data_contracts.lake_table import relation

LAYERS = ("raw", "identity", "quarantine", "core", "cohort", "features", "scores", "caseload", "audit")
LOCK_RETRIES = 20
LOCK_WAIT_SECONDS = 0.25


@dataclass(frozen=True)
class Home:
    """Paths of one home folder."""

    root: Path

    @property
    def lake(self) -> Path:
        """Parquet parts, one folder a layer."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """DuckDB file with a view for every table of the lake."""
        return self.root / "warehouse.duckdb"

    @property
    def audit(self) -> Path:
        """One folder a model version."""
        return self.root / "audit"

    @property
    def current(self) -> Path:
        """Link to the list that stands."""
        return self.root / "published" / "current"

    @property
    def tracking_uri(self) -> str:
        """MLflow's store: a server by HOMEWARD_MLFLOW_URL, else a file here."""
        return f"sqlite:///{self.root / 'mlflow.db'}"

    @property
    def artifacts(self) -> Path:
        """MLflow's artifacts."""
        return self.root / "mlartifacts"

    def folder(self, table: str) -> Path:
        """Folder of ``schema.entity`` in the lake."""
        schema, entity = table.split(".")
        return self.lake / schema / entity

    def parts(self, table: str) -> list[Path]:
        """Parquet parts of ``schema.entity``, in bucket order, without rows made anew since (see `lake_table`)."""
        return sorted(self.folder(table).glob("*.parquet"))

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the home for one run; a second run is refused by name.

        Raises
        ------
        HomewardError
            Another run holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "run.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise HomewardError(
                    "another run is writing here", where=str(self.root), next_step="wait for it, or give another --home"
                ) from error
            yield

    def refresh_views(self) -> int:
        """Give every table of the lake a view of its name in the warehouse.

        Returns
        -------
        int
            Number of views.

        Raises
        ------
        HomewardError
            Another process keeps the warehouse open.
        """
        tables = self._tables()
        with _connect_writer(self.warehouse) as con:
            for layer in LAYERS:
                con.execute(f"create schema if not exists {layer}")
            for table, statement in tables.items():
                con.execute(f"create or replace view {table} as {statement}")
        return len(tables)

    def read(self, sql: str, values: dict[str, object] | None = None) -> "duckdb.DuckDBPyConnection":
        """Run one query over the lake in a connection of its own.

        Returns
        -------
        DuckDBPyConnection
            With the result pending: take ``.df()`` or ``.fetchall()``.
        """
        con = duckdb.connect()
        for layer in LAYERS:
            con.execute(f"create schema {layer}")
        for table, statement in self._tables().items():
            if table in sql:
                con.execute(f"create view {table} as {statement}")
        return con.execute(sql, values) if values else con.execute(sql)

    def _tables(self) -> dict[str, str]:
        """Statement of each table that the lake can show; the subjects of the features are columns of the matrix."""
        tables = {}
        for layer in LAYERS:
            for folder in sorted(p for p in (self.lake / layer).glob("*") if p.is_dir() and "." not in p.name):
                if any(folder.glob("*.parquet")):
                    tables[f"{layer}.{folder.name}"] = f"select * from {relation(folder.resolve())}"  # noqa: S608
        if "features.matrix" in tables:
            tables |= subject_views(tables["features.matrix"])
        return tables


def subject_views(matrix: str) -> dict[str, str]:
    """Statements of the subject tables as columns of a matrix."""
    from features.catalogue import load_catalogue

    columns: dict[str, list[str]] = {}
    for feature in load_catalogue():
        columns.setdefault(feature.table, ["point_key"]).append(feature.name)
    return {table: f"select {', '.join(names)} from ({matrix})" for table, names in columns.items()}  # noqa: S608


@contextlib.contextmanager
def _connect_writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(LOCK_RETRIES):
        try:
            con = duckdb.connect(str(path))
            break
        except duckdb.IOException as error:
            if "lock" not in str(error).lower() or attempt == LOCK_RETRIES - 1:
                raise HomewardError(
                    "another process keeps it open, or it cannot be opened",
                    where=path.name,
                    next_step="close other programs that have the warehouse open (readers too), then run again",
                ) from error
            time.sleep(LOCK_WAIT_SECONDS)
    try:
        yield con
    finally:
        con.close()
