"""The hazard moves as its file says, sees only what was known at discharge, and its clocks agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.simulated.facts import Facts
from sources.simulated.hazard import draw_outcome, draw_return_minute, structural_logit
from sources.simulated.parameters import Parameters, load_parameters
from sources.simulated.people import frailty_grid
from sources.simulated.timeline import Ring, SeasonalClock, draw_gap, draw_visits
from sources.simulated.units import DAY, NEVER, UNPLANNED

PARAMETERS = load_parameters()


@pytest.fixture
def facts(parameters: Parameters) -> Facts:
    """One unremarkable stay of a 60-year-old, three nights, home, nothing measured."""
    one = np.zeros(1, dtype=np.int64)
    drugs, chronic, tests = (len(frame) for frame in (parameters.drugs, parameters.chronic, parameters.labs))
    return {
        **dict.fromkeys(("patient", "kind", "prior_admissions", "emergency_visits", "disposition", "facility"), one),
        **dict.fromkeys(("needs_known", "points"), one),
        **dict.fromkeys(("principal_late", "alone_coded"), np.zeros(1, dtype=bool)),
        "screened": np.ones(1, dtype=bool),
        "reason": np.array([parameters.reason_at("pneumonia")]),
        "nights": np.array([3]),
        "age": np.array([60.0]),
        "svi": np.array([0.5]),
        "discharge": np.array([20_001 * DAY]),
        "labs": np.full((1, tests), 138.0),
        "measured": np.zeros((1, tests), dtype=bool),
        "drugs": np.zeros((1, drugs), dtype=bool),
        "coded": np.zeros((1, chronic), dtype=bool),
        "late": np.zeros((1, chronic), dtype=bool),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("prior_admissions", 2), ("emergency_visits", 3), ("points", 4), ("nights", 9), ("needs_known", 2), ("svi", 0.9)],
)
def test_more_of_it_raises_the_risk(facts: Facts, parameters: Parameters, name: str, value: float) -> None:
    assert structural_logit({**facts, name: np.array([value])}, parameters) > structural_logit(facts, parameters)


def test_an_abnormal_value_counts_only_where_measured(facts: Facts, parameters: Parameters) -> None:
    low = facts["labs"].copy()
    sodium = parameters.labs["name"].tolist().index("sodium")
    low[0, sodium] = 128.0
    base = structural_logit(facts, parameters)
    assert structural_logit({**facts, "labs": low}, parameters) == base
    measured = facts["measured"].copy()
    measured[0, sodium] = True
    assert structural_logit({**facts, "labs": low, "measured": measured}, parameters) > base


def test_codes_entered_after_discharge_count_for_nothing(facts: Facts, parameters: Parameters) -> None:
    base = structural_logit({**facts, "principal_late": np.array([True])}, parameters)
    other = {**facts, "reason": np.array([parameters.reason_at("sickle_cell")]), "principal_late": np.array([True])}
    assert structural_logit(other, parameters) == base


def test_hospice_lowers_the_risk(facts: Facts, parameters: Parameters) -> None:
    hospice = np.array([parameters.dispositions["code"].tolist().index("50")])
    assert structural_logit({**facts, "disposition": hospice}, parameters) < structural_logit(facts, parameters) - 1


def test_the_outcome_happens_as_often_as_its_probability(facts: Facts, parameters: Parameters) -> None:
    many = {name: np.repeat(value, 40_000, axis=0) for name, value in facts.items()}
    outcome = draw_outcome(np.random.default_rng(1), np.full(40_000, 0.2), many, parameters)
    assert abs((outcome == UNPLANNED).mean() - 0.2) < 0.006


def test_frailty_is_standardised() -> None:
    p = PARAMETERS
    values, shares = frailty_grid(p)
    assert shares.sum() == pytest.approx(1)
    assert values @ shares == pytest.approx(0, abs=1e-12)
    assert values**2 @ shares == pytest.approx(p["risk"]["frailty"]["sd"] ** 2)


@settings(deadline=None, max_examples=50)
@given(st.integers(15_000 * DAY, 25_000 * DAY), st.integers(0, 10_000))
def test_a_return_lies_in_both_windows(discharge: int, seed: int) -> None:
    """30 x 24 hours and 30 calendar days are two definitions; what is drawn counts by both."""
    leave = np.full(50, discharge)
    back = draw_return_minute(np.random.default_rng(seed), leave, PARAMETERS)
    assert (back > leave).all()
    assert (back - leave <= 30 * DAY).all()
    assert (back // DAY - leave // DAY <= 30).all()


def test_the_ring_counts_like_a_list() -> None:
    rng, ring, plain = np.random.default_rng(4), Ring(5, 24), {patient: [] for patient in range(5)}
    for wave in range(4):
        patient = np.sort(rng.integers(0, 5, 12))
        minute = wave * 1000 + rng.integers(0, 1000, 12)
        ring.add(patient, minute)
        for who, when in zip(patient, minute, strict=True):
            plain[int(who)].append(int(when))
    since = np.array([0, 500, 1500, 2500, 3900])
    expected = [sum(when >= limit for when in plain[who][-24:]) for who, limit in enumerate(since)]
    assert ring.count(np.arange(5), since).tolist() == expected


def test_the_clock_runs_faster_in_winter(parameters: Parameters) -> None:
    clock = SeasonalClock(19_723, 20_089, parameters)  # 2024
    winter, summer = clock.after(np.array([19_723.0, 19_905.0]), np.array([20.0, 20.0])) - [19_723.0, 19_905.0]
    assert winter < 20 < summer


def test_gaps_end_with_an_admission_or_a_death(parameters: Parameters) -> None:
    clock = SeasonalClock(19_000, 21_000, parameters)
    rates = np.full(20_000, 1 / 200)
    day, death = draw_gap(np.random.default_rng(0), clock, np.full(20_000, 19_000.0), rates, rates)
    assert 0.45 < (death < NEVER).mean() < 0.55
    assert (death[death < NEVER] < day[death < NEVER] * DAY).all()


def test_visits_come_at_their_rate_and_inside_their_gap() -> None:
    start, end = np.array([0, 0, 500]), np.array([100 * DAY, 0, 400])
    gap, minute = draw_visits(np.random.default_rng(0), start, end, np.full(3, 2.0))
    assert set(gap) == {0}
    assert 150 < len(minute) < 250
    assert (np.diff(minute) >= 0).all()
