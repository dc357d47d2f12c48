"""The list before today's: whose case manager a patient already has."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class PreviousList:
    """``worklist`` has ``patient_id`` and ``case_manager_id``."""

    run_id: str
    worklist: pd.DataFrame


def find_previous(home: Path, as_of: dt.date) -> PreviousList | None:
    """Find the last list published for an earlier day; of several runs of that day, the one written last.

    A list of the same day never counts: running twice must change nothing.

    Returns
    -------
    PreviousList or None
        None when there was no earlier list.
    """
    published = home / "published"
    days = sorted(p.name for p in published.glob("????-??-??") if p.name < as_of.isoformat())
    for day in reversed(days):
        runs = [p for p in (published / day).iterdir() if (p / "manifest.json").exists()]
        if runs:
            run = max(runs, key=lambda p: ((p / "manifest.json").stat().st_mtime_ns, p.name))
            columns = ["patient_id", "case_manager_id"]
            return PreviousList(run.name, pd.read_parquet(run / "worklist.parquet", columns=columns))
    return None
