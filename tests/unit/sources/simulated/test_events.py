"""The awkward things of hospital life occur: transfers, folds, overlaps, planned returns, same-day returns."""

import pandas as pd
import pytest

from sources.simulated import SimulatedHospital


@pytest.fixture(scope="module")
def pairs(hospital: SimulatedHospital) -> pd.DataFrame:
    """Consecutive acute inpatient encounters of one patient."""
    kind = hospital.tables["facilities"].set_index("facility_id")["kind"]
    encounters = hospital.tables["encounters"]
    acute = encounters["facility_id"].map(kind).isin(["acute", "critical_access", "cancer_exempt"])
    real = ~encounters["status"].isin(["cancelled", "entered_in_error", "planned"])
    stays = encounters[acute & real & (encounters["encounter_class"] == "inpatient")]
    stays = stays.sort_values(["patient_id", "started_at"])
    after = stays.groupby("patient_id").shift(-1)
    both = stays.assign(
        next_start=after["started_at"], next_facility=after["facility_id"], next_type=after["admission_type"]
    )
    both["days"] = (both["next_start"].dt.normalize() - both["ended_at"].dt.normalize()).dt.days
    both["same"] = both["facility_id"] == both["next_facility"]
    return both.dropna(subset=["days"])


def test_transfers_happen_same_and_next_day_with_any_disposition(pairs: pd.DataFrame) -> None:
    moved = pairs[pairs["days"].between(0, 1) & ~pairs["same"]]
    assert {0, 1} <= set(moved["days"])
    assert moved["discharge_disposition"].isna().any()
    assert {"01", "02", "66"} <= set(moved["discharge_disposition"].dropna())


def test_same_day_returns_to_the_same_hospital_happen(pairs: pd.DataFrame) -> None:
    assert ((pairs["days"] == 0) & pairs["same"] & (pairs["next_start"] >= pairs["ended_at"])).sum() > 10


def test_encounters_overlap_now_and_then(pairs: pd.DataFrame) -> None:
    assert 0 < (pairs["next_start"] < pairs["ended_at"]).mean() < 0.03


def test_elective_admissions_happen_within_thirty_days(pairs: pd.DataFrame) -> None:
    assert (pairs["days"].between(4, 30) & (pairs["next_type"] == "elective")).sum() > 10


def test_chemotherapy_comes_in_cycles(hospital: SimulatedHospital) -> None:
    codes = hospital.tables["diagnoses"].query("code == 'Z51.11' and sequence == 1")
    cycles = codes["patient_id"].value_counts()
    assert (cycles >= 2).any()


def test_most_unplanned_admissions_come_through_the_emergency_department(hospital: SimulatedHospital) -> None:
    encounters = hospital.tables["encounters"]
    stays = encounters.query("encounter_class == 'inpatient' and admission_type == 'emergency'")
    visits = encounters.query("encounter_class == 'emergency'").set_index(["patient_id", "ended_at"]).index
    assert 0.8 < pd.MultiIndex.from_frame(stays[["patient_id", "started_at"]]).isin(visits).mean() < 1


def test_people_leave_against_advice_and_die_after_discharge(hospital: SimulatedHospital) -> None:
    assert (hospital.tables["encounters"]["discharge_disposition"] == "07").sum() > 20
    assert (hospital.truth["outcome"] == "died").sum() > 10


def test_inpatients_of_psychiatric_and_rehabilitation_hospitals_are_there_to_be_left_out(
    hospital: SimulatedHospital,
) -> None:
    kind = hospital.tables["facilities"].set_index("facility_id")["kind"]
    stays = hospital.tables["encounters"].query("encounter_class == 'inpatient'")
    assert {"psychiatric", "rehabilitation", "skilled_nursing", "cancer_exempt"} <= set(stays["facility_id"].map(kind))
    assert (
        not hospital.truth["encounter_id"]
        .isin(
            stays.loc[
                stays["facility_id"].map(kind).isin(["psychiatric", "rehabilitation", "skilled_nursing"]),
                "encounter_id",
            ]
        )
        .any()
    )
