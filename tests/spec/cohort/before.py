"""The tables before a rule, as a history: what an example leaves out has a default that no rule notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.generative.codes import diagnosis, procedure
from tests.naive import Diagnosis, Encounter, Facility, History, Patient, Procedure, Settings
from tests.naive.settings import of_measure
from tests.spec.tables import Example, Table

BIRTH_DATE = "1950-01-01"
FACILITIES: Table = [{"facility_id": name, "kind": "acute"} for name in "ABC"]
AS_OF = "2024-12-31"

Row = dict[str, str | None]


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """Read `2024-03-01 10:00`, the site's time, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _chosen(example: Example) -> Row:
    return {"as_of": AS_OF, "zone": "UTC"} | (example.tables.get("settings") or [{}])[0]


def read_settings(example: Example) -> Settings:
    """Read the cut-off and the measure."""
    row = _chosen(example)
    cut_off = date.fromisoformat(str(row["as_of"]))
    settings = of_measure(row.get("measure") or "hwr_adapted", cut_off)
    return replace(settings, counts_hours=row.get("convention") == "hours")


def read_history(example: Example) -> History:
    """Read the rows before the rule."""
    zone = ZoneInfo(str(_chosen(example)["zone"]))
    rows = [{"patient_id": "p"} | row for row in example.tables["encounters"]]
    ids = dict.fromkeys(str(row["patient_id"]) for row in rows)
    patients = example.tables.get("patients") or [{"patient_id": one, "birth_date": BIRTH_DATE} for one in ids]
    encounters = tuple(_encounter(row, zone) for row in rows)
    return History(
        patients=tuple(_patient(row) for row in patients),
        encounters=encounters,
        diagnoses=tuple(
            _diagnosis(row | {"code": row["principal_code"], "sequence": "1"}, zone)
            for row in rows
            if row.get("principal_code")
        )
        + tuple(_diagnosis(row, zone) for row in example.tables.get("diagnoses", [])),
        procedures=tuple(_procedure(row, zone) for row in example.tables.get("procedures", [])),
        facilities=tuple(
            Facility(str(row["facility_id"]), row["kind"]) for row in example.tables.get("facilities", FACILITIES)
        ),
        site_timezone=zone.key,
    )


def _patient(row: Row) -> Patient:
    death = row.get("death_date")
    birth_date = date.fromisoformat(str(row["birth_date"]))
    return Patient(str(row["patient_id"]), birth_date, date.fromisoformat(death) if death else None)


def _encounter(row: Row, zone: ZoneInfo) -> Encounter:
    started_at = read_time(str(row["started_at"]), zone)
    ended_at = read_time(row["ended_at"], zone) if row["ended_at"] else None
    return Encounter(
        str(row["encounter_id"]),
        str(row["patient_id"]),
        row.get("encounter_class") or "inpatient",
        started_at,
        ended_at,
        date.fromisoformat(str(row["started_at"])[:10]),
        date.fromisoformat(row["ended_at"][:10]) if row["ended_at"] else None,
        row.get("status") or ("finished" if ended_at else "in_progress"),
        row["facility_id"],
        admission_type=row.get("admission_type"),
        admission_source=row.get("admission_source"),
        discharge_disposition=row.get("discharge_disposition"),
    )


def _diagnosis(row: Row, zone: ZoneInfo) -> Diagnosis:
    coded = diagnosis(str(row["code"]))
    recorded = row.get("recorded_at")
    return Diagnosis(
        str(row["encounter_id"]),
        coded.code_system,
        coded.code,
        int(str(row["sequence"])),
        coded.mapped,
        coded.ccs,
        read_time(recorded, zone) if recorded else None,
        row.get("present_on_admission"),
    )


def _procedure(row: Row, zone: ZoneInfo) -> Procedure:
    coded = procedure(str(row["code"]))
    at = read_time(str(row["performed_at"]), zone)
    return Procedure(str(row["encounter_id"]), coded.code_system, coded.code, coded.mapped, coded.ccs, at, at.date())


def as_text(value: object) -> str | None:
    """Write a value as the examples do."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return str(value)
