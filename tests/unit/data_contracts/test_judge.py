"""The judge notices each kind of broken promise, counts it, and tells nothing else."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.contract import Contract
from data_contracts.judge import ExpectationError, Judgement, describe_expectations, judge
from tests.contract.landing import CONTRACTS, good_tables, load, write_landing

STAY = Contract.model_validate({
    "table": "cohort.stay", "description": "Stays.", "grain": "one row per stay", "owner": "lead", "key": ["stay_id"],
    "columns": [
        {"name": "stay_id", "type": "id", "present": True, "description": "Id."},
        {"name": "status", "type": "enum", "values": ["open", "over"], "description": "State."},
        {"name": "days", "type": "int", "min": 0, "description": "Length.", "unit": "days"},
        {"name": "risk", "type": "float", "min": 0, "max": 1, "severity": "warn", "description": "Risk."},
        {"name": "began", "type": "date", "min": "2000-01-01", "max": "2030-12-31", "description": "First day."},
        {"name": "ended", "type": "date", "description": "Last day."},
        {"name": "code", "type": "code", "pattern": "[A-Z][0-9]{2}", "description": "Code."},
        {"name": "units", "type": "list", "present": True, "description": "Units."},
        {"name": "is_planned", "type": "bool", "present": True, "description": "Planned."},
    ],
    "rules": [{"name": "ends_before_it_begins", "columns": ["began", "ended"], "when": "ended < began"}],
})  # fmt: skip

ROW = {
    "stay_id": "'S' || i", "status": "'open'", "days": "3", "risk": "0.5::DOUBLE", "began": "DATE '2024-01-01'",
    "ended": "NULL::DATE", "code": "'I50'", "units": "['4W']", "is_planned": "true",
}  # fmt: skip


def judge_stay(folder: Path, batch_rows: int = 1000, **changes: str) -> Judgement:
    """Judge two parts of two rows; a change is SQL for a column, in the first row of the second part."""
    parts = []
    with duckdb.connect() as con:
        for part in range(2):
            columns = [f"CASE WHEN i = 2 THEN {changes.get(n, sql)} ELSE {sql} END AS {n}" for n, sql in ROW.items()]
            parts.append(folder / f"bucket_{part:03d}.parquet")
            rows = f"SELECT {', '.join(columns)} FROM range({2 * part}, {2 * part + 2}) AS numbers(i)"
            con.execute(f"COPY ({rows}) TO '{parts[-1]}' (FORMAT parquet)")
    return judge(parts, STAY, batch_rows)


def test_a_good_table_passes(tmp_path: Path) -> None:
    judgement = judge_stay(tmp_path)
    assert (judgement.passed, judgement.failures, judgement.rows) == (True, [], 4)
    assert judgement.to_dict()["passed"] is True


@pytest.mark.parametrize(
    ("column", "sql", "failure"),
    [
        ("stay_id", "NULL", "cohort.stay.stay_id: 1 of 4 fail ExpectColumnValuesToNotBeNull (block)"),
        ("stay_id", "'S3'", "cohort.stay.stay_id: 2 of 4 fail ExpectColumnValuesToBeUnique (block)"),
        ("status", "'gone'", "cohort.stay.status: 1 of 4 fail ExpectColumnValuesToBeInSet (block)"),
        ("days", "-1", "cohort.stay.days: 1 of 4 fail ExpectColumnValuesToBeBetween (block)"),
        ("risk", "1.5", "cohort.stay.risk: 1 of 4 fail ExpectColumnValuesToBeBetween (warn)"),
        ("began", "DATE '1999-12-31'", "cohort.stay.began: 1 of 4 fail ExpectColumnValuesToBeBetween (block)"),
        (
            "ended",
            "DATE '2023-12-31'",
            "cohort.stay.ends_before_it_begins: 1 of 4 fail ExpectColumnValuesToBeInSet (block)",
        ),
        ("code", "'50'", "cohort.stay.code: 1 of 4 fail ExpectColumnValuesToBeInSet (block)"),
        ("units", "NULL", "cohort.stay.units: 1 of 4 fail ExpectColumnValuesToNotBeNull (block)"),
        ("is_planned", "NULL", "cohort.stay.is_planned: 1 of 4 fail ExpectColumnValuesToNotBeNull (block)"),
    ],
)
@pytest.mark.parametrize("batch_rows", [1, 1000], ids=["part by part", "together"])
def test_each_broken_promise_is_counted(tmp_path: Path, column: str, sql: str, failure: str, batch_rows: int) -> None:
    judgement = judge_stay(tmp_path, batch_rows, **{column: sql})
    assert judgement.failures == [failure]
    assert judgement.passed == ("(warn)" in failure)


@pytest.mark.parametrize(
    ("column", "sql"),
    [("status", "NULL"), ("days", "NULL"), ("code", "NULL"), ("began", "DATE '2030-12-31'"), ("risk", "1.0")],
)
def test_missing_values_and_ends_of_ranges_pass(tmp_path: Path, column: str, sql: str) -> None:
    assert judge_stay(tmp_path, **{column: sql}).failures == []


def test_the_shape_of_a_table_is_judged_first(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    columns = {**ROW, "days": "'three'", "shoe_size": "43"}
    del columns["units"]
    select = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {select} FROM range(1) AS numbers(i)) TO '{path}' (FORMAT parquet)")
    assert judge([path], STAY).failures == [
        "cohort.stay.days: 1 of 1 fail column_type (block)",
        "cohort.stay.shoe_size: 1 of 1 fail column_is_in_contract (block)",
        "cohort.stay.units: 1 of 1 fail column_exists (block)",
    ]


def test_an_expectation_that_errs_is_raised_not_failed(tmp_path: Path) -> None:
    backwards = STAY.column("days").model_copy(update={"min": 5, "max": 1})
    columns = [backwards if c.name == "days" else c for c in STAY.columns]
    path = tmp_path / "all.parquet"
    with duckdb.connect() as con:
        select = ", ".join(f"{sql} AS {name}" for name, sql in ROW.items())
        con.execute(f"COPY (SELECT {select} FROM range(3) AS numbers(i)) TO '{path}' (FORMAT parquet)")
    with pytest.raises(ExpectationError, match="on days could not be evaluated"):
        judge([path], STAY.model_copy(update={"columns": tuple(columns)}))


def test_every_table_of_a_built_core_passes(tmp_path: Path) -> None:
    load(write_landing(tmp_path / "landing", good_tables()), tmp_path / "lake")
    for contract in CONTRACTS.values():
        judgement = judge(sorted((tmp_path / "lake" / "core" / contract.name).glob("*.parquet")), contract)
        assert judgement.failures == []
        assert judgement.rows >= 1


def test_expectations_are_listed_for_the_reference_pages() -> None:
    assert ("ExpectColumnValuesToBeUnique", "stay_id", "block") in describe_expectations(STAY)
