"""Who is on the list: patients at home after a scorable stay, still inside the window."""

import datetime as dt

import pandas as pd

from caseload.policy import Policy
from data_contracts.errors import HomewardError

SCORE_COLUMNS = ["stay_id", "risk", "risk_percentile", "lace", "hospital", "model_name", "model_version", "scored_at"]
STAY_COLUMNS = [
    "stay_id",
    "stay_key",
    "encounter_id",
    "patient_id",
    "patient_key",
    "facility_id",
    "unit",
    "admission_date",
    "discharge_date",
    "discharge_disposition",
    "is_scorable",
]


def list_current_stays(
    scores: pd.DataFrame, stays: pd.DataFrame, patients: pd.DataFrame, policy: Policy, as_of: dt.date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pick the one stay of each patient that the list is about.

    Parameters
    ----------
    scores : DataFrame, one row per scored stay
        ``scores.risk``; the latest ``scored_at`` of a stay counts.
    stays : DataFrame, one row per stay
        ``cohort.stay`` with ``is_scorable`` of ``cohort.index_stay`` (false or missing for stays in progress).
    patients : DataFrame, one row per patient
        ``core.patient``.
    policy : Policy
        ``listing`` is used.
    as_of : date
        Last day that counts; what happened later is not seen.

    Returns
    -------
    listed : DataFrame, one row per patient
        The stay, its score and ``language``, ``zip_code``, ``days_since_discharge``; ordered by ``stay_id``.
    attrition : DataFrame, one row per rule
        ``rule``, ``rows_in``, ``rows_dropped``, ``rows_out``.

    Raises
    ------
    HomewardError
        A current stay that could be scored has no score, or a risk is missing or outside 0-1.
    """
    day = pd.Timestamp(as_of)
    recent = _latest_stay_per_patient(stays, day)
    recent = recent.merge(patients[["patient_id", "language", "zip_code", "death_date"]], on="patient_id", how="left")
    left = day - recent["discharge_date"]
    is_in_hospital = recent["discharge_date"].isna() | (recent["discharge_date"] > day)
    rules = {
        "in_hospital": is_in_hospital,
        "discharged_before_window": left.dt.days > policy.listing.window_days,
        "died": pd.to_datetime(recent["death_date"]) <= day,
        "hospice": recent["discharge_disposition"].isin(policy.listing.hospice_dispositions),
        "not_scorable": ~recent["is_scorable"].astype("boolean").fillna(False).astype(bool),
    }
    kept, attrition = _apply_rules(recent, rules)
    listed = kept.merge(_latest_scores(scores), on="stay_id", how="left")
    _check_scores(listed)
    listed["days_since_discharge"] = (day - listed["discharge_date"]).dt.days
    return listed.sort_values("stay_id", ignore_index=True).drop(columns=["death_date"]), attrition


def _latest_stay_per_patient(stays: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Keep the stay admitted last; ties go to the later discharge (in progress is latest), then the larger id."""
    known = stays[STAY_COLUMNS].copy()
    for column in ("admission_date", "discharge_date"):
        known[column] = pd.to_datetime(known[column]).astype("datetime64[us]")
    known = known[known["admission_date"] <= day]
    known = known.sort_values(["admission_date", "discharge_date", "stay_id"], na_position="last")
    return known.drop_duplicates("patient_id", keep="last").reset_index(drop=True)


def _latest_scores(scores: pd.DataFrame) -> pd.DataFrame:
    ordered = scores[SCORE_COLUMNS].sort_values(["stay_id", "scored_at"], na_position="first")
    return ordered.drop_duplicates("stay_id", keep="last").drop(columns=["scored_at"])


def _apply_rules(rows: pd.DataFrame, rules: dict[str, pd.Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    keep = pd.Series(True, index=rows.index)
    lines = []
    for rule, is_dropped in rules.items():
        before = int(keep.sum())
        keep &= ~is_dropped.astype("boolean").fillna(False).astype(bool)
        after = int(keep.sum())
        lines.append({"rule": rule, "rows_in": before, "rows_dropped": before - after, "rows_out": after})
    return rows[keep], pd.DataFrame(lines)


def _check_scores(listed: pd.DataFrame) -> None:
    bad = int((~listed["risk"].between(0, 1)).sum())
    if bad:
        raise HomewardError(
            f"{bad} of {len(listed)} current stays have no risk between 0 and 1",
            where="scores.risk",
            next_step="score the stays of the listing window again; the list is not published without them",
        )
