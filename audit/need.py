"""Whether equal scores mean equal need, and whether the list reaches everybody alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from audit.inputs import AuditInputs
from audit.scores import FloatArray, Sample
from audit.settings import AuditSettings
from audit.suppression import hidden
from models.metrics import bootstrap, missing, summarise

NEEDS = {"active_conditions": "Active conditions", "unplanned_days": "Unplanned hospital days"}
NEED_ATTRIBUTE = "race"
STAGES = ("is_flagged", "is_assigned", "is_contacted", "is_closed")

Document = dict[str, Any]


def measure_need(sample: Sample, subgroups: pd.DataFrame, settings: AuditSettings, seed: int) -> Document:
    """Compare need between groups of people to whom the model gives the same score.

    Parameters
    ----------
    sample : Sample
        ``frame`` may have ``active_conditions`` and ``unplanned_days``.
    subgroups : DataFrame, one row per stay_key
    settings : AuditSettings
    seed : int

    Returns
    -------
    dict
        ``reason`` (why there is no table, or None), ``attribute``, ``reference``, ``bands`` and ``needs``: for each need
        and group the mean per band and ``excess``: mean difference to the reference within bands.

    Notes
    -----
    Source : Obermeyer et al., Science 2019;366:447-453. Bands are equal parts of the ranking; the excess weighs them by
    the group's own rows, over bands in which both groups can be shown.
    """
    document: Document = {"reason": None, "attribute": NEED_ATTRIBUTE, "reference": None, "bands": [], "needs": []}
    columns = [column for column in NEEDS if column in sample.frame and sample.frame[column].notna().any()]
    if sample.champion is None or not sample.rows:
        return document | {"reason": "there is nothing to rank by"}
    if not columns:
        return document | {"reason": "the run gave neither active conditions nor unplanned days for these stays"}
    if NEED_ATTRIBUTE not in subgroups or subgroups[NEED_ATTRIBUTE].isna().all():
        return document | {"reason": "race is not in the data"}
    frame = sample.frame[["stay_key", *columns]].merge(
        subgroups[["stay_key", NEED_ATTRIBUTE]], on="stay_key", how="left"
    )
    band = _bands(sample.champion.values, settings.need_bands)
    names, counts = _groups(frame[NEED_ATTRIBUTE], settings)
    if len(names) < 2:  # noqa: PLR2004  (a comparison needs two)
        return document | {"reason": "fewer than two groups are large enough to show"}
    document |= {
        "reference": names[0],
        "bands": [f"{place + 1} of {settings.need_bands}" for place in range(settings.need_bands)],
    }
    del counts
    for column in columns:
        statistic = _NeedStatistic(frame[NEED_ATTRIBUTE], names, band, frame[column], settings)
        point, replicates = bootstrap(statistic, sample.clusters, settings.subgroup_replicates, seed)
        groups = []
        for place, name in enumerate(names):
            means = [
                summarise(float(point["mean"][place, step]), replicates["mean"][:, place, step])
                if statistic.shown[place, step]
                else missing(f"fewer than {settings.min_group} stays")
                for step in range(settings.need_bands)
            ]
            excess = summarise(
                float(point["excess"][place]),
                replicates["excess"][:, place],
                undefined="no band in which both groups can be shown",
            )
            groups.append({"group": name, "means": means, "excess": None if place == 0 else excess})
        document["needs"].append({"need": column, "label": NEEDS[column], "groups": groups})
    return document


def _bands(values: FloatArray, bands: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    ranks = pd.Series(values).rank(method="average", pct=True, na_option="bottom").to_numpy()
    return np.clip(np.ceil(ranks * bands).astype(np.intp) - 1, 0, bands - 1)


def _groups(column: pd.Series, settings: AuditSettings) -> tuple[list[str], list[int]]:
    counts = column.dropna().astype("str").value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    hide = hidden([count for _, count in ordered], settings.min_group)
    kept = [item for item, is_hidden in zip(ordered, hide, strict=True) if not is_hidden]
    return [str(name) for name, _ in kept], [int(count) for _, count in kept]


class _NeedStatistic:
    """Mean need by group and band, and the excess over the reference group, as a function of row weights."""

    def __init__(
        self, group: pd.Series, names: list[str], band: FloatArray, need: pd.Series, settings: AuditSettings
    ) -> None:
        values = pd.to_numeric(need).to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(values)
        self.shape = (len(names), settings.need_bands)
        cells = [
            (group.astype("str") == name).to_numpy() & known & (band == step)
            for name in names
            for step in range(settings.need_bands)
        ]
        self.cells = np.column_stack(cells).astype(np.float64)
        self.need = np.nan_to_num(values)
        self.shown = self.cells.sum(axis=0).reshape(self.shape) >= settings.min_group

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        rows = (weights @ self.cells).reshape(-1, *self.shape)
        total = ((weights * self.need) @ self.cells).reshape(-1, *self.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = total / rows
            both = rows * (self.shown & self.shown[:1]) * (rows[:, :1] > 0)
            gap = np.where(both > 0, mean - mean[:, :1], 0.0)
            return {"mean": mean, "excess": (both * gap).sum(axis=2) / both.sum(axis=2)}


def measure_reach(inputs: AuditInputs, settings: AuditSettings) -> Document:
    """Count, by group, how many were flagged, and of those assigned, contacted and closed.

    Returns
    -------
    dict
        ``reason`` and ``groups``: ``group``, ``rows`` and the four counts; counts too small to show are None.
    """
    document: Document = {"reason": None, "attribute": NEED_ATTRIBUTE, "groups": []}
    if inputs.reach is None or inputs.reach.empty:
        return document | {"reason": "no list has been worked on yet"}
    if NEED_ATTRIBUTE not in inputs.subgroups:
        return document | {"reason": "race is not in the data"}
    frame = inputs.reach.merge(inputs.subgroups[["stay_key", NEED_ATTRIBUTE]], on="stay_key", how="left")
    names, counts = _groups(frame[NEED_ATTRIBUTE], settings)
    for name, rows in zip(names, counts, strict=True):
        members = frame[frame[NEED_ATTRIBUTE].astype("str") == name]
        stages = {stage: int(members[stage].astype(bool).sum()) for stage in STAGES}
        shown = {stage: count if count >= settings.min_group else None for stage, count in stages.items()}
        document["groups"].append({"group": name, "rows": rows, **shown})
    return document
