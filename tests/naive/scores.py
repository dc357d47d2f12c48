"""Section 2, scores that clinicians know: LACE, HOSPITAL in both variants, and the counts they need."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.naive.conditions import charlson, known_diagnoses, lace_comorbidity, year_before
from tests.naive.rows import Encounter, LabResult
from tests.naive.stitching import Stay, is_real
from tests.naive.value_sets import ValueSets

ACUTE_ADMISSION = ("emergency", "urgent", "trauma")
DAY = timedelta(hours=24)


def lace_length(days: int) -> int:
    """L length of stay in days: <1 0, 1 1, 2 2, 3 3, 4-6 4, 7-13 5, >=14 7."""
    if days < 4:
        return max(days, 0)
    if days <= 6:
        return 4
    return 5 if days <= 13 else 7


def is_acute_admission(stay: Stay) -> bool:
    """Acute or urgent = emergency, urgent, trauma of the first encounter; missing is not."""
    return stay.first.admission_type in ACUTE_ADMISSION


def led_to_admission(stay: Stay, visits: list[Encounter]) -> Encounter | None:
    """Find the latest ED visit that began before this admission and ended within 24 h before it or later."""
    candidates = [
        visit
        for visit in visits
        if visit.started_at < stay.admitted_at and (visit.ended_at is None or visit.ended_at >= stay.admitted_at - DAY)
    ]
    return max(candidates, key=lambda visit: (visit.started_at, visit.encounter_id), default=None)


def emergency_visits(stay: Stay, encounters: list[Encounter], days: int = 180) -> int:
    """ED visits: emergency encounters that start in the 180 calendar days before admission.

    Also those that led to earlier admissions, without the one that led to this admission.
    """
    visits = [visit for visit in encounters if is_real(visit) and visit.encounter_class == "emergency"]
    led = led_to_admission(stay, visits)
    return sum(
        1
        for visit in visits
        if visit is not led
        and visit.started_at < stay.admitted_at
        and (stay.first.started_date - visit.started_date).days <= days
    )


def prior_admissions(stay: Stay, stays: list[Stay], days: int = 365) -> int:
    """Prior admissions in W days = acute stays *admitted* in the W calendar days before."""
    return sum(
        1
        for earlier in stays
        if earlier is not stay
        and earlier.admitted_at < stay.admitted_at
        and (stay.first.started_date - earlier.first.started_date).days <= days
    )


def last_lab(stay: Stay, labs: list[LabResult], analyte: str, sets: ValueSets, at: datetime) -> float | None:
    """Labs at discharge = last collected in the stay (by time) and resulted by discharge.

    Known units converted, unknown ones missing: a result in an unknown unit is no value, the last value counts.
    """
    values = []
    for lab in labs:
        known = sets.lab_units.get((lab.loinc_code, (lab.unit or "").lower()))
        resulted_at = lab.resulted_at or lab.collected_at
        if known is None or known.analyte != analyte or lab.value is None:
            continue
        if stay.admitted_at <= lab.collected_at <= at and resulted_at <= at:
            values.append((lab.collected_at, resulted_at, lab.value * known.factor))
    return max(values)[2] if values else None


def hospital_admissions_2016(admissions: int) -> int:
    """Admissions in the prior 12 months, variant 2016: 0-1 0, 2-5 2, >5 5."""
    if admissions <= 1:
        return 0
    return 2 if admissions <= 5 else 5


def hospital_admissions_2013(admissions: int) -> int:
    """Admissions in the prior 12 months, variant 2013: 0 0, 1-5 2, >5 5."""
    if admissions == 0:
        return 0
    return 2 if admissions <= 5 else 5


def is_oncology(service: str | None) -> bool:
    """Discharge from oncology service: the service's name contains "oncolog"."""
    return "oncolog" in (service or "").lower()


def has_known_procedure(stay: Stay, at: datetime) -> bool:
    """Any procedure in the stay, known when done; one without a time is known from the end of its encounter."""
    ends = {encounter.encounter_id: encounter.ended_at for encounter in stay.encounters}
    moments = [one.performed_at or ends[one.encounter_id] for one in stay.procedures]
    return any(moment is not None and moment <= at for moment in moments)


def score(
    stay: Stay,
    stays: list[Stay],
    encounters: list[Encounter],
    labs: list[LabResult],
    sets: ValueSets,
    moment: tuple[datetime, date] | None = None,
) -> dict[str, object]:
    """Score one stay at its discharge, or at another moment: its time, and its day at the site."""
    at, on = moment or (stay.discharged_at, stay.last.ended_date)
    if at is None or on is None:
        raise ValueError("a stay in progress is scored at some moment")
    days = (on - stay.first.started_date).days
    diagnoses = known_diagnoses(stay, at)
    admissions = prior_admissions(stay, stays)
    visits = emergency_visits(stay, encounters)
    haemoglobin = last_lab(stay, labs, "hemoglobin", sets, at)
    sodium = last_lab(stay, labs, "sodium", sets, at)
    hospital_but_admissions = (
        (1 if haemoglobin is not None and haemoglobin < 12 else 0)
        + (2 if is_oncology(stay.last.service) else 0)
        + (1 if sodium is not None and sodium < 135 else 0)
        + (1 if has_known_procedure(stay, at) else 0)
        + (1 if is_acute_admission(stay) else 0)
        + (2 if days >= 5 else 0)
    )
    lace_a = 3 if is_acute_admission(stay) else 0
    lace_c = lace_comorbidity(diagnoses, sets)
    return {
        "stay_id": stay.stay_id,
        "lace": lace_length(days) + lace_a + lace_c + min(visits, 4),
        "lace_length_of_stay_points": lace_length(days),
        "lace_acute_points": lace_a,
        "lace_comorbidity_points": lace_c,
        "lace_emergency_points": min(visits, 4),
        "hospital": hospital_but_admissions + hospital_admissions_2016(admissions),
        "hospital_2013": hospital_but_admissions + hospital_admissions_2013(admissions),
        "hospital_hemoglobin_missing": haemoglobin is None,
        "hospital_sodium_missing": sodium is None,
        "lab_hemoglobin": haemoglobin,
        "lab_sodium": sodium,
        "charlson_stay": charlson(diagnoses, sets),
        "charlson_365d": charlson(diagnoses + year_before(stay, stays, at), sets),
        "emergency_visit_count_180d": visits,
        "acute_admission_count_365d": admissions,
    }
