"""Logistic regression with a normal random intercept for each group: the fit, and what is known of each effect."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_solve
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr

from models.metrics.grouped_logistic import Curvature, GroupedLogistic, IntArray, Place
from models.metrics.result import FloatArray

LARGEST_SPREAD = 1.0
SPREAD_TOLERANCE = 1e-5
# Spreads whose log-likelihood lies further below the best have less than 1/400 of its weight.
SPREAD_REACH = 6.0
REACH_TOLERANCE = 0.01
SPREADS = 15
BISECTIONS = 60
WIDEST = 8.0


@dataclasses.dataclass(frozen=True)
class EffectPosterior:
    """What is known of each group's effect less the mean effect of the groups.

    Parameters
    ----------
    spreads, weights : arrays of shape (spreads,)
        Some spreads, and how much is believed of each; weights sum to 1.
    means, deviations : arrays of shape (spreads, groups)
        Of effect less mean effect, given the spread; the coefficients' uncertainty is within.
    """

    spreads: FloatArray
    weights: FloatArray
    means: FloatArray
    deviations: FloatArray

    def quantile(self, probability: float) -> FloatArray:
        """Quantile of each effect less the mean effect; shape (groups,)."""
        low = (self.means - WIDEST * self.deviations).min(axis=0)
        high = (self.means + WIDEST * self.deviations).max(axis=0)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            is_below = self.weights @ ndtr((middle - self.means) / self.deviations) < probability
            low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
        return np.asarray((low + high) / 2)

    def spread_quantile(self, probability: float) -> float:
        """Quantile of the spread."""
        between = np.cumsum(self.weights) - self.weights / 2
        return float(np.interp(probability, between, self.spreads))


@dataclasses.dataclass(frozen=True)
class RandomIntercept:
    """A fitted model.

    Parameters
    ----------
    coefficients : array of shape (1 + columns,)
        Log odds; the first is the intercept of a group without an effect.
    spread : float
        Standard deviation of the group effects, log odds; the likeliest.
    effects : array of shape (groups,)
        The likeliest effects given the spread and the coefficients.
    log_likelihood : float
        Laplace's approximation, at these.
    posterior : EffectPosterior
    """

    coefficients: FloatArray
    spread: float
    effects: FloatArray
    log_likelihood: float
    posterior: EffectPosterior


def fit_random_intercept(
    outcome: FloatArray, design: FloatArray, group: IntArray, largest_spread: float = LARGEST_SPREAD
) -> RandomIntercept:
    """Fit by maximum likelihood (Laplace's approximation), and weigh all spreads that the data allow.

    Parameters
    ----------
    outcome : array of shape (rows,)
        1 or 0, both present.
    design : array of shape (rows, columns)
        Without a column of ones.
    group : array of int, shape (rows,)
        0 to groups - 1, each with a row; two groups at least.
    largest_spread : float
        No larger spread is believed, log odds.

    Returns
    -------
    RandomIntercept
        The same for the same rows in the same order; no randomness.

    Raises
    ------
    NotConvergedError

    Notes
    -----
    Source : Bates et al., J Stat Softw 2015;67(1) (lme4, whose estimates these are); the posterior weighs spreads by
    their likelihood, evenly before the data (Gelman, Bayesian Analysis 2006;1:515-533). With few groups the likeliest
    spread is often 0: intervals that believed it would say that all groups are surely equal.
    """
    from threadpoolctl import threadpool_limits

    # One thread: sums then do not depend on the number of processors.
    with threadpool_limits(limits=1, user_api="blas"):
        model = GroupedLogistic(outcome, design, group)
        place, curvature = model.climb_from_nothing()

        def profile(spread: float) -> Place:
            # Each climb begins where the last one ended: neighbouring spreads have neighbouring summits.
            nonlocal place, curvature
            place, curvature = model.climb(spread, place, curvature)
            return place

        best = _best_place(profile, largest_spread)
        return RandomIntercept(
            coefficients=best.coefficients,
            spread=best.spread,
            effects=best.spread * best.scaled,
            log_likelihood=best.value,
            posterior=_weigh_spreads(profile, best, model.curvature(best), largest_spread),
        )


def _best_place(profile: Callable[[float], Place], largest_spread: float) -> Place:
    found = minimize_scalar(
        lambda spread: -profile(spread).value,
        bounds=(0.0, largest_spread),
        method="bounded",
        options={"xatol": SPREAD_TOLERANCE},
    )
    return profile(float(found.x))


def _weigh_spreads(
    profile: Callable[[float], Place], best: Place, curvature: Curvature, largest_spread: float
) -> EffectPosterior:
    """Take spreads in the middle of equal steps over all that the likelihood allows."""

    def above_floor(spread: float) -> float:
        return profile(spread).value - best.value + SPREAD_REACH

    low, high = (
        edge
        if above_floor(edge) > 0
        else float(brentq(above_floor, *sorted((edge, best.spread)), xtol=REACH_TOLERANCE))
        for edge in (0.0, largest_spread)
    )
    places = [profile(low + (high - low) * (step + 0.5) / SPREADS) for step in range(SPREADS)]
    likelihood = np.exp([place.value - best.value for place in places])
    return EffectPosterior(
        spreads=np.array([place.spread for place in places]),
        weights=likelihood / likelihood.sum(),
        means=np.array([place.spread * (place.scaled - place.scaled.mean()) for place in places]),
        deviations=np.sqrt([_contrast_variances(place, curvature) for place in places]),
    )


def _contrast_variances(place: Place, curvature: Curvature) -> FloatArray:
    """Variance of each effect less the mean effect: what the groups themselves leave open, and what coefficients do.

    What is not known of the mean effect is not known of all groups alike; it is left out, since it tells none apart.
    """
    own = place.spread**2 / place.narrowing
    moved = curvature.groups * own[:, None]
    factor, groups = curvature.factor(place.spread), own.size
    variances = own + (moved * cho_solve(factor, moved.T).T).sum(axis=1)
    with_all = own + moved @ cho_solve(factor, moved.sum(axis=0))
    return np.asarray(variances - 2 * with_all / groups + with_all.sum() / groups**2)
