"""Which version stands: SQL against a loop that a person can follow."""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.contract import Contract
from data_contracts.engine.ledger import pack_arrival
from data_contracts.engine.versions import find_repeated, find_superseded

TEXT = {"type": "text", "description": "x"}
VERSIONED = Contract.model_validate({
    "table": "core.thing", "description": "x", "grain": "one row per thing", "owner": "x", "key": ["id"],
    "version": "updated",
    "columns": [
        {"name": "id", **TEXT}, {"name": "updated", "type": "ts", "description": "x"}, {"name": "value", **TEXT},
    ],
})  # fmt: skip
BY_LOAD = VERSIONED.model_copy(update={"version": None, "prefer_lowest": "value"})
KEYLESS = VERSIONED.model_copy(update={"version": None, "key": ()})

ROW = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, "2024-01-01", "2024-01-02", "2024-01-03"]),
    st.sampled_from(["x", "y"]),
)
Row = tuple[int, str, str | None, str]


def run(contract: Contract, rows: list[Row]) -> tuple[set[int], set[int]]:
    """Positions of superseded rows and of those that conflict."""
    with duckdb.connect() as con:
        con.execute("CREATE TABLE w (arrival BIGINT, id VARCHAR, updated TIMESTAMP, value VARCHAR, reject_bits BIGINT)")
        for line, (load, *values) in enumerate(rows):
            con.execute("INSERT INTO w VALUES (?, ?, ?, ?, 0)", [pack_arrival(load, 1, line), *values])
        find_superseded(con, "w", contract)
        found = con.execute("SELECT arrival & 4095, is_conflict FROM superseded").fetchall()
    return {line for line, _ in found}, {line for line, conflict in found if conflict}


def stand_by_version(rows: list[Row]) -> set[int]:
    """Walk through the loads: a dated row replaces what is not newer, an undated row of a later load replaces all."""
    standing: dict[str, tuple[str, int]] = {}
    for load in sorted({row[0] for row in rows}):
        mine = [(line, row) for line, row in enumerate(rows) if row[0] == load]
        for key in {row[1] for _, row in mine}:
            before = standing.get(key, ("", -1))
            newest = max([before[0], *(row[2] or "" for _, row in mine if row[1] == key)])
            for line, row in mine:
                version = row[2] or newest
                if row[1] == key and version >= standing.get(key, ("", -1))[0]:
                    standing[key] = (version, line)
    return {line for _, line in standing.values()}


@settings(deadline=None, max_examples=30)
@given(rows=st.lists(ROW, max_size=8))
def test_versions_against_a_walk_through_the_loads(rows: list[Row]) -> None:
    superseded, conflicts = run(VERSIONED, rows)
    assert set(range(len(rows))) - superseded == stand_by_version(rows)
    assert conflicts <= superseded


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(ROW, max_size=8))
def test_without_a_key_identical_rows_collapse(rows: list[Row]) -> None:
    superseded, conflicts = run(KEYLESS, rows)
    assert len(rows) - len(superseded) == len({row[1:] for row in rows})
    assert not conflicts


def test_the_later_load_wins_then_the_lowest_value_then_the_later_line() -> None:
    rows: list[Row] = [(1, "a", None, "x"), (2, "a", None, "y"), (2, "a", None, "x"), (2, "a", "2024-01-01", "x")]
    assert run(BY_LOAD, rows) == ({0, 1, 2}, {2})


def test_rejected_rows_take_no_part() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE w (arrival BIGINT, id VARCHAR, updated TIMESTAMP, value VARCHAR, reject_bits BIGINT)")
        con.execute("INSERT INTO w VALUES (1, 'a', NULL, 'x', 1)")
        con.execute("INSERT INTO w VALUES (2, 'a', NULL, 'y', 0)")
        assert find_superseded(con, "w", VERSIONED).rows == {}


def test_a_value_that_may_stand_once_stays_with_the_lower_line_of_the_latest_load() -> None:
    with duckdb.connect() as con:
        rule = {"name": "twice", "columns": ["value"], "when": "value = 'x'", "sets_missing": "value"}
        rule |= {"once_per": ["id"]}
        contract = Contract.model_validate(VERSIONED.model_dump(by_alias=True) | {"rules": [rule]})
        con.execute("CREATE TABLE w (arrival BIGINT, id VARCHAR, value VARCHAR)")
        rows = [(1, 1, "a", "x"), (2, 2, "a", "x"), (2, 3, "a", "x"), (2, 4, "b", "x"), (2, 5, "a", "y")]
        for load, line, key, value in rows:
            con.execute("INSERT INTO w VALUES (?, ?, ?)", [pack_arrival(load, 1, line), key, value])
        assert find_repeated(con, "w", contract) == {"twice": {1: 1, 2: 1}}
        assert sorted(con.execute("SELECT arrival & 4095 FROM repeated").fetchall()) == [(1,), (3,)]
