"""OMOP CDM tables as landing tables: before and after."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.errors import UsageError
from sources.adapter import SourceReport
from sources.omop import to_landing
from tests.unit.sources.text_tables import draw, read_table, write_table


@pytest.mark.usefixtures("report")
def test_persons_with_births_by_the_conventions_of_the_cdm(out: Path) -> None:
    """Without a month: the first visit of the year of birth (person 3), else 15 June (person 2)."""
    columns = "patient_id, birth_date, sex, race, ethnicity, zip_code, county_fips, death_date"
    assert read_table(out, "patients", columns) == draw("""
        -1 | 1950-03-09 | female  | White | Not Hispanic or Latino | 02115 | 25025 | -
        2  | 1960-06-15 | male    | -     | Hispanic or Latino     | -     | -     | 2024-06-01
        3  | 2024-04-01 | unknown | Asian | -                      | -     | -     | -
    """)


@pytest.mark.usefixtures("report")
def test_visits_and_the_emergency_time_within_them(out: Path) -> None:
    """262 is one inpatient encounter; its two joined emergency details are another; markers and ED visits add none."""
    columns = "encounter_id, patient_id, encounter_class, admission_type, started_at, ended_at, discharge_disposition"
    assert read_table(out, "encounters", columns) == draw("""
        -9001          | -1  | inpatient   | -         | 2024-01-02T08:00:00 | 2024-01-05T12:30:00 | 03
        9002           | 2   | inpatient   | emergency | 2024-02-01          | 2024-02-03          | 30
        9003           | 2   | emergency   | -         | 2024-03-01T01:00:00 | 2024-03-01T05:00:00 | -
        9004           | 3   | observation | -         | 2024-04-01T01:00:00 | 2024-04-01T05:00:00 | 01
        9005           | 404 | other       | -         | 2024-05-01          | 2024-05-02          | -
        visit-detail-1 | 2   | emergency   | -         | 2024-02-01T00:30:00 | 2024-02-01T04:00:00 | -
    """)


@pytest.mark.usefixtures("report")
def test_the_facility_is_where_the_care_site_stands(out: Path) -> None:
    assert read_table(out, "encounters", "encounter_id, facility_id, unit") == draw("""
        -9001          | care-site-500 | East
        9002           | location-8    | Ward B
        9003           | -             | -
        9004           | -             | -
        9005           | -             | -
        visit-detail-1 | location-8    | ED
    """)
    assert read_table(out, "facilities", "facility_id, name") == "care-site-500 | East\nlocation-8 | North"


@pytest.mark.usefixtures("report")
def test_a_principal_diagnosis_only_where_the_source_says_one(out: Path) -> None:
    """-9001 by status, 9003 by position; 9002 says nothing, so its numbering begins at 2."""
    assert read_table(out, "diagnoses", "encounter_id, code_system, code, sequence") == draw("""
        -9001 | ICD-10-CM | I509  | 1
        -9001 | ICD-10-CM | E119  | 2
        9002  | ICD-9-CM  | 25000 | 2
        9002  | ICD-9-CM  | 4019  | 3
        9002  | ICD-9-CM  | E8790 | 4
        9003  | ICD-10-CM | I509  | 1
        9003  | ICD-10-CM | E119  | 2
    """)


def test_two_primary_diagnoses_are_no_principal_diagnosis(
    con: duckdb.DuckDBPyConnection, folder: Path, out: Path
) -> None:
    write_table(folder, "condition_occurrence.csv", """
        person_id | visit_occurrence_id |condition_status_concept_id| condition_source_value|condition_source_concept_id
        -1        | -9001               | 32902                       | I50.9                  | 11
        -1        | -9001               | 32902                       | E11.9                  | 12
    """)  # fmt: skip
    to_landing(con, folder, out)
    assert read_table(out, "diagnoses", "code, sequence") == "E119 | 2\nI509 | 3"


def test_conditions_left_out_are_counted_by_reason(report: SourceReport) -> None:
    reasons = {row.reason: row.rows for row in report.left_out if row.source_table == "condition_occurrence"}
    assert reasons == {
        "admission diagnosis": 1,
        "coded in another vocabulary than ICD-9-CM or ICD-10-CM": 1,
        "no source concept that names the code system": 1,
        "no visit": 1,
        "the same code of the same visit again": 1,
    }
    assert report.rows_in["condition_occurrence"] == report.rows_out["diagnoses"] + sum(reasons.values())


def test_the_report_says_what_the_source_cannot_say(report: SourceReport) -> None:
    assert "No payer of visits." in report.missing
    assert "No drug exposures." in report.missing
    assert any("principal diagnosis is unknown for some inpatient visits" in sentence for sentence in report.missing)
    assert any("class other" in sentence for sentence in report.missing)
    assert report.source_version == "OMOP CDM not stated"


def test_procedures_by_vocabulary_and_by_form(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(folder, "procedure_occurrence.csv", """
        person_id | visit_occurrence_id | procedure_date | procedure_datetime  | procedure_source_value | procedure_source_concept_id
        -1        | -9001               | 2024-01-03     | 2024-01-03 10:00:00 | x                      | 15
        -1        | -9001               | 2024-01-04     | -                   | 19301                  | 2102720
        -1        | -9001               | 2024-01-04     | -                   | 38.93                  | 2000735
        -1        | -9001               | 2024-01-04     | -                   | J1100                  | 16
        -1        | -9001               | 2024-01-04     | -                   | 225459                 | 2000000123
    """)  # fmt: skip  # noqa: E501
    report = to_landing(con, folder, out)
    assert read_table(out, "procedures", "code_system, code, performed_at") == draw("""
        CPT        | 19301   | 2024-01-04
        ICD-10-PCS | 02HV33Z | 2024-01-03T10:00:00
        ICD-9-PCS  | 3893    | 2024-01-04
    """)
    assert sum(row.rows for row in report.left_out if row.source_table == "procedure_occurrence") == 2


def test_medications_by_vocabulary_and_kind(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(folder, "drug_exposure.csv", """
        person_id | visit_occurrence_id | drug_concept_id | drug_exposure_start_date | drug_type_concept_id | drug_source_value | drug_source_concept_id
        -1        | -9001               | 21              | 2024-01-02               | 32838                | MET500            | 0
        -1        | 9003                | 0               | 2024-01-03               | 32838                | 00002751001       | 45144375
        -1        | -                   | 0               | 2024-01-04               | 32838                | aspirin           | 0
        -1        | -9001               | 21              | 2024-01-05               | 32824                | MET500            | 0
        -1        | -9001               | 21              | 2024-01-06               | 32869                | MET500            | 0
    """)  # fmt: skip  # noqa: E501
    to_landing(con, folder, out)
    assert read_table(out, "medications", "started_at, kind, code_system, code, name") == draw("""
        2024-01-05 | discharge  | RxNorm | 860975      | metformin 500 MG
        2024-01-02 | inpatient  | RxNorm | 860975      | metformin 500 MG
        2024-01-06 | outpatient | RxNorm | 860975      | metformin 500 MG
        2024-01-03 | inpatient  | NDC    | 00002751001 | -
        2024-01-04 | outpatient | local  | aspirin     | aspirin
    """)


def test_measurements_with_loinc_and_number(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(
        folder,
        "measurement.csv",
        """
        person_id | measurement_concept_id | measurement_date | value_as_number | unit_concept_id | visit_occurrence_id
        -1        | 31                     | 2024-01-03       | 11.5            | 32              | -9001
        -1        | 31                     | 2024-01-03       | -               | 32              | -9001
        -1        | 999                    | 2024-01-03       | 7               | 32              | -9001
    """,
    )
    report = to_landing(con, folder, out)
    assert read_table(out, "lab_results", "encounter_id, loinc_code, value, unit") == "-9001 | 718-7 | 11.5 | g/dL"
    lost = {row.reason: row.rows for row in report.left_out if row.source_table == "measurement"}
    assert lost == {"no LOINC code": 1, "no number": 1}


def test_screening_answers_come_from_observations(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(
        folder,
        "observation.csv",
        """
        person_id | observation_concept_id | observation_date | value_as_concept_id | visit_occurrence_id
        2         | 41                     | 2024-02-02       | 42                  | 9002
        2         | 31                     | 2024-02-02       | 42                  | 9002
    """,
    )
    report = to_landing(con, folder, out)
    columns = "patient_id, instrument, question_loinc, answer_loinc, answer_text, screened_at"
    assert read_table(out, "sdoh_screenings", columns) == (
        "2 | PRAPARE | 71802-3 | LA30190-5 | I do not have housing | 2024-02-02"
    )
    assert [row.rows for row in report.left_out if row.source_table == "observation"] == [1]


def test_the_payer_of_the_day_the_visit_begins(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(
        folder,
        "payer_plan_period.csv",
        """
        person_id | payer_plan_period_start_date | payer_plan_period_end_date | payer_concept_id | payer_source_value
        -1        | 2023-01-01                   | 2023-12-31                 | -                | Medicaid
        -1        | 2024-01-01                   | 2024-12-31                 | 51               | -
        2         | 2024-01-01                   | 2024-12-31                 | -                | self pay
    """,
    )
    to_landing(con, folder, out)
    rows = read_table(out, "encounters", "encounter_id, payer_class").splitlines()
    assert rows[:2] == ["-9001 | medicare", "9002 | self_pay"]


def test_cdm_5_3_names_and_the_sources_own_visit_types(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    """MIMIC-IV's mapping to standard concepts loses the admission; its own types and words keep it."""
    write_table(
        folder,
        "concept.csv",
        """
        concept_id | concept_name           | vocabulary_id              | concept_code
        2000001806 | EW EMER.               | mimiciv_vis_admission_type | EW EMER.
        2000001801 | AMBULATORY OBSERVATION | mimiciv_vis_admission_type | AMBULATORY OBSERVATION
    """,
    )
    (folder / "CONCEPT.csv").unlink()
    write_table(folder, "visit_occurrence.csv", """
        VISIT_OCCURRENCE_ID | PERSON_ID | VISIT_CONCEPT_ID | VISIT_SOURCE_CONCEPT_ID | ADMITTING_SOURCE_VALUE | DISCHARGE_TO_CONCEPT_ID | DISCHARGE_TO_SOURCE_VALUE
        1                   | 2         | 8870             | 2000001806              | EMERGENCY ROOM         | 581476                  | HOME HEALTH CARE
        2                   | 2         | 38004207         | 2000001801              | PACU                   | -                       | -
        3                   | 2         | 38004207         | 2000001801              | -                      | -                       | -
    """)  # fmt: skip  # noqa: E501
    to_landing(con, folder, out)
    columns = "encounter_id, encounter_class, admission_type, admission_source, discharge_disposition"
    assert read_table(out, "encounters", columns) == draw("""
        1 | inpatient   | emergency | EMERGENCY ROOM | 06
        2 | observation | -         | PACU           | -
        3 | outpatient  | -         | -              | -
    """)


def test_parquet_with_numbers_gives_the_same_landing_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, out: Path
) -> None:
    to_landing(con, folder, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for name in ("visit_occurrence", "condition_occurrence"):
        con.read_csv(str(folder / f"{name}.csv"), header=True).write_parquet(str(folder / f"{name}.parquet"))
        (folder / f"{name}.csv").unlink()
    to_landing(con, folder, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_without_visits_there_is_nothing_to_do(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    (folder / "visit_occurrence.csv").unlink()
    with pytest.raises(UsageError, match="visit_occurrence"):
        to_landing(con, folder, out)
