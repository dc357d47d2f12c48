"""Rows arriving in another order change nothing, to the byte."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.reference import load_reference
from sources import desynpuf, omop
from tests.unit.sources.desynpuf import conftest as claims
from tests.unit.sources.omop import conftest as cdm
from tests.unit.sources.text_tables import write_table

FILES = {
    "desynpuf": {
        claims.SUMMARY.format(2008): claims.SUMMARY_2008,
        claims.SUMMARY.format(2009): claims.SUMMARY_2009,
        claims.INPATIENT: claims.CLAIMS,
    },
    "omop": {
        "concept.csv": cdm.CONCEPTS,
        "person.csv": cdm.PERSONS,
        "visit_occurrence.csv": cdm.VISITS,
        "visit_detail.csv": cdm.DETAILS,
        "condition_occurrence.csv": cdm.CONDITIONS,
    },
}


@pytest.mark.parametrize(("name", "adapter"), [("desynpuf", desynpuf), ("omop", omop)])
def test_reversed_files_give_the_same_landing_tables(
    reference_folder: Path, tmp_path: Path, name: str, adapter: object
) -> None:
    con = duckdb.connect()
    load_reference(con, reference_folder)
    contents = []
    for order in (1, -1):
        folder, out = tmp_path / f"in{order}", tmp_path / f"out{order}"
        folder.mkdir()
        for file, text in FILES[name].items():
            header, *rows = text.strip().splitlines()
            write_table(folder, file, "\n".join([header, *rows[::order]]))
        report = adapter.to_landing(con, folder, out)
        contents.append(({path.name: path.read_bytes() for path in out.iterdir()}, report))
    assert contents[0] == contents[1]
