"""A calibrator is used where it helps and nowhere else."""

import json

import numpy as np
import pytest

from models.calibration import Calibrator, choose_calibrator, fit_calibrator, log_loss, log_odds, sigmoid
from models.settings import CalibrationSettings

SETTINGS = CalibrationSettings(min_gain_log_loss=0.0005, isotonic_min_events=500)


def made(count: int = 6000, seed: int = 1):
    random = np.random.default_rng(seed)
    truth = random.normal(-1.5, 0.9, count)
    return truth, (random.random(count) < sigmoid(truth)).astype(np.int64), random.integers(0, 5, count)


def test_none_for_margins_that_are_right():
    truth, outcome, folds = made()
    calibrator, losses = choose_calibrator(truth, outcome, folds, SETTINGS)
    assert calibrator == Calibrator()
    assert set(losses) == {"none", "platt", "beta", "isotonic"}
    np.testing.assert_allclose(calibrator.apply(truth), sigmoid(truth))


@pytest.mark.parametrize("wrong", [lambda m: 2 * m, lambda m: m + 0.8, lambda m: 0.4 * m - 1])
def test_overconfident_or_shifted_margins_are_put_right(wrong):
    truth, outcome, folds = made()
    calibrator, losses = choose_calibrator(wrong(truth), outcome, folds, SETTINGS)
    assert calibrator.method != "none"
    assert log_loss(outcome, calibrator.apply(wrong(truth))) < losses["none"] - 0.001
    assert np.abs(calibrator.apply(wrong(truth)) - sigmoid(truth)).mean() < 0.02


def test_isotonic_only_with_many_events():
    truth, outcome, folds = made(count=400)
    assert "isotonic" not in choose_calibrator(truth, outcome, folds, SETTINGS)[1]


@pytest.mark.parametrize("method", ["none", "platt", "beta", "isotonic"])
def test_stored_as_json_and_never_reverses_the_order(method):
    truth, outcome, _ = made()
    fitted = fit_calibrator(method, 2 * truth, outcome)
    again = Calibrator.from_json(json.loads(json.dumps(fitted.to_json())))
    margins = np.linspace(-30, 30, 200)
    np.testing.assert_array_equal(again.apply(margins), fitted.apply(margins))
    assert (np.diff(fitted.apply(margins)) >= 0).all()
    assert fitted.apply(margins).min() > 0 and fitted.apply(margins).max() < 1


def test_one_outcome_only_needs_no_calibrator():
    assert fit_calibrator("platt", np.array([0.1, 0.2]), np.array([0, 0])).method == "none"


def test_log_odds_of_risk_and_back():
    np.testing.assert_allclose(sigmoid(log_odds(np.array([0.02, 0.5, 0.437]))), [0.02, 0.5, 0.437])
