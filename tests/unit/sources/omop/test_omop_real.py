"""The MIMIC-IV demo in OMOP, counted a second time with pandas."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sources.omop import to_landing


@pytest.fixture(scope="module")
def demo(shared_data: Path) -> Path:
    return shared_data / "mimic4_demo_omop"


@pytest.fixture(scope="module")
def landing(demo: Path, con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("landing")
    to_landing(con, demo, out)
    return out


def _read(demo: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(demo / f"{table}.csv.gz", dtype=str)


def _emergency_times(demo: Path) -> int:
    """Emergency details of some duration, those that follow within a visit without a gap counted once."""
    detail = _read(demo, "visit_detail").query("visit_detail_concept_id == '8870'")
    detail = detail[detail["visit_detail_end_datetime"] > detail["visit_detail_start_datetime"]]
    times = 0
    for _, visit in detail.sort_values("visit_detail_start_datetime").groupby("visit_occurrence_id"):
        end = ""
        for row in visit.itertuples():
            times += row.visit_detail_start_datetime > end
            end = max(end, row.visit_detail_end_datetime)
    return times


def test_classes_and_dispositions_agree_with_the_admission_types(demo: Path, landing: Path) -> None:
    visits = _read(demo, "visit_occurrence")
    names = _read(demo, "concept").set_index("concept_id")["concept_name"]
    types = visits["visit_source_concept_id"].map(names)
    landed = pd.read_parquet(landing / "encounters.parquet")

    inpatient = ["EW EMER.", "DIRECT EMER.", "URGENT", "ELECTIVE", "SURGICAL SAME DAY ADMISSION", "OBSERVATION ADMIT"]
    of_a_day = visits["visit_source_value"].str.contains("-", regex=False)
    assert landed["encounter_class"].value_counts().to_dict() == {
        "inpatient": int(types.isin(inpatient).sum()),
        "observation": int((~types.isin(inpatient) & ~of_a_day).sum()),
        "outpatient": int(of_a_day.sum()),
        "emergency": _emergency_times(demo),
    }
    # Every admission has a destination, and only admissions have.
    has_destination = landed.loc[landed["discharge_disposition"].notna(), "encounter_class"]
    assert has_destination.value_counts().to_dict() == {"inpatient": int(types.isin(inpatient).sum())}
    died = visits["discharge_to_source_value"].eq("DIED").sum()
    assert (landed["discharge_disposition"] == "20").sum() == died == 15


def test_billed_codes_are_all_handed_on(demo: Path, landing: Path) -> None:
    billed = _read(demo, "condition_occurrence").query("condition_type_concept_id == '32821'")
    distinct = billed.assign(code=billed["condition_source_value"].str.strip()).drop_duplicates(
        ["visit_occurrence_id", "code"]
    )
    landed = pd.read_parquet(landing / "diagnoses.parquet")
    assert len(landed) == len(distinct)
    assert landed["sequence"].min() == 2
    assert landed.groupby("encounter_id")["code_system"].nunique().max() == 1


def test_ids_keep_their_sign_and_length(demo: Path, landing: Path) -> None:
    persons = set(_read(demo, "person")["person_id"])
    assert set(pd.read_parquet(landing / "patients.parquet")["patient_id"]) == persons
    assert set(pd.read_parquet(landing / "encounters.parquet")["patient_id"]) <= persons
    assert any(person.startswith("-") for person in persons)
