"""A made-up hospital whose truth is known: a feature matrix, labels and a catalogue, small enough for unit tests."""

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from models.settings import ModelSettings, parse_settings
from models.training import TrainingResult, train

AS_OF = date(2023, 1, 31)
CATALOGUE = [
    {"name": "age_years", "kind": "numeric", "use": "model", "label": "Age", "reason": "Age {value}"},
    {"name": "visits", "kind": "numeric", "use": "model", "label": "Visits", "reason": "{value} visits before"},
    {"name": "sodium", "kind": "numeric", "use": "model", "label": "Sodium", "missing_when": "not measured"},
    {"name": "heart_failure", "kind": "binary", "use": "model", "label": "Heart failure"},
    {"name": "service", "kind": "category", "use": "model", "label": "Service", "reason": "Discharged by {value}"},
    {"name": "always_null", "kind": "numeric", "use": "model", "label": "Never there"},
    {"name": "constant", "kind": "numeric", "use": "model", "label": "Always the same"},
    {"name": "race", "kind": "category", "use": "audit", "label": "Race"},
    {"name": "lace", "kind": "numeric", "use": "baseline", "label": "LACE index", "reason": "LACE {value}"},
    {"name": "hospital", "kind": "numeric", "use": "baseline", "label": "HOSPITAL score"},
]


def shipped_settings() -> ModelSettings:
    """The settings in config/models.yaml."""
    file = Path(__file__).resolve().parents[3] / "config" / "models.yaml"
    return parse_settings(yaml.safe_load(file.read_text(encoding="utf-8")))


def quick_settings(**events: int) -> ModelSettings:
    """The shipped settings with little to try, for speed."""
    shipped = shipped_settings()
    return dataclasses.replace(
        shipped,
        events=dataclasses.replace(shipped.events, **events),
        linear=dataclasses.replace(shipped.linear, inverse_penalties=(0.1,)),
        boosting=dataclasses.replace(
            shipped.boosting, rounds_max=40, learning_rate=0.1, grid=(dict(shipped.boosting.grid[0]),)
        ),
    )


def make_hospital(stays: int = 3000, seed: int = 7, intercept: float = -2.2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Matrix and labels; visits raise the risk, heart failure too, sodium below 135 only with heart failure.

    The label of a stay discharged in the last 30 days is unknown.
    """
    random = np.random.default_rng(seed)
    patient = np.sort(random.integers(0, max(stays * 2 // 3, 1), stays))
    discharge = pd.Timestamp("2021-01-01") + pd.to_timedelta(random.integers(0, 760, stays), unit="D")
    matrix = pd.DataFrame(
        {
            "stay_key": np.arange(1, stays + 1),
            "stay_id": [f"s{number:05d}" for number in range(stays)],
            "encounter_id": [f"e{number:05d}" for number in range(stays)],
            "patient_id": [f"p{number}" for number in patient],
            "discharge_date": discharge,
            "scored_at": discharge + pd.Timedelta(hours=11),
            "prediction_point": "discharge",
            "age_years": random.integers(18, 95, stays),
            "visits": random.poisson(1.0, stays),
            "sodium": np.where(random.random(stays) < 0.3, np.nan, random.normal(138, 4, stays).round()),
            "heart_failure": (random.random(stays) < 0.3).astype(int),
            "service": random.choice(["medicine", "surgery", "cardiology"], stays, p=[0.6, 0.3, 0.1]),
            "always_null": np.nan,
            "constant": 1,
            "race": random.choice(["a", "b"], stays),
        }
    )
    # A score that knows only part of the truth.
    matrix["lace"] = np.clip(matrix["age_years"] // 12 + 2 * np.minimum(matrix["visits"], 2), 0, 19)
    matrix["hospital"] = matrix["lace"] // 2
    happened = random.random(stays) < 1 / (1 + np.exp(-intercept - true_margin(matrix)))
    labels = matrix[["stay_key", "stay_id", "encounter_id", "patient_id", "discharge_date"]].copy()
    labels["readmitted_30d"] = pd.array(happened, dtype="boolean")
    labels.loc[labels["discharge_date"] + pd.Timedelta(days=30) > pd.Timestamp(AS_OF), "readmitted_30d"] = pd.NA
    return matrix, labels


def true_margin(matrix: pd.DataFrame) -> pd.Series:
    """The log-odds behind the labels, up to the intercept."""
    low_sodium = (matrix["sodium"] < 135) & (matrix["heart_failure"] == 1)
    return 0.7 * matrix["visits"] + 0.6 * matrix["heart_failure"] + 1.0 * low_sodium


def train_quickly(matrix: pd.DataFrame, labels: pd.DataFrame, **options) -> TrainingResult:
    """Train with the quick settings unless others are given."""
    given = {"catalogue": CATALOGUE, "config": quick_settings(), "seed": 1, "as_of": AS_OF, **options}
    return train(matrix, labels, **given)
