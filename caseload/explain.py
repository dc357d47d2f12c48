"""Why a patient has this manager, or none, in words."""

import pandas as pd

from caseload.assignment import UNASSIGNED, Placement
from caseload.staff import Staff
from caseload.tiers import CALL

NO_MANAGERS = "no table of case managers: tiers use the policy's default capacity, nobody is assigned"
NO_ACTIVE = "no active case manager"


def explain_assignments(rows: pd.DataFrame, placement: Placement, has_table: bool) -> list[str]:
    """Give one reason per row.

    Parameters
    ----------
    rows : DataFrame, in rank order
        ``tier``, ``facility_id``, ``unit``, ``language_code``, ``needs_interpreter``.
    placement : Placement
        From `caseload.assignment.assign_managers`.
    has_table : bool
        False when the site sent no case managers at all.

    Returns
    -------
    list of str
        Assigned: continuity, coverage, language, skills, load. Not assigned: what was missing.
    """
    columns = zip(
        rows["tier"], rows["facility_id"], rows["unit"], rows["language_code"], rows["needs_interpreter"], strict=True
    )
    reasons = []
    for row, (tier, facility, unit, language, needs_interpreter) in enumerate(columns):
        if placement.manager[row] == UNASSIGNED:
            reasons.append(_why_not(row, placement, has_table, facility, unit, int(tier)))
        else:
            spoken = language if needs_interpreter else None
            reasons.append(_why(row, placement, facility, unit, spoken, int(tier)))
    return reasons


def _why(row: int, placement: Placement, facility: str, unit: str, language: str | None, tier: int) -> str:
    manager, how = int(placement.manager[row]), placement.how[row]
    if how == "open case":
        return "continuity: open case with this manager"
    group = int(placement.matching.patient_class[row])
    parts = ["continuity: previous manager"] if how == "continuity" else []
    parts.append(_coverage(placement.staff, manager, facility, unit))
    if language is not None:
        speaks = placement.matching.speaks[group, manager]
        parts.append(f"speaks {language}" if speaks else f"interpreter for {language} needed")
    if placement.matching.skill_hits[group, manager]:
        parts.append("has the skills asked for")
    if how == "match":
        parts.append("lightest load of those who fit best")
    if tier > CALL:
        parts.append("room left after tiers 1 and 2")
    return ", ".join(parts)


def _coverage(staff: Staff, manager: int, facility: str, unit: str) -> str:
    words = []
    if staff.facilities[manager]:
        words.append(f"facility {facility}")
    if staff.units[manager]:
        words.append(f"unit {unit}")
    return "covers " + (" and ".join(words) if words else "all facilities")


def _why_not(row: int, placement: Placement, has_table: bool, facility: str | None, unit: str | None, tier: int) -> str:
    if not has_table:
        return NO_MANAGERS
    if not len(placement.staff):
        return NO_ACTIVE
    place = "facility unknown" if pd.isna(facility) else f"facility {facility}"
    if not placement.matching.covers[placement.matching.patient_class[row]].any():
        unit_words = "" if pd.isna(unit) else f", unit {unit}"
        return f"no active case manager covers {place}{unit_words}"
    if tier > CALL:
        return f"no capacity left at {place} after tiers 1 and 2"
    return f"no capacity left at {place}"
