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
    return ranking.spread(_selected_of(ranking.grouped(weights), share))


def _selected_of(rows: FloatArray, share: float) -> FloatArray:
    """Say how far each distinct score, highest first, is on the list; shape (block, distinct scores)."""
    before = np.cumsum(rows, axis=1) - rows
    places = np.clip(share * rows.sum(axis=1, keepdims=True) - before, 0, rows)
    return np.divide(places, rows, out=np.zeros_like(rows), where=rows > 0)


def list_of(rows: FloatArray, events: FloatArray, share: float) -> dict[str, FloatArray]:
    """Compute sensitivity, PPV and NNE from rows and events by distinct score, highest first."""
    selected = _selected_of(rows, share)
    caught, flagged = np.einsum("ij,ij->i", selected, events), np.einsum("ij,ij->i", selected, rows)
    ppv = caught / flagged
    return {"sensitivity": caught / events.sum(axis=1), "ppv": ppv, "nne": 1 / ppv}


@weighted
def sensitivity_at(outcome: FloatArray, score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Share of the events that are on the list; NaN without events."""
    return list_of(*Ranking(score).counts(outcome, weights), share)["sensitivity"]


@weighted
def ppv_at(outcome: FloatArray, score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Share of the list that has the event; NaN when the list is empty."""
    return list_of(*Ranking(score).counts(outcome, weights), share)["ppv"]


@weighted
def nne_at(outcome: FloatArray, score: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Count the people on the list for one event (number needed to evaluate, 1/PPV); infinite without events on it."""
    return list_of(*Ranking(score).counts(outcome, weights), share)["nne"]


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
        Threshold probabilities pt, above 0 and below 1.
    share : float, optional
        Capacity: only this share of all rows, those of highest priority, can be treated (realised net benefit).
    priority : array of shape (rows,), optional
        What orders people for capacity when the risk has ties (a rule); it must not contradict the risk. Default the
        risk.

    Returns
    -------
    array of shape (block, thresholds)
        In true positives per row; 0 is treat-none.

    Notes
    -----
    Source : Vickers and Elkin, Med Decis Making 2006;26:565-574; under capacity Singh, Shah and Vickers,
    J Am Med Inform Assoc 2023;30(4).
    """
    ranking = Ranking(risk if priority is None else priority)
    risks = risk[ranking.order][ranking.starts]
    return net_benefit_of(*ranking.counts(outcome, weights), risks, np.atleast_1d(thresholds), share)


def net_benefit_of(
    rows: FloatArray, events: FloatArray, risks: FloatArray, thresholds: FloatArray, share: float | None = None
) -> FloatArray:
    """Compute net benefit from rows and events by distinct score, highest first, and the risk of each score."""
    total = rows.sum(axis=1, keepdims=True)
    if share is not None:
        selected = _selected_of(rows, share)
        rows, events = rows * selected, events * selected
    start = np.zeros_like(total)
    flagged, true_positives = (np.hstack([start, np.cumsum(counts, axis=1)]) for counts in (rows, events))
    reached = np.searchsorted(-risks, -thresholds, side="right")
    odds = thresholds / (1 - thresholds)
    caught = true_positives[:, reached]
    return np.asarray((caught - (flagged[:, reached] - caught) * odds) / total)
