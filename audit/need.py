"""Whether equal scores mean equal need."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit.scores import FloatArray, Sample
from audit.settings import AuditSettings
from audit.statistics import Resampled
from audit.suppression import hidden
from models.metrics import bootstrap, missing

NEEDS = {"active_conditions": "Active conditions", "unplanned_days": "Unplanned hospital days"}
ATTRIBUTE = "race"

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
        ``reason`` (why there is no table, or None), ``attribute``, ``reference``, ``bands`` and ``needs``: for each
        need and group the mean per band and ``excess``: mean difference to the reference within bands.

    Notes
    -----
    Source : Obermeyer et al., Science 2019;366:447-453. Bands are equal parts of the ranking; the excess weighs them
    by the group's own rows, over bands in which both groups can be shown.
    """
    document: Document = {"reason": None, "attribute": ATTRIBUTE, "reference": None, "bands": 0, "needs": []}
    columns = [column for column in NEEDS if column in sample.frame and sample.frame[column].notna().any()]
    if sample.champion is None or not sample.rows:
        return document | {"reason": "there is nothing to rank by"}
    if not columns:
        return document | {"reason": "the run gave neither active conditions nor unplanned days for these stays"}
    if ATTRIBUTE not in subgroups:
        return document | {"reason": "race is not in the data"}
    frame = sample.frame[["stay_key", *columns]].merge(subgroups[["stay_key", ATTRIBUTE]], on="stay_key", how="left")
    names = [name for name, _ in shown_groups(frame[ATTRIBUTE], settings)]
    if len(names) < len(("reference", "another")):
        return document | {"reason": "fewer than two groups are large enough to show"}
    band = _bands(sample.champion.values, settings.need_bands)
    for column in columns:
        statistic = _NeedStatistic(frame[ATTRIBUTE], names, band, frame[column], settings)
        found = Resampled(*bootstrap(statistic, sample.clusters, settings.subgroup_replicates, seed))
        groups = [_describe(name, place, statistic, found) for place, name in enumerate(names)]
        document["needs"].append({"need": column, "label": NEEDS[column], "groups": groups})
    return document | {"reference": names[0], "bands": settings.need_bands}


def shown_groups(column: pd.Series, settings: AuditSettings) -> list[tuple[str, int]]:
    """Name the recorded groups that may be shown, with their rows, largest first."""
    counts = column.dropna().astype("str").value_counts()
    ordered = sorted(((str(name), int(rows)) for name, rows in counts.items()), key=lambda item: (-item[1], item[0]))
    hide = hidden([rows for _, rows in ordered], settings.min_group)
    return [item for item, is_hidden in zip(ordered, hide, strict=True) if not is_hidden]


def _bands(values: FloatArray, bands: int) -> npt.NDArray[np.intp]:
    ranks = pd.Series(values).rank(method="average", pct=True, na_option="top").to_numpy()
    return np.clip(np.ceil(ranks * bands).astype(np.intp) - 1, 0, bands - 1)


class _NeedStatistic:
    """Mean need by group and band, and the excess over the reference group, as a function of row weights."""

    def __init__(
        self, group: pd.Series, names: list[str], band: npt.NDArray[np.intp], need: pd.Series, settings: AuditSettings
    ) -> None:
        values = pd.to_numeric(need).to_numpy(dtype=np.float64, na_value=np.nan)
        known, bands = ~np.isnan(values), range(settings.need_bands)
        self.shape = (len(names), settings.need_bands)
        members = [(group == name).fillna(False).to_numpy(dtype=bool) & known for name in names]
        self.cells = np.column_stack([rows & (band == step) for rows in members for step in bands]).astype(np.float64)
        self.need = np.nan_to_num(values)
        self.shown = self.cells.sum(axis=0).reshape(self.shape) >= settings.min_group
        self.too_few = f"fewer than {settings.min_group} stays"

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        rows = (weights @ self.cells).reshape(-1, *self.shape)
        total = ((weights * self.need) @ self.cells).reshape(-1, *self.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = total / rows
            both = rows * (self.shown & self.shown[:1]) * (rows[:, :1] > 0)
            gap = np.where(both > 0, mean - mean[:, :1], 0.0)
            excess = (both * gap).sum(axis=2) / both.sum(axis=2)
        return {"excess": excess, **{f"band {step}": mean[:, :, step] for step in range(self.shape[1])}}


def _describe(name: str, place: int, statistic: _NeedStatistic, found: Resampled) -> Document:
    means = [
        found.place(f"band {step}", place) if statistic.shown[place, step] else missing(statistic.too_few)
        for step in range(statistic.shape[1])
    ]
    return {"group": name, "means": means, "excess": found.place("excess", place) if place else None}
