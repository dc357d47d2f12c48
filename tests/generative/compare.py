"""The SQL's tables against the naive answer: every column, row by row."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from tests.generative.core_tables import Rows
from tests.generative.sql_stage import read_table
from tests.naive import Answer

PLANNED_RULES = {
    1: "always_planned_procedure",
    2: "always_planned_diagnosis",
    3: "potentially_planned_procedure",
    4: None,
}
KEYS = {
    "stay": ("stay_id",),
    "stay_encounter": ("encounter_id",),
    "condition": ("stay_id", "condition"),
    "stay_drop": ("stay_id",),
    "index_stay": ("stay_id",),
    "label": ("stay_id",),
    "attrition": ("rule",),
    "attrition_by_facility": ("facility_id", "rule"),
    "attrition_by_month": ("month", "rule"),
    "return_rate": ("level", "facility_id", "specialty_cohort"),
}


def differences(expected: Rows, found: Rows, key: Callable[[dict[str, object]], object], name: str) -> list[str]:
    """List where two tables differ, in the columns that the expected rows have."""
    by_key = {key(row): row for row in found}
    wanted = {key(row): row for row in expected}
    said = []
    if len(by_key) != len(found):
        said.append(f"{name}: {len(found) - len(by_key)} rows repeat a key")
    said += [f"{name} {one}: missing in SQL" for one in wanted.keys() - by_key.keys()]
    said += [f"{name} {one}: only in SQL" for one in by_key.keys() - wanted.keys()]
    for one in sorted(wanted.keys() & by_key.keys(), key=str):
        for column, value in wanted[one].items():
            if by_key[one][column] != value:
                said.append(f"{name} {one}: {column} should be {value!r}, SQL says {by_key[one][column]!r}")
    return said


def named_rules(stays: Rows) -> Rows:
    """Give the planned steps of naive stays the names that the SQL's table has."""
    return [
        {key: value for key, value in row.items() if key != "planned_step"}
        | {"planned_rule": PLANNED_RULES[row["planned_step"]]}
        for row in stays
    ]


def read_ids(con: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """Read the id of every encounter by its key; a stay has the id of its first encounter."""
    return dict(con.execute("SELECT encounter_key, encounter_id FROM core.encounter").fetchall())


def read_with_ids(con: duckdb.DuckDBPyConnection, name: str, ids: dict[int, str]) -> Rows:
    """Read a cohort table, its interned keys as ids too."""
    rows = read_table(con, f"cohort.{name}")
    for row in rows:
        row |= {f"{one}_id": ids.get(row[f"{one}_key"]) for one in ("stay", "encounter") if f"{one}_key" in row}
    return rows


def compare_cohort(con: duckdb.DuckDBPyConnection, expected: Answer) -> list[str]:
    """List where the cohort tables of a connection differ from the naive answer."""
    ids = read_ids(con)
    said = []
    for name, key in KEYS.items():
        wanted = named_rules(expected.stay) if name == "stay" else getattr(expected, name)
        said += differences(
            wanted, read_with_ids(con, name, ids), lambda row, key=key: tuple(row[part] for part in key), name
        )
    return said


def compare_scores(con: duckdb.DuckDBPyConnection, expected: Answer) -> list[str]:
    """List where the feature matrix of a connection differs from the naive scores and the counts behind them."""
    return differences(expected.score, read_table(con, "features.matrix"), lambda row: row["stay_id"], "matrix")
