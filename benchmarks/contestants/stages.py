"""Ours: the stages as the pipeline calls them, without Dagster around them."""

import os
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from benchmarks.places import REFERENCE
from features import cohort, features
from features.bucket_runner import run_across, run_patients, run_stage
from features.cohort.measure import load_measure
from pipelines.cut_off import find_cut_off

WORKERS = 2
MEASURE = "hwr_adapted"
Run = Callable[..., dict[str, int]]
CHANGED = "hash(patient_key) % 100 = 0"


def run_cohort(data: Path, work: Path) -> dict[str, int]:
    """Run the cohort stage."""
    _link(data, work, ["core"])
    return _build_cohort(work, partial(run_stage, workers=WORKERS))


def run_features(data: Path, work: Path) -> dict[str, int]:
    """Run the features stage on the cohort that is there."""
    _link(data, work, ["core", "cohort"])
    return _build_features(work, partial(run_stage, workers=WORKERS))


def run_everybody(data: Path, work: Path) -> dict[str, int]:
    """Run cohort and features, all patients anew."""
    return run_cohort(data, work) | _build_features(work, partial(run_stage, workers=WORKERS))


def run_day(data: Path, work: Path) -> dict[str, int]:
    """Run cohort and features for the one patient in a hundred who has changed, beside the tables that stand."""
    _link(data, work, ["core"])
    for layer in ("cohort", "features"):
        shutil.copytree(data / "lake" / layer, work / layer, copy_function=os.link)
    patients = f"select patient_key from read_parquet('{work}/core/patient/*.parquet') where {CHANGED}"  # noqa: S608
    run = partial(run_patients, patients=patients)
    return _build_cohort(work, run) | _build_features(work, run)


def _build_cohort(work: Path, run: Run) -> dict[str, int]:
    measure = load_measure(REFERENCE / "measures", MEASURE).model_dump()
    params = cohort.parameters(measure, find_cut_off(work, None))
    rows = run(work, cohort.STEPS, params, REFERENCE, transient=cohort.TRANSIENT)
    return rows | run_across(work, cohort.ACROSS, params)


def _build_features(work: Path, run: Run) -> dict[str, int]:
    params = features.read_parameters(REFERENCE, find_cut_off(work, None))
    rows = run(work, features.FIRST_HALF, params, REFERENCE, transient=features.TRANSIENT)
    rows |= run_across(work, features.ACROSS, params)
    return rows | run(work, features.SECOND_HALF, params, REFERENCE, transient=features.TRANSIENT)


def _link(data: Path, work: Path, layers: Iterable[str]) -> None:
    for layer in layers:
        (work / layer).symlink_to(data / "lake" / layer)
