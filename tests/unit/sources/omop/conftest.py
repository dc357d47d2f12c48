"""A tiny OMOP folder (CDM 5.4 column names) and the landing tables made of it."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.reference import load_reference
from sources.adapter import SourceReport
from sources.omop import to_landing
from sources.omop.adapter import REFERENCE
from tests.unit.sources.text_tables import write_table

CONCEPTS = """
concept_id | concept_name         | vocabulary_id    | concept_code
11         | Heart failure        | ICD10CM          | I50.9
12         | Diabetes             | ICD10CM          | E11.9
13         | Hypertension         | ICD9CM           | 401.9
14         | Hypertensive disorder| SNOMED           | 38341003
15         | Central line         | ICD10PCS         | 02HV33Z
16         | Infusion             | HCPCS            | J1100
21         | metformin 500 MG     | RxNorm           | 860975
31         | Haemoglobin          | LOINC            | 718-7
32         | g/dL                 | UCUM             | g/dL
41         | Housing status       | LOINC            | 71802-3
42         | I do not have housing| LOINC            | LA30190-5
51         | Medicare             | SOPT             | 11
52         | Still a patient      | UB04 Pt dis status | 30
"""
PERSONS = """
person_id | gender_concept_id | year_of_birth | month_of_birth | day_of_birth | race_concept_id | ethnicity_concept_id | location_id
-1        | 8532              | 1950          | 3              | 9            | 8527            | 38003564             | 7
2         | 8507              | 1960          | -              | -            | 0               | 38003563             | -
3         | 0                 | 2024          | -              | -            | 8515            | 0                    | -
"""  # noqa: E501
VISITS = """
visit_occurrence_id | person_id | visit_concept_id | visit_start_date | visit_start_datetime | visit_end_date | visit_end_datetime  | care_site_id | discharged_to_concept_id | admitted_from_source_value
-9001               | -1        | 9201             | 2024-01-02       | 2024-01-02 08:00:00  | 2024-01-05     | 2024-01-05 12:30:00 | 500          | 8863                     | CLINIC
9002                | 2         | 262              | 2024-02-01       | -                    | 2024-02-03     | -                   | 600          | 52                       | -
9003                | 2         | 9203             | 2024-03-01       | 2024-03-01 01:00:00  | 2024-03-01     | 2024-03-01 05:00:00 | -            | 0                        | -
9004                | 3         | 581385           | 2024-04-01       | 2024-04-01 01:00:00  | 2024-04-01     | 2024-04-01 05:00:00 | -            | 581476                   | -
9005                | 404       | 123456           | 2024-05-01       | -                    | 2024-05-02     | -                   | -            | -                        | -
"""  # noqa: E501
DETAILS = """
visit_detail_id | person_id | visit_occurrence_id | visit_detail_concept_id | visit_detail_start_datetime | visit_detail_end_datetime | care_site_id
1               | 2         | 9002                | 9203                    | 2024-02-01 00:30:00         | 2024-02-01 03:00:00       | 501
2               | 2         | 9002                | 8870                    | 2024-02-01 03:00:00         | 2024-02-01 04:00:00       | 501
3               | 2         | 9002                | 9201                    | 2024-02-01 04:00:00         | 2024-02-03 09:00:00       | 502
4               | 2         | 9002                | 8870                    | 2024-02-01 00:00:00         | 2024-02-01 00:00:00       | -
5               | 2         | 9003                | 9203                    | 2024-03-01 01:00:00         | 2024-03-01 05:00:00       | 501
"""  # noqa: E501
CONDITIONS = """
condition_occurrence_id | person_id | visit_occurrence_id | condition_type_concept_id | condition_status_concept_id | condition_source_value | condition_source_concept_id
1                       | -1        | -9001               | 32821                     | 32902                       | I50.9                  | 11
2                       | -1        | -9001               | 32821                     | 32908                       | e11.9                  | 12
3                       | -1        | -9001               | 32821                     | 32908                       | E11.9                  | 12
4                       | -1        | -9001               | 32821                     | 32890                       | E11.9                  | 12
5                       | -1        | -9001               | 32821                     | 0                           | 38341003               | 14
6                       | -1        | -                   | 32821                     | 0                           | I50.9                  | 11
7                       | 2         | 9002                | 32821                     | 0                           | 401.9                  | 13
8                       | 2         | 9002                | 32821                     | 0                           | 25000                  | 44833365
9                       | 2         | 9002                | 32821                     | 0                           | E8790                  | 44820311
10                      | 2         | 9002                | 32821                     | 0                           | LOCAL7                 | 2000000001
11                      | 2         | 9003                | 38000201                  | 0                           | E11.9                  | 12
12                      | 2         | 9003                | 38000200                  | 0                           | I50.9                  | 11
"""  # noqa: E501


@pytest.fixture(scope="session")
def con(reference_folder: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    load_reference(con, reference_folder, only=set(REFERENCE))
    return con


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cdm"
    folder.mkdir()
    write_table(folder, "CONCEPT.csv", CONCEPTS)
    write_table(folder, "person.csv.gz", PERSONS)
    write_table(folder, "visit_occurrence.csv", VISITS)
    write_table(folder, "visit_detail.csv", DETAILS)
    write_table(folder, "condition_occurrence.csv", CONDITIONS)
    write_table(folder, "death.csv", "person_id | death_date\n2 | 2024-06-01")
    write_table(
        folder, "location.csv", "location_id | zip | county | location_source_value\n7|02115|25025|Home\n8|-|-|North"
    )
    write_table(
        folder,
        "care_site.csv",
        "care_site_id|care_site_name|location_id\n500|East|-\n501|ED|8\n502|Ward B|8\n600|Main|8",
    )
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def report(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> SourceReport:
    return to_landing(con, folder, out)
