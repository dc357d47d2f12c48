"""Whether the list reaches everybody alike: flagged, assigned, contacted, closed."""

from __future__ import annotations

from typing import Any

from audit.inputs import AuditInputs
from audit.need import ATTRIBUTE, shown_groups
from audit.settings import AuditSettings

STAGES = ("is_flagged", "is_assigned", "is_contacted", "is_closed")

Document = dict[str, Any]


def measure_reach(inputs: AuditInputs, settings: AuditSettings) -> Document:
    """Count, by group, how many were flagged, and of those assigned, contacted and closed.

    Returns
    -------
    dict
        ``reason`` (why there is no table, or None) and ``groups``: ``group``, ``rows`` and the four counts; counts too
        small to show are None.
    """
    document: Document = {"reason": None, "attribute": ATTRIBUTE, "groups": []}
    if inputs.reach is None or inputs.reach.empty:
        return document | {"reason": "no list has been worked on yet"}
    if ATTRIBUTE not in inputs.subgroups:
        return document | {"reason": "race is not in the data"}
    frame = inputs.reach.merge(inputs.subgroups[["stay_key", ATTRIBUTE]], on="stay_key", how="left")
    for name, rows in shown_groups(frame[ATTRIBUTE], settings):
        members = frame[frame[ATTRIBUTE] == name]
        stages = {stage: int(members[stage].fillna(False).astype(bool).sum()) for stage in STAGES}
        shown = {stage: people if people >= settings.min_group else None for stage, people in stages.items()}
        document["groups"].append({"group": name, "rows": rows, **shown})
    return document
