"""Tiny caseloads for the tests: frames with the columns of the contracts, defaults for what a test does not say."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from caseload.build import Caseload, build_caseload
from caseload.policy import Policy, parse_policy

POLICY_TEXT = (Path(__file__).parents[3] / "config" / "policy.yaml").read_text(encoding="utf-8")
AS_OF = dt.date(2025, 3, 31)  # a Monday


def policy(**changes: dict[str, Any]) -> Policy:
    """The shipped policy with some settings changed: policy(capacity={"default_heads": 2})."""
    shipped = parse_policy(POLICY_TEXT)
    sections = {name: getattr(shipped, name).model_copy(update=values) for name, values in changes.items()}
    return shipped.model_copy(update=sections)


def stay(patient: str, **known: Any) -> dict[str, Any]:
    """One stay of a patient discharged home on 28 March 2025 with a risk of 0.2."""
    row = {
        "patient_id": patient,
        "stay_id": f"stay-{patient}",
        "admission_date": "2025-03-24",
        "discharge_date": "2025-03-28",
        "discharge_disposition": "01",
        "facility_id": "A",
        "unit": None,
        "is_scorable": True,
        "risk": 0.2,
        "language": "en",
        "zip_code": "02101",
        "death_date": None,
        "charlson_365d": 0,
    }
    return {**row, **known}


def manager(manager_id: str, **known: Any) -> dict[str, Any]:
    """One active manager who covers everything and has the default caps."""
    row: dict[str, Any] = {
        "case_manager_id": manager_id,
        "name": f"Manager {manager_id}",
        "facility_ids": [],
        "units": [],
        "languages": ["en"],
        "skills": [],
        "capacity_points": None,
        "capacity_heads": None,
        "is_active": True,
    }
    return {**row, **known}


def frames(rows: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Scores, stays, patients and features of some stays."""
    all_rows = pd.DataFrame(rows)
    all_rows["stay_key"] = all_rows["stay_id"].rank(method="dense").astype("int64")
    all_rows["patient_key"] = all_rows["patient_id"].rank(method="dense").astype("int64")
    all_rows["encounter_id"] = "enc-" + all_rows["stay_id"]
    for column in ("admission_date", "discharge_date", "death_date"):
        all_rows[column] = pd.to_datetime(all_rows[column])
    scores = all_rows[all_rows["risk"].notna()].assign(
        risk_percentile=50.0,
        lace=8,
        hospital=4,
        model_name="lightgbm",
        model_version="7",
        scored_at=pd.Timestamp("2025-03-28"),
    )
    return {
        "scores": scores.drop(columns=["patient_id"]),
        "stays": all_rows.drop(columns=["risk", "language", "zip_code", "death_date", "charlson_365d"]),
        "patients": all_rows.drop_duplicates("patient_id")[
            ["patient_key", "patient_id", "language", "zip_code", "death_date"]
        ],
        "features": all_rows[["stay_key", "charlson_365d"]],
    }


def build(rows: list[dict[str, Any]], managers: list[dict[str, Any]] | None = None, **known: Any) -> Caseload:
    """Build a caseload from stays and managers."""
    arguments: dict[str, Any] = {
        "reasons": None,
        "needs": None,
        "resources": None,
        "previous": None,
        "policy": policy(),
        "as_of": AS_OF,
        "run_id": "run-1",
    }
    staff = None if managers is None else pd.DataFrame(managers)
    return build_caseload(**{**arguments, **frames(rows), "managers": staff, **known})
