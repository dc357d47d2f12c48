"""Ours: the product's own SQL files through its own bucket runner, only the steps that W needs, and ``work.sql``."""

import datetime as dt
from pathlib import Path

from benchmarks.features.data import read_cut_off
from benchmarks.places import REFERENCE
from features import cohort, features
from features.bucket_runner import run_stage
from features.cohort.measure import load_measure
from features.sql_steps import closure, order_steps

WORK = "features.work"
WORKERS = 2
MEASURE = "hwr_adapted"


def run(data: Path, work: Path) -> dict[str, int]:
    """Do W; its rows are ``features/work`` in the work folder, one part per bucket."""
    (work / "core").symlink_to(data / "lake" / "core")
    statement = Path(__file__).with_name("work.sql").read_text(encoding="utf-8")
    measure = load_measure(REFERENCE / "measures", MEASURE).model_dump()
    cohort_steps = cohort.steps_of(measure["drop_rules"])
    steps = closure(order_steps({**cohort_steps, **features.STEPS, WORK: statement}), [WORK])
    cut_off = dt.date.fromisoformat(read_cut_off(data))
    params = {**features.read_parameters(REFERENCE, cut_off), **cohort.parameters(measure, cut_off)}
    transient = steps.keys() - {WORK}
    return run_stage(work, steps, params, REFERENCE, transient=transient, workers=WORKERS)
