"""Who sees whom: coverage, caps, language, skills, continuity, and words for why and why not."""

import pandas as pd
import pytest

from tests.unit.caseload.caseload_builder import build, manager, policy, stay


def assigned(rows, managers, **known) -> dict[str, str | None]:
    worklist = build(rows, managers, **known).worklist
    return by_patient(worklist)


def by_patient(worklist) -> dict[str, str | None]:
    managers = worklist["case_manager_id"].astype(object).where(worklist["case_manager_id"].notna(), None)
    return dict(zip(worklist["patient_id"], managers, strict=True))


def reason(rows, managers, patient="a", **known) -> str:
    return build(rows, managers, **known).worklist.set_index("patient_id")["assignment_reason"][patient]


def test_facility_and_unit_coverage_is_a_bar():
    managers = [manager("m1", facility_ids=["A"]), manager("m2", facility_ids=["B"], units=["3W"])]
    rows = [stay("a", facility_id="A"), stay("b", facility_id="B", unit="3W"), stay("c", facility_id="B", unit="4E")]
    assert assigned(rows, managers) == {"a": "m1", "b": "m2", "c": None}
    assert reason(rows, managers, "b") == "covers facility B and unit 3W, lightest load of those who fit best"
    assert reason(rows, managers, "c") == "no active case manager covers facility B, unit 4E"


def test_empty_coverage_covers_all():
    assert assigned([stay("a", facility_id="Z"), stay("b", facility_id=None)], [manager("m")]) == {"a": "m", "b": "m"}


def test_language_is_preferred_and_an_interpreter_is_named_else():
    managers = [manager("m1"), manager("m2", languages=["Spanish", "en"])]
    assert assigned([stay("a", language="es")], managers) == {"a": "m2"}
    assert reason([stay("a", language="es")], managers) == (
        "covers all facilities, speaks es, lightest load of those who fit best"
    )
    assert "interpreter for vi needed" in reason([stay("a", language="Vietnamese")], managers)


def test_language_can_be_required():
    rules = policy(languages={"match": "require"})
    assert assigned([stay("a", language="vi"), stay("b")], [manager("m")], policy=rules) == {"a": None, "b": "m"}


def test_skills_asked_for_by_needs_and_comorbidity_are_preferred():
    managers = [manager("m1"), manager("m2", skills=["housing"]), manager("m3", skills=["Complex_Care"])]
    needs = pd.DataFrame(
        {
            "stay_key": [1],
            "domain": ["housing"],
            "state": ["need"],
            "evidence": ["e"],
            "evidence_date": [None],
            "z_code": [None],
        }
    )
    rows = [stay("a"), stay("b", charlson_365d=5), stay("c")]
    assert assigned(rows, managers, needs=needs) == {"a": "m2", "b": "m3", "c": "m1"}
    assert "has the skills asked for" in reason(rows, managers, "b", needs=needs)


def test_the_lightest_load_gets_the_next_patient():
    managers = [manager("m1", capacity_heads=20), manager("m2", capacity_heads=20)]
    by_manager = pd.Series(assigned([stay(f"p{i}") for i in range(6)], managers)).value_counts()
    assert by_manager.to_dict() == {"m1": 3, "m2": 3}


def test_caps_hold_in_points_and_in_heads():
    rows = [stay(f"p{i:02d}", risk=0.5 - i / 100, charlson_365d=i % 6) for i in range(30)]
    made = build(rows, [manager("m1", capacity_points=9.0), manager("m2", capacity_heads=3)])
    capacity = made.capacity.set_index("case_manager_id")
    assert capacity.loc["m1", "points_used"] <= 9.0
    assert capacity.loc["m2", "heads_used"] == 3
    held = made.worklist.groupby("case_manager_id")["acuity_points"].sum()
    assert held.to_dict() == pytest.approx(capacity["points_used"].to_dict())


def test_a_patient_without_room_is_told_where_there_was_none():
    managers = [manager("m1", facility_ids=["A"], capacity_heads=1), manager("m2", facility_ids=["B"])]
    rows = [stay("a", risk=0.3), stay("b", risk=0.2), stay("c", risk=0.1)]
    assert assigned(rows, managers) == {"a": "m1", "b": None, "c": None}
    assert reason(rows, managers, "b") == "no capacity left at facility A"


def test_room_left_elsewhere_is_given_to_the_next_in_rank():
    managers = [
        manager("m1", facility_ids=["A"], capacity_heads=1),
        manager("m2", facility_ids=["B"], capacity_heads=2),
    ]
    rows = [stay("a", risk=0.5), stay("b", risk=0.4), stay("d", risk=0.3), stay("c", risk=0.2, facility_id="B")]
    worklist = build(rows, managers).worklist.set_index("patient_id")
    assert worklist["tier"].to_dict() == {"a": 1, "b": 2, "d": 2, "c": 3}
    assert worklist.loc["c", "case_manager_id"] == "m2"
    assert worklist.loc["c", "assignment_reason"].endswith("room left after tiers 1 and 2")
    assert worklist.loc["c", "acuity_points"] == 1.5  # the work of a call


def test_the_previous_manager_comes_first_while_covering_and_with_room():
    managers = [manager("m1"), manager("m2"), manager("m3", facility_ids=["B"]), manager("m4", is_active=False)]
    rows = [stay(name) for name in "abcd"]
    previous = pd.DataFrame({"patient_id": list("bcd"), "case_manager_id": ["m2", "m3", "m4"]})
    made = assigned(rows, managers, previous=previous)
    assert made["b"] == "m2"
    assert made["c"] != "m3"  # does not cover facility A
    assert made["d"] in {"m1", "m2"}
    assert reason(rows, managers, "b", previous=previous) == "continuity: previous manager, covers all facilities"


def test_publishing_again_the_next_day_changes_no_manager():
    rows = [stay(f"p{i:02d}", risk=0.4 - i / 100, language=["en", "es"][i % 2]) for i in range(25)]
    managers = [manager("m1", languages=["es"]), manager("m2"), manager("m3", facility_ids=["A"])]
    today = build(rows, managers).worklist
    again = build(rows, managers, previous=today).worklist
    assert again["case_manager_id"].tolist() == today["case_manager_id"].tolist()


def test_open_cases_stay_and_take_room():
    managers = [manager("m1", capacity_heads=2), manager("m2", capacity_heads=1)]
    cases = pd.DataFrame({"patient_id": ["gone", "low"], "case_manager_id": ["m1", "m1"], "acuity_points": [5.0, 2.0]})
    rows = [stay("top", risk=0.5), stay("next", risk=0.4), stay("low", risk=0.01)]
    made = build(rows, managers, open_cases=cases)
    assert by_patient(made.worklist) == {"top": "m2", "next": None, "low": "m1"}
    assert made.capacity.set_index("case_manager_id").loc["m1", ["open_case_heads", "open_case_points"]].tolist() == [
        1,
        5,
    ]
    assert reason(rows, managers, "low", open_cases=cases) == "continuity: open case with this manager"


def test_one_patient_moves_over_so_that_another_fits():
    # m1 could take anyone, m2 only facility B: without the move, A's second patient would go without
    managers = [manager("m1", capacity_heads=2), manager("m2", capacity_heads=2, facility_ids=["B"])]
    rows = [stay("b1", risk=0.5, facility_id="B"), stay("b2", risk=0.4, facility_id="B")]
    rows += [stay("a1", risk=0.3), stay("a2", risk=0.2)]
    assert assigned(rows, managers) == {"b1": "m2", "b2": "m2", "a1": "m1", "a2": "m1"}


def test_no_table_of_managers_still_makes_tiers_and_says_why_nobody_is_assigned():
    for managers in (None, []):
        made = build([stay("a")], managers if managers is None else None)
        assert made.worklist["tier"].tolist() == [1]
        assert made.worklist["case_manager_id"].tolist() == [None]
        assert made.worklist["assignment_reason"][0].startswith("no table of case managers")
        assert made.notes


def test_nobody_active_says_so():
    made = build([stay("a")], [manager("m", is_active=False)])
    assert made.worklist["assignment_reason"].tolist() == ["no active case manager"]
    assert made.notes[0] == "No case manager is active: nobody is assigned."
    assert made.capacity.empty


def test_unassigned_are_counted_by_tier_and_reason():
    rows = [stay("a", facility_id="X", risk=0.3), stay("b", facility_id="X", risk=0.2)]
    made = build(rows, [manager("m", facility_ids=["A"], capacity_heads=4)])
    assert made.unassigned.to_dict("records") == [
        {
            "tier": 1,
            "assignment_reason": "no active case manager covers facility X",
            "patient_count": 2,
            "expected_benefit": pytest.approx(0.1),
        }
    ]
    assert made.notes == ["2 patients of tiers 1 and 2 have no case manager; see the reasons on their rows."]
