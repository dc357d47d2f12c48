"""What became of every row of every load: counts and names, never a value."""

from dataclasses import asdict, dataclass, field


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
    distinct codes and rows without a category. ``data_cut_off`` is an ISO day.
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
        for counts in self.tables:
            if (counts.table, counts.load_id) == (table, load_id):
                return counts
        raise KeyError(f"{table} in load {load_id}")

    def to_dict(self) -> dict[str, object]:
        """Give the account as plain JSON types."""
        return {**asdict(self), "reconciles": self.reconciles}
