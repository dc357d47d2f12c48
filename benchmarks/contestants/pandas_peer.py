"""The peer: label and look-back counts in pandas, as one would first write them (merge, filter, group by).

The rules are those of features/cohort, on data where every stay is over and every facility known.
"""

from pathlib import Path

import pandas as pd

from benchmarks.contestants.pandas_stays import build_stays
from benchmarks.contestants.pandas_values import CodeLists, read_measure, read_values

COUNT_WINDOWS = (30, 90, 180, 365)


def run_pandas(data: Path, work: Path) -> dict[str, int]:
    """Build stays, label them and count what came before; one row per eligible or scorable stay to Parquet."""
    core, measure, codes = data / "lake" / "core", read_measure(), CodeLists.read()
    encounters = pd.read_parquet(core / "encounter")
    encounters = encounters[encounters.status.isin(["finished", "in_progress"])]
    stays = build_stays(core, encounters, measure, codes)
    _apply_rules(stays, measure, codes, encounters.ended_date.max())
    _label(stays, measure)
    points = stays[stays.is_eligible | stays.is_scorable]
    counted = points.merge(_count_admissions(points, stays), on="stay_key", how="left").merge(
        _count_emergencies(points, encounters), on="stay_key", how="left"
    )
    names = [name for name in counted.columns if "_count_" in name]
    counted[names] = counted[names].fillna(0).astype("int16")
    counted.to_parquet(work / "returns.parquet")
    eligible = counted[counted.is_eligible]
    return {
        "index_stays": int(stays.is_index.sum()),
        "eligible_stays": len(eligible),
        "readmissions": int(eligible.is_readmitted.sum()),
        "admissions_30d": int(counted.admission_count_30d.sum()),
        "admissions_365d": int(counted.admission_count_365d.sum()),
        "emergency_visits_30d": int(counted.emergency_count_30d.sum()),
        "emergency_visits_180d": int(counted.emergency_count_180d.sum()),
    }


def _apply_rules(stays: pd.DataFrame, measure: dict, codes: CodeLists, cut_off: pd.Timestamp) -> None:
    """Mark index, eligible and scorable stays."""
    disposition = stays.discharge_disposition.map(read_values("discharge_disposition").set_index("code").category)
    by_person = (stays.age_years < measure["min_age_years"]) | disposition.isin(
        ["died", "acute_transfer", "against_medical_advice"]
    )
    excluded = stays.principal_ccs.isin(codes.psychiatric | codes.rehabilitation)
    excluded |= stays.principal_ccs.isin(codes.cancer) & ~stays.is_surgical
    followed = pd.to_datetime(stays.discharge_date) + pd.Timedelta(days=measure["follow_up_days"])
    stays["is_eligible"] = ~by_person & ~excluded
    stays["is_scorable"] = ~by_person & ~(excluded & stays.is_principal_known)
    stays["is_index"] = stays.is_eligible & (followed <= pd.Timestamp(cut_off))


def _label(stays: pd.DataFrame, measure: dict) -> None:
    """Mark the stays whose next one begins within the follow-up and is not planned."""
    following = stays.sort_values(["patient_key", "admitted_at", "stay_key"]).groupby("patient_key")[
        ["admission_date", "is_planned"]
    ]
    following = following.shift(-1)
    gap = (pd.to_datetime(following.admission_date) - pd.to_datetime(stays.discharge_date)).dt.days
    stays["is_readmitted"] = (gap <= measure["follow_up_days"]) & following.is_planned.eq(other=False)


def _count_admissions(points: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Count earlier stays in each window before admission."""
    events = stays[["patient_key", "admitted_at", "admission_date"]]
    events = events.set_axis(["patient_key", "began_at", "began_on"], axis=1)
    return _count(
        points[["stay_key", "patient_key", "admitted_at", "admission_date"]].merge(events, on="patient_key"),
        "admission",
    )


def _count_emergencies(points: pd.DataFrame, encounters: pd.DataFrame) -> pd.DataFrame:
    """Count earlier emergency visits in each window, without the one that led to the admission."""
    visits = encounters[encounters.encounter_class == "emergency"]
    visits = visits[["patient_key", "encounter_key", "started_at", "ended_at", "started_date"]]
    visits = visits.rename(columns={"started_at": "began_at", "started_date": "began_on"})
    pairs = points[["stay_key", "patient_key", "admitted_at", "admission_date"]].merge(visits, on="patient_key")
    pairs = pairs[pairs.began_at < pairs.admitted_at]
    near = pairs[pairs.ended_at >= pairs.admitted_at - pd.Timedelta(hours=24)]
    lead = near.sort_values(["began_at", "encounter_key"]).groupby("stay_key").encounter_key.last().rename("lead_key")
    pairs = pairs.merge(lead, on="stay_key", how="left")
    return _count(pairs[pairs.encounter_key != pairs.lead_key], "emergency")


def _count(pairs: pd.DataFrame, name: str) -> pd.DataFrame:
    pairs = pairs[pairs.began_at < pairs.admitted_at]
    days = (pd.to_datetime(pairs.admission_date) - pd.to_datetime(pairs.began_on)).dt.days
    flags = {f"{name}_count_{window}d": days <= window for window in COUNT_WINDOWS}
    return pairs.assign(**flags).groupby("stay_key")[list(flags)].sum().reset_index()
