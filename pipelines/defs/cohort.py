"""Cohort: stays, index stays with drop reasons, labels, and what is reported of them."""

from collections.abc import Iterator

import dagster as dg

from features import cohort
from features.bucket_runner import run_aggregate, run_stage
from features.sql_steps import sources_of
from pipelines.cut_off import find_cut_off
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.settings import REFERENCE
from pipelines.stage import WRITER_POOL, stage
from pipelines.tables import check_specs, results, spec

STATEMENTS = {**cohort.ACROSS, **cohort.STEPS}
UPSTREAM = {table: sorted(sources_of(STATEMENTS, table, cohort.PUBLISHED)) for table in cohort.PUBLISHED}


@dg.multi_asset(
    specs=[spec(table, deps, "duckdb", "sql") for table, deps in UPSTREAM.items()],
    check_specs=check_specs(list(UPSTREAM)),
    pool=WRITER_POOL,
)
def build_cohort(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run the cohort's SQL files bucket by bucket, then add up what is reported."""
    with stage(homeward, "cohort", "stitching stays, applying the measure, labelling") as clock:
        lake = homeward.at.lake
        params = cohort.parameters(homeward.measure, find_cut_off(lake, homeward.requested_as_of))
        run_stage(
            lake, cohort.STEPS, params, REFERENCE,
            transient=cohort.TRANSIENT, workers=homeward.settings.worker_count,
            memory_limit=homeward.settings.memory_limit,
            on_bucket_done=lambda done, total: announce("cohort", f"bucket {done} of {total}", done / total),
        )  # fmt: skip
        for table, text in cohort.ACROSS.items():
            run_aggregate(lake, table, text, params)
        homeward.at.refresh_views()
        yield from results(homeward.at, list(UPSTREAM), clock.seconds)
