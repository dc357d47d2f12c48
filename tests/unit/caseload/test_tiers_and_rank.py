"""Rank by expected benefit, points by acuity, tiers by the room the staff has."""

import pandas as pd
import pytest

from caseload.policy import GroupEffect
from caseload.tiers import assign_tiers
from tests.unit.caseload.caseload_builder import build, manager, policy, stay


def ranked(rows, **known) -> list[str]:
    worklist = build(rows, **known).worklist
    assert worklist["rank"].tolist() == list(range(1, len(worklist) + 1))
    return worklist["patient_id"].tolist()


def test_rank_is_benefit_then_earlier_contact_then_stay_id():
    rows = [
        stay("d", risk=0.2),
        stay("c", risk=0.2),
        stay("b", risk=0.2, discharge_date="2025-03-24"),
        stay("a", risk=0.1),
    ]
    assert ranked(rows) == ["b", "c", "d", "a"]
    assert ranked(rows[::-1]) == ["b", "c", "d", "a"]


def test_no_contact_date_comes_after_one():
    assert ranked([stay("a", discharge_disposition="03"), stay("b")]) == ["b", "a"]


def test_expected_benefit_is_risk_times_the_reduction_of_the_group():
    sick = GroupEffect(name="sick", column="charlson_365d", at_least=4, value=0.05, low=0, high=0.1, citation="a trial")
    rows = [
        stay("sick", risk=0.5, charlson_365d=5),
        stay("well", risk=0.3),
        stay("unknown", risk=0.2, charlson_365d=None),
    ]
    worklist = build(rows, policy=policy(impact={"groups": [sick]})).worklist.set_index("patient_id")
    assert worklist["expected_benefit"].round(6).to_dict() == {"well": 0.06, "unknown": 0.04, "sick": 0.025}
    assert worklist["impact_group"].to_dict() == {"well": "default", "unknown": "default", "sick": "sick"}


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({}, 2.0 + 0.5),  # tier 1, discharged 3 days ago
        ({"discharge_date": "2025-03-24"}, 2.0 + 0.5),  # 7 days
        ({"admission_date": "2025-03-01", "discharge_date": "2025-03-23"}, 2.0),  # 8 days
        ({"charlson_365d": 1}, 2.5),
        ({"charlson_365d": 2}, 3.0),
        ({"charlson_365d": 3}, 3.0),
        ({"charlson_365d": 4}, 3.5),
        ({"charlson_365d": None}, 2.5),
        ({"language": "es"}, 2.0 + 0.5 + 0.5 + 0.25),  # interpreter, and the language is an open need
    ],
)
def test_acuity_points_add_up(changes, points):
    assert build([stay("a", **changes)]).worklist["acuity_points"].tolist() == [points]


def test_needs_add_points_up_to_a_most():
    domains = ["housing", "food", "safety", "stress", "insurance", "caregiver"]
    for count, points in [(1, 2.75), (4, 3.5), (6, 3.5)]:
        needs = pd.DataFrame({"stay_key": 1, "domain": domains[:count], "state": "need", "evidence": "e"})
        needs = needs.assign(evidence_date=None, z_code=None)
        assert build([stay("a")], needs=needs).worklist["acuity_points"].tolist() == [points]


def tiers(base: list[float], points: float, heads: int, **rules) -> list[int]:
    covered = pd.Series(True, index=range(len(base)))
    return assign_tiers(pd.Series(base), covered, points, heads, policy(tiers=rules)).tolist()


def test_tiers_fill_the_capacity_in_rank_order():
    # intensive: 60 % of 10 points and half of the heads, 2 points each; calls: 1 point each of the 4 that are left
    assert tiers([0.0] * 10, 10, 20, automated_heads=1) == [1, 1, 1, 2, 2, 2, 2, 3, 4, 4]


def test_heads_end_a_tier_before_the_points_do():
    assert tiers([0.0] * 6, 100, 4, automated_heads=1) == [1, 1, 2, 2, 3, 4]


def test_nobody_is_skipped_for_being_heavy():
    # the second does not fit the intensive room (2 + 9 > 6): the tier ends there, the third does not overtake
    assert tiers([0.0, 9.0, 0.0], 10, 20, automated_heads=0) == [1, 4, 4]


def test_no_capacity_leaves_automated_follow_up():
    assert tiers([0.0] * 3, 0, 0, automated_heads=2) == [3, 3, 4]
    assert tiers([], 10, 10) == []


def test_patients_whom_nobody_covers_use_no_room():
    rules = policy(tiers={"automated_heads": 1})
    covered = pd.Series([True, False, True, False, True, True, True, True])
    base = pd.Series([0.0] * 8)
    # covered: 2 intensive of 4 * 0.6 -> 1 place; then 2 calls in the 2 points left; the others come along by rank
    assert assign_tiers(base, covered, 4, 4, rules).tolist() == [1, 1, 2, 2, 2, 3, 4, 4]
    assert assign_tiers(base, ~pd.Series([False] * 8), 4, 4, rules).tolist() == [1, 2, 2, 3, 4, 4, 4, 4]
    # nobody covered at all: the room still bounds the tiers
    assert assign_tiers(base, pd.Series([False] * 8), 4, 4, rules).tolist() == [1, 2, 2, 3, 4, 4, 4, 4]


def test_more_capacity_never_worsens_a_tier():
    base = [0.25 * (i % 7) for i in range(60)]
    for points in range(0, 200, 10):
        less, more = tiers(base, points, points // 2), tiers(base, points + 10, (points + 10) // 2)
        assert sum(t <= 2 for t in more) >= sum(t <= 2 for t in less)
        assert less == sorted(less)


def test_tiers_come_from_the_active_managers():
    rows = [stay(f"p{i:02d}") for i in range(30)]
    one = build(rows, [manager("m", capacity_points=10, capacity_heads=10)]).worklist["tier"]
    two = build(rows, [manager("m", capacity_points=10, capacity_heads=10), manager("n", is_active=False)]).worklist[
        "tier"
    ]
    three = build(rows, [manager(m, capacity_points=10, capacity_heads=10) for m in "mno"]).worklist["tier"]
    assert one.tolist() == two.tolist()
    assert (one <= 2).sum() < (three <= 2).sum()
