"""A small load laid beside the core that stands: the rows it concerns, without it and with it.

The same scan and the same rules run twice on the few raw rows whose fate the load may change (`concerned`): once on
those of the loads before, once with its own. What differs between the two is what the load has done: to the patients'
rows, which are laid beside the standing parts (`lake_table`), to the counts, to the quarantine. All else stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.engine.concerned import CLOCK, PATIENT, SCHEMA, pick_rows
from data_contracts.engine.core_table import CoreTable, stored_order
from data_contracts.engine.job import Job, check_gates, give_account, identity_sql, write_codes, write_presence
from data_contracts.engine.keys import map_codes
from data_contracts.engine.ledger import Part
from data_contracts.engine.parse_sql import quote
from data_contracts.engine.quarantine import collect_quarantine
from data_contracts.engine.report import LoadReport, bring_forward, report_from
from data_contracts.engine.scan import compile_scan
from data_contracts.engine.standing import FOLDER, Standing, keep, kept, link_files
from data_contracts.engine.touched import compare_cores, compare_rows
from data_contracts.engine.workshop import define_cut_off, find_last_instant, set_cut_off
from data_contracts.lake_table import FRESH, write_fresh_parts

BEFORE, AFTER = "before", "after"


def build_beside(job: Job, standing: Standing) -> tuple[LoadReport, datetime | None] | None:
    """Lay the staged load beside the standing core.

    Returns
    -------
    (LoadReport, datetime or None), or None
        The account, and the last instant of any visit that took place; None when core has to be built anew.
    """
    encounter = job.contracts["core.encounter"]
    known = datetime.fromisoformat(standing.last_instant) if standing.last_instant else None
    coming = find_last_instant(job.con, job.settings, encounter, job.raw(encounter, job.coming))
    last = max((instant for instant in (known, coming) if instant), default=None)
    cut_off = set_cut_off(job.con, job.settings, last)
    was = date.fromisoformat(standing.cut_off)
    if (was != cut_off and _others_know_the_clock(job)) or not pick_rows(job, was, cut_off):
        return None
    _read_rows(job)
    before = _Side(job, BEFORE, job.accepted, was)
    after = _Side(job, AFTER, job.parts, cut_off)
    check_gates(job, after.scan())
    before.scan()
    _map_codes(job, before.tables, after.tables)
    for side in (before, after):
        side.settle()
    _lay_tables(job)
    accounts = (side.give_account() for side in (before, after))
    report = bring_forward(report_from(standing.report), *accounts)
    write_codes(job)
    write_presence(job, report)
    compare_cores(job.con, job.standing_core, job.core, [c for c in job.contracts.values() if not c.patient_local])
    return report, last


def _others_know_the_clock(job: Job) -> bool:
    return any(CLOCK in c.model_dump_json() for c in job.contracts.values() if c.table != PATIENT)


def _read_rows(job: Job) -> None:
    """Read the text of the concerned rows, once for both sides, as ``read_<name>``."""
    for contract in job.landed:
        raw = job.raw(contract, job.parts)
        if raw and _is_worked_on(job, contract):
            chosen = f"raw_{contract.name}" if contract.patient_local else raw
            select = compile_scan(contract, job.settings.in_utc).read_sql.replace("{raw}", chosen)
            job.con.execute(f"CREATE TABLE {SCHEMA}.read_{contract.name} AS {select}")


@dataclass
class _Side:
    """The concerned rows of some loads, worked on in a schema of its own."""

    job: Job
    name: str
    parts: tuple[Part, ...]
    cut_off: date

    def __post_init__(self) -> None:
        self.job.con.execute(f"CREATE SCHEMA {self.name}")
        self.tables = [self._table(c) for c in self.job.landed if _is_worked_on(self.job, c)]

    def _table(self, contract: Contract) -> CoreTable:
        scan = compile_scan(contract, self.job.settings.in_utc)
        read = None
        if self.job.raw(contract, self.parts):
            first = min((p.first_arrival for p in self.job.coming), default=None)
            chosen = f" WHERE arrival < {first}" if self.name == BEFORE and first is not None else ""
            read = f"(FROM read_{contract.name}{chosen})"
        return CoreTable(self.job.con, contract, self.job.settings, scan, read)

    def _enter(self) -> None:
        self.job.con.execute(f"SET search_path = '{self.name},{SCHEMA},main'")
        define_cut_off(self.job.con, self.cut_off)

    def scan(self) -> list[CoreTable]:
        """Parse and mark the rows."""
        self._enter()
        for table in self.tables:
            table.run_scan()
            if table.interned:
                table.settle_parent()
        return self.tables

    def settle(self) -> None:
        """Make ``row_<name>``, ``quarantine_<name>`` and ``identity_<name>`` of each table."""
        self._enter()
        for table in self.tables:
            contract = table.contract
            table.settle_rows()
            parts = [p for p in self.parts if p.table == contract.source]
            collect_quarantine(self.job.con, table.work, table.scan.reject_checks, parts, f"quarantine_{contract.name}")
            if contract.identifying_columns:
                select = identity_sql(self.job, contract, parts)
                self.job.con.execute(f"CREATE TABLE identity_{contract.name} AS {select}")

    def give_account(self) -> LoadReport:
        """Count what became of the rows."""
        return give_account(self.job, self.tables, self.parts, self.cut_off)


def _is_worked_on(job: Job, contract: Contract) -> bool:
    """Patients' tables by patient; of the others, which are small, all rows when the load brings any."""
    return contract.patient_local or job.raw(contract, job.coming) is not None


def _map_codes(job: Job, before: Iterable[CoreTable], after: Iterable[CoreTable]) -> None:
    """Bring the codes in use forward: those of the rows without the load go, those with it come."""
    job.con.execute(f"SET search_path = '{SCHEMA},main'")
    for gone, come in zip(before, after, strict=True):
        if come.contract.lookup:
            name = come.contract.name
            sides = ((-1, BEFORE, gone.work), (1, AFTER, come.work))
            changes = [(sign, f"{schema}.{work}") for sign, schema, work in sides if work]
            known = kept(job.standing_core, f"code_{name}")
            come.unmapped_codes = map_codes(job.con, come.contract, changes, known)
            keep(job.con, job.core, f"seen_code_{name}", f"code_{name}")


def _lay_tables(job: Job) -> None:
    """Write what has changed, and give what has not a second name in the core in the making."""
    job.con.execute(f"SET search_path = '{SCHEMA},main'")
    link_files(job.standing_core / FOLDER, job.core / FOLDER, "number_*.parquet")
    for contract in job.landed:
        standing, target = job.standing_core / contract.name, job.core / contract.name
        if contract.patient_local:
            link_files(standing, target)
            _lay_rows(job, contract, standing, target)
        elif _is_worked_on(job, contract):
            target.mkdir(parents=True)
            _write(job, f"FROM {AFTER}.row_{contract.name}", stored_order(contract), target / "all.parquet")
        else:
            link_files(standing, target)
        _patch(job, "quarantine", str(contract.source), f"quarantine_{contract.name}", ("load_id", "file", "line"))
        if contract.identifying_columns:
            _patch(job, "identity", contract.name, f"identity_{contract.name}", contract.key)


def _lay_rows(job: Job, contract: Contract, standing: Path, target: Path) -> None:
    """Lay the rows of the patients whose rows differ in this table beside its parts."""
    before, after = (f"{side}.row_{contract.name}" for side in (BEFORE, AFTER))
    compare_rows(job.con, contract, before, after)
    of_table = f"table_name = {quote(contract.table)}"
    patients = f"(SELECT patient_key FROM touched WHERE {of_table})"
    if not job.con.execute(f"SELECT count(*) FROM {patients}").fetchall()[0][0]:
        link_files(standing / FRESH, target / FRESH)
        return
    columns = ", ".join(c.name for c in contract.stored_columns)
    rows = {
        path.stem: f"(SELECT {columns} FROM {after} WHERE bucket = {number} AND patient_key IN {patients})"
        for number, path in enumerate(sorted(target.glob("*.parquet")))
    }
    write_fresh_parts(job.con, standing, target, rows, patients, ", ".join(stored_order(contract)))


def _patch(job: Job, layer: str, folder: str, table: str, order: Iterable[str]) -> None:
    """Take the rows without the load out of what stands, and put those with it in."""
    sides = [f"{side}.{table}" for side in (BEFORE, AFTER)]
    if not _exists(job, sides[1]):
        return
    standing = f"read_parquet({quote(str(job.lake / layer / folder / 'all.parquet'))})"
    before, after = (f"FROM {side}" for side in sides)
    differ = f"SELECT count(*) FROM (({before} EXCEPT ALL {after}) UNION ALL ({after} EXCEPT ALL {before}))"
    if job.con.execute(differ).fetchall()[0][0]:
        target = job.folder / layer / folder / "all.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(job, f"(FROM {standing} EXCEPT ALL {before}) UNION ALL {after}", order, target)


def _exists(job: Job, table: str) -> bool:
    schema, name = table.split(".")
    found = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    return bool(job.con.execute(found, [schema, name]).fetchall()[0][0])


def _write(job: Job, select: str, order: Iterable[str], path: Path) -> None:
    job.con.execute(f"COPY (FROM ({select}) ORDER BY {', '.join(order)}) TO {quote(str(path))} (FORMAT parquet)")
