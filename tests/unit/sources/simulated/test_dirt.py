"""Planted bad rows: each breaks its rule, all are listed, and nothing else changes."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.simulated import SimulatedHospital, simulate, write_landing
from sources.simulated.dirt import as_text


@pytest.fixture(scope="module")
def clean() -> SimulatedHospital:
    return simulate(patients=400, years=2, seed=9)


@pytest.fixture(scope="module")
def dirty() -> SimulatedHospital:
    return simulate(patients=400, years=2, seed=9, dirty_share=0.02)


def planted(dirty: SimulatedHospital, table: str, rule: str) -> pd.DataFrame:
    rows = dirty.planted.query("table == @table and rule == @rule")["row"]
    assert len(rows) > 0
    return dirty.tables[table].iloc[rows]


def test_without_a_share_nothing_is_planted(clean: SimulatedHospital) -> None:
    assert clean.planted.empty


def test_the_good_rows_and_the_truth_stay(clean: SimulatedHospital, dirty: SimulatedHospital) -> None:
    pd.testing.assert_frame_equal(clean.truth, dirty.truth)
    for table, frame in clean.tables.items():
        before = as_text(table, frame) if table in set(dirty.planted["table"]) else frame
        after = dirty.tables[table].iloc[: len(frame)]
        if table == "encounters":  # the one rule that changes a row where it stands
            after = after.assign(discharge_disposition=after["discharge_disposition"].str.zfill(2))
        pd.testing.assert_frame_equal(before, after)


def test_every_added_row_is_listed(clean: SimulatedHospital, dirty: SimulatedHospital) -> None:
    for table, listed in dirty.planted.groupby("table"):
        added = listed[listed["row"] >= len(clean.tables[table])]
        assert len(added) == len(dirty.tables[table]) - len(clean.tables[table])
        assert added["row"].is_unique


def test_the_share_is_about_what_was_asked(clean: SimulatedHospital, dirty: SimulatedHospital) -> None:
    listed = dirty.planted["table"].value_counts()
    assert listed["lab_results"] / len(clean.tables["lab_results"]) == pytest.approx(0.02, rel=0.05)


def test_each_kind_of_bad_row_is_bad(dirty: SimulatedHospital) -> None:
    people = set(dirty.tables["patients"]["patient_id"])
    assert (planted(dirty, "encounters", "ended_before_started").eval("ended_at < started_at")).all()
    assert not planted(dirty, "encounters", "orphan_patient")["patient_id"].isin(people).any()
    assert planted(dirty, "encounters", "finished_without_end")["ended_at"].isna().all()
    assert (planted(dirty, "encounters", "impossible_date")["started_at"] == "2023-02-30T10:00:00").all()
    assert (planted(dirty, "encounters", "one_digit_disposition")["discharge_disposition"] == "1").all()
    assert (planted(dirty, "patients", "birth_in_future")["birth_date"] > date(2100, 1, 1).isoformat()).all()
    assert planted(dirty, "diagnoses", "missing_code")["code"].isna().all()
    assert (planted(dirty, "lab_results", "sentinel_value")["value"] == "-999").all()
    encounters = dirty.tables["encounters"]
    same = planted(dirty, "encounters", "identical_row")
    assert encounters.duplicated(keep="first").iloc[same.index].all()


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_rows_are_where_the_list_says_in_the_file(dirty: SimulatedHospital, tmp_path: Path, fmt: str) -> None:
    write_landing(dirty, tmp_path, fmt)
    path = tmp_path / f"encounters.{fmt}"
    read = pd.read_parquet(path) if fmt == "parquet" else pd.read_csv(path, dtype="str")
    rows = dirty.planted.query("table == 'encounters' and rule == 'unknown_class'")["row"]
    assert (read["encounter_class"].iloc[rows] == "hotel").all()
