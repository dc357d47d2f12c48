"""Ours: the stages as the pipeline calls them, without Dagster around them."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from benchmarks.places import REFERENCE
from features import cohort, features
from features.bucket_runner import run_stage
from features.cohort.measure import load_measure
from pipelines.cut_off import find_cut_off

WORKERS = 2
MEASURE = "hwr_adapted"
# What the counts of earlier admissions and emergency visits need of the features stage.
COUNT_STEPS = ("features.source_presence", "features.prediction_point", "features.emergency_lead", "features.prior_use")
AGREED = """
    select
        (select count(*) from cohort.index_stay where is_index) as index_stays,
        (select count(*) from cohort.label) as eligible_stays,
        (select count(*) from cohort.label where readmitted_30d) as readmissions,
        sum(acute_admission_count_30d) as admissions_30d, sum(acute_admission_count_365d) as admissions_365d,
        sum(emergency_visit_count_30d) as emergency_visits_30d, sum(emergency_visit_count_180d) as emergency_visits_180d
    from features.prior_use
"""


def run_cohort(data: Path, work: Path) -> dict[str, int]:
    """Run the cohort stage."""
    _link(data, work, ["core"])
    return _cohort(work)


def run_features(data: Path, work: Path) -> dict[str, int]:
    """Run the features stage on the cohort that is there."""
    _link(data, work, ["core", "cohort"])
    return run_stage(
        work, features.SQL_FOLDER, features.STEPS, features.read_parameters(REFERENCE), REFERENCE,
        transient=features.TRANSIENT, workers=WORKERS,
    )  # fmt: skip


def run_returns(data: Path, work: Path) -> dict[str, int]:
    """Run the cohort stage and the part of the features stage that counts earlier admissions and emergency visits."""
    _link(data, work, ["core"])
    _cohort(work)
    run_stage(
        work, features.SQL_FOLDER, COUNT_STEPS, features.read_parameters(REFERENCE), REFERENCE,
        transient=COUNT_STEPS[:-1], workers=WORKERS,
    )  # fmt: skip
    con = duckdb.connect()
    for schema, table in (("cohort", "index_stay"), ("cohort", "label"), ("features", "prior_use")):
        con.execute(f"create schema if not exists {schema}")
        con.execute(f"create view {schema}.{table} as from read_parquet('{work}/{schema}/{table}/*.parquet')")
    return con.execute(AGREED).df().astype(int).iloc[0].to_dict()


def _cohort(lake: Path) -> dict[str, int]:
    measure = load_measure(REFERENCE / "measures", MEASURE).model_dump()
    params = cohort.parameters(measure, find_cut_off(lake, None))
    return run_stage(
        lake, cohort.SQL_FOLDER, cohort.STEPS, params, REFERENCE, transient=cohort.TRANSIENT, workers=WORKERS
    )


def _link(data: Path, work: Path, layers: Iterable[str]) -> None:
    for layer in layers:
        (work / layer).symlink_to(data / "lake" / layer)
