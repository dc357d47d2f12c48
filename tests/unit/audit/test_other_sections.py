"""Months, people already followed up, need at equal score, reach, and the settings, on small tables."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from audit.need import measure_need
from audit.reach import measure_reach
from audit.scores import prepare_sample
from audit.settings import read_settings
from audit.timeline import measure_months, measure_treated
from data_contracts.errors import UsageError
from tests.unit.audit.conftest import CONFIG
from tests.unit.audit.synthetic import make_inputs


def sample_of(settings, **columns):
    """Return the sample of a made-up evaluation frame."""
    rows = len(columns["risk"])
    frame = pd.DataFrame({"stay_key": range(rows), "patient_key": range(rows), "readmitted_30d": False, **columns})
    frame["discharge_date"] = frame.get("discharge_date", pd.Timestamp("2026-01-01"))
    return prepare_sample(make_inputs(rows, evaluation=frame), settings)


def test_a_month_with_too_many_returns_is_outside_its_limits(settings):
    # January: 10 of 100 expected, 10 came. February: 10 expected, 25 came (limits 10 % +- 3 x 3 %). March: 5 stays.
    days = ["2026-01-05"] * 100 + ["2026-02-05"] * 100 + ["2026-03-05"] * 5
    returned = [True] * 10 + [False] * 90 + [True] * 25 + [False] * 75 + [False] * 5
    sample = sample_of(
        settings, risk=[0.1] * 205, readmitted_30d=returned, discharge_date=pd.to_datetime(pd.Series(days))
    )
    january, february, march = measure_months(sample, settings)
    assert january["expected_rate"] == pytest.approx(0.1)
    assert (january["low"], january["high"]) == (pytest.approx(0.01), pytest.approx(0.19))
    assert (january["is_outside"], february["is_outside"]) == (False, True)
    assert march == {"month": "2026-03", "rows": None, "observed_rate": None}


def test_people_followed_up_are_measured_apart(settings):
    rng = np.random.default_rng(1)
    risk = np.full(1000, 0.3)
    treated = np.arange(1000) < 500
    # Follow-up halves the returns: a model that is right without it expects twice as many.
    returned = rng.random(1000) < np.where(treated, 0.15, 0.3)
    found = measure_treated(sample_of(settings, risk=risk, readmitted_30d=returned, is_treated=treated), settings, 1)
    ratio = {group["group"]: group["metrics"]["expected_over_observed"].value for group in found["groups"]}
    assert ratio["with follow-up"] == pytest.approx(2.0, rel=0.15)
    assert ratio["without follow-up"] == pytest.approx(1.0, rel=0.15)


def test_nobody_followed_up_is_said(settings):
    reason = measure_treated(sample_of(settings, risk=[0.1, 0.2]), settings, 1)["reason"]
    assert reason == "the run did not say who was followed up; performance includes everybody"


def test_need_at_equal_score_by_hand(settings):
    # Two bands of equal size; at the same score B has one condition more than A in the low band, three in the high.
    two_bands = dataclasses.replace(settings, need_bands=2, subgroup_replicates=30)
    race = (["A"] * 20 + ["B"] * 20) * 2
    risk = [0.1] * 40 + [0.5] * 40
    conditions = [1] * 20 + [2] * 20 + [4] * 20 + [7] * 20
    sample = sample_of(settings, risk=risk, active_conditions=conditions)
    subgroups = pd.DataFrame({"stay_key": range(80), "race": race})
    found = measure_need(sample, subgroups, two_bands, seed=1)
    assert (found["reference"], found["bands"]) == ("A", 2)
    (need,) = found["needs"]
    means = {group["group"]: [mean.value for mean in group["means"]] for group in need["groups"]}
    assert means == {"A": [1, 4], "B": [2, 7]}
    excess = {group["group"]: group["excess"] for group in need["groups"]}
    assert excess["A"] is None
    assert excess["B"].value == pytest.approx((20 * 1 + 20 * 3) / 40)


@pytest.mark.parametrize(
    ("columns", "race", "reason"),
    [
        ({}, ["A", "B"] * 20, "the run gave neither active conditions nor unplanned days for these stays"),
        ({"active_conditions": 1}, ["A"] * 35 + ["B"] * 5, "fewer than two groups are large enough to show"),
        ({"active_conditions": 1}, [None] * 40, "fewer than two groups are large enough to show"),
    ],
)
def test_need_that_cannot_be_compared_says_why(settings, columns, race, reason):
    sample = sample_of(settings, risk=[0.1] * 40, **columns)
    subgroups = pd.DataFrame({"stay_key": range(40), "race": pd.Series(race, dtype="str")})
    assert measure_need(sample, subgroups, settings, seed=1)["reason"] == reason


def test_reach_counts_each_step_and_hides_small_ones(settings):
    reach = pd.DataFrame({"stay_key": range(100), "is_flagged": [True] * 60 + [False] * 40})
    reach["is_assigned"] = reach["stay_key"] < 50
    reach["is_contacted"] = reach["stay_key"] < 40
    reach["is_closed"] = reach["stay_key"] < 5
    subgroups = pd.DataFrame({"stay_key": range(100), "race": ["A"] * 70 + ["B"] * 30})
    found = measure_reach(make_inputs(100, reach=reach, subgroups=subgroups), settings)
    first, second = found["groups"]
    assert first == {
        "group": "A",
        "rows": 70,
        "is_flagged": 60,
        "is_assigned": 50,
        "is_contacted": 40,
        "is_closed": None,
    }
    assert second == {
        "group": "B",
        "rows": 30,
        **dict.fromkeys(("is_flagged", "is_assigned", "is_contacted", "is_closed")),
    }


def test_shipped_settings_have_a_source_for_every_number():
    settings = read_settings(CONFIG.read_text(encoding="utf-8"))
    assert all(settings.sources.values())
    assert len(settings.sources) >= 15
    assert settings.thresholds[0] == 0.02
    assert settings.thresholds[-1] == 0.4
    assert settings.headline in settings.thresholds


def test_a_number_without_source_is_refused():
    text = CONFIG.read_text(encoding="utf-8").replace("headline: {value: 0.10, source:", "headline: {value: 0.10, why:")
    with pytest.raises(UsageError, match=r"decision_curve.headline is missing or has no source"):
        read_settings(text)
