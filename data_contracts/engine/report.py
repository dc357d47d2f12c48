"""What became of every row of every load: counts and names, never a value."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class LoadCounts:
    """One table in one load; ``rules`` and ``warnings`` count by ``rule(column)``."""

    table: str
    source: str
    load_id: str
    rows_in: int = 0
    kept: int = 0
    quarantined: int = 0
    superseded: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)

    @property
    def reconciles(self) -> bool:
        """Whether every row that came in is accounted for once."""
        return self.rows_in == self.kept + self.quarantined + self.superseded


@dataclass
class LoadReport:
    """The account of one build of the core layer.

    ``tables`` has one entry per table and load ever accepted, the current one included. ``unmapped`` counts, by table,
    distinct codes and rows without a category. ``data_cut_off`` is an ISO day. ``built_anew`` : why core was built anew
    from every load; empty when the load was laid beside the core that stood.
    """

    load_id: str
    data_cut_off: str
    tables: list[LoadCounts] = field(default_factory=list)
    row_counts: dict[str, int] = field(default_factory=dict)
    absent_tables: list[str] = field(default_factory=list)
    unmapped: dict[str, dict[str, int]] = field(default_factory=dict)
    extra_columns: dict[str, list[str]] = field(default_factory=dict)
    unknown_files: list[str] = field(default_factory=list)
    known_files: list[str] = field(default_factory=list)
    built_anew: str = ""

    @property
    def reconciles(self) -> bool:
        """Whether rows in = kept + quarantined + superseded for every table and load."""
        return all(counts.reconciles for counts in self.tables)

    def of(self, table: str, load_id: str) -> LoadCounts:
        """Find the counts of one table in one load.

        Raises
        ------
        KeyError
            The load did not carry the table.
        """
        counts = self.find(table, load_id)
        if not counts.source:
            raise KeyError(f"{table} in load {load_id}")
        return counts

    def find(self, table: str, load_id: str) -> LoadCounts:
        """Find the counts of one table in one load; all nought when the load did not carry it."""
        found = (c for c in self.tables if (c.table, c.load_id) == (table, load_id))
        return next(found, LoadCounts(table, "", load_id))

    def to_dict(self) -> dict[str, object]:
        """Give the account as plain JSON types."""
        return {**asdict(self), "reconciles": self.reconciles}


def report_from(content: Mapping[str, Any]) -> LoadReport:
    """Read what ``LoadReport.to_dict`` gave."""
    plain = {name: value for name, value in content.items() if name not in ("tables", "reconciles")}
    return LoadReport(tables=[LoadCounts(**counts) for counts in content["tables"]], **plain)


def bring_forward(standing: LoadReport, before: LoadReport, after: LoadReport) -> LoadReport:
    """Account for all rows from an earlier account and what became of some rows before and after a load.

    Parameters
    ----------
    standing : LoadReport
        Of all rows before the load.
    before, after : LoadReport
        Of the same rows that the load concerns, without it and with it; ``after`` says all else of the build.
    """
    for counts in after.tables:
        was, gone = (report.find(counts.table, counts.load_id) for report in (standing, before))
        for name in ("kept", "quarantined", "superseded"):
            setattr(counts, name, getattr(was, name) - getattr(gone, name) + getattr(counts, name))
        for name in ("rules", "warnings"):
            setattr(counts, name, _add_up(getattr(was, name), getattr(gone, name), getattr(counts, name)))
    for table, rows in after.row_counts.items():
        after.row_counts[table] = rows + standing.row_counts[table] - before.row_counts[table]
    for table, unmapped in after.unmapped.items():
        rows_before = [report.unmapped.get(table, {}).get("rows", 0) for report in (standing, before)]
        unmapped["rows"] += rows_before[0] - rows_before[1]
    return after


def _add_up(was: dict[str, int], gone: dict[str, int], come: dict[str, int]) -> dict[str, int]:
    counts = Counter(was)
    counts.update(come)
    counts.subtract(gone)
    return {name: count for name, count in sorted(counts.items()) if count}
