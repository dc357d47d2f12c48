"""One build of core: what goes in, and the steps that building anew and laying beside have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.core_table import CoreTable
from data_contracts.engine.failures import ContractFailure
from data_contracts.engine.gates import find_failures
from data_contracts.engine.ledger import Part, StagedLoad
from data_contracts.engine.parse_sql import SQL_TYPES, quote
from data_contracts.engine.quarantine import write_quarantine
from data_contracts.engine.report import LoadCounts, LoadReport
from data_contracts.engine.scan import files_sql
from data_contracts.engine.workshop import BuildSettings
from data_contracts.lake_table import relation

CODES = "diagnosis_code"
PRESENCE = "table_presence"


@dataclass(frozen=True)
class Job:
    """What goes into a build, and where it works: the result lies in ``folder`` until it is moved into place."""

    con: duckdb.DuckDBPyConnection
    lake: Path
    folder: Path
    contracts: dict[str, Contract]
    staged: StagedLoad
    settings: BuildSettings
    accepted: tuple[Part, ...]

    @property
    def coming(self) -> tuple[Part, ...]:
        """Parts of the staged load."""
        known = {part.load_id for part in self.accepted}
        return tuple(part for part in self.staged.parts if part.load_id not in known)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Parts of the accepted loads and of the staged one."""
        return (*self.accepted, *self.coming)

    @property
    def core(self) -> Path:
        """The core in the making."""
        return self.folder / "core"

    @property
    def standing_core(self) -> Path:
        """The core that readers see."""
        return self.lake / "core"

    @property
    def landed(self) -> list[Contract]:
        """Contracts of the tables with a landing source, parents before those that refer to them."""
        return _parents_first(self.contracts.values())

    def raw(self, contract: Contract, parts: Iterable[Part], layer: str = "raw") -> str | None:
        """Relation of the raw rows of a table, or of its identifying columns; None when no part has any."""
        files = [str(self.lake / layer / part.path) for part in parts if part.table == contract.source]
        return f"read_parquet({files_sql(files)}, union_by_name = true)" if files else None


def _parents_first(contracts: Iterable[Contract]) -> list[Contract]:
    """Order tables so that each comes after those it refers to; tables without a landing source are left out."""
    left = [c for c in contracts if c.source]
    done: list[Contract] = []
    while left:
        ready = [c for c in left if {r.to for r in c.references} <= {d.table for d in done}]
        if not ready:
            raise ValueError(f"references go round in a circle: {', '.join(c.table for c in left)}")
        done += ready
        left = [c for c in left if c not in ready]
    return done


def check_gates(job: Job, tables: list[CoreTable]) -> None:
    """Refuse the staged load when a table of it cannot be taken; its rejected lines stay readable.

    Raises
    ------
    ContractFailure
        Lists all such tables.
    """
    failures = find_failures(tables, list(job.parts), job.staged)
    if not failures:
        return
    for table in tables:
        parts = [p for p in job.staged.parts if p.table == table.contract.source]
        if parts and table.work is not None:
            target = job.lake / "quarantine" / str(table.contract.source) / f"refused-{job.staged.load_id}.parquet"
            write_quarantine(job.con, table.work, table.scan.reject_checks, parts, target)
    raise ContractFailure(failures)


def give_account(job: Job, tables: Iterable[CoreTable], parts: Iterable[Part], cut_off: date) -> LoadReport:
    """Count what became of the rows of each table and load, as far as the tables have seen them."""
    report = LoadReport(job.staged.load_id, cut_off.isoformat())
    by_table = {table.contract.table: table for table in tables}
    for contract in job.landed:
        rows_in: dict[int, int] = {}
        for part in parts:
            if part.table == contract.source:
                rows_in[int(part.load_id)] = rows_in.get(int(part.load_id), 0) + part.rows
        table = by_table.get(contract.table)
        for load, rows in sorted(rows_in.items()):
            counts = LoadCounts(contract.table, str(contract.source), f"{load:04d}", rows)
            report.tables.append(table.count_load(counts, load) if table else counts)
        report.row_counts[contract.table] = sum(table.kept.values()) if table else 0
        # A file with a header and no row is no source: what it would have fed is missing, not zero.
        if not any(rows_in.values()):
            report.absent_tables.append(contract.table)
        elif contract.lookup and table:
            report.unmapped[contract.table] = {"codes": table.unmapped_codes, "rows": table.unmapped}
    report.extra_columns = {table: list(names) for table, names in job.staged.extra_columns.items()}
    report.unknown_files = list(job.staged.unknown_files)
    report.known_files = [name for _, name in job.staged.known_files]
    return report


def write_codes(job: Job) -> None:
    """Write core.diagnosis_code: each diagnosis code in use once, with its number and what it maps to."""
    contract = job.contracts[f"core.{CODES}"]
    columns = ", ".join(f"CAST({c.name} AS {SQL_TYPES[c.type]}) AS {c.name}" for c in contract.columns)
    in_use = "SEMI JOIN (FROM seen_code_diagnosis WHERE uses > 0) USING (code_key)"
    path = _all_rows(job, CODES)
    job.con.execute(
        f"COPY (SELECT {columns} FROM code_of_diagnosis {in_use} ORDER BY code_key) TO {path} (FORMAT parquet)"
    )


def write_presence(job: Job, report: LoadReport) -> None:
    """Write core.table_presence: which sources and classes of encounters there are, and how many rows of each."""
    job.con.execute("CREATE TEMP TABLE presence (table_name VARCHAR, is_present BOOLEAN, row_count INTEGER)")
    for table, rows in report.row_counts.items():
        values = [table.removeprefix("core."), table not in report.absent_tables, rows]
        job.con.execute("INSERT INTO presence VALUES (?, ?, ?)", values)
    # A hospital without one emergency visit has no emergency data, which is not the same as no visits.
    job.con.execute(
        f"INSERT INTO presence SELECT 'encounter:' || class, count(e.encounter_key) > 0, count(e.encounter_key) "
        f"FROM (SELECT unnest(?) AS class) LEFT JOIN {relation(job.core / 'encounter')} AS e "
        "ON e.encounter_class = class GROUP BY class",
        [list(job.contracts["core.encounter"].column("encounter_class").values or ())],
    )
    path = _all_rows(job, PRESENCE)
    job.con.execute(f"COPY (FROM presence ORDER BY table_name) TO {path} (FORMAT parquet)")


def _all_rows(job: Job, name: str) -> str:
    target = job.core / name
    target.mkdir(parents=True)
    return quote(str(target / "all.parquet"))


def identity_sql(job: Job, contract: Contract, parts: Iterable[Part]) -> str:
    """SELECT of the identifying columns of the rows of ``final_<name>``, apart from everything else."""
    hidden = [c.name for c in contract.identifying_columns]
    source = job.raw(contract, parts, "identity")
    values = ", ".join(f"nullif(trim({column}), '') AS {column}" for column in hidden)
    empty = f"SELECT NULL::BIGINT AS arrival, {', '.join(f'NULL::VARCHAR AS {c}' for c in hidden)} LIMIT 0"
    rows = f"SELECT arrival, {values} FROM {source}" if source else empty
    return f"SELECT {', '.join([*contract.key, *hidden])} FROM final_{contract.name} JOIN ({rows}) USING (arrival)"
