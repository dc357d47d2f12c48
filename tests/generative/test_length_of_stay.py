"""What looks across patients: buckets add up, and a month's usual length of stay stands from its first day on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from features import features
from tests.generative.core_tables import N_BUCKETS, Rows
from tests.generative.point_in_time import known_at
from tests.generative.sql_stage import REFERENCE, read_table, run_features, run_steps
from tests.generative.strategies import amount, seeded_case
from tests.naive import Settings

REFERENCE_TABLE = "features.length_of_stay_reference"
# Small enough that groups of made-up patients have a value, and lose it when stays are taken away.
FEW = {"length_of_stay_minimum_stays": 3}


def find_reference(con: duckdb.DuckDBPyConnection, settings: Settings) -> Rows:
    """Make the usual lengths of stay from the partial tables of the connection."""
    parameters: Mapping[str, object] = features.read_parameters(REFERENCE, settings.cut_off)
    run_steps(con, {REFERENCE_TABLE: features.ACROSS[REFERENCE_TABLE]}, {**parameters, **FEW})
    return sorted(read_table(con, REFERENCE_TABLE), key=str)


@pytest.mark.parametrize("seed", range(amount(2, 40)))
def test_buckets_add_up(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    history, settings = seeded_case(seed, n_patients=400)
    run_features(con, history, settings)
    whole = find_reference(con, settings)
    for bucket in range(N_BUCKETS):
        run_features(con, history, settings, bucket=bucket, keeps_across=True)
        for table in features.PARTIAL:
            begin = "CREATE OR REPLACE TEMP TABLE" if bucket == 0 else "INSERT INTO"
            select = f"SELECT * FROM {table}"  # noqa: S608
            con.execute(f"{begin} {merged(table)} {'AS ' if bucket == 0 else ''}{select}")
    for table in features.PARTIAL:
        con.execute(f"CREATE OR REPLACE TABLE {table} AS FROM {merged(table)}")
    assert find_reference(con, settings) == whole
    assert {row["level"] for row in whole} == {"drg", "ccs", "all"}


def merged(table: str) -> str:
    return table.replace("features.", "merged_")


@pytest.mark.parametrize("seed", range(amount(2, 40)))
def test_nothing_recorded_since_a_month_began_changes_its_usual_length_of_stay(
    con: duckdb.DuckDBPyConnection, seed: int
) -> None:
    history, measure = seeded_case(seed, n_patients=600)
    settings = replace(measure, cut_off=date(2025, 10, 1))
    run_features(con, history, settings)
    whole = find_reference(con, settings)
    months = sorted({row["month"] for row in whole})
    assert len(months) > 12
    for month in months[1 :: len(months) // amount(4, 12)]:
        before = begin_of(month, history.site_timezone) - timedelta(microseconds=1)
        then = known_at(history, {patient.patient_id: before for patient in history.patients})
        run_features(con, then, settings)
        known = find_reference(con, settings)
        assert [row for row in known if row["month"] <= month] == [row for row in whole if row["month"] <= month]


def begin_of(month: date, zone: str) -> datetime:
    """Find the UTC time at which a month begins at the site."""
    return datetime.combine(month, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
