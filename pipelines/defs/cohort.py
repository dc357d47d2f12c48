"""Cohort: stays, index stays with drop reasons, labels."""

from collections.abc import Iterator

import dagster as dg

from features import cohort
from features.bucket_runner import run_aggregate, run_stage
from pipelines.cut_off import find_cut_off
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.settings import REFERENCE
from pipelines.stage import WRITER_POOL, stage
from pipelines.tables import check_specs, results, spec

CORE = ("core.patient", "core.encounter", "core.diagnosis", "core.procedure", "core.facility")
UPSTREAM = {
    "cohort.stay_encounter": CORE,
    "cohort.stay": ("cohort.stay_encounter", *CORE),
    "cohort.stay_drop": ("cohort.stay",),
    "cohort.index_stay": ("cohort.stay", "cohort.stay_drop"),
    "cohort.label": ("cohort.stay", "cohort.stay_drop", "core.patient", "core.encounter"),
    "cohort.attrition": ("cohort.stay_drop",),
}


@dg.multi_asset(
    specs=[spec(table, deps, "duckdb", "sql") for table, deps in UPSTREAM.items()],
    check_specs=check_specs(list(UPSTREAM)),
    pool=WRITER_POOL,
)
def build_cohort(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run the cohort's SQL files bucket by bucket, then add up the attrition table."""
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
