"""The features' SQL at admission, on each day and at discharge gives what the loops give on the history cut there."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

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
from tests.naive import Encounter, History, ValueSets
from tests.naive.stitching import end_order, join_known_from

# Classes that nothing here reads become those that a window counts.
CLASSES = {"psychiatric": ("telehealth", "home_health"), "rehabilitation": ("skilled_nursing", "telehealth")}


def with_all_classes(history: History) -> History:
    """Let the encounters of other classes be visits that are counted."""
    encounters = tuple(
        replace(one, encounter_class=CLASSES.get(one.encounter_class, (one.encounter_class,) * 2)[number % 2])
        for number, one in enumerate(history.encounters)
    )
    return replace(history, encounters=encounters)


def compare_points(con: duckdb.DuckDBPyConnection, expected: Rows) -> list[str]:
    """List where the matrix differs from the loops, at every point."""
    wanted = [{name: value for name, value in row.items() if name != "is_joined_later"} for row in expected]

    def key(row: dict[str, object]) -> object:
        return row["stay_id"], row["prediction_point"], row["known_at"]

    return differences(wanted, read_table(con, "features.matrix"), key, "matrix")


@given(case=cases(max_patients=2))
@examples(8, 500)
def test_points_agree_with_the_loops(con: duckdb.DuckDBPyConnection, sets: ValueSets, case: Case) -> None:
    history, settings = with_all_classes(case[0]), case[1]
    run_features(con, history, settings, prediction_points=PREDICTION_POINTS)
    assert compare_points(con, answer_points(history, settings, sets)) == []


@pytest.mark.parametrize("seed", range(amount(3, 40)))
def test_points_agree_with_the_loops_on_many_patients(
    con: duckdb.DuckDBPyConnection, sets: ValueSets, seed: int
) -> None:
    history, settings = seeded_case(seed, n_patients=150)
    history = with_all_classes(history)
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


def test_made_up_encounters_that_begin_together_decide_one_for_another() -> None:
    """After an earlier stay, of different ends, where another than the first by id, or the longest, continues it."""
    seen: Counter[str] = Counter()
    for seed in range(2):
        history, _ = folded_case(seed, n_patients=120)
        for part in split(history).values():
            for instant, count in Counter(one.started_at for one in part.encounters).items():
                before = [one for one in part.encounters if one.started_at < instant]
                if count > 1 and before:
                    seen += kinds_together(part, instant, max(before, key=end_order))
    assert min(seen[kind] for kind in ("other", "shorter", "earlier", "three", "two facilities")) > 2


def kinds_together(part: History, instant: datetime, latest: Encounter) -> Counter[str]:
    """Say what is particular about a patient's encounters that begin at an instant."""
    together = sorted((one for one in part.encounters if one.started_at == instant), key=lambda one: one.encounter_id)
    joined = [join_known_from(latest, one, list(part.diagnoses)) for one in together]
    longest = together.index(max(together, key=end_order))
    return Counter(
        name
        for name, is_so in {
            "other": joined[0] is None and any(joined),
            "shorter": joined[longest] is None and any(joined),
            "earlier": joined[0] is not None and min(filter(None, joined)) < joined[0],
            "three": len(together) > 2,
            "two facilities": len({one.facility_id for one in together}) > 1,
        }.items()
        if is_so
    )
