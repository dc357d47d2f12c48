"""Features: one table a subject, the matrix, and the social needs of each stay."""

from collections.abc import Iterator

import dagster as dg

from features import features
from features.bucket_runner import run_stage
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.settings import REFERENCE
from pipelines.stage import WRITER_POOL, stage
from pipelines.tables import check_specs, results, spec

SUBJECT_DEPS = ("cohort.stay", "cohort.index_stay", "cohort.stay_encounter", "core.table_presence")
SOURCES = {
    "features.demographic": ("core.patient",),
    "features.index_stay": ("core.encounter", "core.procedure"),
    "features.prior_use": ("core.encounter",),
    "features.prior_stay": ("core.encounter",),
    "features.comorbidity": ("core.diagnosis",),
    "features.elixhauser": ("core.diagnosis",),
    "features.diagnosis_group": ("core.diagnosis",),
    "features.medication": ("core.medication",),
    "features.lab": ("core.lab_result",),
    "features.sdoh": ("core.sdoh_screening", "core.diagnosis"),
    "features.sdoh_need": ("core.sdoh_screening", "core.diagnosis"),
    "features.area": ("core.patient", "core.area_sdoh"),
    "features.clinical_score": ("core.encounter", "core.diagnosis", "core.procedure", "core.lab_result"),
}
UPSTREAM = {
    **{table: (*SUBJECT_DEPS, *deps) for table, deps in SOURCES.items()},
    "features.matrix": features.SUBJECTS,
}


@dg.multi_asset(
    specs=[spec(table, deps, "duckdb", "sql") for table, deps in UPSTREAM.items()],
    check_specs=check_specs(list(UPSTREAM)),
    pool=WRITER_POOL,
)
def build_features(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run the features' SQL files bucket by bucket: everything as known at the prediction point."""
    with stage(homeward, "features", "one table a subject, as known at discharge") as clock:
        run_stage(
            homeward.at.lake, features.SQL_FOLDER, features.STEPS, features.read_parameters(REFERENCE), REFERENCE,
            transient=features.TRANSIENT, workers=homeward.settings.worker_count,
            memory_limit=homeward.settings.memory_limit,
            on_bucket_done=lambda done, total: announce("features", f"bucket {done} of {total}", done / total),
        )  # fmt: skip
        homeward.at.refresh_views()
        yield from results(homeward.at, list(UPSTREAM), clock.seconds)
