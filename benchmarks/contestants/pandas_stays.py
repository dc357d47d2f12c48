"""The peer's stays: stitched, with principal diagnosis, planned care, surgery and age."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from benchmarks.contestants.pandas_values import CodeLists

DAY = pd.Timedelta(days=1)


def build_stays(core: Path, encounters: pd.DataFrame, measure: dict, codes: CodeLists) -> pd.DataFrame:
    """Give one row per stay, with what the rules and the label ask of it."""
    diagnoses = pd.read_parquet(core / "diagnosis")
    principal = diagnoses[diagnoses.sequence == 1][["encounter_key", "icd10_code", "ccs", "recorded_at"]]
    acute = encounters[encounters.encounter_class == "inpatient"]
    acute = acute.merge(pd.read_parquet(core / "facility")[["facility_id", "kind"]], on="facility_id", how="left")
    acute = acute[~acute.kind.isin(measure["non_acute_facility_kinds"])].merge(
        principal, on="encounter_key", how="left"
    )
    acute = _stitch(acute)
    stays = _fold(acute)
    procedures = pd.read_parquet(core / "procedure").merge(acute[["encounter_key", "stay_key"]], on="encounter_key")
    stays["is_surgical"] = stays.stay_key.isin(_matched(procedures, codes.surgical_codes))
    stays["is_planned"] = _is_planned(stays, procedures, codes)
    patients = pd.read_parquet(core / "patient")[["patient_key", "birth_date"]]
    stays = stays.merge(patients, on="patient_key")
    stays["age_years"] = _age_years(pd.to_datetime(stays.birth_date), pd.to_datetime(stays.admission_date))
    return stays


def _stitch(acute: pd.DataFrame) -> pd.DataFrame:
    """Stitch encounters into stays, by comparing each with the one that ends last so far."""
    acute = acute.sort_values(
        ["patient_key", "started_at", "ended_at", "encounter_key"], ascending=[True, True, False, True]
    )
    person = acute.patient_key
    last_end = acute.groupby("patient_key").ended_at.cummax()
    holds = acute.ended_at == last_end
    last = (
        pd.DataFrame(
            {
                "ended_at": last_end,
                "ended_date": acute.ended_date.where(holds).groupby(person).ffill(),
                "facility_id": acute.facility_id.where(holds).groupby(person).ffill(),
                "ccs": acute.ccs.fillna(-1)
                .where(holds)
                .groupby(person)
                .ffill(),  # unknown must not inherit an older one
            }
        )
        .groupby(person)
        .shift()
    )
    started_on, last_day = pd.to_datetime(acute.started_date), pd.to_datetime(last.ended_date)
    elsewhere = acute.facility_id != last.facility_id
    continues = (
        (acute.started_at < last.ended_at)
        | (elsewhere & (started_on <= last_day + DAY))
        | (~elsewhere & (started_on == last_day) & (acute.ccs == last.ccs))
    )
    acute["stay_number"] = (~continues).groupby(person).cumsum()
    acute["stay_key"] = acute.groupby(["patient_key", "stay_number"]).encounter_key.transform("first")
    return acute


def _fold(acute: pd.DataFrame) -> pd.DataFrame:
    """Fold encounters into stays: the first gives admission and diagnosis, the one that ends last the discharge."""
    first = acute.drop_duplicates("stay_key")[
        ["stay_key", "patient_key", "started_at", "started_date", "icd10_code", "ccs", "recorded_at"]
    ].set_axis(
        [
            "stay_key",
            "patient_key",
            "admitted_at",
            "admission_date",
            "principal_icd10_code",
            "principal_ccs",
            "recorded_at",
        ],
        axis=1,
    )
    last = acute.sort_values(["stay_key", "ended_at", "started_at", "encounter_key"]).drop_duplicates(
        "stay_key", keep="last"
    )
    last = last[["stay_key", "ended_at", "ended_date", "discharge_disposition"]]
    last = last.rename(columns={"ended_at": "discharged_at", "ended_date": "discharge_date"})
    stays = first.merge(last, on="stay_key")
    stays["is_principal_known"] = stays.recorded_at.isna() | (stays.recorded_at <= stays.discharged_at)
    return stays


def _matched(procedures: pd.DataFrame, listed: Callable[[str], set[str]]) -> set[int]:
    """Stays with a procedure on a list, by its category or its code."""
    by_category = procedures.ccs.astype("Int64").astype(str).isin(listed("procedure_ccs"))
    return set(procedures[by_category | procedures.icd10pcs_code.isin(listed("icd10pcs"))].stay_key)


def _is_planned(stays: pd.DataFrame, procedures: pd.DataFrame, codes: CodeLists) -> pd.Series:
    """Apply the planned-readmission algorithm."""
    category = stays.principal_ccs.astype("Int64").astype(str)

    def has(name: str) -> pd.Series:
        by_code = stays.principal_icd10_code.isin(codes.planned_codes(name, "icd10cm"))
        return category.isin(codes.planned_codes(name, "diagnosis_ccs")) | by_code

    def done(name: str) -> pd.Series:
        return stays.stay_key.isin(_matched(procedures, lambda system: codes.planned_codes(name, system)))

    return done("always_planned") | has("always_planned") | (done("potentially_planned") & ~has("acute"))


def _age_years(birth: pd.Series, day: pd.Series) -> pd.Series:
    before = (day.dt.month < birth.dt.month) | ((day.dt.month == birth.dt.month) & (day.dt.day < birth.dt.day))
    return day.dt.year - birth.dt.year - before.astype(int)
