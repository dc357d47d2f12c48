"""How far risks are from what happened: the proper scores."""

from __future__ import annotations

import numpy as np

from models.metrics.result import FloatArray
from models.metrics.weighting import weighted


@weighted
def brier(outcome: FloatArray, risk: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean squared distance of risk and outcome.

    Returns
    -------
    array of shape (block,), or a number without weights
        0-1, lower is better.
    """
    return np.asarray(weights @ (risk - outcome) ** 2 / weights.sum(axis=1))


@weighted
def scaled_brier(outcome: FloatArray, risk: FloatArray, weights: FloatArray) -> FloatArray:
    """Share of the Brier score of "everybody has the average risk" that the risks take away.

    Returns
    -------
    array of shape (block,), or a number without weights
        1 perfect, 0 no better than the average, negative worse; NaN when all outcomes are equal.

    Notes
    -----
    Source : Steyerberg et al., Epidemiology 2010;21:128-138.
    """
    share = weights @ outcome / weights.sum(axis=1)
    reference = share * (1 - share)
    achieved = weights @ (risk - outcome) ** 2 / weights.sum(axis=1)
    return np.where(reference > 0, 1 - achieved / reference, np.nan)


@weighted
def log_loss(outcome: FloatArray, risk: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean negative log likelihood, natural logarithm.

    Returns
    -------
    array of shape (block,), or a number without weights
        0 or more, lower is better; infinite when a risk of exactly 0 or 1 was wrong (nothing is clipped).
    """
    loss = -np.log(np.where(outcome > 0, risk, 1 - risk))
    wrong = np.isinf(loss)
    total = weights @ np.where(wrong, 0.0, loss) / weights.sum(axis=1)
    return np.where(weights @ wrong.astype(np.float64) > 0, np.inf, total)
