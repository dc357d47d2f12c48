"""The cohort's SQL gives, column by column, what the naive loops give."""

from collections import Counter

import duckdb
import pytest
from hypothesis import given

from tests.generative.compare import compare_cohort
from tests.generative.sql_stage import run_cohort
from tests.generative.strategies import Case, amount, cases, examples, seeded_case
from tests.naive import ValueSets, answer
from tests.naive.settings import CONDITIONS, MEASURES

RULES_OF_ONE_MEASURE = (
    "discharged_same_day",
    "transferred_in",
    "too_many_procedures",
    "prior_excluded_procedure",
    "later_operation",
)


@given(case=cases())
@examples(25, 2000)
def test_sql_agrees_with_the_loops(con: duckdb.DuckDBPyConnection, sets: ValueSets, case: Case) -> None:
    history, settings = case
    run_cohort(con, history, settings)
    assert compare_cohort(con, answer(history, settings, sets)) == []


@pytest.mark.parametrize("seed", range(amount(4, 60)))
def test_sql_agrees_with_the_loops_on_many_patients(con: duckdb.DuckDBPyConnection, sets: ValueSets, seed: int) -> None:
    history, settings = seeded_case(seed, n_patients=1000)
    run_cohort(con, history, settings)
    expected = answer(history, settings, sets)
    assert compare_cohort(con, expected) == []
    assert len(expected.label) > 60, "a test that compares next to nothing would pass"


@pytest.mark.parametrize("measure", MEASURES)
def test_sql_agrees_with_the_loops_for_every_measure(
    con: duckdb.DuckDBPyConnection, sets: ValueSets, measure: str
) -> None:
    for seed in range(amount(1, 20)):
        history, settings = seeded_case(seed, 900, measure)
        run_cohort(con, history, settings)
        expected = answer(history, settings, sets)
        assert compare_cohort(con, expected) == []
        assert len(expected.label) > 5


def test_made_up_histories_reach_what_only_some_measures_have(sets: ValueSets) -> None:
    """Every condition, index stays too close to one another, planned returns that count, and folds known late."""
    reasons: Counter[object] = Counter()
    conditions: Counter[object] = Counter()
    for measure in MEASURES:
        history, settings = seeded_case(MEASURES.index(measure), 900, measure)
        result = answer(history, settings, sets)
        reasons.update(row["drop_reason"] for row in result.stay_drop)
        conditions.update(row["condition"] for row in result.condition)
        if measure == "all_cause":
            planned = {row["stay_id"] for row in result.stay if row["planned_step"] != 4}
            assert any(row["readmission_stay_id"] in planned for row in result.label)
        started_at = {one.encounter_id: one.started_at for one in history.encounters}
        joined = [row for row in result.stay_encounter if row["joined_known_from"] is not None]
        assert any(row["joined_known_from"] > started_at[row["encounter_id"]] for row in joined)
    assert min(conditions[condition] for condition in CONDITIONS) > 40
    assert reasons["within_30_days_of_index"] > 5
    for rule in RULES_OF_ONE_MEASURE:
        assert reasons[rule] > 1, rule


def test_made_up_histories_reach_every_rule(sets: ValueSets) -> None:
    """The generator is worth what it reaches: every drop reason, planned step, cohort and label value."""
    seen: dict[str, set[object]] = {}
    for seed in range(6):
        history, settings = seeded_case(seed, n_patients=600)
        result = answer(history, settings, sets)
        for rows in (result.stay, result.index_stay, result.label, result.score):
            for row in rows:
                for column, value in row.items():
                    if not isinstance(value, list):
                        seen.setdefault(column, set()).add(value)
        seen.setdefault("rule", set()).update(line["rule"] for line in result.attrition if line["rows_dropped"])
    assert seen["rule"] == {
        "age_under_18",
        "not_finished",
        "died_in_hospital",
        "transferred_out",
        "against_medical_advice",
        "psychiatric",
        "rehabilitation",
        "cancer_medical",
        "exempt_facility",
        "no_full_follow_up",
    }
    assert seen["planned_step"] == {1, 2, 3, 4}
    assert len(seen["specialty_cohort"]) == 6
    assert max(int(str(count)) for count in seen["encounter_count"]) >= 4
    for flag in ("readmitted_7d", "readmitted_30d", "readmitted_90d", "any_return_30d", "ed_return_30d",
                 "observation_return_30d", "died_30d"):  # fmt: skip
        assert seen[flag] == {True, False, None}
    assert {0, 1, 7, 29, 30} <= seen["days_to_readmission"]
    assert seen["lace_comorbidity_points"] == {0, 1, 2, 3, 5}
    assert seen["lace_emergency_points"] >= {0, 1, 2}
