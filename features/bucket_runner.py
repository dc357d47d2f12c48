"""Run a stage's SQL files bucket by bucket: the one place that does.

Cohort and features are patient-local, so each bucket of patients is a small, independent database: views over that
bucket's Parquet parts, the stage's SELECTs in order, the results written back as that bucket's parts. Memory follows
the size of a bucket, not of the hospital; buckets run side by side on the cores (DuckDB releases the interpreter lock).
When only some patients have changed, those are one bucket of their own (`run_patients`): same SQL, fewer rows.
"""

import shutil
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from data_contracts.errors import HomewardError
from data_contracts.lake_table import FRESH, relation, write_fresh
from data_contracts.reference import load_reference
from features.sql_steps import columns_read, finished_after, narrow, parameters_of, upstream_of, value_sets_of

SCHEMAS = ("core", "cohort", "features")
SPILL = "spill"  # what does not fit in memory: inside the lake, for it is patient data
ROW_GROUP = 16_384  # rows that the writer of a part holds at a time, over hundreds of columns
SIDE_BY_SIDE = "positional join"
Statement = tuple[str, dict[str, object]]


def run_stage(
    lake: Path,
    steps: Mapping[str, str],
    params: Mapping[str, object],
    reference_folder: Path,
    *,
    transient: Collection[str] = (),
    workers: int = 2,
    memory_limit: str = "2GB",
    on_bucket_done: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Create every table of a stage, one Parquet part per bucket of patients.

    Parameters
    ----------
    lake : Path
        Folder of layers; ``core/encounter`` in it says which buckets there are.
    steps : mapping
        Statement of each table ``schema.entity``, one SELECT, in order of creation (`features.sql_steps.read_steps`).
    params : mapping
        Named parameters; each statement gets those it mentions as ``$name``.
    reference_folder : Path
        Value sets, loaded as ``reference.*`` once per worker.
    transient : collection of str
        Steps that only serve later ones and are not written.
    workers : int
        Buckets worked on at once; each uses one thread.
    memory_limit : str
        Limit per worker, in DuckDB's notation.
    on_bucket_done : callable, optional
        Called with (done, total) after each bucket.

    Returns
    -------
    dict
        Rows written per table over all buckets.

    Raises
    ------
    HomewardError
        A statement needs a parameter that was not given, or core has not been built.
    """
    buckets = list_buckets(lake)
    statements = _prepare(steps, params, transient)
    value_sets = value_sets_of(steps.values())
    kept = [step for step in steps if step not in transient]
    finished = finished_after(steps, transient)
    for table in kept:
        _fresh_folder(_new_folder(lake, table))
    local = threading.local()
    opened: list[duckdb.DuckDBPyConnection] = []
    lock, done = threading.Lock(), [0]

    def work(bucket: str) -> dict[str, int]:
        if not hasattr(local, "con"):
            local.con = _open_worker(lake, reference_folder, value_sets, memory_limit)
            opened.append(local.con)
        rows = _run_bucket(local.con, lake, bucket, statements, kept, finished)
        with lock:
            done[0] += 1
            if on_bucket_done:
                on_bucket_done(done[0], len(buckets))
        return rows

    try:
        with ThreadPoolExecutor(max_workers=workers) as pool:
            per_bucket = list(pool.map(work, buckets))
    finally:
        for con in opened:
            con.close()
    for table in kept:
        _swap_folder(lake, table)
    return {table: sum(rows[table] for rows in per_bucket) for table in kept}


def run_patients(
    lake: Path,
    steps: Mapping[str, str],
    params: Mapping[str, object],
    reference_folder: Path,
    patients: str,
    *,
    transient: Collection[str] = (),
    memory_limit: str = "2GB",
) -> dict[str, int]:
    """Create the rows of some patients in every table of a stage anew, beside the parts that stand.

    Parameters
    ----------
    lake, steps, params, reference_folder, transient, memory_limit
        As in `run_stage`. Tables that are kept have the column patient_key.
    patients : str
        SELECT of patient_key: whose rows to make.

    Returns
    -------
    dict
        Rows made per table.
    """
    statements = _prepare(steps, params, ())  # of few rows, columns too many cost less than finding out which
    con = _open_worker(lake, reference_folder, value_sets_of(steps.values()), memory_limit)
    try:
        con.execute(f"create temp table chosen as select distinct patient_key from ({patients})")
        for schema in SCHEMAS:
            con.execute(f"create schema {schema}")
        for table in sorted(upstream_of(steps)):
            _copy_chosen(con, table, _table_folder(lake, table), steps.values())
        rows = {step: _materialise(con, step, text, values, None) for step, (text, values) in statements.items()}
        for table in steps.keys() - set(transient):
            write_fresh(con, _table_folder(lake, table), table, "chosen")
    finally:
        con.close()
    return rows


def run_across(lake: Path, steps: Mapping[str, str], params: Mapping[str, object]) -> dict[str, int]:
    """Create the small tables that look across patients, each as a single ``all.parquet``.

    Parameters
    ----------
    lake, steps, params
        As in `run_stage`; the tables that the statements read are seen over all buckets.

    Returns
    -------
    dict
        Rows written per table.
    """
    con = _connect(lake, threads=1)  # small sums: a second thread costs more than it saves
    try:
        for schema in SCHEMAS:
            con.execute(f"create schema {schema}")
        for upstream in sorted(upstream_of(steps)):
            _create_view(con, upstream, relation(_table_folder(lake, upstream)))
        rows = {}
        for table, text in steps.items():
            statement, values = _with_parameters(table, text, params)
            folder = _new_folder(lake, table)
            _fresh_folder(folder)
            rows[table] = _materialise(con, table, statement, values, folder / "all.parquet")
    finally:
        con.close()
    for table in steps:
        _swap_folder(lake, table)
    return rows


def list_buckets(lake: Path) -> list[str]:
    """Names of the bucket parts (``bucket_000``, ...) that core was clustered into."""
    buckets = sorted(part.stem for part in (lake / "core" / "encounter").glob("bucket_*.parquet"))
    if not buckets:
        raise HomewardError(
            "core has no encounters yet", where="core.encounter", next_step="run the ingest stage first"
        )
    return buckets


def _prepare(
    steps: Mapping[str, str], params: Mapping[str, object], transient: Collection[str]
) -> dict[str, Statement]:
    """Give each statement its parameters; what only serves later steps has only the columns that they may read."""
    return {step: _with_parameters(step, text, params) for step, text in narrow(steps, transient).items()}


def _with_parameters(step: str, text: str, params: Mapping[str, object]) -> Statement:
    needed = parameters_of(text)
    if missing := sorted(needed - params.keys()):
        raise HomewardError(f"needs {', '.join(missing)}", where=step, next_step="add it to the stage's parameters")
    return text, {name: params[name] for name in needed}


def _open_worker(
    lake: Path, reference_folder: Path, value_sets: set[str], memory_limit: str
) -> duckdb.DuckDBPyConnection:
    con = _connect(lake, threads=1, memory_limit=memory_limit, preserve_insertion_order=False)
    load_reference(con, reference_folder, only=value_sets)
    return con


def _connect(lake: Path, **config: str | int | bool) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"temp_directory": str(lake / SPILL), **config})


def _run_bucket(
    con: duckdb.DuckDBPyConnection,
    lake: Path,
    bucket: str,
    statements: Mapping[str, Statement],
    kept: Sequence[str],
    finished: Mapping[str, Sequence[str]],
) -> dict[str, int]:
    for schema in SCHEMAS:
        con.execute(f"drop schema if exists {schema} cascade")
        con.execute(f"create schema {schema}")
    _view_upstream(con, lake, bucket, made_here=statements.keys())
    rows = {}
    for step, (text, values) in statements.items():
        part = _new_folder(lake, step) / f"{bucket}.parquet" if step in kept else None
        rows[step] = _materialise(con, step, text, values, part)
        for table in finished.get(step, ()):
            con.execute(f"drop table {table}")
    return rows


def _view_upstream(con: duckdb.DuckDBPyConnection, lake: Path, bucket: str, made_here: Collection[str]) -> None:
    for schema in SCHEMAS:
        for folder in sorted((lake / schema).glob("*")):
            table = f"{schema}.{folder.name}"
            if table in made_here or "." in folder.name:
                continue
            if not (folder / f"{bucket}.parquet").exists():
                _create_view(con, table, relation(folder, "all"))
                continue
            source = relation(folder, bucket)
            if (folder / FRESH).is_dir():  # fresh rows are not by bucket
                patients = relation(_table_folder(lake, "core.patient"), bucket)
                source = f"(from {source} where patient_key in (select patient_key from {patients}))"
            _create_view(con, table, source)


def _copy_chosen(con: duckdb.DuckDBPyConnection, table: str, folder: Path, statements: Collection[str]) -> None:
    """Give a table the rows of the chosen patients, or all of them where it is not by patient.

    Only the columns that the statements may read: the others cost more than the rest, for the whole file is read.
    """
    if (folder / "all.parquet").exists():
        _create_view(con, table, relation(folder, "all"))
        return
    source = relation(folder)
    columns = [row[0] for row in con.execute(f"describe from {source}").fetchall()]
    needed = columns_read(statements, table)
    names = ", ".join(c for c in columns if needed is None or c in needed or c == "patient_key")
    chosen = "patient_key in (select patient_key from chosen)"
    con.execute(f"create table {table} as select {names} from {source} where {chosen}")  # noqa: S608  our own names


def _create_view(con: duckdb.DuckDBPyConnection, table: str, source: str) -> None:
    con.execute(f"create view {table} as select * from {source}")  # noqa: S608  our own names


def _materialise(
    con: duckdb.DuckDBPyConnection, table: str, statement: str, values: dict[str, object], part: Path | None
) -> int:
    """Run one SELECT: into a table for later steps only, or straight into its part, which they read through a view.

    Rows of a part are ordered by the table's first two columns, its key.
    """
    if part is None:
        made = con.execute(f"create table {table} as {statement}", values).fetchall()
    else:
        quoted = str(part).replace("'", "''")
        # What is laid side by side is in order already, and the widest table there is.
        ordered = statement if SIDE_BY_SIDE in statement else f"from ({statement}\n) order by 1, 2"
        options = f"format parquet, compression zstd, row_group_size {ROW_GROUP}"
        made = con.execute(f"copy ({ordered}) to '{quoted}' ({options})", values).fetchall()
        _create_view(con, table, f"read_parquet('{quoted}')")
    return int(made[0][0])


def _table_folder(lake: Path, table: str) -> Path:
    schema, entity = table.split(".")
    return lake / schema / entity


def _new_folder(lake: Path, table: str) -> Path:
    folder = _table_folder(lake, table)
    return folder.with_name(f"{folder.name}.new")


def _fresh_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _swap_folder(lake: Path, table: str) -> None:
    """Put the finished parts in place; a kill in between leaves a table that the rerun makes again."""
    folder = _table_folder(lake, table)
    shutil.rmtree(folder, ignore_errors=True)
    _new_folder(lake, table).rename(folder)
