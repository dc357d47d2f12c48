"""Ingest: the extract into raw, through the contracts into core."""

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts.engine import BuildSettings, StagedLoad, accept_load, build_core, refuse_load
from pipelines.landing import adapt_source
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.settings import REFERENCE
from pipelines.stage import RETRY, WRITER_POOL, stage
from pipelines.tables import check_specs, contracts, key, results, spec

CORE = {name: contract for name, contract in contracts().items() if contract.layer == "core"}
LANDED = {name: contract.source for name, contract in CORE.items() if contract.source}
LOAD_REPORT = "load_report.json"
SOURCE_REPORT = "source_report.json"


def _raw_spec(landing_table: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key(f"raw.{landing_table}"),
        description=f"The rows of {landing_table} as landed, all text, with load id, file and line.",
        group_name="raw",
        owners=["team:data-engineering"],
        kinds={"parquet"},
    )


@dg.multi_asset(specs=[_raw_spec(table) for table in LANDED.values()], pool=WRITER_POOL, retry_policy=RETRY)
def land_extract(homeward: Homeward) -> Iterator[dg.MaterializeResult]:
    """Read the landing folder (through the source's adapter) into raw parts that are not yet accepted."""
    from sources.canonical import stage_load

    with stage(homeward, "ingest", "reading the extract") as clock:
        lake = homeward.at.lake
        with adapt_source(
            homeward.checked_source, homeward.landing_folder, homeward.at.root, homeward.settings.seed
        ) as adapted:
            staged = stage_load(adapted.folder, lake, CORE)
        _write_json(lake / "raw" / SOURCE_REPORT, adapted.report)
        _write_json(lake / "raw" / "staged.json", dataclasses.asdict(staged))
        for table in LANDED.values():
            rows = sum(part.rows for part in staged.parts if part.table == table)
            yield dg.MaterializeResult(
                asset_key=key(f"raw.{table}"),
                metadata={
                    "dagster/row_count": rows,
                    "load_id": staged.load_id,
                    "stage_seconds": round(clock.seconds, 2),
                },
            )


@dg.multi_asset(
    specs=[spec(t, [f"raw.{LANDED[t]}"] if t in LANDED else [f"raw.{s}" for s in LANDED.values()]) for t in CORE],
    check_specs=check_specs(list(CORE)),
    pool=WRITER_POOL,
)
def build_core_tables(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Split kept from quarantined rows, intern ids, cluster by bucket; accept the load or refuse it whole."""
    with stage(homeward, "ingest", "checking contracts, building core") as clock:
        lake, settings = homeward.at.lake, homeward.settings
        staged = _read_staged(lake)
        build = BuildSettings(
            site_timezone=settings.site_timezone,
            cut_off=homeward.requested_as_of,
            n_buckets=_count_buckets(lake, settings.bucket_encounters, settings.worker_count),
            memory_limit=settings.memory_limit,
            threads=settings.worker_count,
        )
        try:
            report = build_core(lake, CORE, REFERENCE, staged, build)
        except BaseException:
            refuse_load(lake, staged)
            homeward.at.refresh_views()  # what was quarantined is there to be looked at
            raise
        _write_json(lake / "core" / LOAD_REPORT, report.to_dict())
        accept_load(lake, staged)
        homeward.at.refresh_views()
        announce("ingest", f"{report.row_counts.get('core.encounter', 0):,} encounters")
        extra = {t: _counts(report.to_dict(), t) for t in CORE}
        yield from results(homeward.at, list(CORE), clock.seconds, extra)


def _count_buckets(lake: Path, bucket_encounters: int, workers: int) -> int:
    """Count the buckets that the encounters want; a core that is there keeps its own until it has outgrown them."""
    import pyarrow.parquet as pq

    from data_contracts.engine.workshop import settle_bucket_count

    encounters = sum(pq.read_metadata(part).num_rows for part in (lake / "raw" / "encounters").glob("*.parquet"))
    current = len(list((lake / "core" / "encounter").glob("bucket_*.parquet")))
    return settle_bucket_count(current, max(workers, -(-encounters // bucket_encounters)))


def _counts(report: dict[str, Any], table: str) -> dict[str, int]:
    loads = [entry for entry in report["tables"] if entry["table"] == table]
    return {name: sum(entry[name] for entry in loads) for name in ("rows_in", "kept", "quarantined", "superseded")}


def _read_staged(lake: Path) -> StagedLoad:
    from data_contracts.engine.failures import TableFailure
    from data_contracts.engine.ledger import Part

    content = json.loads((lake / "raw" / "staged.json").read_text(encoding="utf-8"))
    return StagedLoad(
        load_id=content["load_id"],
        parts=tuple(Part(**part) for part in content["parts"]),
        tables=tuple(content["tables"]),
        known_files=tuple((table, file) for table, file in content["known_files"]),
        unknown_files=tuple(content["unknown_files"]),
        extra_columns={table: tuple(names) for table, names in content["extra_columns"].items()},
        failures=tuple(TableFailure(**failure) for failure in content["failures"]),
    )


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, indent=1, default=str), encoding="utf-8")
    shutil.move(temporary, path)
