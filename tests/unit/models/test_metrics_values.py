"""Metric values against hand calculations, scikit-learn, R and published tables."""

import numpy as np
import pytest

from models import metrics


def test_auroc_counts_a_tie_as_half():
    # Pairs (event, other): 0.8 beats 0.3 and 0.5; 0.5 beats 0.3 and ties with 0.5: 3.5 of 4.
    assert metrics.auroc([1, 1, 0, 0], [0.8, 0.5, 0.5, 0.3]) == pytest.approx(3.5 / 4)


def test_auroc_of_a_constant_score_is_one_half():
    assert metrics.auroc([1, 0, 0], [0.2, 0.2, 0.2]) == pytest.approx(0.5)


def test_weights_are_copies_of_rows():
    outcome, score = np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.9, 0.4, 0.3, 0.1])
    times = np.array([2, 1, 0, 3, 1])
    copied = np.repeat(np.arange(5), times)
    for metric in (metrics.auroc, metrics.average_precision, metrics.brier, metrics.log_loss, metrics.scaled_brier):
        assert metric(outcome, score, times[None].astype(float))[0] == pytest.approx(
            metric(outcome[copied], score[copied])
        )


def test_ranking_and_accuracy_equal_scikit_learn():
    from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

    rng = np.random.default_rng(3)
    risk = np.round(rng.beta(2, 8, 600), 2).clip(0.01, 0.99)  # two digits: many ties
    outcome = (rng.random(600) < risk).astype(int)
    assert metrics.auroc(outcome, risk) == pytest.approx(roc_auc_score(outcome, risk))
    assert metrics.average_precision(outcome, risk) == pytest.approx(average_precision_score(outcome, risk))
    assert metrics.brier(outcome, risk) == pytest.approx(brier_score_loss(outcome, risk))
    assert metrics.log_loss(outcome, risk) == pytest.approx(log_loss(outcome, risk))


def test_roc_curve_encloses_the_auroc():
    outcome, score = [1, 1, 0, 0], [0.8, 0.5, 0.5, 0.3]
    false_positive_rate, true_positive_rate = metrics.roc_curve(outcome, score)
    assert np.trapezoid(true_positive_rate, false_positive_rate) == pytest.approx(metrics.auroc(outcome, score))


@pytest.mark.parametrize(
    ("risk", "expected"),
    [([1, 1, 0, 0], 1.0), ([0.5, 0.5, 0.5, 0.5], 0.0), ([0, 0, 1, 1], -3.0)],
)
def test_scaled_brier_runs_from_worse_than_nothing_to_perfect(risk, expected):
    assert metrics.scaled_brier([1, 1, 0, 0], risk) == pytest.approx(expected)


def test_expected_over_observed_by_hand():
    assert metrics.expected_over_observed([1, 0, 0, 0], [0.2, 0.1, 0.1, 0.1]) == pytest.approx(0.5)


def exact_frequencies(logit: np.ndarray, times: int = 100_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcomes, row index and weights in which events occur exactly as often as the logit says."""
    frequency = 1 / (1 + np.exp(-logit))
    rows = np.tile(np.arange(logit.size), 2)
    outcome = np.repeat([1.0, 0.0], logit.size)
    return outcome, rows, np.concatenate([frequency, 1 - frequency])[None] * times


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (-0.5, 0.7), (0.3, 1.6)])
def test_calibration_recovers_a_known_logistic_distortion(intercept, slope):
    logit = np.linspace(-4, 1, 40)
    outcome, rows, weights = exact_frequencies(intercept + slope * logit)
    risk = (1 / (1 + np.exp(-logit)))[rows]
    assert metrics.calibration_slope(outcome, risk, weights)[0] == pytest.approx(slope, abs=1e-6)


def test_calibration_intercept_is_the_shift_in_log_odds():
    logit = np.linspace(-4, 1, 40)
    outcome, rows, weights = exact_frequencies(logit - 0.4)
    risk = (1 / (1 + np.exp(-logit)))[rows]
    assert metrics.calibration_intercept(outcome, risk, weights)[0] == pytest.approx(-0.4, abs=1e-6)


def test_calibration_slope_equals_an_unpenalised_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(5)
    logit = rng.normal(-2, 1, 2000)
    outcome = (rng.random(2000) < 1 / (1 + np.exp(-0.6 * logit))).astype(int)
    reference = LogisticRegression(C=np.inf, tol=1e-10).fit(logit[:, None], outcome)
    assert metrics.calibration_slope(outcome, 1 / (1 + np.exp(-logit))) == pytest.approx(
        reference.coef_[0, 0], abs=1e-5
    )


def test_resamples_give_what_each_gives_alone():
    rng = np.random.default_rng(6)
    risk = rng.beta(2, 8, 300)
    outcome = (rng.random(300) < risk).astype(float)
    weights = rng.integers(0, 3, (5, 300)).astype(float)
    for metric in (metrics.calibration_slope, metrics.calibration_intercept, metrics.auroc):
        alone = [metric(outcome, risk, row[None])[0] for row in weights]
        assert metric(outcome, risk, weights) == pytest.approx(alone, abs=1e-4)


CARS_SPEED = np.repeat(
    [4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25],
    [2, 2, 1, 1, 3, 2, 4, 4, 4, 3, 2, 3, 4, 3, 5, 1, 1, 4, 1],
).astype(float)
CARS_DISTANCE = np.array(
    [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26]
    + [54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85],
    dtype=float,
)


def test_loess_equals_r():
    # R: predict(loess(dist ~ speed, cars)), at the vertices of its interpolation, where it is exact.
    places = np.array([8, 10, 12, 13, 14, 15, 17, 19, 22], dtype=float)
    by_r = [15.281082, 21.865315, 29.350386, 33.230660, 37.167935, 41.205226, 48.355889, 51.986702, 68.569313]
    assert metrics.loess(CARS_SPEED, CARS_DISTANCE, places) == pytest.approx(by_r, abs=1e-6)


def test_loess_outside_the_data_equals_r():
    # R: the same with surface = "direct", which also extrapolates.
    by_r = [7.741006, 95.300523, 168.190283]
    assert metrics.loess(CARS_SPEED, CARS_DISTANCE, np.array([5.0, 25.0, 30.0])) == pytest.approx(by_r, abs=1e-6)


def test_loess_falls_back_to_a_line_and_a_level_when_points_are_few():
    assert metrics.loess([1, 2], [3, 5], [1.5], span=1.0) == pytest.approx([4.0])
    assert metrics.loess([1, 1, 1], [0, 1, 1], [1.0]) == pytest.approx([2 / 3])


def test_ici_is_the_distance_of_the_loess_curve_from_the_diagonal():
    rng = np.random.default_rng(7)
    risk = rng.beta(2, 8, 1500)
    outcome = (rng.random(1500) < risk**1.3).astype(float)
    direct = np.abs(metrics.loess(risk, outcome, risk) - risk)
    curve = metrics.Smoother(outcome, risk).curve(np.ones((1, 1500)))
    assert curve.integrated_index()[0] == pytest.approx(direct.mean(), abs=4e-4)
    assert curve.distance_quantile(0.5)[0] == pytest.approx(np.median(direct), abs=1e-3)
    assert curve.distance_quantile(0.9)[0] == pytest.approx(np.quantile(direct, 0.9), abs=2e-3)


def test_ici_of_a_constant_shift_is_the_shift():
    risk = np.repeat(np.linspace(0.1, 0.4, 31), 2)
    outcome = np.tile([1.0, 0.0], 31)
    weights = np.where(outcome == 1, risk + 0.05, 1 - risk - 0.05)[None]
    assert metrics.Smoother(outcome, risk).curve(weights).integrated_index()[0] == pytest.approx(0.05, abs=1e-9)
