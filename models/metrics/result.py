"""A metric as people may rely on it: a value with an interval, or nothing and the reason."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

INTERVAL_LEVEL = 0.95
# An interval from a small remainder of the replicates would describe only the samples that happened to work.
MIN_DEFINED_SHARE = 0.9


@dataclasses.dataclass(frozen=True)
class Metric:
    """One number of an audit.

    Parameters
    ----------
    value : float or None
        None when it cannot be computed: never 0 or 1 in its place.
    low, high : float or None
        Ends of the 95 % interval; None without one.
    reason : str or None
        Why the value (or only the interval) is missing.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def times(self, factor: float) -> Metric:
        """Return the metric in another unit (factor above 0)."""
        value, low, high = (None if end is None else end * factor for end in (self.value, self.low, self.high))
        return Metric(value, low, high, self.reason)

    def as_dict(self, digits: int = 6) -> dict[str, float | str | None]:
        """Return the four fields, rounded so that the last bits of a processor do not show."""
        return {
            "value": _rounded(self.value, digits),
            "low": _rounded(self.low, digits),
            "high": _rounded(self.high, digits),
            "reason": self.reason,
        }


def missing(reason: str) -> Metric:
    """Return a metric without value, with its reason."""
    return Metric(value=None, reason=reason)


def summarise(point: float, replicates: FloatArray, *, undefined: str = "it is not defined for these data") -> Metric:
    """Turn a point estimate and its bootstrap replicates into a metric.

    Parameters
    ----------
    point : float
        The estimate; not finite means it could not be computed.
    replicates : array of shape (replicates,)
        The same statistic on every resample; may be empty.
    undefined : str
        The reason given when ``point`` is not finite.

    Returns
    -------
    Metric
        Percentile interval. Where more than a tenth of the resamples gave nothing, the value stands
        without interval and says so.

    Notes
    -----
    Statistics that cannot be negative (ICI, E50, E90) grow a little by resampling, so their percentile intervals lean
    upward and may begin above the estimate.
    """
    if not np.isfinite(point):
        return missing(undefined)
    defined = replicates[np.isfinite(replicates)]
    if replicates.size == 0:
        return Metric(value=float(point), reason="no interval: the bootstrap was not run")
    if defined.size < MIN_DEFINED_SHARE * replicates.size:
        failed = replicates.size - defined.size
        return Metric(value=float(point), reason=f"no interval: undefined in {failed} of {replicates.size} resamples")
    tail = (1 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Metric(value=float(point), low=float(low), high=float(high))


def _rounded(value: float | None, digits: int) -> float | None:
    # Adding 0.0 turns a negative zero into zero: the two print differently.
    return None if value is None else round(float(value), digits) + 0.0
