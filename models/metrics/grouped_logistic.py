"""The likelihood of a logistic regression with a normal random intercept for each group, and the climb to its summit.

The log odds of a row are ``design @ coefficients + effect of its group``; the effects are normal around 0 with standard
deviation ``spread``. They are integrated out by Laplace's approximation. Everything is sums over rows and groups, so a
step costs one pass over the rows.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from models.metrics.result import FloatArray

IntArray = npt.NDArray[np.intp]

MAX_STEPS = 100
MAX_HALVINGS = 30
EFFECT_TOLERANCE = 1e-9
GAIN_TOLERANCE = 1e-8  # of the log-likelihood: the climb is over
# When a step promises more than this share of the one before, the map is out of date and drawn afresh.
SLOW_GAIN = 0.1
ROUNDING = 1e-12
# Keeps the map invertible when columns repeat one another; it bends steps a little, never the summit.
RIDGE = 1e-9


class NotConvergedError(ArithmeticError):
    """The likelihood has no summit that could be found: usually a column that separates the outcomes."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Where the climb is: coefficients, effects in units of the spread, and what the likelihood is like there.

    Parameters
    ----------
    coefficients, slope : arrays of shape (columns,)
    spread, value : float
    scaled : array of shape (groups,)
        The likeliest effects, divided by the spread.
    weights : array of shape (rows,)
        p(1-p) of each row, with its group's effect.
    narrowing : array of shape (groups,)
        Variance of an effect before its group was seen, over the variance after.
    """

    coefficients: FloatArray
    spread: float
    scaled: FloatArray
    value: float
    slope: FloatArray
    weights: FloatArray
    narrowing: FloatArray


@dataclasses.dataclass(frozen=True)
class Curvature:
    """Second derivatives of the likelihood at a place: of the coefficients, and of these with the group effects."""

    columns: FloatArray
    groups: FloatArray

    def factor(self, spread: float) -> tuple[FloatArray, bool]:
        """Cholesky factor of the coefficients' precision, the effects taken out (Schur complement)."""
        shrink = spread**2 / (1 + spread**2 * self.groups[:, 0])
        precision = self.columns - (self.groups * shrink[:, None]).T @ self.groups
        factor, is_lower = cho_factor(precision + RIDGE * np.diag(np.diag(self.columns)))
        return np.asarray(factor), bool(is_lower)


class GroupedLogistic:
    """The Laplace likelihood of a random-intercept logistic regression.

    Parameters
    ----------
    outcome : array of shape (rows,)
        1 or 0.
    design : array of shape (rows, columns)
        Without a column of ones: it is added in front.
    group : array of int, shape (rows,)
        0 to groups - 1, each with a row.
    """

    def __init__(self, outcome: FloatArray, design: FloatArray, group: IntArray) -> None:
        order = np.argsort(group, kind="stable")
        self.group = np.asarray(group)[order]
        self.outcome = np.asarray(outcome, dtype=np.float64)[order]
        self.design = np.column_stack([np.ones(order.size), np.asarray(design, dtype=np.float64)[order]])
        self.starts = np.flatnonzero(np.r_[True, self.group[1:] != self.group[:-1]])

    def sum_groups(self, values: FloatArray) -> FloatArray:
        """Sum rows over their group."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))

    def evaluate(self, coefficients: FloatArray, spread: float, scaled: FloatArray) -> Place:
        """Find the likeliest effects, the likelihood and its slope.

        Notes
        -----
        The slope is exact: it follows how the likeliest effects, and their weights, move with the coefficients.
        """
        fixed = self.design @ coefficients
        scaled = self._likeliest_effects(fixed, spread, scaled)
        log_odds = fixed + (spread * scaled)[self.group]
        risk = expit(log_odds)
        weights = risk * (1 - risk)
        narrowing = 1 + spread**2 * self.sum_groups(weights)
        value = (self.outcome * log_odds - np.logaddexp(0, log_odds)).sum()
        value -= 0.5 * (scaled @ scaled) + 0.5 * np.log(narrowing).sum()
        skewness = weights * (1 - 2 * risk)
        followed = spread**2 * self.sum_groups(skewness) / narrowing
        curving = (0.5 * spread**2 / narrowing)[self.group] * (skewness - followed[self.group] * weights)
        slope = self.design.T @ (self.outcome - risk - curving)
        return Place(coefficients, spread, scaled, float(value), slope, weights, narrowing)

    def curvature(self, place: Place) -> Curvature:
        """Second derivatives at a place."""
        weighted = self.design * place.weights[:, None]
        return Curvature(self.design.T @ weighted, self.sum_groups(weighted))

    def climb(self, spread: float, start: Place, curvature: Curvature) -> tuple[Place, Curvature]:
        """Climb to the best coefficients for a spread.

        Raises
        ------
        NotConvergedError
            After `MAX_STEPS` the summit is not reached.
        """
        here = self.evaluate(start.coefficients, spread, start.scaled)
        last_gain = np.inf
        for _ in range(MAX_STEPS):
            step = cho_solve(curvature.factor(spread), here.slope)
            gain = float(here.slope @ step)
            if gain < GAIN_TOLERANCE:
                return here, curvature
            here = self._step_up(here, step)
            if gain > SLOW_GAIN * last_gain:
                curvature = self.curvature(here)
            last_gain = gain
        raise NotConvergedError

    def climb_from_nothing(self) -> tuple[Place, Curvature]:
        """Fit the regression without effects, from equal risks for all."""
        equal = np.zeros(self.design.shape[1])
        equal[0] = np.log(self.outcome.sum() / (1 - self.outcome).sum())
        start = self.evaluate(equal, 0.0, np.zeros(self.starts.size))
        return self.climb(0.0, start, self.curvature(start))

    def _step_up(self, here: Place, step: FloatArray) -> Place:
        """Step, or half of it, and so on, until the likelihood is no lower."""
        for halving in range(MAX_HALVINGS):
            there = self.evaluate(here.coefficients + step * 0.5**halving, here.spread, here.scaled)
            if there.value >= here.value - ROUNDING * abs(here.value):
                return there
        raise NotConvergedError

    def _likeliest_effects(self, fixed: FloatArray, spread: float, scaled: FloatArray) -> FloatArray:
        for _ in range(MAX_STEPS):
            risk = expit(fixed + (spread * scaled)[self.group])
            slope = spread * self.sum_groups(self.outcome - risk) - scaled
            # At most one standard deviation at a time: from far away a full step can overshoot for ever.
            step = np.clip(slope / (1 + spread**2 * self.sum_groups(risk * (1 - risk))), -1, 1)
            scaled = scaled + step
            if np.abs(step).max() < EFFECT_TOLERANCE:
                return scaled
        raise NotConvergedError
