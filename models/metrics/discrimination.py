"""How well a score ranks: AUROC and average precision, weighted, equal scores counted as ties."""

from __future__ import annotations

import numpy as np

from models.metrics.result import FloatArray
from models.metrics.weighting import Ranking, weighted


@weighted
def auroc(outcome: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Probability that a row with the event scores higher than one without; a tie counts half.

    Parameters
    ----------
    outcome : array of shape (rows,)
        1 event, 0 none.
    score : array of shape (rows,)
        Higher means more at risk; any scale.
    weights : array of shape (block, rows), optional
        Row weights of each resample.

    Returns
    -------
    array of shape (block,), or a number without weights
        0-1; NaN when events or non-events are missing.

    Notes
    -----
    Source : Hanley and McNeil, Radiology 1982;143:29-36.
    """
    return auroc_of(*Ranking(score).counts(outcome, weights))


def auroc_of(rows: FloatArray, events: FloatArray) -> FloatArray:
    """Compute the AUROC from rows and events by distinct score, highest first; shape (block,)."""
    others = rows - events
    total = others.sum(axis=1, keepdims=True)
    outranked = total - np.cumsum(others, axis=1) + others / 2
    return np.asarray(np.einsum("ij,ij->i", events, outranked) / (events.sum(axis=1) * total[:, 0]))


@weighted
def average_precision(outcome: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Precision averaged over the events, going down the ranking.

    Parameters
    ----------
    outcome, score, weights
        As in `auroc`.

    Returns
    -------
    array of shape (block,), or a number without weights
        0-1; the share of events for a score that ranks at random; NaN without events.

    Notes
    -----
    Sum of (R_n - R_{n-1}) P_n over distinct scores, not interpolated: the definition of scikit-learn.
    """
    return average_precision_of(*Ranking(score).counts(outcome, weights))


def average_precision_of(rows: FloatArray, events: FloatArray) -> FloatArray:
    """Compute average precision from rows and events by distinct score, highest first; shape (block,)."""
    flagged = np.cumsum(rows, axis=1)
    precision = np.divide(np.cumsum(events, axis=1), flagged, out=np.zeros_like(flagged), where=flagged > 0)
    return np.asarray(np.einsum("ij,ij->i", events, precision) / events.sum(axis=1))


def roc_curve(outcome: FloatArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return false and true positive rates going down the ranking, from (0, 0) to (1, 1)."""
    ranking = Ranking(np.asarray(score, dtype=np.float64))
    rows, events = ranking.counts(np.asarray(outcome, dtype=np.float64), np.ones((1, ranking.order.size)))
    true_positives, false_positives = np.cumsum(events), np.cumsum(rows - events)
    return (
        np.concatenate([[0.0], false_positives / false_positives[-1]]),
        np.concatenate([[0.0], true_positives / true_positives[-1]]),
    )
