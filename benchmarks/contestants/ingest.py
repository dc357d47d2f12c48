"""Ours: a landing folder through the contracts into core, as the ingest stage does it, without Dagster around it."""

from pathlib import Path

from benchmarks.places import CONTRACTS, REFERENCE
from data_contracts.contract import load_contracts
from data_contracts.engine import BuildSettings, build_core
from sources.canonical import stage_load

THREADS = 2
BUCKETS = 4


def ingest_csv(data: Path, work: Path) -> dict[str, int]:
    """Ingest CSV files."""
    return _ingest(data / "landing_csv", work)


def ingest_parquet(data: Path, work: Path) -> dict[str, int]:
    """Ingest Parquet files."""
    return _ingest(data / "landing_parquet", work)


def _ingest(landing: Path, lake: Path) -> dict[str, int]:
    contracts = {name: c for name, c in load_contracts(CONTRACTS).items() if c.layer == "core"}
    staged = stage_load(landing, lake, contracts)
    settings = BuildSettings(n_buckets=BUCKETS, threads=THREADS)
    report = build_core(lake, contracts, REFERENCE, staged, settings)
    return {"rows": sum(report.row_counts.values())}
