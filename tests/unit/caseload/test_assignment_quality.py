"""How good the assignment is and what always holds of it, on random staffs (seeded)."""

import functools

import numpy as np
import pandas as pd
import pytest

from caseload.worklist_frame import make_worklist_table
from tests.unit.caseload.caseload_builder import build, manager, stay
from tests.unit.caseload.optimal_assignment import bound_total_benefit

SEEDS = range(20)


@functools.cache
def make_case(seed: int):
    draw = np.random.default_rng(seed)
    facilities = int(draw.integers(1, 5))
    rows = [
        stay(
            f"p{i:02d}",
            risk=round(float(draw.beta(2, 10)), 3),
            facility_id=f"F{draw.integers(facilities)}",
            charlson_365d=int(draw.integers(0, 7)),
            language=str(draw.choice(["en", "es"])),
        )
        for i in range(int(draw.integers(15, 60)))
    ]
    managers = [
        manager(
            f"m{j}",
            facility_ids=sorted({f"F{k}" for k in draw.integers(0, facilities, draw.integers(0, 3))}),
            languages=["en", "es"][: int(draw.integers(1, 3))],
            capacity_points=float(draw.integers(8, 30)),
            capacity_heads=int(draw.integers(3, 12)),
        )
        for j in range(int(draw.integers(1, 7)))
    ]
    return rows, managers, build(rows, managers)


def cover_matrix(worklist: pd.DataFrame, managers: list[dict]) -> np.ndarray:
    covers = [
        [not one["facility_ids"] or facility in one["facility_ids"] for one in managers]
        for facility in worklist["facility_id"]
    ]
    return np.array(covers, dtype=bool)


def gap_to_bound(seed: int) -> float:
    """Share of the reachable benefit of tiers 1 and 2 that the assignment leaves, at most."""
    _, managers, made = make_case(seed)
    served = made.worklist[made.worklist["tier"] <= 2]
    caps = [np.array([one[cap] for one in managers]) for cap in ("capacity_points", "capacity_heads")]
    benefit, points = served["expected_benefit"].to_numpy(), served["acuity_points"].to_numpy()
    bound = bound_total_benefit(benefit, points, cover_matrix(served, managers), *caps)
    reached = float(served.loc[served["case_manager_id"].notna(), "expected_benefit"].sum())
    assert reached <= bound + 1e-9
    return 1 - reached / bound if bound else 0.0


def test_the_assignment_reaches_nearly_all_that_could_be_reached():
    gaps = np.array([gap_to_bound(seed) for seed in SEEDS])
    assert gaps.mean() < 0.05, gaps.round(3)
    assert gaps.max() < 0.2, gaps.round(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_caps_and_coverage_hold_and_no_room_is_wasted(seed):
    _, managers, made = make_case(seed)
    worklist, capacity = made.worklist, made.capacity.set_index("case_manager_id")
    assert (capacity["points_used"] <= capacity["points_cap"] + 1e-6).all()
    assert (capacity["heads_used"] <= capacity["heads_cap"]).all()
    covers = cover_matrix(worklist, managers)
    places = {one["case_manager_id"]: place for place, one in enumerate(managers)}
    points_left = (capacity["points_cap"] - capacity["points_used"]).loc[list(places)].to_numpy()
    heads_left = (capacity["heads_cap"] - capacity["heads_used"]).loc[list(places)].to_numpy()
    for row, manager_id in enumerate(worklist["case_manager_id"]):
        tier, points = worklist["tier"][row], worklist["acuity_points"][row]
        if isinstance(manager_id, str):
            assert covers[row, places[manager_id]]
        else:
            call = points + {1: 0, 2: 0, 3: 0.5, 4: 1.0}[tier]  # what seeing the patient would take
            assert not (covers[row] & (points_left >= call) & (heads_left >= 1)).any()


@pytest.mark.parametrize("seed", list(SEEDS)[:5])
def test_the_order_of_the_rows_changes_nothing(seed):
    rows, managers, made = make_case(seed)
    again = build(rows[::-1], managers[::-1])
    assert make_worklist_table(again.worklist).equals(make_worklist_table(made.worklist))
    pd.testing.assert_frame_equal(again.capacity, made.capacity)


@pytest.mark.parametrize("seed", list(SEEDS)[:10])
def test_a_lower_rank_never_has_a_better_tier(seed):
    tiers = make_case(seed)[2].worklist["tier"]
    assert tiers.is_monotonic_increasing
