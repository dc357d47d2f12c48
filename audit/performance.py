"""How the model performs, and what it is compared with: the parts of metrics.json that are about scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from audit.scores import Sample, Score
from audit.settings import AuditSettings
from audit.statistics import AuditStatistics, Resampled
from models.metrics import RANKING_METRICS, RISK_METRICS, bootstrap, missing, roc_curve
from models.metrics.evaluation import refusal

COMPARED = ("auroc", "average_precision", "sensitivity", "ppv")
LIST_METRICS = ("sensitivity", "ppv", "nne")
ROC_GRID = np.linspace(0, 1, 51)

Document = dict[str, Any]


def measure_performance(sample: Sample, settings: AuditSettings, seed: int) -> Document:
    """Measure every score of the sample.

    Parameters
    ----------
    sample : Sample
    settings : AuditSettings
    seed : int

    Returns
    -------
    dict
        ``reason`` (None, or why nothing could be measured), ``champion`` (which score ranks people), ``scores``
        (name -> label, kind, rows, metrics, champion_minus_this), ``calibration_curve``, ``roc``, ``decision_curve``,
        ``capacity``; numbers with intervals are `Metric`.
    """
    reason = refusal(sample.outcome, settings.min_events)
    if sample.champion is None:
        reason = reason or "no trained model, and LACE is not in the data"
    if reason or sample.champion is None:
        return _nothing(sample, str(reason))
    scores = [sample.champion, *sample.others]
    statistics = AuditStatistics(sample, scores, settings)
    found = Resampled(*bootstrap(statistics, sample.clusters, settings.replicates, seed))
    return {
        "reason": None,
        "champion": scores[0].name,
        "scores": {score.name: _score_entry(score, scores[0], found) for score in scores},
        "calibration_curve": _curve(statistics, found) if scores[0].is_probability else None,
        "roc": {score.name: _roc(sample, score) for score in scores if not score.name.startswith("risk_")},
        "decision_curve": _decision_curve(statistics, settings.headline, found),
        "capacity": [_capacity_row(statistics, share, found) for share in statistics.shares],
    }


def _score_entry(score: Score, champion: Score, found: Resampled) -> Document:
    names = RANKING_METRICS + (RISK_METRICS if score.is_probability else ())
    undefined = "it is not defined for these data"
    if score.is_probability and not ((score.values > 0) & (score.values < 1))[score.known].all():
        undefined = "some risks are exactly 0 or 1"
    metrics = {name: found.metric(f"{score.name}.{name}", undefined) for name in names}
    if not score.is_probability:
        metrics |= {name: missing(f"{score.label} gives points, not a probability") for name in RISK_METRICS}
    entry = _described(score) | {"metrics": metrics}
    if score is not champion:
        base = champion.name if score.known.all() else f"matched.{score.name}"
        entry["champion_minus_this"] = {
            name: found.difference(f"{base}.{name}", f"{score.name}.{name}") for name in COMPARED
        }
    return entry


def _described(score: Score) -> Document:
    kind = "probability" if score.is_probability else "points"
    return {"label": score.label, "kind": kind, "cut": score.cut, "rows": int(score.known.sum())}


def _curve(statistics: AuditStatistics, found: Resampled) -> Document:
    return {"risk": [float(value) for value in statistics.grid], "observed": found.series("curve")}


def _roc(sample: Sample, score: Score) -> Document:
    """Sample the ROC curve at fixed places, so that no single person can be read off it."""
    false_positive_rate, true_positive_rate = roc_curve(sample.outcome[score.known], score.values[score.known])
    sampled = np.interp(ROC_GRID, false_positive_rate, true_positive_rate)
    return {
        "false_positive_rate": [float(value) for value in ROC_GRID],
        "true_positive_rate": [float(value) for value in sampled],
    }


def _decision_curve(statistics: AuditStatistics, headline: float, found: Resampled) -> Document:
    at = int(np.searchsorted(statistics.thresholds, headline))
    champion = statistics.scores[0]
    strategies: Document = {"treat_all": {"label": "Everybody", "net_benefit": found.series("treat_all.net_benefit")}}
    for score in statistics.scores:
        if f"{score.name}.net_benefit" not in found:
            continue
        realised = f"{score.name}.realised_net_benefit"
        strategy: Document = {
            "label": score.label if score.is_probability else f"{score.label} {score.cut:g} or more",
            "net_benefit": found.series(f"{score.name}.net_benefit"),
            "realised_net_benefit": found.series(realised),
        }
        if score is not champion and f"{champion.name}.net_benefit" in found:
            base = f"{champion.name}.realised_net_benefit"
            strategy["champion_minus_this_realised"] = found.difference(base, realised, at)
        strategies[score.name] = strategy
    thresholds = [float(value) for value in statistics.thresholds]
    return {"thresholds": thresholds, "headline_threshold": headline, "headline_index": at, "strategies": strategies}


def _capacity_row(statistics: AuditStatistics, share: float, found: Resampled) -> Document:
    sample = statistics.sample
    lists = {
        score.name: {name: found.metric(f"{score.name}@{share}.{name}") for name in LIST_METRICS}
        for score in statistics.scores[:2]
    }
    places = round(share * sample.rows)
    return {"share": share, "places": places, "is_capacity": share == sample.share, "lists": lists}


def _nothing(sample: Sample, reason: str) -> Document:
    scores = ([sample.champion] if sample.champion else []) + sample.others
    metrics = {name: missing(reason) for name in RANKING_METRICS + RISK_METRICS}
    return {
        "reason": reason,
        "champion": sample.champion.name if sample.champion else None,
        "scores": {score.name: _described(score) | {"metrics": metrics} for score in scores},
        "calibration_curve": None,
        "roc": {},
        "decision_curve": None,
        "capacity": [],
    }
