"""Features: one table a subject, the matrix, and the social needs of each stay."""

from collections.abc import Iterator

import dagster as dg

from features import cohort, features
from features.bucket_runner import run_across
from features.sql_steps import sources_of
from pipelines.cut_off import find_cut_off
from pipelines.frames import digest
from pipelines.patient_stage import build_patient_tables
from pipelines.resource import Homeward
from pipelines.settings import REFERENCE
from pipelines.stage import WRITER_POOL, stage
from pipelines.tables import check_specs, results, spec

STATEMENTS = {**features.ACROSS, **features.STEPS}
UPSTREAM = {table: sorted(sources_of(STATEMENTS, table, features.PUBLISHED)) for table in features.PUBLISHED}


@dg.multi_asset(
    specs=[spec(table, deps, "duckdb", "sql") for table, deps in UPSTREAM.items()],
    check_specs=check_specs(list(UPSTREAM)),
    pool=WRITER_POOL,
)
def build_features(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run the features' SQL files by buckets of patients, or for those who have changed: as known at each point."""
    points = homeward.settings.points
    with stage(homeward, "features", f"one table a subject, as known at {', '.join(points)}") as clock:
        lake = homeward.at.lake
        cut_off = find_cut_off(lake, homeward.requested_as_of)
        params = features.read_parameters(REFERENCE, cut_off, points, homeward.settings.site_timezone)
        build_patient_tables(
            homeward, "features_counts", features.FIRST_HALF, features.PARTIAL, params, cut_off,
            lambda _day: [cohort.STEPS, homeward.measure],
        )  # fmt: skip
        run_across(lake, features.ACROSS, params)
        build_patient_tables(
            homeward, "features", features.SECOND_HALF, features.WRITTEN, params, cut_off,
            lambda day: [cohort.STEPS, homeward.measure, [digest(homeward.at, t, day) for t in features.ACROSS]],
        )  # fmt: skip
        homeward.at.refresh_views()
        yield from results(homeward.at, list(UPSTREAM), clock.seconds)
