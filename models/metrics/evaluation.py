"""Every metric of a risk at once, each with its interval, or null with a reason."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.metrics.accuracy import brier, log_loss, scaled_brier
from models.metrics.bootstrap import AnyArray, Statistic, bootstrap
from models.metrics.calibration import calibration_intercept, calibration_slope, expected_over_observed
from models.metrics.capacity import list_of
from models.metrics.discrimination import auroc_of, average_precision_of
from models.metrics.loess import Smoother
from models.metrics.result import FloatArray, Metric, missing, summarise
from models.metrics.weighting import Ranking

RANKING_METRICS = ("auroc", "average_precision", "sensitivity", "ppv", "nne")
RISK_METRICS = (
    "brier",
    "scaled_brier",
    "log_loss",
    "calibration_intercept",
    "calibration_slope",
    "expected_over_observed",
    "ici",
    "e50",
    "e90",
)
MIN_EVENTS = 10


def ranking_statistic(outcome: FloatArray, score: FloatArray, share: float) -> Statistic:
    """Return the metrics that need only an order (`RANKING_METRICS`) as a function of row weights."""
    ranking = Ranking(score)

    def compute(weights: FloatArray) -> dict[str, FloatArray]:
        return ranking_metrics_of(*ranking.counts(outcome, weights), share)

    return compute


def ranking_metrics_of(rows: FloatArray, events: FloatArray, share: float) -> dict[str, FloatArray]:
    """Compute `RANKING_METRICS` from rows and events by distinct score, highest first."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "auroc": auroc_of(rows, events),
            "average_precision": average_precision_of(rows, events),
            **list_of(rows, events, share),
        }


def risk_statistic(outcome: FloatArray, risk: FloatArray) -> Statistic:
    """Return the metrics that need probabilities (`RISK_METRICS`) as a function of row weights."""
    smoother = Smoother(outcome, risk)

    def compute(weights: FloatArray) -> dict[str, FloatArray]:
        curve = smoother.curve(weights)
        return {
            "brier": brier(outcome, risk, weights),
            "scaled_brier": scaled_brier(outcome, risk, weights),
            "log_loss": log_loss(outcome, risk, weights),
            "calibration_intercept": calibration_intercept(outcome, risk, weights),
            "calibration_slope": calibration_slope(outcome, risk, weights),
            "expected_over_observed": expected_over_observed(outcome, risk, weights),
            "ici": curve.integrated_index(),
            "e50": curve.distance_quantile(0.5),
            "e90": curve.distance_quantile(0.9),
        }

    return compute


def evaluate(
    outcome: AnyArray,
    risk: AnyArray,
    clusters: AnyArray,
    *,
    share: float,
    seed: int,
    replicates: int = 1000,
    min_events: int = MIN_EVENTS,
) -> dict[str, Metric]:
    """Compute every metric of a risk, with 95 % intervals from a patient-clustered bootstrap.

    Parameters
    ----------
    outcome : array of shape (rows,)
        1 or True event, 0 or False none; no missing values.
    risk : array of shape (rows,)
        Predicted probability, 0-1.
    clusters : array of shape (rows,)
        The patient of every row.
    share : float
        Capacity: length of the list over number of rows, 0-1.
    seed : int
        Of the resampling.
    replicates : int
        Number of resamples; 0 gives values without intervals.
    min_events : int
        With fewer events, or fewer rows without, every metric is null with that reason.

    Returns
    -------
    dict of Metric
        Keys `RANKING_METRICS` and `RISK_METRICS`.
    """
    outcome, risk = np.asarray(outcome, dtype=np.float64), np.asarray(risk, dtype=np.float64)
    reason = refusal(outcome, min_events)
    if reason:
        return {name: missing(reason) for name in RANKING_METRICS + RISK_METRICS}
    ranking, accuracy = ranking_statistic(outcome, risk, share), risk_statistic(outcome, risk)
    point, resampled = bootstrap(lambda w: {**ranking(w), **accuracy(w)}, clusters, replicates, seed)
    return with_intervals(point, resampled, risk)


def refusal(outcome: FloatArray, min_events: int = MIN_EVENTS) -> str | None:
    """Say why nothing can be measured on these outcomes; None when it can."""
    events = int(outcome.sum())
    others = outcome.size - events
    if outcome.size == 0:
        return "no rows to measure on"
    if events < min_events:
        return f"too few events: {events} (at least {min_events} needed)"
    if others < min_events:
        return f"too few rows without the event: {others} (at least {min_events} needed)"
    return None


def with_intervals(
    point: Mapping[str, FloatArray], resampled: Mapping[str, FloatArray], risk: FloatArray | None = None
) -> dict[str, Metric]:
    """Turn single-valued statistics and their replicates into metrics."""
    undefined = "it is not defined for these data"
    if risk is not None and not ((risk > 0) & (risk < 1)).all():
        undefined = "some risks are exactly 0 or 1"
    return {name: summarise(float(value), resampled[name], undefined=undefined) for name, value in point.items()}
