"""Whether the model serves every group alike: one table per attribute, small groups not shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit.group_statistics import GROUP_METRICS, RATIOS, GroupStatistics
from audit.scores import Sample, Score
from audit.settings import AuditSettings
from audit.statistics import Resampled
from audit.suppression import hidden, merge_giveaways
from models.metrics import Metric, bootstrap, missing

NOT_RECORDED = "Not recorded"
PROBABILITY_METRICS = ("expected_over_observed", "calibration_slope", "calibration_intercept")
NEEDS_EVENTS = tuple(name for name in GROUP_METRICS if name != "selection_rate")
NEEDS_BOTH_OUTCOMES = ("auroc", "calibration_slope", "calibration_intercept")

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
        ``groups``: ``group``, ``rows`` and ``events`` (None when too small to show), ``reason``, ``metrics``,
        ``ratios`` to the reference and ``flags``.
    """
    frame = sample.frame[["stay_key"]].merge(subgroups, on="stay_key", how="left", validate="one_to_one")
    tables = []
    for columns in [*((name,) for name in settings.attributes), *settings.intersections]:
        labels = [settings.attributes.get(column, column) for column in columns]
        label = " and ".join([labels[0], *(later.lower() for later in labels[1:])])
        table: Document = {"attribute": "+".join(columns), "label": label, "reason": None, "reference": None}
        reason = _no_table(sample, frame, columns)
        if reason or sample.champion is None:
            tables.append(table | {"reason": reason, "groups": []})
        else:
            measured = _measure_groups(sample, sample.champion, _group_names(frame, columns), settings, seed)
            measured["groups"].sort(key=_place_in_order(frame, columns))
            tables.append(table | measured)
    return tables


def _no_table(sample: Sample, frame: pd.DataFrame, columns: Sequence[str]) -> str | None:
    if any(column not in frame for column in columns):
        return "not in the data"
    if sample.champion is None or not sample.rows:
        return "there is nothing to rank by"
    if frame[list(columns)].isna().all().any():
        return "not recorded for anybody"
    return None


def _group_names(frame: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.str_]:
    parts = [frame[column].astype("str").where(frame[column].notna(), NOT_RECORDED) for column in columns]
    return np.array([", ".join(values) for values in zip(*parts, strict=True)], dtype=np.str_)


def _place_in_order(frame: pd.DataFrame, columns: Sequence[str]) -> Callable[[Document], int]:
    """Return the sort key of groups: the order of categories or of numbers; without one, they stay ordered by size."""
    column = frame[columns[0]]
    names = [str(name) for name in column.dropna().unique()]
    ordered: list[str] = []
    if len(columns) == 1 and isinstance(column.dtype, pd.CategoricalDtype):
        ordered = [str(name) for name in column.cat.categories]
    elif len(columns) == 1 and all(name[:1].isdigit() for name in names):
        ordered = sorted(names)
    places = {name: place for place, name in enumerate(ordered)}
    return lambda entry: places.get(entry["group"], len(places))


def _measure_groups(
    sample: Sample, champion: Score, group: npt.NDArray[np.str_], settings: AuditSettings, seed: int
) -> Document:
    group = merge_giveaways(group, settings.min_group)
    names, code, rows = np.unique(group, return_inverse=True, return_counts=True)
    hide = hidden(rows, settings.min_group)
    # The reference is the largest recorded group: "not recorded" is no group of people.
    visible = sorted(
        np.flatnonzero(~hide), key=lambda place: (NOT_RECORDED in names[place], -rows[place], names[place])
    )
    described: list[Document] = []
    if visible:
        statistics = GroupStatistics(sample, champion, [code == place for place in visible])
        found = Resampled(*bootstrap(statistics, sample.clusters, settings.subgroup_replicates, seed))
        counts = statistics.counts()
        reasons = _too_few(counts, champion, settings)
        for place, index in enumerate(visible):
            described.append(_describe(str(names[index]), place, counts[:, place], reasons, found, settings))
    described += [_hide(str(names[place]), settings) for place in np.flatnonzero(hide)]
    return {"reference": str(names[visible[0]]) if visible else None, "groups": described}


def _too_few(counts: npt.NDArray[np.int64], champion: Score, settings: AuditSettings) -> list[dict[str, str]]:
    """Say for every group which metrics must be withheld, and why."""
    few_events, few_flagged = hidden(counts[1], settings.min_events), hidden(counts[2], settings.min_events)
    few_others = counts[0] - counts[1] < settings.min_events
    reasons = []
    for place in range(counts.shape[1]):
        withheld: dict[str, str] = {}
        if few_others[place]:
            withheld |= dict.fromkeys(NEEDS_BOTH_OUTCOMES, f"fewer than {settings.min_events} without a return")
        if few_flagged[place]:
            withheld |= dict.fromkeys(("selection_rate", "ppv"), f"fewer than {settings.min_events} on the list")
        if few_events[place]:
            withheld |= dict.fromkeys(NEEDS_EVENTS, f"fewer than {settings.min_events} returns")
        if not champion.is_probability:
            withheld |= dict.fromkeys(PROBABILITY_METRICS, f"{champion.label} gives points, not a probability")
        reasons.append(withheld)
    return reasons


def _describe(
    name: str,
    place: int,
    counts: npt.NDArray[np.int64],
    reasons: list[dict[str, str]],
    found: Resampled,
    settings: AuditSettings,
) -> Document:
    own, reference = reasons[place], reasons[0]
    metrics = {key: missing(own[key]) if key in own else found.place(key, place) for key in GROUP_METRICS}
    ratios = {}
    for key in RATIOS:
        reason = own.get(key) or (f"in the reference group {reference[key]}" if key in reference else None)
        ratios[key] = missing(reason) if reason else found.place(f"{key}.ratio", place)
    return {
        "group": name,
        "rows": int(counts[0]),
        "events": None if "event_rate" in own else int(counts[1]),
        "reason": None,
        "metrics": metrics,
        "ratios": ratios,
        "flags": _flags(ratios, settings) if place else [],
    }


def _hide(name: str, settings: AuditSettings) -> Document:
    reason = f"fewer than {settings.min_group} stays"
    return {"group": name, "rows": None, "events": None, "reason": reason, "metrics": {}, "ratios": {}, "flags": []}


def _flags(ratios: dict[str, Metric], settings: AuditSettings) -> list[Document]:
    """List ratios outside the limits; certain when the whole interval is."""
    limits, flags = settings.group_ratio, []
    for name, ratio in ratios.items():
        if ratio.value is None or limits.holds(ratio.value):
            continue
        is_certain = ratio.low is not None and ratio.high is not None and limits.excludes(ratio.low, ratio.high)
        direction = "low" if ratio.value < limits.low else "high"
        flags.append({"metric": name, "direction": direction, "is_certain": is_certain})
    return flags
