"""Every landing table is what the source contract says, and the hospital looks like one."""

import pandas as pd
import pytest

from sources.simulated import SimulatedHospital
from tests.unit.sources.simulated.contract_text import KEYS, TABLES, UB04, VALUES, columns

AFTER_THE_END = pd.Timestamp("2026-01-01")


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_the_contracts(hospital: SimulatedHospital, table: str) -> None:
    assert list(hospital.tables[table]) == columns(table)


@pytest.mark.parametrize("table", TABLES)
def test_values_that_must_be_present_are(hospital: SimulatedHospital, table: str) -> None:
    frame = hospital.tables[table]
    assert len(frame) > 0
    for column in columns(table, "!"):
        assert frame[column].notna().all(), column
        if frame[column].dtype == "str":
            assert (frame[column] != "").all(), column


@pytest.mark.parametrize(("table", "column"), VALUES)
def test_only_values_of_the_enumeration(hospital: SimulatedHospital, table: str, column: str) -> None:
    assert set(hospital.tables[table][column].dropna()) <= set(VALUES[table, column].split())


@pytest.mark.parametrize("table", KEYS)
def test_keys_are_unique(hospital: SimulatedHospital, table: str) -> None:
    assert not hospital.tables[table].duplicated(KEYS[table]).any()


def test_every_class_status_and_facility_kind_occurs(hospital: SimulatedHospital) -> None:
    for table, column in (("encounters", "encounter_class"), ("encounters", "status"), ("facilities", "kind")):
        assert set(hospital.tables[table][column].dropna()) == set(VALUES[table, column].split())


def test_dispositions_are_two_digit_ub04_codes(hospital: SimulatedHospital) -> None:
    seen = set(hospital.tables["encounters"]["discharge_disposition"].dropna())
    assert seen <= set(UB04)
    assert {"01", "02", "03", "06", "07", "20", "50", "62", "65", "66"} <= seen


def test_no_row_is_an_orphan(hospital: SimulatedHospital) -> None:
    tables = hospital.tables
    people = set(tables["patients"]["patient_id"])
    owner = tables["encounters"].set_index("encounter_id")["patient_id"]
    assert set(owner) == people  # nobody without an encounter
    for name in ("diagnoses", "procedures", "medications", "lab_results", "sdoh_screenings", "interventions"):
        frame = tables[name]
        assert frame["patient_id"].isin(people).all(), name
        linked = frame[frame["encounter_id"].notna()]
        assert (linked["encounter_id"].map(owner) == linked["patient_id"]).all(), name
    assert tables["encounters"]["facility_id"].isin(tables["facilities"]["facility_id"]).all()


def test_time_runs_forward_and_stops_at_the_end_of_the_extract(hospital: SimulatedHospital) -> None:
    encounters = hospital.tables["encounters"]
    happened = encounters[encounters["status"] != "planned"]
    assert (happened["started_at"] < AFTER_THE_END).all()
    assert (encounters["started_at"][encounters["status"] == "planned"] >= AFTER_THE_END).all()
    assert not (encounters["ended_at"] < encounters["started_at"]).any()
    assert encounters.loc[encounters["status"] == "finished", "ended_at"].notna().all()
    assert encounters.loc[encounters["status"].isin(["in_progress", "planned"]), "ended_at"].isna().all()
    assert (hospital.tables["lab_results"]["resulted_at"] >= hospital.tables["lab_results"]["collected_at"]).all()
    for table, column in (("lab_results", "resulted_at"), ("diagnoses", "recorded_at"), ("medications", "started_at")):
        assert hospital.tables[table][column].max() < AFTER_THE_END


def test_nothing_begins_after_death(hospital: SimulatedHospital) -> None:
    death = hospital.tables["patients"].set_index("patient_id")["death_date"].dropna()
    for table, column in (
        ("encounters", "started_at"),
        ("medications", "started_at"),
        ("sdoh_screenings", "screened_at"),
    ):
        frame = hospital.tables[table]
        late = frame[column].dt.normalize() > pd.to_datetime(frame["patient_id"].map(death))
        assert not late.any(), table


def test_one_principal_diagnosis_and_gapless_positions(hospital: SimulatedHospital) -> None:
    by_encounter = hospital.tables["diagnoses"].groupby("encounter_id")["sequence"]
    assert (by_encounter.max() <= 30).all()
    assert not hospital.tables["diagnoses"].duplicated(["encounter_id", "sequence"]).any()


def test_some_things_are_known_only_after_discharge(hospital: SimulatedHospital) -> None:
    ended = hospital.tables["encounters"].set_index("encounter_id")["ended_at"]
    for table, column in (("diagnoses", "recorded_at"), ("lab_results", "resulted_at")):
        frame = hospital.tables[table]
        share = (frame[column] > frame["encounter_id"].map(ended)).mean()
        assert 0.005 < share < 0.15, table


def test_screenings_hold_declined_and_never_asked_answers(hospital: SimulatedHospital) -> None:
    answers = hospital.tables["sdoh_screenings"]
    share = answers["answer_state"].value_counts(normalize=True)
    assert share["answered"] > 0.75
    assert share["declined"] > 0.02
    assert share["not_asked"] > 0.02
    assert answers.loc[answers["answer_state"] == "not_asked", "answer_loinc"].isna().all()


def test_laboratory_units_are_mixed(hospital: SimulatedHospital) -> None:
    haemoglobin = hospital.tables["lab_results"].query("loinc_code == '718-7'").groupby("unit")["value"].median()
    assert 10 < haemoglobin["g/dL"] < 14
    assert 100 < haemoglobin["g/L"] < 140


def test_one_system_runs_several_acute_hospitals(hospital: SimulatedHospital) -> None:
    acute = hospital.tables["facilities"].query("kind in ('acute', 'critical_access')")
    assert acute["system_id"].value_counts().max() >= 4
    used = hospital.tables["encounters"].query("encounter_class == 'inpatient'")["facility_id"].value_counts()
    assert (used[acute["facility_id"]] > 50).all()


def test_staff_and_resources_scale(hospital: SimulatedHospital) -> None:
    assert len(hospital.tables["case_managers"]) == 4
    assert hospital.tables["case_managers"]["active"].any()
    assert hospital.tables["resources"].groupby("domain").size().min() >= 3


def test_history_is_dated_over_the_years_and_seasonal(hospital: SimulatedHospital) -> None:
    started = hospital.tables["encounters"].query("encounter_class == 'inpatient'")["started_at"]
    assert set(started.dt.year) >= {2023, 2024, 2025}
    by_month = started.dt.month.value_counts()
    assert by_month[[12, 1, 2]].sum() > by_month[[6, 7, 8]].sum()


def test_minors_deaths_and_stays_in_progress_occur(hospital: SimulatedHospital) -> None:
    tables, truth = hospital.tables, hospital.truth
    assert (truth["age_years"] < 18).any()
    assert 0.03 < tables["patients"]["death_date"].notna().mean() < 0.2
    assert (tables["encounters"].query("status == 'in_progress'")["encounter_class"] == "inpatient").any()
    ends = tables["encounters"]["discharge_disposition"]
    assert 0.01 < ends.isin(["20", "40", "41", "42"]).sum() / len(truth) < 0.04
