"""One core table on its way: scanned, then deduplicated and written bucket by bucket."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.keys import number_ids
from data_contracts.engine.parse_sql import SQL_TYPES, quote
from data_contracts.engine.quarantine import count_marks
from data_contracts.engine.scan import Scan, compile_scan, files_sql
from data_contracts.engine.versions import LOAD_OF_ARRIVAL, find_repeated, find_superseded
from data_contracts.engine.workshop import BuildSettings

SQL_FOLDER = Path(__file__).parent / "sql"
GOOD = "reject_bits = 0 AND arrival NOT IN (SELECT arrival FROM superseded)"


@dataclass
class CoreTable:
    """A core table in the making, with what has been counted so far (by load number).

    Parents (tables with an interned key) are deduplicated as a whole and live in the scratch database; facts lie as
    Parquet by bucket in ``folder`` between scan and writing, so that no step holds more than one bucket.
    """

    con: duckdb.DuckDBPyConnection
    contract: Contract
    settings: BuildSettings
    folder: Path
    files: list[str]
    is_empty: bool = False
    scan: Scan = field(init=False)
    rejected: dict[int, int] = field(default_factory=dict)
    rules: dict[int, Counter[str]] = field(default_factory=dict)
    warnings: dict[int, Counter[str]] = field(default_factory=dict)
    kept: Counter[int] = field(default_factory=Counter)
    superseded: Counter[int] = field(default_factory=Counter)
    unmapped: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scan = compile_scan(self.contract, self.settings.in_utc)

    @property
    def interned(self) -> str | None:
        """The key column this table numbers, if it is a parent."""
        return next((c.name for c in self.contract.columns if c.interns), None)

    @property
    def is_spread(self) -> bool:
        """Whether the scanned rows lie in Parquet files by bucket."""
        return self.contract.patient_local and self.interned is None

    @property
    def work(self) -> str | None:
        """Relation of all scanned rows; None when the lake has none of this table."""
        if not self.files or self.is_empty:
            return None
        if not self.is_spread:
            return f"work_{self.contract.name}"
        return f"read_parquet({quote(str(self.folder / '*' / '*.parquet'))}, hive_partitioning = false)"

    def run_scan(self) -> None:
        """Parse and mark all raw rows, and count the marks."""
        if not self.files:
            return
        select = self.scan.sql.replace("{files}", files_sql(self.files))
        if self.is_spread:
            self.folder.mkdir(parents=True)
            options = "FORMAT parquet, PARTITION_BY (bucket), COMPRESSION lz4"
            self.con.execute(f"COPY ({select}) TO {quote(str(self.folder))} ({options})")
            self.is_empty = not any(self.folder.glob("*/*.parquet"))
        else:
            self.con.execute(f"CREATE TABLE work_{self.contract.name} AS {select}")
        if self.is_empty:
            return
        work = str(self.work)
        self.rules, self.rejected = count_marks(self.con, work, "reject_bits", self.scan.reject_checks, "TRUE")
        self.warnings, _ = count_marks(self.con, work, "warn_bits", self.scan.warn_checks, "reject_bits = 0")

    def settle_parent(self) -> None:
        """Deduplicate a parent as a whole and give its rows their keys, as ``final_<name>``."""
        name, key = self.contract.name, self.interned
        text_id = self.contract.column(str(key)).interns
        if self.work is None:
            typed = ", ".join(f"NULL::{SQL_TYPES[c.type]} AS {c.name}" for c in self.contract.stored_columns)
            self.con.execute(
                f"CREATE TABLE final_{name} AS SELECT {typed}, NULL::BIGINT AS arrival, 0 AS bucket LIMIT 0"
            )
            return
        number_ids(self.con, self.contract, self.files)
        self._supersede(self.work)
        self.con.execute(
            f"CREATE TABLE final_{name} AS "
            f"SELECT number.{key}, work.* FROM {self.work} AS work JOIN number_{name} AS number USING ({text_id}) "
            f"WHERE {GOOD}"
        )
        self._count_kept(f"final_{name}")

    def map_codes(self) -> None:
        """Make ``code_of_<name>``: what each code in use maps to, and the number it keeps.

        Codes count in the order of the first load that brought them, also in a row that does not stand, so that a new
        code never moves an old one.
        """
        if not self.contract.lookup:
            return
        seen = "SELECT NULL::VARCHAR AS code_system, NULL::VARCHAR AS code, 0 AS first_load, FALSE AS is_used LIMIT 0"
        if self.work is not None:
            seen = (
                f"SELECT code_system, code, min({LOAD_OF_ARRIVAL}) AS first_load, bool_or(reject_bits = 0) AS is_used "
                f"FROM {self.work} GROUP BY code_system, code"
            )
        number = "CAST(row_number() OVER (ORDER BY first_load, code_system, code) AS INTEGER) AS code_key"
        used = f"SELECT code_key, code_system, code FROM (SELECT *, {number} FROM ({seen})) WHERE is_used"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE used_code AS {used}")
        select = (SQL_FOLDER / f"{self.contract.lookup}.sql").read_text(encoding="utf-8")
        self.con.execute(f"CREATE TABLE code_of_{self.contract.name} AS {select}")

    def write(self, target: Path) -> None:
        """Write lake/core/<name>: one part per bucket, or all.parquet; the same bytes for the same rows."""
        target.mkdir(parents=True)
        if not self.contract.patient_local:
            self._write_part(self._settled(self.work), target / "all.parquet")
            return
        for bucket in range(self.settings.n_buckets):
            self._write_part(self._bucket_relation(bucket), target / f"bucket_{bucket:03d}.parquet")

    def _bucket_relation(self, bucket: int) -> str | None:
        """Relation of the rows of one bucket that stand."""
        if self.interned is not None:
            return f"(FROM final_{self.contract.name} WHERE bucket = {bucket})"
        files = self.folder / f"bucket={bucket}"
        if self.work is None or not files.is_dir():
            return None
        source = f"read_parquet({quote(str(files / '*.parquet'))}, hive_partitioning = false)"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE bucket_rows AS FROM {source} WHERE reject_bits = 0")
        return self._settled("bucket_rows")

    def _settled(self, relation: str | None) -> str | None:
        """Take from a relation of scanned rows those that stand, and count them."""
        if relation is None:
            return None
        self._supersede(relation)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE standing AS FROM {relation} WHERE {GOOD}")
        self._count_kept("standing")
        if any(rule.once_per for rule in self.contract.rules):
            self._unset_repeated("standing")
        return "standing"

    def _supersede(self, relation: str) -> None:
        found = find_superseded(self.con, relation, self.contract)
        self.superseded.update(found.rows)
        for load, count in found.conflicts.items():
            self.warnings.setdefault(load, Counter())[f"conflicting_rows({self.contract.key[0]})"] += count

    def _count_kept(self, relation: str) -> None:
        counts = self.con.execute(f"SELECT {LOAD_OF_ARRIVAL}, count(*) FROM {relation} GROUP BY 1").fetchall()
        self.kept.update(dict(counts))

    def _unset_repeated(self, relation: str) -> None:
        """Set values that may stand once per group to missing where they do not come first."""
        for rule, loads in find_repeated(self.con, relation, self.contract).items():
            column = next(r.sets_missing for r in self.contract.rules if r.name == rule)
            self.con.execute(
                f"UPDATE {relation} SET {column} = NULL WHERE arrival IN "
                f"(SELECT arrival FROM repeated WHERE column_name = '{column}')"
            )
            for load, count in loads.items():
                self.warnings.setdefault(load, Counter())[f"{rule}({column})"] += count

    def _write_part(self, relation: str | None, path: Path) -> None:
        columns = self.contract.stored_columns
        if relation is None:
            typed = ", ".join(f"NULL::{SQL_TYPES[c.type]} AS {c.name}" for c in columns)
            self.con.execute(f"COPY (SELECT {typed} LIMIT 0) TO {quote(str(path))} (FORMAT parquet)")
            return
        mapped = f" LEFT JOIN code_of_{self.contract.name} USING (code_system, code)" if self.contract.lookup else ""
        chosen = ", ".join(f"CAST({c.name} AS {SQL_TYPES[c.type]}) AS {c.name}" for c in columns)
        select = f"SELECT {chosen} FROM {relation}{mapped} ORDER BY {', '.join(self._order())}"
        self.con.execute(f"COPY ({select}) TO {quote(str(path))} (FORMAT parquet)")
        if self.contract.lookup:
            self._count_unmapped(f"read_parquet({quote(str(path))})")

    def _order(self) -> list[str]:
        """Order that leaves no two rows to chance: the patient first, then the key, or every column."""
        names = [c.name for c in self.contract.stored_columns]
        key = list(self.contract.key) or names
        return [*(["patient_key"] if "patient_key" in names else []), *(n for n in key if n != "patient_key")]

    def _count_unmapped(self, relation: str) -> None:
        """Count rows whose code has no category."""
        last = [c.name for c in self.contract.columns if c.lookup][-1]
        rows = self.con.execute(f"SELECT count(*) FROM {relation} WHERE {last} IS NULL").fetchall()[0][0]
        codes = self.con.execute(f"SELECT count(*) FROM code_of_{self.contract.name} WHERE {last} IS NULL").fetchall()
        self.unmapped = {"codes": codes[0][0], "rows": self.unmapped.get("rows", 0) + rows}
