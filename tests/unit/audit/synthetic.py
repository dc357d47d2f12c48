"""A made-up evaluation: a few thousand held-out stays with everything an audit can use."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from audit.inputs import AuditInputs, Capacity, Feature, ModelInfo, Provenance

ATTRITION = pd.DataFrame(
    [
        (1, "age_under_18", 5000, 320, 4680),
        (2, "not_finished", 4680, 12, 4668),
        (3, "died_in_hospital", 4668, 96, 4572),
        (4, "transferred_out", 4572, 141, 4431),
    ],
    columns=["step", "rule", "rows_in", "rows_dropped", "rows_out"],
)
PROVENANCE = Provenance(
    run_id="run-0001",
    as_of=dt.date(2026, 3, 31),
    data_cut_off=dt.date(2026, 3, 31),
    generated_at="2026-04-01T06:00:00Z",
    policy_version="policy-3",
    contract_version="contracts-7",
    code_version="0.1.0",
)
TRAINED = ModelInfo(
    name="readmission-30d",
    version="12",
    is_trained=True,
    kind="gradient-boosted trees (LightGBM)",
    training_rows=18_204,
    training_events=2_731,
    features=(
        Feature("prior_admissions_365d", "Admissions in the last 12 months", 0.31),
        Feature("lace", "LACE", 0.22),
        Feature("length_of_stay_days", "Length of stay", 0.12),
    ),
    calibration="isotonic regression on later discharges",
    decision="Chosen over logistic regression by log loss.",
    split="Trained on discharges before July 2025; no patient is on both sides.",
    training_from=dt.date(2023, 1, 1),
    training_to=dt.date(2025, 6, 30),
)
UNTRAINED = ModelInfo(
    name="lace", version="lace-1", is_trained=False, decision="5 readmissions are too few to train on."
)


def make_inputs(rows: int = 3000, seed: int = 1, **changes: Any) -> AuditInputs:
    """Return inputs of a usable model; keyword arguments replace fields."""
    evaluation, subgroups = make_frames(rows, seed)
    fields: dict[str, Any] = {
        "evaluation": evaluation,
        "subgroups": subgroups,
        "attrition": ATTRITION,
        "cohort_rates": {
            "index_stays": 4431,
            "readmissions": 640,
            "planned_returns": 75,
            "deaths": 88,
            "any_returns": 720,
        },
        "load_report": {
            "core.encounter": {"rows_in": 9100, "kept": 9000, "quarantined": 60, "superseded": 40},
            "core.diagnosis": {"rows_in": 52_000, "kept": 52_000, "quarantined": 0, "superseded": 0},
        },
        "source_notes": ["Laboratory results were not in the extract: HOSPITAL scores them 0."],
        "model": TRAINED,
        "capacity": Capacity(list_size=20, places=rows // 5),
        "provenance": PROVENANCE,
        "seed": 11,
        "hospital_stays": make_hospital_stays(rows, seed),
        "conditions": pd.DataFrame({"stay_key": np.arange(rows // 2), "condition": "heart failure"}),
    }
    return AuditInputs(**{**fields, **changes})


def make_hospital_stays(rows: int, seed: int) -> pd.DataFrame:
    """Return index stays of six hospitals: one large with more readmissions, one with sicker patients, one tiny."""
    rng = np.random.default_rng(seed)
    names, shares = ["north", "south", "east", "west", "hill", "isle"], [0.4, 0.2, 0.2, 0.12, 0.0725, 0.0075]
    hospital = rng.choice(6, rows, p=shares)
    age = np.clip(rng.normal(66 + 8 * (hospital == 1), 12, rows), 18, 100).round()
    failing = rng.random(rows) < 0.2 + 0.2 * (hospital == 1)
    effect = np.array([0.5, 0.0, -0.1, 0.1, 0.0, 0.0])[hospital]
    logit = -2.2 + 0.02 * (age - 66) + 0.6 * failing + effect
    return pd.DataFrame(
        {
            "stay_key": np.arange(rows),
            "facility_id": np.array(names)[hospital],
            "discharge_date": pd.Timestamp("2024-07-01") + pd.to_timedelta(rng.integers(0, 600, rows), unit="D"),
            "readmitted_30d": rng.random(rows) < 1 / (1 + np.exp(-logit)),
            "age_years": age,
            "specialty_cohort": rng.choice(["Medicine", "Cardiovascular", "Surgery"], rows, p=[0.6, 0.3, 0.1]),
            "elixhauser_hf": failing.astype(int),
            "elixhauser_aids": (rng.random(rows) < 0.001).astype(int),
        }
    )


def make_frames(rows: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return evaluation and subgroups: a calibrated risk, LACE and HOSPITAL as noisier views of the same."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1.95, 0.85, rows)
    risk = 1 / (1 + np.exp(-logit))
    returned = rng.random(rows) < risk
    lace = np.clip(np.round(8 + 2.2 * (logit + 1.95) + rng.normal(0, 3, rows)), 0, 19)
    hospital = np.clip(np.round(4 + 1.2 * (logit + 1.95) + rng.normal(0, 2, rows)), 0, 13)
    days = rng.integers(0, 270, rows)
    evaluation = pd.DataFrame(
        {
            "stay_key": np.arange(rows),
            "patient_key": rng.integers(0, int(rows * 0.75), rows),
            "discharge_date": pd.Timestamp("2025-07-01") + pd.to_timedelta(days, unit="D"),
            "risk": risk,
            "readmitted_30d": returned,
            "died_30d": ~returned & (rng.random(rows) < 0.02),
            "any_return_30d": returned | (rng.random(rows) < 0.02),
            "lace": lace,
            "hospital": hospital,
            "risk_logistic": 1 / (1 + np.exp(-(logit * 0.9 - 0.2 + rng.normal(0, 0.4, rows)))),
            "is_treated": rng.random(rows) < 0.3,
            "active_conditions": rng.poisson(3 + 2 * risk),
            "unplanned_days": rng.poisson(1 + 6 * risk),
        }
    )
    ages = ["18-44", "45-64", "65-74", "75-84", "85+"]
    subgroups = pd.DataFrame(
        {
            "stay_key": np.arange(rows),
            "race": rng.choice(["White", "Black", "Asian", "Other"], rows, p=[0.6, 0.27, 0.127, 0.003]),
            "ethnicity": rng.choice(["Not Hispanic", "Hispanic"], rows, p=[0.85, 0.15]),
            "sex": rng.choice(["Female", "Male"], rows),
            "age_band": rng.choice(ages, rows, p=[0.15, 0.25, 0.25, 0.22, 0.13]),
            "payer_class": rng.choice(
                ["medicare", "medicaid", "commercial", "self_pay"], rows, p=[0.5, 0.2, 0.25, 0.05]
            ),
            "language": pd.Series(rng.choice(["en", "es", None], rows, p=[0.8, 0.12, 0.08])),
            "svi_quartile": rng.integers(1, 5, rows),
            "facility_id": rng.choice(["north", "south"], rows, p=[0.7, 0.3]),
        }
    )
    return evaluation, subgroups
