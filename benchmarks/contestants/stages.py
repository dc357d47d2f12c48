"""Ours: the stages as the pipeline calls them, without Dagster around them."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.places import REFERENCE
from features import cohort, features
from features.bucket_runner import run_across, run_stage
from features.cohort.measure import load_measure
from pipelines.cut_off import find_cut_off

WORKERS = 2
MEASURE = "hwr_adapted"


def run_cohort(data: Path, work: Path) -> dict[str, int]:
    """Run the cohort stage."""
    _link(data, work, ["core"])
    measure = load_measure(REFERENCE / "measures", MEASURE).model_dump()
    params = cohort.parameters(measure, find_cut_off(work, None))
    rows = run_stage(work, cohort.STEPS, params, REFERENCE, transient=cohort.TRANSIENT, workers=WORKERS)
    return rows | run_across(work, cohort.ACROSS, params)


def run_features(data: Path, work: Path) -> dict[str, int]:
    """Run the features stage on the cohort that is there."""
    _link(data, work, ["core", "cohort"])
    params = features.read_parameters(REFERENCE, find_cut_off(work, None))
    rows = run_stage(work, features.FIRST_HALF, params, REFERENCE, transient=features.TRANSIENT, workers=WORKERS)
    rows |= run_across(work, features.ACROSS, params)
    return rows | run_stage(
        work, features.SECOND_HALF, params, REFERENCE, transient=features.TRANSIENT, workers=WORKERS
    )


def _link(data: Path, work: Path, layers: Iterable[str]) -> None:
    for layer in layers:
        (work / layer).symlink_to(data / "lake" / layer)
