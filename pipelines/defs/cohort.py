"""Cohort: stays, index stays with drop reasons, labels, and what is reported of them."""

from collections.abc import Iterator

import dagster as dg

from features import cohort
from features.bucket_runner import run_across
from features.sql_steps import sources_of
from pipelines.cut_off import find_cut_off
from pipelines.patient_stage import build_patient_tables
from pipelines.resource import Homeward
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
    """Run the cohort's SQL files by buckets of patients, or for those who have changed; add up what is reported."""
    with stage(homeward, "cohort", "stitching stays, applying the measure, labelling") as clock:
        cut_off = find_cut_off(homeward.at.lake, homeward.requested_as_of)
        params = cohort.parameters(homeward.measure, cut_off)
        steps = cohort.steps_of(homeward.measure["drop_rules"])
        build_patient_tables(homeward, "cohort", steps, cohort.WRITTEN, params, cut_off)
        run_across(homeward.at.lake, cohort.ACROSS, params)
        homeward.at.refresh_views()
        yield from results(homeward.at, list(UPSTREAM), clock.seconds)
