"""The features' SQL: what must hold of every feature, whatever the history."""

from collections import Counter, defaultdict
from datetime import datetime
from random import Random

import duckdb
import pytest

from features.features import PREDICTION_POINTS
from tests.generative.core_tables import N_BUCKETS, Rows
from tests.generative.point_in_time import known_at
from tests.generative.sql_stage import read_table, run_features
from tests.generative.strategies import amount, seeded_case

KEYS = ("point_key", "stay_key", "patient_key")
IDENTIFIERS = (*KEYS, "stay_id", "encounter_id", "patient_id", "discharge_date", "facility_id", "prediction_point")


def read_matrix(con: duckdb.DuckDBPyConnection) -> dict[object, dict[str, object]]:
    """Read the feature matrix by stay, without the interned keys (they count what is loaded)."""
    rows = read_table(con, "features.matrix")
    assert len({row["stay_id"] for row in rows}) == len(rows)
    return {row["stay_id"]: {name: row[name] for name in row if name not in KEYS} for row in rows}


@pytest.mark.parametrize("seed", range(amount(3, 60)))
def test_facts_recorded_after_the_prediction_time_change_no_feature(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """One prediction point of each patient, of any kind, is looked at as at its time: later facts are deleted.

    Rows are found by patient and time: what was known decides which encounters were one stay, so its name may differ.
    A point of the first 24 hours of a stay that in those hours was two as far as anybody knew has no counterpart.
    What looks across patients is kept: each of the others is cut at a time of its own. See test_length_of_stay.py.
    """
    history, settings = seeded_case(seed, n_patients=600)
    run_features(con, history, settings, prediction_points=PREDICTION_POINTS)
    whole = read_moments(con)
    chosen = sorted(whole, key=str)
    Random(seed).shuffle(chosen)
    moments = dict(chosen)
    run_features(con, known_at(history, moments), settings, prediction_points=PREDICTION_POINTS, keeps_across=True)
    known = read_moments(con)
    kinds: Counter[str] = Counter()
    for moment in moments.items():
        for kind, features in whole[moment]:
            same = [then for _, then in known.get(moment, []) if then == features]
            assert same or moment not in known
            kinds[kind] += moment in known
    assert kinds.total() > 0.98 * len(moments)
    assert set(kinds) == set(PREDICTION_POINTS)


def read_moments(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, datetime], list[tuple[str, dict[str, object]]]]:
    """Read the matrix by patient and time: kind and features of each point there (stays may begin and end at once)."""
    found = defaultdict(list)
    for row in read_table(con, "features.matrix"):
        features = {name: value for name, value in row.items() if name not in IDENTIFIERS}
        found[row["patient_id"], row["known_at"]].append((row["prediction_point"], features))
    return dict(found)


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
        run_features(con, history, settings, bucket=bucket, keeps_across=True)
        parts |= read_matrix(con)
    assert parts == whole
    assert len(whole) > 60


def _sorted(rows: Rows) -> Rows:
    return sorted(rows, key=str)
