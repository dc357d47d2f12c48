"""Features: one table a subject, the matrix, and the social needs of each stay."""

from collections.abc import Iterator

import dagster as dg

from features import features
from features.bucket_runner import run_aggregate, run_stage
from features.sql_steps import sources_of
from pipelines.cut_off import find_cut_off
from pipelines.progress import announce
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
    """Run the features' SQL files bucket by bucket: everything as known at the prediction point."""
    points = homeward.settings.points
    with stage(homeward, "features", f"one table a subject, as known at {', '.join(points)}") as clock:
        lake = homeward.at.lake
        params = features.read_parameters(
            REFERENCE, find_cut_off(lake, homeward.requested_as_of), points, homeward.settings.site_timezone
        )
        for steps in (features.FIRST_HALF, features.SECOND_HALF):
            run_stage(
                lake, steps, params, REFERENCE,
                transient=features.TRANSIENT, workers=homeward.settings.worker_count,
                memory_limit=homeward.settings.memory_limit,
                on_bucket_done=lambda done, total: announce("features", f"bucket {done} of {total}", done / total),
            )  # fmt: skip
            if steps is features.FIRST_HALF:
                for table, text in features.ACROSS.items():
                    run_aggregate(lake, table, text, params)
        homeward.at.refresh_views()
        yield from results(homeward.at, list(UPSTREAM), clock.seconds)
