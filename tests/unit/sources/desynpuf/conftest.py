"""A tiny DE-SynPUF folder and the landing tables made of it."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.reference import load_reference
from sources.adapter import SourceReport
from sources.desynpuf import to_landing
from sources.desynpuf.adapter import REFERENCE
from tests.unit.sources.text_tables import write_table

SUMMARY = "DE1_0_{}_Beneficiary_Summary_File_Sample_1.csv"
INPATIENT = "DE1_0_2008_to_2010_Inpatient_Claims_Sample_1.csv"
OUTPATIENT = "DE1_0_2008_to_2010_Outpatient_Claims_Sample_1.csv"
EVENTS = "DE1_0_2008_to_2010_Prescription_Drug_Events_Sample_1.csv"

SUMMARY_2008 = """
DESYNPUF_ID | BENE_BIRTH_DT | BENE_DEATH_DT | BENE_SEX_IDENT_CD | BENE_RACE_CD | SP_STATE_CODE | BENE_COUNTY_CD
ANNA        | 19430101      | -             | 2                 | 1            | 39            | 230
BEN         | 19300601      | 20081101      | 1                 | 2            | 01            | 000
"""
SUMMARY_2009 = """
DESYNPUF_ID | BENE_BIRTH_DT | BENE_DEATH_DT | BENE_SEX_IDENT_CD | BENE_RACE_CD | SP_STATE_CODE | BENE_COUNTY_CD
ANNA        | 19430101      | -             | 2                 | 1            | 01            | 000
CLEO        | 19510301      | -             | 2                 | 5            | 54            | 999
"""
CLAIMS = """
DESYNPUF_ID|CLM_ID|SEGMENT|PRVDR_NUM|AT_PHYSN_NPI|CLM_ADMSN_DT|NCH_BENE_DSCHRG_DT|CLM_DRG_CD|ICD9_DGNS_CD_1|ICD9_DGNS_CD_2|ICD9_PRCDR_CD_1|ICD9_PRCDR_CD_2
ANNA       |101   |2      |36S0WM   |-           |20090301    |20090404          |OTH       |-             |-             |-              |-
ANNA       |101   |1      |1000AH   |77          |20090331    |20090404          |535       |4280          |25000         |3893           |4019
ANNA       |102   |1      |1000AH   |77          |20090402    |20090405          |000       |-             |V5866         |V4501          |-
GONE       |103   |1      |3900MB   |-           |20090412    |20090412          |201       |41401         |-             |-              |-
"""  # noqa: E501  # a table is read as a table


@pytest.fixture(scope="session")
def con(reference_folder: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    load_reference(con, reference_folder, only=set(REFERENCE))
    return con


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "claims"
    folder.mkdir()
    write_table(folder, SUMMARY.format(2008) + ".gz", SUMMARY_2008)
    write_table(folder, SUMMARY.format(2009), SUMMARY_2009)
    write_table(folder, INPATIENT, CLAIMS)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def report(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> SourceReport:
    return to_landing(con, folder, out)
