"""Calibrators: maps from log-odds to risk, stored as JSON, used only where they demonstrably help."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.columns import FloatArray
from models.settings import CalibrationSettings

# Risks are kept off 0 and 1 by less than anyone can observe, so that log-odds stay finite.
EDGE = 1e-6
TWO_OUTCOMES = 2
STRONG_INVERSE_PENALTY = 1e6  # practically no penalty: two or three coefficients need none


@dataclass(frozen=True)
class Calibrator:
    """``method`` none | platt | beta | isotonic with its few numbers.

    platt: logistic of (intercept + slopes[0] x log-odds).
    beta: logistic of (intercept + slopes[0] x log p + slopes[1] x -log(1 - p)), slopes >= 0 (Kull 2017).
    isotonic: straight lines between (knots_x, knots_y) on the risk scale.
    """

    method: str = "none"
    intercept: float = 0.0
    slopes: tuple[float, ...] = ()
    knots_x: tuple[float, ...] = ()
    knots_y: tuple[float, ...] = ()

    def apply(self, margin: FloatArray) -> FloatArray:
        """Risk in (0, 1) for log-odds."""
        if self.method == "isotonic":
            risk = np.interp(sigmoid(margin), self.knots_x, self.knots_y)
        elif self.method == "none":
            risk = sigmoid(margin)
        else:
            risk = sigmoid(self.intercept + _inputs(self.method, margin) @ np.array(self.slopes))
        return np.clip(risk, EDGE, 1 - EDGE)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the model folder."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibrator":
        """Inverse of ``to_json``."""
        return cls(
            data["method"],
            data["intercept"],
            tuple(data["slopes"]),
            tuple(data["knots_x"]),
            tuple(data["knots_y"]),
        )


def sigmoid(margin: FloatArray) -> FloatArray:
    """Risk of log-odds."""
    from scipy.special import expit

    return np.asarray(expit(margin), dtype=np.float64)


def log_odds(risk: FloatArray) -> FloatArray:
    """Log-odds of a risk kept off 0 and 1."""
    from scipy.special import logit

    return np.asarray(logit(np.clip(risk, EDGE, 1 - EDGE)), dtype=np.float64)


def log_loss(outcome: npt.NDArray[np.int64], risk: FloatArray) -> float:
    """Mean negative log likelihood of 0/1 outcomes."""
    kept = np.clip(risk, EDGE, 1 - EDGE)
    return float(-np.mean(np.where(outcome == 1, np.log(kept), np.log1p(-kept))))


def base_log_odds(outcome: npt.NDArray[np.int64]) -> float:
    """Log-odds of the share of events, half an event and half a non-event added so that it is finite."""
    events = int(outcome.sum())
    return float(np.log((events + 0.5) / (len(outcome) - events + 0.5)))


def fit_unpenalised(inputs: FloatArray, outcome: npt.NDArray[np.int64]) -> tuple[float, tuple[float, ...]]:
    """Intercept and slopes of a logistic regression with a handful of columns; with one outcome only the base rate."""
    if len(np.unique(outcome)) < TWO_OUTCOMES:
        return base_log_odds(outcome), (0.0,) * inputs.shape[1]
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=STRONG_INVERSE_PENALTY, solver="newton-cholesky", tol=1e-8).fit(inputs, outcome)
    return float(fitted.intercept_[0]), tuple(float(slope) for slope in fitted.coef_[0])


def fit_calibrator(method: str, margin: FloatArray, outcome: npt.NDArray[np.int64]) -> Calibrator:
    """Fit one kind of calibrator on predictions the model did not train on."""
    if method == "none" or len(np.unique(outcome)) < TWO_OUTCOMES:
        return Calibrator()
    if method == "isotonic":
        from sklearn.isotonic import IsotonicRegression

        fitted = IsotonicRegression(y_min=EDGE, y_max=1 - EDGE, out_of_bounds="clip").fit(sigmoid(margin), outcome)
        return Calibrator(
            "isotonic", knots_x=tuple(fitted.X_thresholds_.tolist()), knots_y=tuple(fitted.y_thresholds_.tolist())
        )
    intercept, slopes = fit_unpenalised(_inputs(method, margin), outcome)
    if method == "beta" and min(slopes) < 0:
        return fit_calibrator("platt", margin, outcome)  # a negative slope would turn the order of patients round
    return Calibrator(method, intercept, slopes)


def choose_calibrator(
    margin: FloatArray,
    outcome: npt.NDArray[np.int64],
    folds: npt.NDArray[np.int64],
    settings: CalibrationSettings,
) -> tuple[Calibrator, dict[str, float]]:
    """Pick the calibrator that improves cross-fitted log loss by more than the margin, or none.

    Parameters
    ----------
    margin : array of log-odds, out of fold
    outcome : array of 0/1
    folds : array of fold numbers; every method is judged on folds it was not fitted on
    settings : CalibrationSettings

    Returns
    -------
    Calibrator and the cross-fitted log loss of every method tried
    """
    methods = ["none", "platt", "beta"]
    if min(int(outcome.sum()), int((1 - outcome).sum())) >= settings.isotonic_min_events:
        methods.append("isotonic")
    losses = {method: _cross_fitted_loss(method, margin, outcome, folds) for method in methods}
    best = min(methods, key=lambda method: losses[method])
    if losses["none"] - losses[best] <= settings.min_gain_log_loss:
        best = "none"
    return fit_calibrator(best, margin, outcome), losses


def _cross_fitted_loss(
    method: str, margin: FloatArray, outcome: npt.NDArray[np.int64], folds: npt.NDArray[np.int64]
) -> float:
    risk = np.empty_like(margin)
    for fold in np.unique(folds):
        inside = folds == fold
        risk[inside] = fit_calibrator(method, margin[~inside], outcome[~inside]).apply(margin[inside])
    return log_loss(outcome, risk)


def _inputs(method: str, margin: FloatArray) -> FloatArray:
    if method == "platt":
        return margin[:, None]
    return np.column_stack([-np.logaddexp(0, -margin), np.logaddexp(0, margin)])
