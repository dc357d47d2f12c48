"""One core table on its way: scanned, then deduplicated and written bucket by bucket."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.keys import SQL_FOLDER
from data_contracts.engine.parse_sql import SQL_TYPES, quote
from data_contracts.engine.quarantine import count_marks
from data_contracts.engine.report import LoadCounts
from data_contracts.engine.scan import Scan
from data_contracts.engine.versions import LOAD_OF_ARRIVAL, find_repeated, find_superseded
from data_contracts.engine.workshop import BuildSettings

GOOD = "reject_bits = 0 AND arrival NOT IN (SELECT arrival FROM superseded)"


@dataclass
class CoreTable:
    """A core table in the making, with what has been counted so far (by load number).

    ``read`` is the relation of its rows as read from text (`scan`), None when there are none. Parents (tables with an
    interned key) are deduplicated as a whole and live in the scratch database; facts lie as Parquet by bucket in
    ``folder`` between scan and writing, so that no step holds more than one bucket. Without a folder all rows are few,
    and one bucket.
    """

    con: duckdb.DuckDBPyConnection
    contract: Contract
    settings: BuildSettings
    scan: Scan
    read: str | None
    folder: Path | None = None
    is_empty: bool = False
    rejected: dict[int, int] = field(default_factory=dict)
    rules: dict[int, Counter[str]] = field(default_factory=dict)
    warnings: dict[int, Counter[str]] = field(default_factory=dict)
    kept: Counter[int] = field(default_factory=Counter)
    superseded: Counter[int] = field(default_factory=Counter)
    unmapped: int = 0
    unmapped_codes: int = 0

    @property
    def interned(self) -> str | None:
        """The key column this table numbers, if it is a parent."""
        return next((c.name for c in self.contract.columns if c.interns), None)

    @property
    def is_spread(self) -> bool:
        """Whether the scanned rows lie in Parquet files by bucket."""
        return self.contract.patient_local and self.interned is None and self.folder is not None

    @property
    def work(self) -> str | None:
        """Relation of all scanned rows; None when the lake has none of this table."""
        if self.read is None or self.is_empty:
            return None
        if self.folder is None or not self.is_spread:
            return f"work_{self.contract.name}"
        return f"read_parquet({quote(str(self.folder / '*' / '*.parquet'))}, hive_partitioning = false)"

    def run_scan(self) -> None:
        """Mark all rows, and count the marks."""
        if self.read is None:
            return
        select = self.scan.link_sql.replace("{read}", self.read)
        if self.folder is not None and self.is_spread:
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
        """Deduplicate a parent as a whole and give its rows their keys, as ``final_<name>``.

        What its children need of it becomes ``parent_<name>``. The keys are in ``number_<name>`` (`keys`).
        """
        name, key = self.contract.name, self.interned
        text_id = self.contract.column(str(key)).interns
        if self.work is None:
            typed = ", ".join(f"NULL::{SQL_TYPES[c.type]} AS {c.name}" for c in self.contract.stored_columns)
            self.con.execute(
                f"CREATE TABLE final_{name} AS SELECT {typed}, NULL::BIGINT AS arrival, 0 AS bucket LIMIT 0"
            )
        else:
            self._supersede(self.work)
            self.con.execute(
                f"CREATE TABLE final_{name} AS "
                f"SELECT number.{key}, work.* FROM {self.work} AS work JOIN number_{name} AS number USING ({text_id}) "
                f"WHERE {GOOD}"
            )
            self._count_kept(f"final_{name}")
        select = (SQL_FOLDER / f"parent_{name}.sql").read_text(encoding="utf-8")
        self.con.execute(f"CREATE TABLE parent_{name} AS {select}")

    def settle_rows(self) -> None:
        """Make ``row_<name>`` of all rows that stand, as they are stored, with the bucket where there is one."""
        name = self.contract.name
        relation = f"final_{name}" if self.interned else self._settled(self.work)
        has_bucket = any(c.name == "bucket" for c in self.contract.stored_columns)
        bucket = ["bucket"] if self.contract.patient_local and not has_bucket else []
        select = self._stored_sql(relation, bucket)
        self.con.execute(f"CREATE TABLE row_{name} AS {select}")
        if self.contract.lookup:
            self._count_unmapped(f"row_{name}")

    def count_load(self, counts: LoadCounts, load: int) -> LoadCounts:
        """Fill in what has become of the rows of one load."""
        counts.kept, counts.quarantined = self.kept.get(load, 0), self.rejected.get(load, 0)
        counts.superseded = self.superseded.get(load, 0)
        counts.rules = dict(sorted(self.rules.get(load, {}).items()))
        counts.warnings = dict(sorted(self.warnings.get(load, {}).items()))
        return counts

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
        files = self.folder / f"bucket={bucket}" if self.folder is not None else None
        if self.work is None or files is None or not files.is_dir():
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
        order = ", ".join(stored_order(self.contract))
        select = self._stored_sql(relation)
        self.con.execute(f"COPY (FROM ({select}) ORDER BY {order}) TO {quote(str(path))} (FORMAT parquet)")
        if self.contract.lookup:
            self._count_unmapped(f"read_parquet({quote(str(path))})")

    def _stored_sql(self, relation: str | None, also: Sequence[str] = ()) -> str:
        """SELECT of the stored columns of rows that stand; of none without a relation."""
        columns = self.contract.stored_columns
        if relation is None:
            typed = [f"NULL::{SQL_TYPES[c.type]} AS {c.name}" for c in columns]
            return f"SELECT {', '.join([*typed, *(f'NULL::INTEGER AS {name}' for name in also)])} LIMIT 0"
        mapped = f" LEFT JOIN code_of_{self.contract.name} USING (code_system, code)" if self.contract.lookup else ""
        typed = [f"CAST({c.name} AS {SQL_TYPES[c.type]}) AS {c.name}" for c in columns]
        return f"SELECT {', '.join([*typed, *also])} FROM {relation}{mapped}"

    def _count_unmapped(self, relation: str) -> None:
        """Count rows whose code has no category."""
        last = [c.name for c in self.contract.columns if c.lookup][-1]
        self.unmapped += self.con.execute(f"SELECT count(*) FROM {relation} WHERE {last} IS NULL").fetchall()[0][0]


def stored_order(contract: Contract) -> list[str]:
    """Order of stored rows that leaves no two to chance: the patient first, then the key, or every column."""
    names = [c.name for c in contract.stored_columns]
    key = list(contract.key) or names
    return [*(["patient_key"] if "patient_key" in names else []), *(n for n in key if n != "patient_key")]
