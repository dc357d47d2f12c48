"""Build the tables of a stage that is patient-local: for everybody, or for the patients who have changed."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Mapping

from features.bucket_runner import run_patients, run_stage
from features.incremental import Work, last_cut_off, plan_work, remember_work
from features.sql_steps import upstream_of
from pipelines.identity_of_run import reference_version
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.settings import REFERENCE

HORIZONS = ("short_horizon_days", "follow_up_days", "long_horizon_days")


def build_patient_tables(
    homeward: Homeward,
    consumer: str,
    steps: Mapping[str, str],
    kept: Collection[str],
    params: Mapping[str, object],
    cut_off: dt.date,
    depends_on: Callable[[dt.date], object] = lambda _day: None,
) -> Work:
    """Run a stage's statements, over all buckets of patients or over the patients concerned.

    Parameters
    ----------
    homeward : Homeward
        Home, settings and measure.
    consumer : str
        Layer the stage makes: ``cohort`` or ``features``.
    steps : mapping
        Statement of each table, in order.
    kept : collection of str
        Tables to write; the others only serve them.
    params : mapping
        Named parameters of the statements.
    cut_off : date
        Data cut-off, that day included.
    depends_on : callable
        Gives what else the result up to a day depends on, in plain JSON types: the stage before, tables that look
        across patients.

    Returns
    -------
    Work
        What was done.
    """
    lake, settings = homeward.at.lake, homeward.settings
    timeless = {name: value for name, value in params.items() if name != "cut_off_date"}

    def inputs_up_to(day: dt.date) -> str:
        return _hash([steps, timeless, sorted(kept), reference_version(), depends_on(day)])

    horizons = [int(homeward.measure[name]) for name in HORIZONS]
    before = last_cut_off(lake, consumer) or cut_off
    work = plan_work(lake, consumer, upstream_of(steps), inputs_up_to(before), cut_off, horizons, kept)
    transient = set(steps) - set(kept)
    if work.everything:
        announce(consumer, f"all patients: {work.everything}")
        run_stage(
            lake, steps, params, REFERENCE,
            transient=transient, workers=settings.worker_count, memory_limit=settings.memory_limit,
            on_bucket_done=lambda done, total: announce(consumer, f"bucket {done} of {total}", done / total),
        )  # fmt: skip
    else:
        announce(consumer, f"{work.patient_count:,} patients have changed")
        run_patients(
            lake, steps, params, REFERENCE, work.patients, transient=transient, memory_limit=settings.memory_limit
        )
    remember_work(lake, consumer, work, inputs_up_to(cut_off), cut_off)
    return work


def _hash(material: object) -> str:
    return hashlib.sha256(json.dumps(material, sort_keys=True, default=str).encode()).hexdigest()
