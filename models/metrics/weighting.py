"""What the weighted metrics share: the shape of their arguments and the ranking of scores."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from models.metrics.result import FloatArray


def weighted(kernel: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Let a metric of (outcome, score, weights of shape (block, rows)) also be called without weights.

    Without weights the first element of the result is returned: a number instead of a block of them. An undefined
    result is NaN; no kernel warns of it.
    """

    @functools.wraps(kernel)
    def call(
        outcome: npt.ArrayLike, score: npt.ArrayLike, weights: FloatArray | None = None, **options: object
    ) -> FloatArray:
        happened, values = np.asarray(outcome, dtype=np.float64), np.asarray(score, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if weights is None:
                return np.asarray(kernel(happened, values, np.ones((1, happened.size)), **options)[0])
            return kernel(happened, values, np.atleast_2d(weights), **options)

    return call


class Ranking:
    """Rows in descending order of a score, equal scores together.

    Parameters
    ----------
    score : array of shape (rows,)
        Higher means more at risk.
    """

    def __init__(self, score: FloatArray) -> None:
        self.order = np.argsort(-score, kind="stable")
        ranked = score[self.order]
        is_first = np.ones(ranked.size, dtype=bool)
        is_first[1:] = ranked[1:] != ranked[:-1]
        self.starts = np.flatnonzero(is_first)
        self.group = np.cumsum(is_first) - 1
        self.scores = ranked[self.starts]

    def counts(self, outcome: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Sum rows and events over equal scores, highest first; each of shape (block, distinct scores)."""
        return self.grouped(weights), self.grouped(weights * outcome)

    def grouped(self, weights: FloatArray) -> FloatArray:
        """Sum weights of shape (block, rows) over equal scores, highest first."""
        ranked = weights[:, self.order]
        if self.starts.size in (0, ranked.shape[1]):
            return ranked
        return np.asarray(np.add.reduceat(ranked, self.starts, axis=1))

    def spread(self, per_group: FloatArray) -> FloatArray:
        """Give every row, in the original order, the value of its group."""
        rows = np.empty((per_group.shape[0], self.order.size))
        rows[:, self.order] = per_group[:, self.group]
        return rows
