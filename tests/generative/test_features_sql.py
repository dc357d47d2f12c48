"""The features' SQL: scores against the naive loops, and what must hold of every feature whatever the history."""

from random import Random

import duckdb
import pytest
from hypothesis import given

from tests.generative.compare import compare_scores
from tests.generative.core_tables import N_BUCKETS, Rows
from tests.generative.point_in_time import known_at
from tests.generative.sql_stage import read_table, run_features
from tests.generative.strategies import Case, amount, cases, examples, seeded_case
from tests.naive import ValueSets, answer

KEYS = ("stay_key", "patient_key")


def read_matrix(con: duckdb.DuckDBPyConnection) -> dict[object, dict[str, object]]:
    """Read the feature matrix by stay, without the interned keys (they count what is loaded)."""
    rows = read_table(con, "features.matrix")
    assert len({row["stay_id"] for row in rows}) == len(rows)
    return {row["stay_id"]: {name: row[name] for name in row if name not in KEYS} for row in rows}


@given(case=cases(max_patients=3))
@examples(8, 500)
def test_scores_agree_with_the_loops(con: duckdb.DuckDBPyConnection, sets: ValueSets, case: Case) -> None:
    history, settings = case
    run_features(con, history, settings)
    assert compare_scores(con, answer(history, settings, sets)) == []


@pytest.mark.parametrize("seed", range(amount(2, 40)))
def test_scores_agree_with_the_loops_on_many_patients(
    con: duckdb.DuckDBPyConnection, sets: ValueSets, seed: int
) -> None:
    history, settings = seeded_case(seed, n_patients=800)
    run_features(con, history, settings)
    expected = answer(history, settings, sets)
    assert compare_scores(con, expected) == []
    assert len(expected.score) > 60


@pytest.mark.parametrize("seed", range(amount(3, 60)))
def test_facts_recorded_after_the_prediction_time_change_no_feature(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """One stay of each patient is looked at as on its day of discharge: all later facts of the patient are deleted.

    One exception is in the definition itself: the same-day fold compares final codes, so patients whose stays are cut
    otherwise without the late codes are left out; they are few.
    """
    history, settings = seeded_case(seed, n_patients=600)
    run_features(con, history, settings)
    whole, whole_stays = read_matrix(con), read_stays(con)
    scorable = sorted(row["stay_id"] for row in read_table(con, "cohort.index_stay") if row["is_scorable"])
    Random(seed).shuffle(scorable)
    chosen = {str(whole[stay_id]["patient_id"]): stay_id for stay_id in scorable}
    moments = {patient_id: whole[stay_id]["scored_at"] for patient_id, stay_id in chosen.items()}
    then = known_at(history, moments)
    run_features(con, then, settings)
    known, known_stays = read_matrix(con), read_stays(con)
    there = {one.encounter_id for one in then.encounters}
    compared = 0
    for patient_id, stay_id in chosen.items():
        if {ids & there for ids in whole_stays[patient_id]} - {frozenset()} != known_stays[patient_id]:
            continue
        assert {name for name, value in whole[stay_id].items() if value != known[stay_id][name]} == set()
        compared += 1
    assert compared > max(40, 0.95 * len(chosen))


def read_stays(con: duckdb.DuckDBPyConnection) -> dict[str, set[frozenset[str]]]:
    """Read which encounters are together, by patient."""
    stays: dict[str, set[frozenset[str]]] = {}
    for row in read_table(con, "cohort.stay"):
        stays.setdefault(row["patient_id"], set()).add(frozenset(row["encounter_ids"]))
    return stays


def test_row_order_and_buckets_change_no_feature(con: duckdb.DuckDBPyConnection) -> None:
    history, settings = seeded_case(1, n_patients=300)
    run_features(con, history, settings)
    whole = read_matrix(con)
    needs = _sorted(read_table(con, "features.sdoh_need"))
    run_features(con, history, settings, arrange=lambda rows: Random(1).sample(rows, len(rows)))
    assert read_matrix(con) == whole
    assert _sorted(read_table(con, "features.sdoh_need")) == needs
    parts: dict[object, dict[str, object]] = {}
    for bucket in range(N_BUCKETS):
        run_features(con, history, settings, bucket=bucket)
        parts |= read_matrix(con)
    assert parts == whole
    assert len(whole) > 60


def _sorted(rows: Rows) -> Rows:
    return sorted(rows, key=str)
