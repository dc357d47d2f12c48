"""The worklist as published: columns, types and Arrow schema of the contract caseload.worklist."""

import datetime as dt
from typing import Any

import pandas as pd
import pyarrow as pa

from caseload.policy import Policy

_REASON = pa.struct([("words", pa.string()), ("value", pa.string()), ("direction", pa.string())])
_GAP = pa.struct([("domain", pa.string()), ("state", pa.string())])
_NEED = pa.struct(
    [
        ("domain", pa.string()),
        ("evidence", pa.string()),
        ("action", pa.string()),
        ("state", pa.string()),
        ("evidence_date", pa.date32()),
        ("z_code", pa.string()),
        ("resource_category", pa.string()),
        ("resource_id", pa.string()),
        ("resource_name", pa.string()),
        ("owner", pa.string()),
        ("due", pa.date32()),
    ]
)
WORKLIST_SCHEMA = pa.schema(
    [
        ("rank", pa.int64()),
        ("tier", pa.int64()),
        ("tier_name", pa.string()),
        ("patient_id", pa.string()),
        ("stay_id", pa.string()),
        ("encounter_id", pa.string()),
        ("facility_id", pa.string()),
        ("unit", pa.string()),
        ("discharge_date", pa.date32()),
        ("days_since_discharge", pa.int64()),
        ("discharge_disposition", pa.string()),
        ("risk", pa.float64()),
        ("risk_percentile", pa.float64()),
        ("relative_risk_reduction", pa.float64()),
        ("impact_group", pa.string()),
        ("expected_benefit", pa.float64()),
        ("lace", pa.float64()),
        ("hospital", pa.float64()),
        ("reasons", pa.list_(_REASON)),
        ("needs", pa.list_(_NEED)),
        ("screening_gaps", pa.list_(_GAP)),
        ("contact_due", pa.date32()),
        ("visit_due", pa.date32()),
        ("med_rec_due", pa.date32()),
        ("visit_complexity", pa.string()),
        ("overdue", pa.bool_()),
        ("overdue_items", pa.list_(pa.string())),
        ("acuity_points", pa.float64()),
        ("language_code", pa.string()),
        ("needs_interpreter", pa.bool_()),
        ("case_manager_id", pa.string()),
        ("case_manager_name", pa.string()),
        ("assignment_reason", pa.string()),
        ("as_of", pa.date32()),
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("policy_version", pa.string()),
        ("run_id", pa.string()),
    ]
)


def describe_reasons(listed: pd.DataFrame, reasons: pd.DataFrame | None, most: int) -> list[list[dict[str, Any]]]:
    """Collect the reasons of each listed row in their order, at most ``most``: words, value (text), direction."""
    if reasons is None or reasons.empty:
        return [[] for _ in range(len(listed))]
    rows = reasons[reasons["stay_key"].isin(listed["stay_key"])].sort_values(["stay_key", "position"])
    found: dict[Any, list[dict[str, Any]]] = {}
    for key, words, value, direction in zip(
        rows["stay_key"], rows["words"], rows["value"], rows["direction"], strict=True
    ):
        lines = found.setdefault(key, [])
        if len(lines) < most:
            lines.append({"words": words, "value": None if pd.isna(value) else str(value), "direction": direction})
    return [found.get(key, []) for key in listed["stay_key"]]


def finish_worklist(listed: pd.DataFrame, policy: Policy, as_of: dt.date, run_id: str) -> pd.DataFrame:
    """Add what names the run and keep the contract's columns, in rank order."""
    out = listed.copy()
    out["tier_name"] = out["tier"].map(policy.tiers.names)
    out["acuity_points"] = out["acuity_points"].round(6)
    out["as_of"] = pd.Timestamp(as_of)
    out["policy_version"], out["run_id"] = policy.policy_version, run_id
    return out[WORKLIST_SCHEMA.names].sort_values("rank", ignore_index=True)


def make_worklist_table(worklist: pd.DataFrame) -> pa.Table:
    """Worklist as an Arrow table of ``WORKLIST_SCHEMA``; equal frames give equal tables."""
    if worklist.empty:
        return WORKLIST_SCHEMA.empty_table()
    return pa.Table.from_pandas(worklist, schema=WORKLIST_SCHEMA, preserve_index=False).replace_schema_metadata(None)
