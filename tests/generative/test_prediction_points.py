"""The features' SQL at admission, on each day and at discharge gives what the loops give on the history cut there."""

from collections import Counter
from dataclasses import replace

import duckdb
import pytest
from hypothesis import given

from features.features import PREDICTION_POINTS
from tests.generative.compare import differences
from tests.generative.core_tables import Rows
from tests.generative.folds import folded_case
from tests.generative.naive_points import answer_points, split
from tests.generative.sql_stage import read_table, run_features
from tests.generative.strategies import Case, amount, cases, examples, seeded_case
from tests.naive import History, ValueSets

# Classes that nothing here reads become those that a window counts.
CLASSES = {"psychiatric": ("telehealth", "home_health"), "rehabilitation": ("skilled_nursing", "telehealth")}


def with_all_classes(history: History) -> History:
    """Let the encounters of other classes be visits that are counted."""
    encounters = tuple(
        replace(one, encounter_class=CLASSES.get(one.encounter_class, (one.encounter_class,) * 2)[number % 2])
        for number, one in enumerate(history.encounters)
    )
    return replace(history, encounters=encounters)


def without_twins(history: History) -> History:
    """Leave out patients with two inpatient encounters that begin at one instant: see the last test."""
    begun = Counter(
        (one.patient_id, one.started_at) for one in history.encounters if one.encounter_class == "inpatient"
    )
    twins = {patient for (patient, _), count in begun.items() if count > 1}
    parts = [part for patient, part in split(history).items() if patient not in twins]
    rows = ("patients", "encounters", "diagnoses", "procedures", "labs", "medications", "screenings")
    return replace(history, **{name: tuple(row for part in parts for row in getattr(part, name)) for name in rows})


def compare_points(con: duckdb.DuckDBPyConnection, expected: Rows) -> list[str]:
    """List where the matrix differs from the loops, at every point."""
    wanted = [{name: value for name, value in row.items() if name != "is_joined_later"} for row in expected]

    def key(row: dict[str, object]) -> object:
        return row["stay_id"], row["prediction_point"], row["known_at"]

    return differences(wanted, read_table(con, "features.matrix"), key, "matrix")


@given(case=cases(max_patients=2))
@examples(8, 500)
def test_points_agree_with_the_loops(con: duckdb.DuckDBPyConnection, sets: ValueSets, case: Case) -> None:
    history, settings = without_twins(with_all_classes(case[0])), case[1]
    run_features(con, history, settings, prediction_points=PREDICTION_POINTS)
    assert compare_points(con, answer_points(history, settings, sets)) == []


@pytest.mark.parametrize("seed", range(amount(3, 40)))
def test_points_agree_with_the_loops_on_many_patients(
    con: duckdb.DuckDBPyConnection, sets: ValueSets, seed: int
) -> None:
    history, settings = seeded_case(seed, n_patients=150)
    history = without_twins(with_all_classes(history))
    run_features(con, history, settings, prediction_points=PREDICTION_POINTS)
    expected = answer_points(history, settings, sets)
    assert compare_points(con, expected) == []
    kinds = Counter(row["prediction_point"] for row in expected)
    assert min(kinds[kind] for kind in PREDICTION_POINTS) > 20


@pytest.mark.parametrize("seed", range(amount(2, 60)))
def test_stays_joined_late_agree_with_the_loops_on_many_patients(
    con: duckdb.DuckDBPyConnection, sets: ValueSets, seed: int
) -> None:
    history, settings = folded_case(seed, n_patients=120)
    history = without_twins(history)
    run_features(con, history, settings, prediction_points=PREDICTION_POINTS)
    expected = answer_points(history, settings, sets)
    assert compare_points(con, expected) == []
    assert sum(bool(row["is_joined_later"]) for row in expected) > 20


def test_made_up_points_reach_what_is_hard(sets: ValueSets) -> None:
    """Folds known late, zones with daylight saving time, leap days, and something in every window and flag."""
    rows, zones, days = [], set(), set()
    for seed in range(6):
        history, settings = seeded_case(seed, n_patients=150)
        found = answer_points(with_all_classes(history), settings, sets)
        rows += found
        zones.add(history.site_timezone)
        days |= {str(row["known_at"])[5:10] for row in found}
    assert any(row["is_joined_later"] for row in rows)
    assert len(zones) == 3
    assert "02-29" in days
    counted = [name for name in rows[0] if name.endswith("d") and "_count_" in name or name.startswith("charlson_")]
    assert [name for name in counted if not any(row[name] for row in rows)] == []
    assert len(counted) > 35


@pytest.mark.xfail(strict=True, reason="of two encounters that begin together the longer is taken first: a later fact")
def test_two_encounters_that_begin_together_agree_too(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Which of them is compared with the stay before decides whether they continue it, and their ends decide which."""
    history, settings = folded_case(21, n_patients=120)
    run_features(con, history, settings, prediction_points=PREDICTION_POINTS)
    assert compare_points(con, answer_points(history, settings, sets)) == []
