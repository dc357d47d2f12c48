"""The evaluation month by month, and apart for people who were already followed up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from audit.scores import Sample
from audit.settings import AuditSettings
from models.metrics import evaluate, missing
from models.metrics.evaluation import refusal

Document = dict[str, Any]

CONTROL_LIMIT_SIGMAS = 3
TREATED_METRICS = ("auroc", "expected_over_observed", "calibration_slope")


def measure_months(sample: Sample, settings: AuditSettings) -> list[Document]:
    """Compare observed and expected returns of every month of discharge.

    Returns
    -------
    list of dict, one per month
        ``month``, ``rows``, ``observed_rate``, ``expected_rate``, ``low``, ``high`` (limits around the expected rate)
        and ``is_outside``; rates are None in months too small to show.

    Notes
    -----
    Risk-adjusted p chart: expected rate +- 3 sqrt(sum p(1-p)) / n (Cook et al., Crit Care Med 2008;36:S19).
    """
    champion = sample.champion
    if champion is None or not champion.is_probability:
        return []
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime(sample.frame["discharge_date"]).dt.strftime("%Y-%m"),
            "observed": sample.outcome,
            "expected": champion.values,
            "variance": champion.values * (1 - champion.values),
        }
    )
    months: list[Document] = []
    for month, rows in frame.groupby("month", sort=True):
        if len(rows) < settings.min_group:
            months.append({"month": str(month), "rows": None, "observed_rate": None})
            continue
        expected, observed = float(rows["expected"].mean()), float(rows["observed"].mean())
        spread = CONTROL_LIMIT_SIGMAS * float(np.sqrt(rows["variance"].sum())) / len(rows)
        low, high = max(0.0, expected - spread), min(1.0, expected + spread)
        months.append(
            {
                "month": str(month),
                "rows": len(rows),
                "observed_rate": observed,
                "expected_rate": expected,
                "low": low,
                "high": high,
                "is_outside": not low <= observed <= high,
            }
        )
    return months


def measure_treated(sample: Sample, settings: AuditSettings, seed: int) -> Document:
    """Measure people who were followed up apart from those who were not.

    Returns
    -------
    dict
        ``reason`` and ``groups`` (``with follow-up``, ``without follow-up``): ``rows`` and ``metrics``.

    Notes
    -----
    Follow-up lowers the observed returns of those who get it: a model then looks too pessimistic about exactly the
    people it chose.
    """
    document: Document = {"reason": None, "groups": []}
    champion = sample.champion
    if champion is None or not champion.is_probability:
        return document | {"reason": "there is no model to measure"}
    if "is_treated" not in sample.frame:
        return document | {"reason": "the run did not say who was followed up; performance includes everybody"}
    treated = sample.frame["is_treated"].fillna(False).astype(bool).to_numpy()
    for name, rows in (("with follow-up", treated), ("without follow-up", ~treated)):
        count = int(rows.sum())
        refused = refusal(sample.outcome[rows], settings.min_events)
        metrics = (
            {key: missing("too few returns") for key in TREATED_METRICS}
            if refused
            else evaluate(
                sample.outcome[rows],
                champion.values[rows],
                sample.clusters[rows],
                share=sample.share,
                seed=seed,
                replicates=settings.subgroup_replicates,
                min_events=settings.min_events,
            )
        )
        chosen = {key: metrics[key] for key in TREATED_METRICS}
        shown = count if count >= settings.min_group else None
        document["groups"].append({"group": name, "rows": shown, "metrics": chosen})
    return document
