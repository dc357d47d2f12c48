"""Intervals from resampled patients, and metrics that refuse to be computed."""

import numpy as np
import pytest

from models import metrics
from models.metrics.bootstrap import cluster_weights


def sample(rows: int = 800, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcomes, risks and patients of a calibrated model."""
    rng = np.random.default_rng(seed)
    risk = rng.beta(2, 8, rows)
    return (rng.random(rows) < risk).astype(int), risk, rng.integers(0, rows // 2, rows)


def test_all_stays_of_a_patient_get_the_same_weight():
    weights = np.concatenate(list(cluster_weights(np.array(["b", "a", "b", "c"]), 50, seed=1)))
    assert weights.shape == (50, 4)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()  # three patients, three draws


def test_clustering_widens_the_interval():
    outcome, risk, _ = sample(300)
    copies = np.tile(np.arange(300), 4)
    alone = metrics.evaluate(outcome[copies], risk[copies], np.arange(1200), share=0.2, seed=1, replicates=300)
    together = metrics.evaluate(outcome[copies], risk[copies], copies, share=0.2, seed=1, replicates=300)
    assert together["auroc"].value == alone["auroc"].value
    assert width(together["auroc"]) == pytest.approx(2 * width(alone["auroc"]), rel=0.2)  # sqrt(4 copies)


def width(metric: metrics.Metric) -> float:
    assert metric.low is not None
    assert metric.high is not None
    return metric.high - metric.low


def test_interval_of_the_auroc_is_as_wide_as_delong_says():
    outcome, risk, _ = sample(3000, seed=2)
    found = metrics.evaluate(outcome, risk, np.arange(3000), share=0.2, seed=1, replicates=400)["auroc"]
    wins = risk[outcome == 1][:, None] > risk[outcome == 0][None, :]
    of_events, of_others = wins.mean(axis=1), wins.mean(axis=0)
    variance = of_events.var(ddof=1) / of_events.size + of_others.var(ddof=1) / of_others.size
    assert width(found) == pytest.approx(2 * 1.96 * np.sqrt(variance), rel=0.1)


def test_same_seed_same_numbers_and_row_order_does_not_matter():
    outcome, risk, patients = sample()
    first = metrics.evaluate(outcome, risk, patients, share=0.2, seed=1, replicates=60)
    assert metrics.evaluate(outcome, risk, patients, share=0.2, seed=1, replicates=60) == first
    order = np.random.default_rng(9).permutation(outcome.size)
    shuffled = metrics.evaluate(outcome[order], risk[order], patients[order], share=0.2, seed=1, replicates=60)
    for name, metric in first.items():
        assert shuffled[name].as_dict() == metric.as_dict(), name


def test_every_metric_of_a_calibrated_model_has_a_plausible_interval():
    found = metrics.evaluate(*sample(4000), share=0.2, seed=1, replicates=200)
    assert set(found) == set(metrics.RANKING_METRICS + metrics.RISK_METRICS)
    for name, metric in found.items():
        assert metric.reason is None, name
        assert metric.low < metric.high, name
    for name, target in {"calibration_intercept": 0, "calibration_slope": 1, "expected_over_observed": 1}.items():
        assert found[name].low < target < found[name].high, name
    assert found["ici"].value < 0.02


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ([], "no rows to measure on"),
        ([1] * 5 + [0] * 95, "too few events: 5 (at least 10 needed)"),
        ([1] * 95 + [0] * 5, "too few rows without the event: 5 (at least 10 needed)"),
        ([0] * 100, "too few events: 0 (at least 10 needed)"),
    ],
)
def test_too_little_to_measure_on_is_null_with_a_reason(outcome, reason):
    rows = len(outcome)
    found = metrics.evaluate(np.array(outcome), np.full(rows, 0.1), np.arange(rows), share=0.2, seed=1, replicates=10)
    assert {metric.reason for metric in found.values()} == {reason}
    assert {metric.value for metric in found.values()} == {None}


def test_a_risk_of_exactly_zero_is_said_not_clipped():
    outcome, risk, patients = sample()
    risk[np.argmax(outcome)] = 0.0
    found = metrics.evaluate(outcome, risk, patients, share=0.2, seed=1, replicates=20)
    for name in ("log_loss", "calibration_intercept", "calibration_slope"):
        assert found[name] == metrics.missing("some risks are exactly 0 or 1"), name
    assert found["auroc"].value is not None


def test_separated_outcomes_have_no_slope():
    outcome = np.repeat([0, 1], 20)
    risk = np.where(outcome == 1, 0.9, 0.1) + np.linspace(0, 0.05, 40)
    assert np.isnan(metrics.calibration_slope(outcome, risk))
    assert np.isnan(metrics.calibration_slope(outcome, np.full(40, 0.5)))  # no slope over a single risk either


def test_no_interval_when_resamples_fail():
    replicates = np.array([1.0] * 80 + [np.nan] * 20)
    found = metrics.summarise(1.0, replicates)
    assert (found.value, found.low) == (1.0, None)
    assert found.reason == "no interval: undefined in 20 of 100 resamples"


def test_no_interval_without_resamples():
    assert metrics.summarise(1.0, np.array([])).reason == "no interval: the bootstrap was not run"


def test_numbers_are_written_without_negative_zero():
    assert str(metrics.Metric(-1e-9).as_dict()["value"]) == "0.0"
