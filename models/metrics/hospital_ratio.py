"""Readmission ratios of hospitals: predicted over expected with several, observed over expected with one."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.special import betaincinv, expit

from models.metrics.grouped_logistic import GroupedLogistic, IntArray, NotConvergedError
from models.metrics.random_intercept import LARGEST_SPREAD, RandomIntercept, fit_random_intercept
from models.metrics.result import INTERVAL_LEVEL, FloatArray, Metric, missing

TAIL = (1 - INTERVAL_LEVEL) / 2
SEVERAL = 2


@dataclasses.dataclass(frozen=True)
class HospitalRatios:
    """Standardised readmission ratios.

    Parameters
    ----------
    ratios : list of Metric, one per hospital code
        Predicted over expected readmissions; 1 for a hospital in the middle of those compared.
    spread : Metric
        Standard deviation of the hospitals' intercepts, log odds.
    """

    ratios: list[Metric]
    spread: Metric


def standardised_ratios(
    outcome: FloatArray, design: FloatArray, hospital: IntArray, largest_spread: float = LARGEST_SPREAD
) -> HospitalRatios:
    """Compare hospitals that treat different patients: the standardised readmission ratio.

    Parameters
    ----------
    outcome : array of shape (stays,)
        1 readmitted, 0 not.
    design : array of shape (stays, columns)
        Case mix known at discharge, numeric, without missing values.
    hospital : array of int, shape (stays,)
        0 to hospitals - 1, each with a stay.
    largest_spread : float
        No larger spread between hospitals is believed, log odds.

    Returns
    -------
    HospitalRatios
        Null with a reason when it cannot be computed. Intervals are of the approximate posterior of the hospital's
        intercept, over all spreads the data allow; they need no resampling, so no seed.

    Notes
    -----
    Source : CMS hospital-wide readmission measure: predicted = sum of the stays' risks with the hospital's own
    intercept, expected = with the mean of the hospitals' intercepts.
    """
    hospitals = int(hospital.max()) + 1 if hospital.size else 0
    reason = _refusal(outcome, hospitals)
    if reason is None:
        try:
            fit = fit_random_intercept(outcome, design, hospital, largest_spread)
            return HospitalRatios(_compare(fit, design, hospital), _describe_spread(fit))
        except NotConvergedError:
            reason = "the model did not converge"
    return HospitalRatios([missing(reason)] * hospitals, missing(reason))


def observed_over_expected(observed: float, expected: float, reference: float) -> Metric:
    """Compare readmissions with those that earlier stays of the same case mix would have had.

    Parameters
    ----------
    observed : float
        Readmissions.
    expected : float
        Sum of the stays' expected risks.
    reference : float
        Readmissions from which the expected risks were learnt.

    Returns
    -------
    Metric
        Observed over expected.

    Notes
    -----
    Exact interval of a ratio of two Poisson rates, given their sum (Clopper and Pearson, Biometrika 1934;26:404-413):
    the expected number is not known for certain either, it comes from ``reference`` events.
    """
    if expected <= 0 or reference <= 0:
        return missing("no readmission among the earlier stays: none can be expected")
    # A share s of the events falls to the later stays when s / (1 - s) is the ratio times expected over reference.
    low = betaincinv(observed, reference + 1, TAIL) if observed else 0.0
    high = betaincinv(observed + 1, reference, 1 - TAIL)
    low, high = (float(share / (1 - share) * reference / expected) for share in (low, high))
    return Metric(observed / expected, low, high)


def learn_risks(outcome: FloatArray, design: FloatArray, others: FloatArray) -> FloatArray | None:
    """Learn risks from the case mix of some stays, and apply them to others; None when they cannot be learnt.

    Parameters
    ----------
    outcome, design : arrays of shape (stays,) and (stays, columns)
    others : array of shape (other stays, columns)

    Returns
    -------
    array of shape (other stays,), or None
    """
    if _refusal(outcome, SEVERAL) is not None:
        return None
    try:
        place, _ = GroupedLogistic(outcome, design, np.zeros(outcome.size, dtype=np.intp)).climb_from_nothing()
    except NotConvergedError:
        return None
    return np.asarray(expit(place.coefficients[0] + others @ place.coefficients[1:]))


def _refusal(outcome: FloatArray, hospitals: int) -> str | None:
    if hospitals < SEVERAL:
        return "there is only one hospital" if hospitals else "there are no stays"
    if outcome.sum() in (0, outcome.size):
        return "no stay was followed by a readmission" if not outcome.sum() else "every stay was followed by one"
    return None


def _compare(fit: RandomIntercept, design: FloatArray, hospital: IntArray) -> list[Metric]:
    middle = fit.effects.mean()
    log_odds = fit.coefficients[0] + middle + design @ fit.coefficients[1:]
    expected = np.bincount(hospital, expit(log_odds))

    def ratio(effects: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(hospital, expit(log_odds + effects[hospital])) / expected)

    # The ratio rises with the effect, so quantiles of the one are quantiles of the other.
    low, high = (ratio(fit.posterior.quantile(probability)) for probability in (TAIL, 1 - TAIL))
    values = ratio(fit.effects - middle)
    return [Metric(float(at), float(down), float(up)) for at, down, up in zip(values, low, high, strict=True)]


def _describe_spread(fit: RandomIntercept) -> Metric:
    low, high = (fit.posterior.spread_quantile(probability) for probability in (TAIL, 1 - TAIL))
    # The likeliest spread is often 0, where no quantile reaches: the interval is drawn out to hold it.
    return Metric(fit.spread, min(low, fit.spread), max(high, fit.spread))
