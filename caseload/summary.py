"""Totals for the lead: load per manager, and who could not be assigned and why."""

import pandas as pd

from caseload.policy import Policy
from caseload.staff import Staff


def summarise_capacity(worklist: pd.DataFrame, staff: Staff, policy: Policy) -> pd.DataFrame:
    """Count what each active manager carries.

    Returns
    -------
    DataFrame, one row per active manager
        ``case_manager_id``, ``case_manager_name``, ``points_cap``, ``heads_cap``, ``open_case_points`` and
        ``open_case_heads`` (cases not on today's list), ``points_used``, ``heads_used`` (today's list),
        ``expected_benefit`` (sum), ``overdue_count`` and one ``tier_<n>_count`` per tier.
    """
    carried = worklist[worklist["case_manager_id"].notna()].groupby("case_manager_id")
    out = pd.DataFrame(
        {
            "case_manager_id": pd.Series(staff.ids, dtype="str"),
            "case_manager_name": pd.Series(staff.names, dtype="str"),
            "points_cap": staff.points_cap.round(6),
            "heads_cap": staff.heads_cap.round().astype("int64"),
        }
    )
    ids = out["case_manager_id"]
    out["points_used"] = ids.map(carried["acuity_points"].sum()).fillna(0.0).astype(float).round(6)
    out["heads_used"] = ids.map(carried.size()).fillna(0).astype("int64")
    out["open_case_points"] = (staff.points_cap - staff.points_open - out["points_used"]).clip(lower=0).round(6)
    other_heads = staff.heads_cap - staff.heads_open - out["heads_used"]
    out["open_case_heads"] = other_heads.clip(lower=0).round().astype("int64")
    out["expected_benefit"] = ids.map(carried["expected_benefit"].sum()).fillna(0.0).astype(float)
    out["overdue_count"] = ids.map(carried["overdue"].sum()).fillna(0).astype("int64")
    for tier in sorted(policy.tiers.names):
        counts = worklist[worklist["tier"] == tier].groupby("case_manager_id").size()
        out[f"tier_{tier}_count"] = ids.map(counts).fillna(0).astype("int64")
    return out


def summarise_unassigned(worklist: pd.DataFrame) -> pd.DataFrame:
    """Count the unassigned by ``tier`` and ``assignment_reason``: ``patient_count``, ``expected_benefit`` (sum)."""
    waiting = worklist[worklist["case_manager_id"].isna()]
    grouped = waiting.groupby(["tier", "assignment_reason"], as_index=False)
    return grouped.agg(patient_count=("patient_id", "size"), expected_benefit=("expected_benefit", "sum"))
