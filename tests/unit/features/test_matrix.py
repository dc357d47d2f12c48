"""The matrix lays tables side by side; it must never do so out of step."""

import csv
from pathlib import Path

import duckdb
import pytest

from features.features import STEPS, SUBJECTS

MATRIX = STEPS["features.matrix"]


def connect(**missing_or_shifted: str) -> duckdb.DuckDBPyConnection:
    """Three prediction points, and subject tables with one feature each, in any order of rows."""
    con = duckdb.connect()
    con.execute("create schema features")
    con.execute(
        """
        create table features.prediction_point as
        select k as point_key, k as stay_key, k as patient_key, date '2025-01-01' as discharge_date,
            timestamp '2025-01-01' as known_at, 'discharge' as prediction_point
        from (values (2), (1), (3)) t(k)
        """
    )
    con.execute("create schema cohort")
    con.execute(
        """
        create table cohort.stay as
        select k as stay_key, 'S' || k as stay_id, 'E' || k as encounter_id, 'P' || k as patient_id, 'F' as facility_id
        from (values (3), (2), (1)) t(k)
        """
    )
    for table in SUBJECTS:
        name = table.split(".")[1]
        rows = missing_or_shifted.get(name, "(3), (1), (2)")
        con.execute(f"create table {table} as select k as point_key, k * 10 as {name}_value from (values {rows}) t(k)")
    return con


def test_each_row_gets_its_own_features_whatever_the_order_of_rows() -> None:
    rows = connect().execute(f"select stay_key, demographic_value, lab_value from ({MATRIX}) order by 1").fetchall()
    assert rows == [(1, 10, 10), (2, 20, 20), (3, 30, 30)]


@pytest.mark.parametrize("rows", ["(1), (2)", "(1), (2), (3), (4)", "(1), (2), (4)", "(1), (2), (2)"])
def test_a_table_out_of_step_stops_the_run(rows: str) -> None:
    with pytest.raises(duckdb.Error, match="out of step"):
        connect(lab=rows).execute(MATRIX).fetchall()


@pytest.mark.parametrize("name", ["charlson_prefix", "lace_severe_renal_prefix", "condition_flag"])
def test_code_prefixes_are_long_enough_to_be_joined_by_three_characters(reference_folder: Path, name: str) -> None:
    with (reference_folder / "value_sets" / f"{name}.csv").open(encoding="utf-8") as file:
        assert all(len(row["code_prefix"]) >= 3 for row in csv.DictReader(file))
