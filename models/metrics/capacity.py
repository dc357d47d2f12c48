"""What a list of limited length achieves: who is on it, how many returns it holds, and its net benefit."""

from __future__ import annotations

import numpy as np

from models.metrics.result import FloatArray
from models.metrics.weighting import Ranking, weighted


def selected_share(score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Say how far each row is among the given share of highest scores.

    Parameters
    ----------
    score : array of shape (rows,)
    weights : array of shape (block, rows)
    share : float
        Length of the list over number of rows, 0-1.

    Returns
    -------
    array of shape (block, rows)
        1 on the list, 0 not; rows tied at the cut share the places left (what a random draw gives on average).
    """
    ranking = Ranking(np.asarray(score, dtype=np.float64))
    rows = ranking.grouped(weights)
    before = np.cumsum(rows, axis=1) - rows
    places = np.clip(share * rows.sum(axis=1, keepdims=True) - before, 0, rows)
    return ranking.spread(np.divide(places, rows, out=np.zeros_like(rows), where=rows > 0))


@weighted
def sensitivity_at(outcome: FloatArray, score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Share of the events that are on the list; NaN without events."""
    events = weights * outcome
    return np.asarray((selected_share(score, weights, share) * events).sum(axis=1) / events.sum(axis=1))


@weighted
def ppv_at(outcome: FloatArray, score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Share of the list that has the event; NaN when the list is empty."""
    on_list = selected_share(score, weights, share) * weights
    return np.asarray(on_list @ outcome / on_list.sum(axis=1))


@weighted
def nne_at(outcome: FloatArray, score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Count the people on the list for one event (number needed to evaluate, 1/PPV); infinite without events on it."""
    return np.asarray(1 / ppv_at(outcome, score, weights, share=share))


@weighted
def net_benefit(
    outcome: FloatArray,
    risk: FloatArray,
    weights: FloatArray,
    thresholds: FloatArray,
    share: float | None = None,
    priority: FloatArray | None = None,
) -> FloatArray:
    """Net benefit of treating those whose risk reaches the threshold: TP/n - FP/n x pt/(1-pt).

    Parameters
    ----------
    outcome, risk, weights
        As in `auroc`; a rule that only says yes or no comes as risk 1 or 0.
    thresholds : array of shape (thresholds,)
        Threshold probabilities pt, ascending, above 0 and below 1.
    share : float, optional
        Capacity: only this share of all rows, those of highest priority, can be treated (realised net benefit).
    priority : array of shape (rows,), optional
        What orders people for capacity; default the risk.

    Returns
    -------
    array of shape (block, thresholds)
        In true positives per row; 0 is treat-none.

    Notes
    -----
    Source : Vickers and Elkin, Med Decis Making 2006;26:565-574; under capacity Singh, Shah and Vickers,
    J Am Med Inform Assoc 2023;30(4).
    """
    treated = weights
    if share is not None:
        treated = weights * selected_share(risk if priority is None else priority, weights, share)
    ranking = Ranking(risk)
    start = np.zeros((weights.shape[0], 1))
    rows = np.hstack([start, np.cumsum(ranking.grouped(treated), axis=1)])
    events = np.hstack([start, np.cumsum(ranking.grouped(treated * outcome), axis=1)])
    thresholds = np.atleast_1d(np.asarray(thresholds, dtype=np.float64))
    reached = np.searchsorted(-ranking.scores, -thresholds, side="right")
    true_positives, flagged = events[:, reached], rows[:, reached]
    odds = thresholds / (1 - thresholds)
    return np.asarray((true_positives - (flagged - true_positives) * odds) / weights.sum(axis=1, keepdims=True))
