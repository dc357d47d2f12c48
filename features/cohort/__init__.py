"""The cohort: stays, index stays with their drop reasons, planned care and labels. One SQL file per rule.

Files in ``across/`` look across patients and run when all buckets are done.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from features.sql_steps import read_steps

SQL_FOLDER = Path(__file__).parent

STEPS = read_steps(SQL_FOLDER, "cohort")
ACROSS = read_steps(SQL_FOLDER / "across", "cohort")

# Tables by patient that are written; the other steps only serve them.
WRITTEN = (
    "cohort.stay_encounter",
    "cohort.stay",
    "cohort.condition",
    "cohort.stay_drop",
    "cohort.index_stay",
    "cohort.label",
)
REPORTED = ("cohort.attrition", "cohort.attrition_by_facility", "cohort.attrition_by_month", "cohort.return_rate")
PUBLISHED = (*WRITTEN, *REPORTED)
TRANSIENT = tuple(step for step in STEPS if step not in WRITTEN)


def parameters(measure: Mapping[str, object], cut_off: dt.date) -> dict[str, object]:
    """Collect the named parameters of the cohort's SQL files.

    Parameters
    ----------
    measure : mapping
        A measure definition of ``reference/measures``.
    cut_off : date
        Data cut-off, that day included.

    Returns
    -------
    dict
        Parameter name to value.
    """
    names = (
        "min_age_years",
        "follow_up_days",
        "follow_up_convention",
        "short_horizon_days",
        "long_horizon_days",
        "non_acute_facility_kinds",
        "exempt_facility_kinds",
        "drop_rules",
        "condition",
        "counts_planned_returns",
        "index_gap_days",
    )
    return {"cut_off_date": cut_off, **{name: measure[name] for name in names}}
