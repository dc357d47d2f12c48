"""Whether the model serves every group alike: one table per attribute, small groups not shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit.scores import FloatArray, Sample, Score
from audit.settings import AuditSettings
from audit.statistics import Resampled
from audit.suppression import hidden
from models.metrics import (
    Metric,
    auroc,
    bootstrap,
    calibration_intercept,
    calibration_slope,
    missing,
    selected_share,
)

NOT_RECORDED = "Not recorded"
RATIOS = ("selection_rate", "sensitivity", "ppv")
GROUP_METRICS = (
    "event_rate",
    "expected_over_observed",
    "auroc",
    "calibration_slope",
    "calibration_intercept",
    *RATIOS,
)

Document = dict[str, Any]


def measure_subgroups(sample: Sample, subgroups: pd.DataFrame, settings: AuditSettings, seed: int) -> list[Document]:
    """Measure the champion in every group of every attribute.

    Parameters
    ----------
    sample : Sample
    subgroups : DataFrame, one row per stay_key
        Attributes of the stay's patient; missing values become the group "Not recorded".
    settings : AuditSettings
    seed : int

    Returns
    -------
    list of dict, one per attribute
        ``attribute``, ``label``, ``reason`` (why there is no table, or None), ``reference`` (the largest group) and
        ``groups``: ``group``, ``rows`` and ``events`` (None when too small to show), ``reason``, ``metrics``, ``ratios``
        to the reference and ``flags``.
    """
    frame = sample.frame[["stay_key"]].merge(subgroups, on="stay_key", how="left", validate="one_to_one")
    return [
        _measure_attribute(sample, frame, columns, settings, seed)
        for columns in [*((name,) for name in settings.attributes), *settings.intersections]
    ]


def _measure_attribute(
    sample: Sample, frame: pd.DataFrame, columns: Sequence[str], settings: AuditSettings, seed: int
) -> Document:
    label = " and ".join(settings.attributes.get(column, column) for column in columns)
    document: Document = {
        "attribute": "+".join(columns),
        "label": label,
        "reason": None,
        "reference": None,
        "groups": [],
    }
    absent = [column for column in columns if column not in frame]
    if absent or frame[list(columns)].isna().all().any():
        document["reason"] = f"{', '.join(absent) or label}: not in the data" if absent else "not recorded for anybody"
        return document
    if sample.champion is None or not sample.rows:
        document["reason"] = "there is nothing to rank by"
        return document
    group = _group_names(frame, columns)
    names, code, count = np.unique(group, return_inverse=True, return_counts=True)
    order = np.lexsort((names, -count))
    # The reference is the largest group that is recorded: "not recorded" is no group of people.
    order = np.array(sorted(order, key=lambda index: NOT_RECORDED in names[index]))
    hide = hidden(count, settings.min_group)
    visible = [index for index in order if not hide[index]]
    document["reference"] = str(names[visible[0]]) if visible else None
    statistics = _GroupStatistics(sample, sample.champion, [code == index for index in visible])
    found = Resampled(*bootstrap(statistics, sample.clusters, settings.subgroup_replicates, seed))
    counts = statistics.counts()
    few_events = hidden(counts[:, 1], settings.min_events)
    few_flagged = hidden(counts[:, 2], settings.min_events)
    for place, index in enumerate(visible):
        few = (bool(few_events[place]), bool(few_flagged[place]))
        document["groups"].append(_describe(str(names[index]), place, counts[place], few, found, settings))
    document["groups"] += [_hide(str(names[index]), settings) for index in order if hide[index]]
    return document


def _hide(name: str, settings: AuditSettings) -> Document:
    reason = f"fewer than {settings.min_group} stays, or hidden to keep such a group hidden"
    return {"group": name, "rows": None, "events": None, "reason": reason, "metrics": {}, "ratios": {}, "flags": []}


def _group_names(frame: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.str_]:
    parts = [frame[column].astype("str").where(frame[column].notna(), NOT_RECORDED) for column in columns]
    return np.array([", ".join(values) for values in zip(*parts, strict=True)], dtype=np.str_)


class _GroupStatistics:
    """Statistics of all groups of one attribute as a function of row weights; places along the last axis."""

    def __init__(self, sample: Sample, champion: Score, members: list[npt.NDArray[np.bool_]]) -> None:
        self.outcome, self.values, self.share = sample.outcome, np.nan_to_num(champion.values), sample.share
        self.is_probability = champion.is_probability
        self.members = members
        self.indicator = np.column_stack(members).astype(np.float64) if members else np.empty((sample.rows, 0))

    def counts(self) -> npt.NDArray[np.int64]:
        """Rows, events and flagged rows of each group."""
        flagged = selected_share(self.values, np.ones((1, self.outcome.size)), self.share)[0]
        columns = [np.ones(self.outcome.size), self.outcome, flagged]
        return np.rint(np.column_stack([self.indicator.T @ column for column in columns])).astype(np.int64)

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        flagged = weights * selected_share(self.values, weights, self.share)
        rows, events = weights @ self.indicator, (weights * self.outcome) @ self.indicator
        chosen, caught = flagged @ self.indicator, (flagged * self.outcome) @ self.indicator
        with np.errstate(divide="ignore", invalid="ignore"):
            results = {
                "event_rate": events / rows,
                "selection_rate": chosen / rows,
                "sensitivity": caught / events,
                "ppv": caught / chosen,
                "expected_over_observed": (weights * self.values) @ self.indicator / events,
            }
            results |= {f"{name}.ratio": results[name] / results[name][:, :1] for name in RATIOS}
        if not self.is_probability:
            results["expected_over_observed"] = np.full_like(rows, np.nan)
        results["auroc"] = self._each(auroc, weights)
        for name, metric in {
            "calibration_slope": calibration_slope,
            "calibration_intercept": calibration_intercept,
        }.items():
            results[name] = self._each(metric, weights) if self.is_probability else np.full_like(rows, np.nan)
        return results

    def _each(self, metric: Any, weights: FloatArray) -> FloatArray:  # noqa: ANN401  (a metric of models.metrics)
        columns = [metric(self.outcome[rows], self.values[rows], weights[:, rows]) for rows in self.members]
        return np.column_stack(columns) if columns else np.empty((weights.shape[0], 0))


def _describe(
    name: str,
    place: int,
    counts: npt.NDArray[np.int64],
    few: tuple[bool, bool],
    found: Resampled,
    settings: AuditSettings,
) -> Document:
    rows, events, _ = (int(count) for count in counts)
    few_events, few_flagged = few
    no_events = f"fewer than {settings.min_events} returns"
    no_flagged = f"fewer than {settings.min_events} on the list"
    metrics = {key: found.place(key, place) for key in GROUP_METRICS}
    ratios = {key: found.place(f"{key}.ratio", place) for key in RATIOS}
    if rows - events < settings.min_events:
        metrics |= dict.fromkeys(
            ("auroc", "calibration_slope", "calibration_intercept"), missing("almost all returned")
        )
    if few_events:
        needs_events = [key for key in GROUP_METRICS if key != "selection_rate"]
        metrics |= dict.fromkeys(needs_events, missing(no_events))
        ratios |= dict.fromkeys(("sensitivity", "ppv"), missing(no_events))
    if few_flagged:
        metrics |= dict.fromkeys(("selection_rate", "ppv"), missing(no_flagged))
        ratios |= dict.fromkeys(("selection_rate", "ppv"), missing(no_flagged))
    return {
        "group": name,
        "rows": rows,
        "events": None if few_events else events,
        "reason": None,
        "metrics": metrics,
        "ratios": ratios,
        "flags": [] if place == 0 else _flags(ratios, settings),
    }


def _flags(ratios: dict[str, Metric], settings: AuditSettings) -> list[Document]:
    """List ratios outside the limits; certain when the whole interval is."""
    limits, flags = settings.group_ratio, []
    for name, ratio in ratios.items():
        if ratio.value is None or limits.holds(ratio.value):
            continue
        is_certain = ratio.low is not None and ratio.high is not None and limits.excludes(ratio.low, ratio.high)
        flags.append(
            {"metric": name, "direction": "low" if ratio.value < limits.low else "high", "is_certain": is_certain}
        )
    return flags
