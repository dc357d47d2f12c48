"""The product's SQL on a made-up history: the steps of a stage in one in-memory connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.reference import load_reference
from features import cohort, features
from features.cohort.measure import load_measure
from features.sql_steps import order_steps, parameters_of
from tests.generative.core_tables import Rows, load_core
from tests.naive import History, Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference"
ChangeSql = Callable[[str, str], str]


def connect() -> duckdb.DuckDBPyConnection:
    """Open a connection with the value sets; loading them is the slow part, so callers keep it."""
    con = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
    load_reference(con, REFERENCE)
    return con


def read_measure(settings: Settings) -> dict[str, Any]:
    """Read the measure of the naive settings, with the convention they choose."""
    measure = load_measure(REFERENCE / "measures", settings.measure).model_dump()
    measure["follow_up_convention"] = "hours" if settings.counts_hours else "calendar_days"
    return measure


def leave_alone(_step: str, text: str) -> str:
    """Run the SQL as it is."""
    return text


def run_steps(
    con: duckdb.DuckDBPyConnection,
    steps: Mapping[str, str],
    parameters: Mapping[str, object],
    change: ChangeSql = leave_alone,
) -> None:
    """Run each step as CREATE TABLE with the parameters its text names."""
    for step, unchanged in order_steps(steps).items():
        text = change(step, unchanged)
        named = {key: parameters[key] for key in parameters_of(text)}
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {step.split('.')[0]}")
        con.execute(f"CREATE OR REPLACE TABLE {step} AS {text.rstrip().rstrip(';')}", named)


def run_cohort(
    con: duckdb.DuckDBPyConnection, history: History, settings: Settings, change: ChangeSql = leave_alone, **load: Any
) -> None:
    """Load a history and run the cohort stage on it."""
    load_core(con, history, **load)
    parameters = cohort.parameters(read_measure(settings), settings.cut_off)
    run_steps(con, {**cohort.STEPS, **cohort.ACROSS}, parameters, change)


def run_features(
    con: duckdb.DuckDBPyConnection,
    history: History,
    settings: Settings,
    change: ChangeSql = leave_alone,
    prediction_points: Sequence[str] = ("discharge",),
    *,
    keeps_across: bool = False,
    **load: Any,
) -> None:
    """Load a history and run the cohort and the features stage on it.

    With ``keeps_across``, what looks across patients stays as the run before made it: a part of its patients, or what
    was known of each at another time, would not give the same.
    """
    run_cohort(con, history, settings, change, **load)
    parameters = features.read_parameters(REFERENCE, settings.cut_off, prediction_points, history.site_timezone)
    across = {} if keeps_across else features.ACROSS
    run_steps(con, {**features.STEPS, **across}, parameters, change)


def read_table(con: duckdb.DuckDBPyConnection, table: str) -> Rows:
    """Read a table as a list of rows."""
    result = con.execute(f"SELECT * FROM {table}")  # noqa: S608
    names = [column[0] for column in result.description]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]
