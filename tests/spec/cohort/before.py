"""The tables before a rule, as a history: what an example leaves out has a default that no rule notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from tests.generative.codes import diagnosis, procedure
from tests.naive import Diagnosis, Encounter, Facility, History, Patient, Procedure, Settings
from tests.naive.settings import of_measure
from tests.spec.tables import Example, Table

BIRTH_DATE = "1950-01-01"
FACILITIES: Table = [{"facility_id": name, "kind": "acute"} for name in "ABC"]
AS_OF = "2024-12-31"

Row = dict[str, str | None]


def read_time(text: str) -> datetime:
    """Read `2024-03-01 10:00`, UTC, which is also the site's zone in the examples."""
    return datetime.fromisoformat(f"{text}+00:00").replace(tzinfo=None)


def read_settings(example: Example) -> Settings:
    """Read the cut-off and the measure."""
    row: Row = {"as_of": AS_OF} | (example.tables.get("settings") or [{}])[0]
    cut_off = date.fromisoformat(str(row["as_of"]))
    settings = of_measure(row.get("measure") or "hwr_adapted", cut_off)
    return replace(settings, counts_hours=row.get("convention") == "hours")


def read_history(example: Example) -> History:
    """Read the rows before the rule."""
    rows = [{"patient_id": "p"} | row for row in example.tables["encounters"]]
    ids = dict.fromkeys(str(row["patient_id"]) for row in rows)
    patients = example.tables.get("patients") or [{"patient_id": one, "birth_date": BIRTH_DATE} for one in ids]
    encounters = tuple(_encounter(row) for row in rows)
    return History(
        patients=tuple(_patient(row) for row in patients),
        encounters=encounters,
        diagnoses=tuple(
            _diagnosis(row | {"code": row["principal_code"], "sequence": "1"})
            for row in rows
            if row.get("principal_code")
        )
        + tuple(_diagnosis(row) for row in example.tables.get("diagnoses", [])),
        procedures=tuple(_procedure(row) for row in example.tables.get("procedures", [])),
        facilities=tuple(
            Facility(str(row["facility_id"]), row["kind"]) for row in example.tables.get("facilities", FACILITIES)
        ),
    )


def _patient(row: Row) -> Patient:
    death = row.get("death_date")
    birth_date = date.fromisoformat(str(row["birth_date"]))
    return Patient(str(row["patient_id"]), birth_date, date.fromisoformat(death) if death else None)


def _encounter(row: Row) -> Encounter:
    started_at = read_time(str(row["started_at"]))
    ended_at = read_time(row["ended_at"]) if row["ended_at"] else None
    return Encounter(
        str(row["encounter_id"]),
        str(row["patient_id"]),
        row.get("encounter_class") or "inpatient",
        started_at,
        ended_at,
        started_at.date(),
        ended_at.date() if ended_at else None,
        row.get("status") or ("finished" if ended_at else "in_progress"),
        row["facility_id"],
        admission_type=row.get("admission_type"),
        discharge_disposition=row.get("discharge_disposition"),
    )


def _diagnosis(row: Row) -> Diagnosis:
    coded = diagnosis(str(row["code"]))
    recorded = row.get("recorded_at")
    recorded_at = read_time(recorded) if recorded else None
    sequence = int(str(row["sequence"]))
    return Diagnosis(
        str(row["encounter_id"]), coded.code_system, coded.code, sequence, coded.mapped, coded.ccs, recorded_at
    )


def _procedure(row: Row) -> Procedure:
    coded = procedure(str(row["code"]))
    at = read_time(str(row["performed_at"]))
    return Procedure(str(row["encounter_id"]), coded.code_system, coded.code, coded.mapped, coded.ccs, at, at.date())


def as_text(value: object) -> str | None:
    """Write a value as the examples do."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(value)
    return str(value)
