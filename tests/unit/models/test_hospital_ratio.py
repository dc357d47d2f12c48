"""Readmission ratios: fair to hospitals with sicker patients, cautious with small ones, never a silent number."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binomtest

from models.metrics import grouped_logistic, hospital_ratio
from models.metrics.grouped_logistic import NotConvergedError
from models.metrics.hospital_ratio import learn_risks, observed_over_expected, standardised_ratios
from models.metrics.random_intercept import fit_random_intercept


def make_hospitals(stays, effects, severity, seed=1):
    """Return outcome, case mix (one column), hospital and the true ratios."""
    rng = np.random.default_rng(seed)
    hospital, effects = np.repeat(np.arange(len(stays)), stays), np.array(effects, dtype=float)
    case_mix = rng.normal(np.asarray(severity, dtype=float)[hospital])
    fixed = -1.9 + 0.5 * case_mix
    own = expit(fixed + effects[hospital])
    outcome = (rng.random(hospital.size) < own).astype(float)
    middle = expit(fixed + effects.mean())
    return outcome, case_mix[:, None], hospital, np.bincount(hospital, own) / np.bincount(hospital, middle)


def test_known_ratios_lie_within_their_intervals():
    effects = 0.25 * np.random.default_rng(3).normal(size=30)
    stays = [1500] * 15 + [120] * 15
    outcome, case_mix, hospital, truth = make_hospitals(stays, effects, np.zeros(30))
    found = standardised_ratios(outcome, case_mix, hospital)
    held = [metric.low <= true <= metric.high for metric, true in zip(found.ratios, truth, strict=True)]
    assert np.mean(held) >= 0.9
    assert found.spread.low < 0.25 < found.spread.high
    large = np.array([metric.value for metric in found.ratios[:15]])
    assert np.abs(large - truth[:15]).max() < 0.2


def test_the_ratio_is_predicted_over_expected_readmissions():
    outcome, case_mix, hospital, _ = make_hospitals([300, 500, 200], [0.5, 0.0, -0.5], [0, 0, 0])
    fit = fit_random_intercept(outcome, case_mix, hospital)
    ratios = standardised_ratios(outcome, case_mix, hospital).ratios
    for number, metric in enumerate(ratios):
        log_odds = fit.coefficients[0] + fit.coefficients[1] * case_mix[hospital == number, 0]
        predicted, expected = expit(log_odds + fit.effects[number]).sum(), expit(log_odds + fit.effects.mean()).sum()
        assert metric.value == pytest.approx(predicted / expected, rel=1e-9)
        assert metric.low < metric.value < metric.high


def test_a_hospital_is_not_blamed_for_sicker_patients():
    outcome, case_mix, hospital, _ = make_hospitals([2000, 2000, 2000, 2000], [0, 0, 0, 0], [0, 0, 0, 1.5])
    crude = np.bincount(hospital, outcome) / np.bincount(hospital) / outcome.mean()
    ratios = standardised_ratios(outcome, case_mix, hospital).ratios
    assert crude[3] > 1.4
    assert ratios[3].value == pytest.approx(1, abs=0.06)
    assert ratios[3].low < 1 < ratios[3].high


def test_small_hospitals_are_drawn_to_1_and_have_wide_intervals():
    stays, effects = [4000, 4000, 4000, 40, 40], [0.4, -0.4, 0.0, 0.4, -0.4]
    outcome, case_mix, hospital, _ = make_hospitals(stays, effects, np.zeros(5))
    # The small ones get exactly the crude rate of the large ones with the same effect.
    for small, large in ((3, 0), (4, 1)):
        events = round(outcome[hospital == large].mean() * 40)
        outcome[hospital == small] = np.arange(40) < events
    ratios = standardised_ratios(outcome, case_mix, hospital).ratios
    for small, large in ((3, 0), (4, 1)):
        assert abs(ratios[small].value - 1) < 0.75 * abs(ratios[large].value - 1)
        assert ratios[small].high - ratios[small].low > 2 * (ratios[large].high - ratios[large].low)


def test_equal_hospitals_are_not_said_to_be_surely_equal():
    outcome, case_mix, hospital, _ = make_hospitals([500, 700, 300], [0, 0, 0], [0, 0, 0], seed=4)
    found = standardised_ratios(outcome, case_mix, hospital)
    assert found.spread.low <= found.spread.value < 0.01
    for metric in found.ratios:
        assert metric.value == pytest.approx(1, abs=0.001)
        assert metric.high - metric.low > 0.1


@pytest.mark.parametrize(
    ("outcome", "hospital", "reason"),
    [
        ([1, 0, 1, 0], [0, 0, 0, 0], "there is only one hospital"),
        ([0, 0, 0, 0], [0, 0, 1, 1], "no stay was followed by a readmission"),
        ([1, 1, 1, 1], [0, 0, 1, 1], "every stay was followed by one"),
        ([], [], "there are no stays"),
    ],
)
def test_what_cannot_be_computed_is_null_with_a_reason(outcome, hospital, reason):
    outcome, hospital = np.array(outcome, dtype=float), np.array(hospital, dtype=np.intp)
    found = standardised_ratios(outcome, np.zeros((outcome.size, 0)), hospital)
    assert len(found.ratios) == len(set(hospital.tolist()))
    for metric in (*found.ratios, found.spread):
        assert (metric.value, metric.low, metric.high, metric.reason) == (None, None, None, reason)


def test_no_convergence_is_said(monkeypatch):
    def fail(*_):
        raise NotConvergedError

    monkeypatch.setattr(hospital_ratio, "fit_random_intercept", fail)
    outcome, case_mix, hospital, _ = make_hospitals([30, 30], [0, 0], [0, 0])
    found = standardised_ratios(outcome, case_mix, hospital)
    assert [metric.reason for metric in found.ratios] == ["the model did not converge"] * 2


def test_a_climb_that_does_not_arrive_is_said(monkeypatch):
    outcome, case_mix, hospital, _ = make_hospitals([30, 30], [0, 0], [0, 0])
    monkeypatch.setattr(grouped_logistic, "MAX_STEPS", 1)
    assert standardised_ratios(outcome, case_mix, hospital).spread.reason == "the model did not converge"
    assert learn_risks(outcome, case_mix, case_mix) is None


def test_observed_over_expected_and_its_exact_interval():
    metric = observed_over_expected(observed=30, expected=20.0, reference=80)
    assert metric.value == pytest.approx(1.5)
    share = binomtest(30, 110).proportion_ci(method="exact")
    assert metric.low == pytest.approx(share.low / (1 - share.low) * 80 / 20)
    # The upper end counts the reference as 80 events on top of the observed: the same share, from its other side.
    assert metric.high == pytest.approx(share.high / (1 - share.high) * 80 / 20)


def test_nothing_observed_has_an_upper_end_and_nothing_to_expect_from_a_reason():
    metric = observed_over_expected(0, 5.0, 50)
    assert (metric.value, metric.low) == (0, 0)
    assert metric.high > 0.5
    assert observed_over_expected(3, 0.0, 0).reason == ("no readmission among the earlier stays: none can be expected")


def test_intervals_of_observed_over_expected_hold_the_truth():
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        case_mix = rng.normal(size=(900, 1))
        outcome = (rng.random(900) < expit(-1.9 + 0.5 * case_mix[:, 0])).astype(float)
        earlier, later = slice(0, 600), slice(600, 900)
        expected = learn_risks(outcome[earlier], case_mix[earlier], case_mix[later]).sum()
        metric = observed_over_expected(outcome[later].sum(), expected, outcome[earlier].sum())
        held.append(metric.low <= 1 <= metric.high)
    assert np.mean(held) > 0.93


def test_learnt_risks_are_right_on_average_where_they_were_learnt():
    outcome, case_mix, _, _ = make_hospitals([800], [0], [0])
    assert learn_risks(outcome, case_mix, case_mix).sum() == pytest.approx(outcome.sum(), rel=1e-6)
    assert learn_risks(np.zeros(800), case_mix, case_mix) is None
