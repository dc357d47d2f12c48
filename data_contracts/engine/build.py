"""Build the core layer from every accepted load and the staged one, or say everything that stands against it."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.core_table import SQL_FOLDER, CoreTable
from data_contracts.engine.failures import ContractFailure, TableFailure
from data_contracts.engine.gates import find_failures
from data_contracts.engine.ledger import OLD_CORE, Part, StagedLoad, read_accepted
from data_contracts.engine.parse_sql import SQL_TYPES, quote
from data_contracts.engine.quarantine import write_quarantine
from data_contracts.engine.report import LoadCounts, LoadReport
from data_contracts.engine.scan import files_sql
from data_contracts.engine.touched import compare_cores, next_build_number, place_touched, write_build_number
from data_contracts.engine.workshop import BuildSettings, open_workshop, set_cut_off, settle_bucket_count
from data_contracts.reference import load_reference

TOUCHED = "touched.parquet"
LOOKUP_TABLES = {"ccs_diagnosis", "ccs_procedure", "gem_diagnosis", "gem_procedure"}


def build_core(
    lake: Path,
    contracts: Mapping[str, Contract],
    reference_folder: Path,
    staged: StagedLoad,
    settings: BuildSettings,
) -> LoadReport:
    """Build lake/core, lake/quarantine and lake/identity anew, as if all loads had come at once.

    Nothing is moved into place before everything is known to be good; the caller then calls ``accept_load``, or
    ``refuse_load`` when this raises.

    Returns
    -------
    LoadReport
        Counts per table and load; they reconcile.

    Raises
    ------
    ContractFailure
        A table of the staged load cannot be taken; lists all of them. Its rejected lines stay readable in
        lake/quarantine/<table>/refused-<load id>.parquet until the next load.
    UsageError
        There is no such time zone.
    """
    parts = [*read_accepted(lake), *(p for p in staged.parts if p.load_id not in _accepted_ids(lake))]
    buckets = len(list((lake / "core" / "patient").glob("bucket_*.parquet")))
    settings = replace(settings, n_buckets=settle_bucket_count(buckets, settings.n_buckets))
    folder = lake / "core.work"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with open_workshop(folder, settings) as con:
            build = _Build(con, lake, folder, parts, settings)
            return build.run(contracts, reference_folder, staged)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _accepted_ids(lake: Path) -> set[str]:
    return {part.load_id for part in read_accepted(lake)}


@dataclass
class _Build:
    con: duckdb.DuckDBPyConnection
    lake: Path
    folder: Path
    parts: list[Part]
    settings: BuildSettings

    def run(self, contracts: Mapping[str, Contract], reference_folder: Path, staged: StagedLoad) -> LoadReport:
        """Scan, judge, write, move into place."""
        cut_off = self._set_cut_off(contracts["core.encounter"])
        tables = [self._scanned(contract) for contract in _parents_first(contracts)]
        failures = find_failures(tables, self.parts, staged)
        if failures:
            self._leave_refused(tables, staged, failures)
        load_reference(self.con, reference_folder, only=LOOKUP_TABLES)
        for table in tables:
            table.map_codes()
            table.write(self.folder / "core" / table.contract.name)
        self._write_codes(contracts["core.diagnosis_code"])
        report = self._report(tables, staged, cut_off)
        self._write_presence(report, contracts["core.encounter"].column("encounter_class").values or ())
        self._write_quarantine(tables)
        self._write_identity(tables)
        compare_cores(self.con, self.lake / "core", self.folder / "core", contracts.values(), self.folder / TOUCHED)
        self.con.close()
        self._move_into_place()
        return report

    def _files(self, source: str | None) -> list[str]:
        return [str(self.lake / "raw" / part.path) for part in self.parts if part.table == source]

    def _set_cut_off(self, encounter: Contract) -> date:
        files = self._files(encounter.source)
        return set_cut_off(self.con, self.settings, encounter, files_sql(files) if files else None)

    def _scanned(self, contract: Contract) -> CoreTable:
        folder = self.folder / "rows" / contract.name
        table = CoreTable(self.con, contract, self.settings, folder, self._files(contract.source))
        table.run_scan()
        if table.interned:
            table.settle_parent()
            select = (SQL_FOLDER / f"parent_{contract.name}.sql").read_text(encoding="utf-8")
            self.con.execute(f"CREATE TABLE parent_{contract.name} AS {select}")
        return table

    def _leave_refused(self, tables: list[CoreTable], staged: StagedLoad, failures: list[TableFailure]) -> None:
        """Leave the rejected lines of the staged load readable, and raise."""
        for table in tables:
            parts = [p for p in staged.parts if p.table == table.contract.source]
            if parts and table.work is not None:
                target = self.lake / "quarantine" / str(table.contract.source) / f"refused-{staged.load_id}.parquet"
                write_quarantine(self.con, table.work, table.scan.reject_checks, parts, target)
        raise ContractFailure(failures)

    def _report(self, tables: list[CoreTable], staged: StagedLoad, cut_off: date) -> LoadReport:
        report = LoadReport(staged.load_id, cut_off.isoformat())
        for table in tables:
            name, source = table.contract.table, str(table.contract.source)
            rows_in: dict[int, int] = {}
            for part in self.parts:
                if part.table == source:
                    rows_in[int(part.load_id)] = rows_in.get(int(part.load_id), 0) + part.rows
            for load, rows in sorted(rows_in.items()):
                report.tables.append(
                    LoadCounts(
                        name, source, f"{load:04d}", rows,
                        kept=table.kept.get(load, 0),
                        quarantined=table.rejected.get(load, 0),
                        superseded=table.superseded.get(load, 0),
                        rules=dict(sorted(table.rules.get(load, {}).items())),
                        warnings=dict(sorted(table.warnings.get(load, {}).items())),
                    )
                )  # fmt: skip
            report.row_counts[name] = sum(table.kept.values())
            # A file with a header and no row is no source: what it would have fed is missing, not zero.
            if not any(rows_in.values()):
                report.absent_tables.append(name)
            if table.unmapped:
                report.unmapped[name] = table.unmapped
        report.extra_columns = {table: list(names) for table, names in staged.extra_columns.items()}
        report.unknown_files = list(staged.unknown_files)
        report.known_files = [name for _, name in staged.known_files]
        return report

    def _write_presence(self, report: LoadReport, encounter_classes: Iterable[str]) -> None:
        """Write core.table_presence: which sources and classes of encounters there are, and how many rows of each."""
        target = self.folder / "core" / "table_presence"
        target.mkdir(parents=True)
        self.con.execute("CREATE TEMP TABLE presence (table_name VARCHAR, is_present BOOLEAN, row_count INTEGER)")
        for table, rows in report.row_counts.items():
            values = [table.removeprefix("core."), table not in report.absent_tables, rows]
            self.con.execute("INSERT INTO presence VALUES (?, ?, ?)", values)
        # A hospital without one emergency visit has no emergency data, which is not the same as no visits.
        encounters = quote(str(self.folder / "core" / "encounter" / "*.parquet"))
        self.con.execute(
            f"INSERT INTO presence SELECT 'encounter:' || class, count(e.encounter_key) > 0, count(e.encounter_key) "
            f"FROM (SELECT unnest(?) AS class) LEFT JOIN read_parquet({encounters}) AS e ON e.encounter_class = class "
            "GROUP BY class",
            [list(encounter_classes)],
        )
        path = quote(str(target / "all.parquet"))
        self.con.execute(f"COPY (FROM presence ORDER BY table_name) TO {path} (FORMAT parquet)")

    def _write_codes(self, contract: Contract) -> None:
        """Write core.diagnosis_code: each diagnosis code in use once, with its number and what it maps to."""
        target = self.folder / "core" / contract.name
        target.mkdir(parents=True)
        columns = ", ".join(f"CAST({c.name} AS {SQL_TYPES[c.type]}) AS {c.name}" for c in contract.columns)
        path = quote(str(target / "all.parquet"))
        self.con.execute(f"COPY (SELECT {columns} FROM code_of_diagnosis ORDER BY code_key) TO {path} (FORMAT parquet)")

    def _write_quarantine(self, tables: list[CoreTable]) -> None:
        for table in tables:
            parts = [p for p in self.parts if p.table == table.contract.source]
            target = self.folder / "quarantine" / str(table.contract.source) / "all.parquet"
            write_quarantine(self.con, table.work, table.scan.reject_checks, parts, target)

    def _write_identity(self, tables: list[CoreTable]) -> None:
        """Write identity.<parent>: the identifying columns of the rows that stand, apart from everything else."""
        for table in tables:
            hidden = [c.name for c in table.contract.identifying_columns]
            if not hidden:
                continue
            name, key = table.contract.name, ", ".join(table.contract.key)
            target = self.folder / "identity" / name / "all.parquet"
            target.parent.mkdir(parents=True)
            files = [str(self.lake / "identity" / p.path) for p in self.parts if p.table == table.contract.source]
            values = ", ".join(f"nullif(trim({column}), '') AS {column}" for column in hidden)
            source = f"SELECT arrival, {values} FROM read_parquet({files_sql(files)}, union_by_name = true)"
            empty = f"SELECT NULL::BIGINT AS arrival, {', '.join(f'NULL::VARCHAR AS {c}' for c in hidden)} LIMIT 0"
            select = (
                f"SELECT {key}, {', '.join(hidden)} FROM final_{name} "
                f"JOIN ({source if files else empty}) USING (arrival) ORDER BY {key}"
            )
            self.con.execute(f"COPY ({select}) TO {quote(str(target))} (FORMAT parquet)")

    def _move_into_place(self) -> None:
        """Swap the finished core for the old one; quarantine and identity file by file, who is touched before all."""
        number = next_build_number(self.lake)
        write_build_number(self.folder / "core", number)
        place_touched(self.lake, self.folder / TOUCHED, number)
        for layer in ("quarantine", "identity"):
            for path in sorted((self.folder / layer).glob("*/all.parquet")):
                target = self.lake / layer / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        core, old = self.lake / "core", self.lake / OLD_CORE
        if core.exists():
            core.rename(old)
        (self.folder / "core").rename(core)
        shutil.rmtree(old, ignore_errors=True)


def _parents_first(contracts: Mapping[str, Contract]) -> list[Contract]:
    """Order tables so that each comes after those it refers to; tables without a landing source are left out."""
    left = [c for c in contracts.values() if c.source]
    done: list[Contract] = []
    while left:
        ready = [c for c in left if {r.to for r in c.references} <= {d.table for d in done}]
        if not ready:
            raise ValueError(f"references go round in a circle: {', '.join(c.table for c in left)}")
        done += ready
        left = [c for c in left if c not in ready]
    return done
