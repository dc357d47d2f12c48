"""A home with a published list for the page's tests: invented patients, every kind of row."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from caseload.manifest import describe_caseload
from caseload.publish import publish
from tests.unit.caseload.caseload_builder import AS_OF, build, frames, manager, policy, stay

DOMAINS = ("housing", "food", "transportation", "financial", "social_isolation", "stress")


def publish_demo(home: Path, patients: int = 120, as_of: dt.date = AS_OF, run_id: str = "run-demo") -> Path:
    """Publish a list of invented patients (seeded); returns its folder."""
    draw = np.random.default_rng(7)
    rows = [_stay(draw, number, as_of) for number in range(patients)]
    made = build(
        rows,
        _staff(),
        reasons=_reasons(draw, patients),
        needs=_needs(draw, patients, as_of),
        resources=_resources(),
        interventions=_interventions(draw, rows, as_of),
        as_of=as_of,
        run_id=run_id,
    )
    facts = {"data_cut_off": as_of.isoformat(), "code_version": "0.1.0", **describe_caseload(made, policy())}
    return publish(home, as_of, run_id, made.worklist, frames(rows)["scores"], facts)


def _stay(draw: np.random.Generator, number: int, as_of: dt.date) -> dict:
    discharged = as_of - dt.timedelta(days=int(draw.integers(0, 28)))
    return stay(
        f"P{number:05d}",
        discharge_date=discharged.isoformat(),
        admission_date=(discharged - dt.timedelta(days=4)).isoformat(),
        risk=round(float(draw.beta(2, 9)), 4),
        facility_id=["North", "South", "Harbor"][int(draw.integers(0, 3))],
        unit=["3W", "4E", None][int(draw.integers(0, 3))],
        discharge_disposition=["01", "01", "06", "03"][int(draw.integers(0, 4))],
        charlson_365d=int(draw.integers(0, 7)),
        language=["en", "en", "en", "es", "vi", None][int(draw.integers(0, 6))],
    )


def _staff() -> list[dict]:
    return [
        manager("cm-1", name="Ana Ruiz", languages=["en", "es"], skills=["housing"], facility_ids=["North", "South"]),
        manager("cm-2", name="Ben Okafor", facility_ids=["South"], skills=["heart_failure"]),
        manager("cm-3", name="Chi Nguyen", languages=["en", "vi"], facility_ids=["North"], capacity_points=24.0),
    ]


def _reasons(draw: np.random.Generator, patients: int) -> pd.DataFrame:
    words = ["3 admissions in the last 12 months", "Congestive heart failure", "Length of stay 9 days"]
    words += ["Sodium 131 mmol/L at discharge", "No emergency visit in the last 6 months"]
    ways = ["raises", "raises", "raises", "raises", "lowers"]
    lines = [
        (key, place, words[place - 1], str(draw.integers(1, 9)), ways[place - 1])
        for key in range(1, patients + 1)
        for place in range(1, int(draw.integers(3, 6)) + 1)
    ]
    return pd.DataFrame(lines, columns=["stay_key", "position", "words", "value", "direction"])


def _needs(draw: np.random.Generator, patients: int, as_of: dt.date) -> pd.DataFrame:
    states = ["need", "no_need", "no_need", "not_asked", "declined"]
    lines = [
        (key, domain, states[int(draw.integers(0, 5))], "PRAPARE screening", as_of - dt.timedelta(days=6), "Z5941")
        for key in range(1, patients + 1)
        for domain in DOMAINS
    ]
    found = pd.DataFrame(lines, columns=["stay_key", "domain", "state", "evidence", "evidence_date", "z_code"])
    return found.assign(evidence_date=pd.to_datetime(found["evidence_date"]))


def _resources() -> pd.DataFrame:
    lines = [(f"r-{domain}", domain, f"{domain.capitalize()} help line", [], [], "") for domain in DOMAINS[:4]]
    return pd.DataFrame(lines, columns=["resource_id", "domain", "name", "zip_codes", "languages", "contact"])


def _interventions(draw: np.random.Generator, rows: list[dict], as_of: dt.date) -> pd.DataFrame:
    keys = range(1, len(rows) + 1)
    done = [(key, "phone_call", pd.Timestamp(as_of)) for key in keys if draw.random() < 0.6]
    done += [(key, "home_visit", pd.Timestamp(as_of)) for key in keys if draw.random() < 0.5]
    done += [(key, "medication_review", pd.Timestamp(as_of)) for key in keys if draw.random() < 0.5]
    return pd.DataFrame(done, columns=["patient_key", "kind", "started_at"])
