"""The frames are what their contracts say, and tables as DuckDB hands them over are understood."""

from pathlib import Path

import duckdb
import pandas as pd

from caseload.worklist_frame import WORKLIST_SCHEMA, make_worklist_table
from data_contracts.contract import load_contract
from tests.unit.caseload.caseload_builder import build, frames, manager, policy, stay

CONTRACTS = Path(__file__).parents[3] / "data_contracts" / "caseload"


def columns_of(table: str) -> list[str]:
    return [column.name for column in load_contract(CONTRACTS / f"{table}.yaml").columns]


def test_the_frames_have_the_columns_of_their_contracts():
    made = build([stay("a"), stay("b", facility_id="Z")], [manager("m", facility_ids=["A"])])
    assert columns_of("worklist") == WORKLIST_SCHEMA.names == list(made.worklist.columns)
    assert columns_of("capacity") == list(made.capacity.columns)
    assert columns_of("unassigned") == list(made.unassigned.columns)


def test_what_the_contract_calls_present_is_present():
    made = build([stay("a", discharge_disposition="03", facility_id=None, language=None)], [manager("m")])
    for table, frame in {"worklist": made.worklist, "capacity": made.capacity}.items():
        contract = load_contract(CONTRACTS / f"{table}.yaml")
        for column in contract.columns:
            if column.present:
                assert frame[column.name].notna().all(), column.name


def read_back(frame: pd.DataFrame, select: str = "*") -> pd.DataFrame:
    """The frame as DuckDB returns it: dates, lists, nullable integers and booleans in its own types."""
    con = duckdb.connect()
    con.register("given", frame)
    return con.execute(f"select {select} from given").df()


def test_tables_from_duckdb_give_the_same_list():
    rows = [stay("a", language="es"), stay("b", risk=0.1), stay("c", discharge_date=None, is_scorable=None, risk=None)]
    managers = pd.DataFrame([manager("m1", facility_ids=["A"], languages=["es"]), manager("m2")])
    given = frames(rows)
    dates = "* replace (admission_date::date as admission_date, discharge_date::date as discharge_date)"
    stored = {
        "scores": read_back(given["scores"]),
        "stays": read_back(given["stays"], dates),
        "patients": read_back(given["patients"], "* replace (death_date::date as death_date)"),
        "features": read_back(given["features"], "stay_key::int as stay_key, charlson_365d::int as charlson_365d"),
    }
    lists = ", ".join(f"{name}::varchar[] as {name}" for name in ("facility_ids", "units", "skills"))
    one, other = build(rows, managers), build(rows, read_back(managers, f"* replace ({lists})"), **stored)
    assert make_worklist_table(one.worklist).equals(make_worklist_table(other.worklist))


def test_the_worklist_goes_into_duckdb_with_its_structs():
    needs = pd.DataFrame([{"stay_key": 1, "domain": "food", "state": "need", "evidence": "e", "z_code": None}])
    table = make_worklist_table(build([stay("a")], needs=needs.assign(evidence_date=None), policy=policy()).worklist)
    con = duckdb.connect()
    con.register("worklist", table)
    found = con.execute("select needs[1].domain, needs[1].due, contact_due, as_of from worklist").fetchall()[0]
    assert [str(value) for value in found] == ["food", "2025-03-31", "2025-04-01", "2025-03-31"]
