"""The contestants by name, and in which comparison each takes part."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    """One side of a comparison.

    ``role`` is floor (what nobody can do without) or ours; ``share`` the part of the encounters it is run on, so that
    the dear ones do not take all the time. Sides of one comparison have the same share. Those that are ``alike`` must
    give the same result.
    """

    name: str
    comparison: str
    role: str
    words: str
    function: str
    share: float = 1.0
    alike: bool = False

    @property
    def target(self) -> str:
        """What `benchmarks.measure.measure` runs."""
        return f"benchmarks.contestants.{self.function}"


INGEST_SHARE = 0.1
CONTESTANTS = (
    Contestant("scan_cohort", "cohort", "floor", "column scan", "scan:scan_cohort"),
    Contestant("cohort", "cohort", "ours", "cohort stage, by buckets", "stages:run_cohort"),
    Contestant("scan_features", "features", "floor", "column scan", "scan:scan_features"),
    Contestant("features", "features", "ours", "features stage, by buckets", "stages:run_features"),
    Contestant("everybody", "day", "floor", "all patients", "stages:run_everybody"),
    Contestant("day", "day", "ours", "one in a hundred changed", "stages:run_day"),
    Contestant("copy_csv", "ingest", "floor", "DuckDB, CSV to Parquet unchecked", "scan:copy_csv", INGEST_SHARE),
    Contestant(
        "ingest_csv", "ingest", "ours", "CSV through contracts to core", "ingest:ingest_csv", INGEST_SHARE, alike=True
    ),
    Contestant(
        "ingest_parquet",
        "ingest",
        "ours",
        "Parquet through contracts to core",
        "ingest:ingest_parquet",
        INGEST_SHARE,
        alike=True,
    ),
)
COMPARISONS = {
    "cohort": "Cohort: stays, index stays, planned care, labels",
    "features": "Features: every subject and the matrix",
    "day": "A day: cohort and features for those who have changed",
    "ingest": "Ingest: landing files to checked core",
}


def select_contestants(only: str | None) -> tuple[Contestant, ...]:
    """Choose one comparison, or the comparison of one contestant; all when ``only`` is None.

    Raises
    ------
    ValueError
        No comparison and no contestant has this name.
    """
    if only is None:
        return CONTESTANTS
    comparisons = {c.comparison for c in CONTESTANTS if only in (c.name, c.comparison)}
    if not comparisons:
        names = [*COMPARISONS, *(c.name for c in CONTESTANTS)]
        raise ValueError(f"nothing is called {only!r}; choose one of {', '.join(names)}")
    return tuple(c for c in CONTESTANTS if c.comparison in comparisons)
