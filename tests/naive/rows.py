"""Canonical core rows as the naive loops see them: the columns of core.*, nothing derived but what core derives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Patient:
    """One row of core.patient."""

    patient_id: str
    birth_date: date
    death_date: date | None = None
    primary_care_provider_id: str | None = None


@dataclass(frozen=True)
class Encounter:
    """One row of core.encounter: times are UTC, dates are the site's calendar days."""

    encounter_id: str
    patient_id: str
    encounter_class: str
    started_at: datetime
    ended_at: datetime | None
    started_date: date
    ended_date: date | None
    status: str = "finished"
    facility_id: str | None = None
    unit: str | None = None
    service: str | None = None
    admission_type: str | None = None
    admission_source: str | None = None
    discharge_disposition: str | None = None
    drg_code: str | None = None
    payer_class: str | None = None
    attending_provider_id: str | None = None


@dataclass(frozen=True)
class Diagnosis:
    """One row of core.diagnosis; `icd10_code` and `ccs` are what conforming made of the code, None if unmapped."""

    encounter_id: str
    code_system: str
    code: str
    sequence: int
    icd10_code: str | None
    ccs: int | None
    recorded_at: datetime | None = None
    present_on_admission: str | None = None


@dataclass(frozen=True)
class Procedure:
    """One row of core.procedure."""

    encounter_id: str
    code_system: str
    code: str
    icd10pcs_code: str | None
    ccs: int | None
    performed_at: datetime | None = None
    performed_date: date | None = None


@dataclass(frozen=True)
class LabResult:
    """One row of core.lab_result."""

    patient_id: str
    loinc_code: str
    value: float | None
    unit: str | None
    collected_at: datetime
    resulted_at: datetime | None = None
    encounter_id: str | None = None


@dataclass(frozen=True)
class Medication:
    """One row of core.medication; the loops do not read it, the invariants do."""

    patient_id: str
    kind: str
    code_system: str | None
    code: str | None
    name: str | None
    started_at: datetime
    ended_at: datetime | None
    started_date: date
    encounter_id: str | None = None


@dataclass(frozen=True)
class Screening:
    """One row of core.sdoh_screening; the loops do not read it, the invariants do."""

    patient_id: str
    instrument: str | None
    question_loinc: str
    answer_loinc: str | None
    answer_text: str | None
    answer_state: str
    screened_at: datetime
    encounter_id: str | None = None


@dataclass(frozen=True)
class Facility:
    """One row of core.facility."""

    facility_id: str
    kind: str | None


@dataclass(frozen=True)
class History:
    """Everything that is known of some patients."""

    patients: tuple[Patient, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    labs: tuple[LabResult, ...] = ()
    facilities: tuple[Facility, ...] = ()
    medications: tuple[Medication, ...] = ()
    screenings: tuple[Screening, ...] = ()
    site_timezone: str = "UTC"
