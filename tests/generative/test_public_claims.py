"""The same comparison on claims that nobody made up for it: one sample of CMS DE-SynPUF, through adapter and contracts.

Overlaps, same-day stays, odd codes and discharges are those of the claims; they have no emergency visits and no labs.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.desynpuf.adapter import to_landing
from tests.contract.landing import load
from tests.generative.compare import compare_cohort, compare_scores
from tests.generative.core_tables import Rows
from tests.generative.sql_stage import ROOT, connect, run_features
from tests.naive import Diagnosis, Encounter, Facility, History, Patient, Procedure, Settings, ValueSets, answer

SHARED = ROOT / os.environ.get("HOMEWARD_SHARED_DATA", "../shared/data")
SAMPLE = "*Sample_1.csv.gz"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SHARED / "desynpuf").is_dir(), reason="no DE-SynPUF in HOMEWARD_SHARED_DATA"),
]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Land one sample, build core from it, and read core as a history."""
    home = tmp_path_factory.mktemp("claims")
    files = home / "files"
    files.mkdir()
    for path in sorted((SHARED / "desynpuf").glob(SAMPLE)):
        (files / path.name).symlink_to(path.resolve())
    landing = home / "landing"
    landing.mkdir()
    with connect() as con:
        to_landing(con, files, landing)
    load(landing, home / "lake")
    return read_history(home / "lake")


def read_history(lake: Path) -> History:
    """Read the core tables of a lake as a history."""
    with duckdb.connect() as con:

        def rows(table: str, columns: str = "*") -> Rows:
            query = f"SELECT {columns} FROM read_parquet('{lake}/core/{table}/*.parquet')"  # noqa: S608
            return con.sql(query).to_arrow_table().to_pylist()

        encounters = rows("encounter")
        ids = {row["encounter_key"]: row["encounter_id"] for row in encounters}
        coded = {name: [row | {"encounter_id": ids[row["encounter_key"]]} for row in rows(name)]
                 for name in ("diagnosis", "procedure")}  # fmt: skip
        return History(
            patients=tuple(pick(Patient, row) for row in rows("patient")),
            encounters=tuple(pick(Encounter, row) for row in encounters),
            diagnoses=tuple(pick(Diagnosis, row) for row in coded["diagnosis"]),
            procedures=tuple(pick(Procedure, row) for row in coded["procedure"]),
            facilities=tuple(pick(Facility, row) for row in rows("facility")),
        )


def pick(kind: type, row: dict[str, Any]) -> Any:
    """Make a row of the loops from a row of core."""
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})


def test_sql_agrees_with_the_loops_on_public_claims(
    con: duckdb.DuckDBPyConnection, sets: ValueSets, history: History
) -> None:
    settings = Settings(date(2010, 6, 30))
    expected = answer(history, settings, sets)
    assert len(expected.label) > 1000
    assert max(row["encounter_count"] for row in expected.stay) > 1
    run_features(con, history, settings)
    run_features(con, history, settings)
    assert compare_cohort(con, expected) == []
    assert compare_scores(con, expected) == []
