"""Statistics of the groups of one attribute as one function of row weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from audit.scores import FloatArray, Sample, Score
from models.metrics import auroc, calibration_intercept, calibration_slope, selected_share

RATIOS = ("selection_rate", "sensitivity", "ppv")
GROUP_METRICS = ("event_rate", "expected_over_observed", "auroc", "calibration_slope", "calibration_intercept", *RATIOS)


class GroupStatistics:
    """Statistics of groups; groups along the last axis, the reference first.

    Parameters
    ----------
    sample : Sample
    champion : Score
    members : list of bool arrays of shape (rows,)
        Rows of each group.

    Notes
    -----
    Called with weights of shape (block, rows) it returns `GROUP_METRICS` and ``<name>.ratio`` of `RATIOS` to the
    reference, each of shape (block, groups). The list is the whole hospital's, not each group's own.
    """

    def __init__(self, sample: Sample, champion: Score, members: list[npt.NDArray[np.bool_]]) -> None:
        self.outcome, self.share, self.members = sample.outcome, sample.share, members
        # Who has no score is last in line.
        self.values = np.where(champion.known, champion.values, np.nanmin(champion.values) - 1)
        self.is_probability = champion.is_probability
        self.indicator = np.column_stack(members).astype(np.float64)

    def counts(self) -> npt.NDArray[np.int64]:
        """Return rows, events and flagged rows; shape (3, groups)."""
        flagged = selected_share(self.values, np.ones((1, self.outcome.size)), self.share)[0]
        counted = np.stack([np.ones(self.outcome.size), self.outcome, flagged]) @ self.indicator
        return np.rint(counted).astype(np.int64)

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Compute everything for a block of resamples."""
        on_list = weights * selected_share(self.values, weights, self.share)
        rows, events = weights @ self.indicator, (weights * self.outcome) @ self.indicator
        flagged, caught = on_list @ self.indicator, (on_list * self.outcome) @ self.indicator
        with np.errstate(divide="ignore", invalid="ignore"):
            results = {
                "event_rate": events / rows,
                "selection_rate": flagged / rows,
                "sensitivity": caught / events,
                "ppv": caught / flagged,
                "expected_over_observed": (weights * self.values) @ self.indicator / events,
            }
            results |= {f"{name}.ratio": results[name] / results[name][:, :1] for name in RATIOS}
        results["auroc"] = self._each(auroc, weights)
        results["calibration_slope"] = self._each(calibration_slope, weights)
        results["calibration_intercept"] = self._each(calibration_intercept, weights)
        return results

    def _each(self, metric: Callable[..., FloatArray], weights: FloatArray) -> FloatArray:
        columns = [metric(self.outcome[rows], self.values[rows], weights[:, rows]) for rows in self.members]
        return np.column_stack(columns)
