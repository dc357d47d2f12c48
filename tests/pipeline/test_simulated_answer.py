"""On a simulated hospital, what the run left equals the loops: every stay, label and score, from the finished home."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.cut_off import find_cut_off
from tests.generative.compare import compare_cohort, compare_scores, differences
from tests.generative.core_tables import Rows
from tests.naive import (
    Answer,
    Diagnosis,
    Encounter,
    Facility,
    History,
    LabResult,
    Patient,
    Procedure,
    Settings,
    answer,
    read_value_sets,
)  # fmt: skip

KINDS = {"diagnosis": Diagnosis, "procedure": Procedure, "lab_result": LabResult}


@pytest.fixture(scope="module")
def warehouse(finished: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True)
    yield con
    con.close()


@pytest.fixture(scope="module")
def expected(finished: Path, warehouse: duckdb.DuckDBPyConnection, reference_folder: Path) -> Answer:
    def rows(table: str) -> Rows:
        return warehouse.sql(f"from core.{table}").to_arrow_table().to_pylist()

    def pick(kind: type, row: dict[str, Any]) -> Any:
        return kind(**{name: row[name] for name in kind.__dataclass_fields__ if name in row})

    encounters, patients = rows("encounter"), rows("patient")
    visit = {row["encounter_key"]: row["encounter_id"] for row in encounters}
    person = {row["patient_key"]: row["patient_id"] for row in patients}
    facts = {
        name: [
            row | {"encounter_id": visit.get(row["encounter_key"]), "patient_id": person[row["patient_key"]]}
            for row in rows(name)
        ]
        for name in KINDS
    }
    history = History(
        patients=tuple(pick(Patient, row) for row in patients),
        encounters=tuple(pick(Encounter, row) for row in encounters),
        diagnoses=tuple(pick(Diagnosis, row) for row in facts["diagnosis"]),
        procedures=tuple(pick(Procedure, row) for row in facts["procedure"]),
        labs=tuple(pick(LabResult, row) for row in facts["lab_result"]),
        facilities=tuple(pick(Facility, row) for row in rows("facility")),
    )
    cut_off = find_cut_off(finished / "lake", None)
    return answer(history, Settings(cut_off), read_value_sets(reference_folder / "value_sets"))


def test_every_stay_and_label_is_the_loops(warehouse: duckdb.DuckDBPyConnection, expected: Answer) -> None:
    assert len(expected.stay) > 400
    assert any(row["readmitted_30d"] for row in expected.label)
    assert compare_cohort(warehouse, expected) == []


def test_every_score_is_the_loops_in_features_and_in_the_published_file(
    finished: Path, warehouse: duckdb.DuckDBPyConnection, expected: Answer
) -> None:
    # Converted units differ in the last bit of a float; every whole number is equal.
    for row in expected.score:
        for lab in [name for name in row if name.startswith("lab_")]:
            row.pop(lab)
    assert compare_scores(warehouse, expected) == []
    published = finished / "published" / "current" / "scores.parquet"
    rows = warehouse.sql(f"select stay_id, lace, hospital from '{published}'").to_arrow_table().to_pylist()
    wanted = [{name: row[name] for name in ("stay_id", "lace", "hospital")} for row in expected.score]
    assert differences(wanted, rows, lambda row: row["stay_id"], "scores.parquet") == []
