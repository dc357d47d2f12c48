"""Medicare claims of DE-SynPUF as landing tables: before and after."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.errors import HomewardError, UsageError
from sources.adapter import LeftOut, SourceReport
from sources.desynpuf import to_landing
from tests.unit.sources.desynpuf.conftest import EVENTS, INPATIENT, OUTPATIENT
from tests.unit.sources.text_tables import draw, read_table, write_table


@pytest.mark.usefixtures("report")
def test_the_latest_year_describes_the_person(out: Path) -> None:
    columns = "patient_id, birth_date, sex, race, ethnicity, county_fips, death_date"
    assert read_table(out, "patients", columns) == draw("""
        ANNA | 1943-01-01 | female | White                     | -                  | 01001 | -
        BEN  | 1930-06-01 | male   | Black or African American | -                  | 01001 | 2008-11-01
        CLEO | 1951-03-01 | female | -                         | Hispanic or Latino | -     | -
    """)


@pytest.mark.usefixtures("report")
def test_a_claim_of_two_segments_is_one_stay_described_by_its_first(out: Path) -> None:
    columns = "encounter_id, patient_id, encounter_class, started_at, ended_at, facility_id, drg_code, payer_class"
    assert read_table(out, "encounters", columns) == draw("""
        101 | ANNA | inpatient | 2009-03-31 | 2009-04-04 | 1000AH | 535 | medicare
        102 | ANNA | inpatient | 2009-04-02 | 2009-04-05 | 1000AH | -   | medicare
        103 | GONE | inpatient | 2009-04-12 | 2009-04-12 | 3900MB | 201 | medicare
    """)


@pytest.mark.usefixtures("report")
def test_codes_keep_their_field_number_so_an_empty_first_field_leaves_no_principal(out: Path) -> None:
    assert read_table(out, "diagnoses", "encounter_id, code_system, code, sequence") == draw("""
        101 | ICD-9-CM | 4280  | 1
        101 | ICD-9-CM | 25000 | 2
        102 | ICD-9-CM | V5866 | 2
        103 | ICD-9-CM | 41401 | 1
    """)


@pytest.mark.usefixtures("report")
def test_only_the_first_procedure_field_is_believed_and_only_if_it_can_be_a_procedure(out: Path) -> None:
    assert read_table(out, "procedures", "encounter_id, code_system, code") == "101 | ICD-9-PCS | 3893"


def test_the_report_says_what_was_read_written_and_left_out(report: SourceReport) -> None:
    assert report.source_version == "DE-SynPUF 1.0, samples 1"
    assert report.rows_in == {"beneficiary_summary": 4, "inpatient_claims": 4}
    assert report.rows_out == {"patients": 3, "encounters": 3, "diagnoses": 4, "procedures": 1, "facilities": 2}
    assert report.left_out == (
        LeftOut("beneficiary_summary", "patients", "earlier year of the same beneficiary", 1),
        LeftOut("inpatient_claims", "encounters", "further segment of a claim", 1),
        LeftOut("inpatient_claims", "procedures", "ICD9_PRCDR_CD_1 that is no ICD-9-CM procedure code", 1),
        LeftOut("inpatient_claims", "procedures", "ICD9_PRCDR_CD_2 to _6, which hold diagnosis codes", 1),
    )


def test_the_report_says_what_the_source_cannot_say(report: SourceReport) -> None:
    said = " ".join(report.missing)
    for word in ("discharge disposition", "admission type", "Facility kind", "No outpatient claims", "drug events"):
        assert word in said
    assert "Some inpatient claims have no principal diagnosis." in report.missing
    assert not any(person in said for person in ("ANNA", "BEN", "CLEO", "GONE"))


@pytest.mark.usefixtures("report")
def test_what_the_source_does_not_have_is_absent_not_empty(out: Path) -> None:
    columns = duckdb.connect().read_parquet(str(out / "encounters.parquet")).columns
    assert not {"status", "discharge_disposition", "admission_type", "admission_source"} & set(columns)
    assert duckdb.connect().read_parquet(str(out / "facilities.parquet")).columns == ["facility_id"]
    assert not (out / "medications.parquet").exists()


def test_outpatient_lines_tell_emergency_visits(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(folder, OUTPATIENT, """
        DESYNPUF_ID | CLM_ID | SEGMENT | CLM_FROM_DT | CLM_THRU_DT | PRVDR_NUM | ICD9_DGNS_CD_1|HCPCS_CD_1|HCPCS_CD_2
        ANNA        | 201    | 1       | 20090501    | 20090502    | 1000AH    | 78650          | 36415      | 99284
        BEN         | 202    | 1       | 20080501    | 20080501    | 1000AH    | -              | G0378      | 99213
    """)  # fmt: skip
    report = to_landing(con, folder, out)
    rows = read_table(out, "encounters", "encounter_id, encounter_class, started_at, ended_at").splitlines()
    assert rows[3:] == [
        "201 | emergency | 2009-05-01 | 2009-05-02",
        "202 | outpatient | 2008-05-01 | 2008-05-01",
    ]
    assert "202 | CPT | 99213" in read_table(out, "procedures", "encounter_id, code_system, code")
    level_two = LeftOut("outpatient_claims", "procedures", "HCPCS_CD that is no CPT code (HCPCS level II)", 1)
    assert level_two in report.left_out
    assert not any("No outpatient claims" in sentence for sentence in report.missing)


def test_drug_events_are_outpatient_fills(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(
        folder,
        EVENTS,
        """
        DESYNPUF_ID | PDE_ID | SRVC_DT  | PROD_SRVC_ID | DAYS_SUPLY_NUM
        ANNA        | 1      | 20090407 | 00002751001  | 30
        ANNA        | 2      | 20090408 | OTHER        | 30
    """,
    )
    to_landing(con, folder, out)
    assert read_table(out, "medications", "patient_id, kind, code_system, code, started_at") == draw("""
        ANNA | outpatient | NDC | 00002751001 | 2009-04-07
        ANNA | outpatient | -   | -           | 2009-04-08
    """)


def test_an_unreadable_date_is_handed_on_for_the_contract_to_name(
    con: duckdb.DuckDBPyConnection, folder: Path, out: Path
) -> None:
    write_table(
        folder,
        INPATIENT,
        """
        DESYNPUF_ID | CLM_ID | SEGMENT | CLM_ADMSN_DT | NCH_BENE_DSCHRG_DT
        ANNA        | 101    | 1       | 20091399     | 20090404
    """,
    )
    to_landing(con, folder, out)
    assert read_table(out, "encounters", "started_at, ended_at") == "20091399 | 2009-04-04"


def test_running_twice_gives_the_same_bytes_and_no_leftovers(
    con: duckdb.DuckDBPyConnection, folder: Path, out: Path
) -> None:
    events = write_table(folder, EVENTS, "DESYNPUF_ID | SRVC_DT | PROD_SRVC_ID\nANNA | 20090407 | 00002751001")
    to_landing(con, folder, out)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert "medications.parquet" in first
    events.unlink()
    to_landing(con, folder, out)
    again = {path.name: path.read_bytes() for path in out.iterdir()}
    assert again == {name: content for name, content in first.items() if name != "medications.parquet"}


def test_missing_claims_are_a_usage_error(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    (folder / INPATIENT).unlink()
    with pytest.raises(UsageError, match="Inpatient_Claims"):
        to_landing(con, folder, out)


def test_a_file_without_its_key_column_is_refused(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> None:
    write_table(folder, INPATIENT, "DESYNPUF_ID | SEGMENT\nANNA | 1")
    with pytest.raises(HomewardError, match="no column clm_id"):
        to_landing(con, folder, out)
