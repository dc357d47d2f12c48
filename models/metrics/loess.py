"""The calibration curve: local quadratic regression (loess), for many resamples at once, and its distances."""

from __future__ import annotations

import dataclasses

import numpy as np

from models.metrics.result import FloatArray

SPAN = 0.75
MAX_POINTS = 250
SINGULAR = 1e-9


@dataclasses.dataclass(frozen=True)
class CalibrationCurve:
    """Smoothed outcome over risk.

    Parameters
    ----------
    risk : array of shape (points,)
        Ascending.
    share : array of shape (block, points)
        Weight of the rows at each point; sums to 1.
    observed : array of shape (block, points)
        Smoothed frequency of the event; may leave 0-1 a little, as loess does.
    """

    risk: FloatArray
    share: FloatArray
    observed: FloatArray

    def integrated_index(self) -> FloatArray:
        """ICI: mean distance of curve and diagonal, over the rows; shape (block,)."""
        return np.asarray((self.share * np.abs(self.observed - self.risk)).sum(axis=1))

    def distance_quantile(self, probability: float) -> FloatArray:
        """E50 (0.5), E90 (0.9): quantile of the distance over the rows; shape (block,)."""
        distance = np.abs(self.observed - self.risk)
        order = np.argsort(distance, axis=1)
        reached = np.cumsum(np.take_along_axis(self.share, order, axis=1), axis=1) >= probability - SINGULAR
        first = np.argmax(reached, axis=1)[:, None]
        return np.take_along_axis(np.take_along_axis(distance, order, axis=1), first, axis=1)[:, 0]


class Smoother:
    """Loess of an outcome on a risk, ready to be repeated with other row weights.

    Parameters
    ----------
    outcome, risk : arrays of shape (rows,)
    span : float
        Share of the rows in each neighbourhood.

    Notes
    -----
    Source : Austin and Steyerberg, Statistics in Medicine 2019;38:4051-4065: R's loess with its defaults (degree 2,
    span 0.75, tricube). Two things are done for speed: rows are gathered into at most 250 points of nearly equal risk,
    where the curve is computed directly; and resamples keep the neighbourhoods of the data.
    """

    def __init__(self, outcome: FloatArray, risk: FloatArray, span: float = SPAN) -> None:
        self.outcome = np.asarray(outcome, dtype=np.float64)
        risk = np.asarray(risk, dtype=np.float64)
        self.point = _gather(risk)
        count = np.bincount(self.point).astype(np.float64)
        self.risk = np.bincount(self.point, weights=risk) / count
        kernel, scaled = _neighbourhoods(self.risk, count, self.risk, span)
        self.moments = [kernel * scaled**power for power in range(5)]

    def curve(self, weights: FloatArray) -> CalibrationCurve:
        """Smooth with row weights of shape (block, rows)."""
        rows, events = self._sum(weights), self._sum(weights * self.outcome)
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = _local_quadratic(
                [rows @ moment.T for moment in self.moments], [events @ moment.T for moment in self.moments[:3]]
            )
            return CalibrationCurve(self.risk, rows / rows.sum(axis=1, keepdims=True), observed)

    def _sum(self, weights: FloatArray) -> FloatArray:
        order = np.argsort(self.point, kind="stable")
        starts = np.searchsorted(self.point[order], np.arange(self.risk.size))
        return np.asarray(np.add.reduceat(weights[:, order], starts, axis=1))


def loess(x: FloatArray, y: FloatArray, at: FloatArray, span: float = SPAN) -> FloatArray:
    """Local quadratic regression of y on x at given places, computed directly (R: ``surface = "direct"``).

    Parameters
    ----------
    x, y : arrays of shape (rows,)
    at : array of shape (places,)
    span : float
        Share of the rows in each neighbourhood.

    Returns
    -------
    array of shape (places,)
    """
    x, y, at = (np.asarray(values, dtype=np.float64) for values in (x, y, at))
    kernel, scaled = _neighbourhoods(x, np.ones(x.size), at, span)
    moments = [kernel * scaled**power for power in range(5)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return _local_quadratic(
            [moment.sum(axis=1)[None] for moment in moments], [(moment @ y)[None] for moment in moments[:3]]
        )[0]


def _gather(risk: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Give each row its point: the distinct risks, or ranges of equal number of rows when there are too many."""
    values, distinct = np.unique(risk, return_inverse=True)
    if values.size <= MAX_POINTS:
        return distinct
    first = np.searchsorted(np.sort(risk), values)
    ranges = first * MAX_POINTS // risk.size
    return np.asarray(np.unique(ranges[distinct], return_inverse=True)[1])


def _neighbourhoods(x: FloatArray, count: FloatArray, at: FloatArray, span: float) -> tuple[FloatArray, FloatArray]:
    """Tricube weight and scaled position of every point seen from every place; shape (places, points)."""
    offset = x[None, :] - at[:, None]
    distance = np.abs(offset)
    order = np.argsort(distance, axis=1, kind="stable")
    needed = np.floor(count.sum() * min(span, 1.0) + 1e-5)
    enough = np.argmax(np.cumsum(count[order], axis=1) >= needed, axis=1)[:, None]
    width = np.take_along_axis(np.take_along_axis(distance, order, axis=1), enough, axis=1)
    # Equal values can fill a neighbourhood; the next distinct point then tells nothing about the local level.
    width = np.where(width > 0, width, 1.0) * max(1.0, span)
    # Where all neighbours lie exactly on the border none would count.
    width = np.where((distance < width).any(axis=1, keepdims=True), width, 2 * width)
    scaled = offset / width
    kernel = np.clip(1 - np.abs(scaled) ** 3, 0, None) ** 3
    return kernel, np.clip(scaled, -1, 1)


def _local_quadratic(moments: list[FloatArray], targets: list[FloatArray]) -> FloatArray:
    """Level at the centre of each neighbourhood; linear or constant where points are too few for a quadratic."""
    s0, (s1, s2, s3, s4) = moments[0], (moment / moments[0] for moment in moments[1:])
    t0, t1, t2 = (target / s0 for target in targets)
    quadratic = s2 * s4 - s3**2 - s1 * (s1 * s4 - s2 * s3) + s2 * (s1 * s3 - s2**2)
    top = t0 * (s2 * s4 - s3**2) - s1 * (t1 * s4 - s3 * t2) + s2 * (t1 * s3 - s2 * t2)
    linear = s2 - s1**2
    fallback = np.where(linear > SINGULAR, (s2 * t0 - s1 * t1) / linear, t0)
    return np.where(quadratic > SINGULAR, top / quadratic, fallback)
