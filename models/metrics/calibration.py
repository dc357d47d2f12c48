"""Whether risks mean what they say: expected over observed, logistic recalibration."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.metrics.result import FloatArray
from models.metrics.weighting import weighted

MAX_STEPS = 25
# Newton's error after a step is of the order of the step squared.
STEP_TOLERANCE = 1e-4
RESAMPLE_STEP_TOLERANCE = 3e-3
# Beyond this the likelihood has no maximum (events and non-events are separated) and the steps run away.
RUNAWAY = 1e3


@weighted
def expected_over_observed(outcome: FloatArray, risk: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum of the risks over the number of events.

    Returns
    -------
    array of shape (block,), or a number without weights
        1 on target, above 1 risks too high on average; infinite without events.
    """
    return np.asarray(weights @ risk / (weights @ outcome))


@weighted
def calibration_intercept(outcome: FloatArray, risk: FloatArray, weights: FloatArray) -> FloatArray:
    """Calibration-in-the-large: the intercept of logit(outcome) with logit(risk) as offset.

    Returns
    -------
    array of shape (block,), or a number without weights
        Log odds; 0 on target, negative when risks are too high; NaN when all outcomes are equal or a risk is exactly
        0 or 1 (it has no logit; nothing is clipped).

    Notes
    -----
    Source : Van Calster et al., BMC Medicine 2019;17:230.
    """
    offset = _logit(risk)
    if offset is None:
        return np.full(weights.shape[0], np.nan)
    return _newton(outcome, offset, np.ones((offset.size, 1)), weights)[:, 0]


@weighted
def calibration_slope(outcome: FloatArray, risk: FloatArray, weights: FloatArray) -> FloatArray:
    """Slope of the logistic regression of the outcome on logit(risk).

    Returns
    -------
    array of shape (block,), or a number without weights
        1 on target, below 1 risks too extreme (over-fitted), above 1 too timid; NaN as in `calibration_intercept`.

    Notes
    -----
    Source : Cox, Biometrika 1958;45:562-565; Van Calster et al., BMC Medicine 2019;17:230.
    """
    logit = _logit(risk)
    if logit is None or np.ptp(logit) == 0:
        return np.full(weights.shape[0], np.nan)
    design = np.column_stack([np.ones(logit.size), logit])
    return _newton(outcome, np.zeros(logit.size), design, weights)[:, 1]


def _logit(risk: FloatArray) -> FloatArray | None:
    if risk.size == 0 or not ((risk > 0) & (risk < 1)).all():
        return None
    return np.asarray(np.log(risk / (1 - risk)))


def _newton(outcome: FloatArray, offset: FloatArray, design: FloatArray, weights: FloatArray) -> FloatArray:
    """Fit a small logistic regression for every row of weights; NaN where it does not converge."""
    terms = design.shape[1]
    # Resamples lie near one another, so all start at the fit of their sum: two or three steps are left to do.
    start = np.zeros((1, terms))
    if weights.shape[0] > 1:
        start = np.nan_to_num(_newton(outcome, offset, design, weights.mean(axis=0, keepdims=True)))
    coefficients = start
    tolerance = STEP_TOLERANCE if weights.shape[0] == 1 else RESAMPLE_STEP_TOLERANCE
    squares = np.column_stack([design[:, i] * design[:, j] for i in range(terms) for j in range(terms)])
    converged: npt.NDArray[np.bool_] = np.zeros(weights.shape[0], dtype=bool)
    for _ in range(MAX_STEPS):
        mean = 1 / (1 + np.exp(-(offset + coefficients @ design.T)))
        if mean.shape[0] == 1:
            # One common curve: its derivatives are sums of fixed columns, and no array of block x rows is needed.
            gradient = weights @ (design * (outcome - mean).T)
            hessian = (weights @ (squares * (mean * (1 - mean)).T)).reshape(-1, terms, terms)
        else:
            gradient = (weights * (outcome - mean)) @ design
            hessian = ((weights * mean * (1 - mean)) @ squares).reshape(-1, terms, terms)
        usable = np.abs(np.linalg.det(hessian)) > np.finfo(np.float64).tiny
        step = np.full_like(gradient, np.nan)
        step[usable] = np.linalg.solve(hessian[usable], gradient[usable][:, :, None])[:, :, 0]
        coefficients = coefficients + step
        converged = np.asarray((np.abs(step) < tolerance).all(axis=1))
        lost = ~np.isfinite(step).all(axis=1) | (np.abs(coefficients) > RUNAWAY).any(axis=1)
        if (converged | lost).all():
            break
    return np.where(converged[:, None], coefficients, np.nan)
