"""What happened before the admission: use of care in windows of days, earlier stays, conditions of the year before."""

from __future__ import annotations

from datetime import datetime

from tests.naive.conditions import CHARLSON_WEIGHTS, conditions_of, known_diagnoses, year_before
from tests.naive.eligibility import AGAINST_ADVICE
from tests.naive.rows import Encounter
from tests.naive.scores import emergency_visits, led_to_admission, prior_admissions
from tests.naive.stitching import Stay, is_real
from tests.naive.value_sets import ValueSets

ALL_WINDOWS = (30, 90, 180, 365)
VISITS = {
    "observation_visit": ("observation", ALL_WINDOWS),
    "outpatient_visit": ("outpatient", (90, 365)),
    "telehealth_visit": ("telehealth", (365,)),
    "home_health": ("home_health", (365,)),
    "skilled_nursing": ("skilled_nursing", (365,)),
}


def visits(stay: Stay, encounters: list[Encounter], encounter_class: str, days: int) -> int:
    """Encounters of a class that start before the admission, in so many calendar days before its date."""
    return sum(
        1
        for visit in encounters
        if is_real(visit)
        and visit.encounter_class == encounter_class
        and visit.started_at < stay.admitted_at
        and (stay.first.started_date - visit.started_date).days <= days
    )


def prior_use(stay: Stay, stays: list[Stay], encounters: list[Encounter]) -> dict[str, object]:
    """Count admissions and visits in every window."""
    emergency = [one for one in encounters if is_real(one) and one.encounter_class == "emergency"]
    row: dict[str, object] = {"is_emergency_arrival": int(led_to_admission(stay, emergency) is not None)}
    for days in ALL_WINDOWS:
        row[f"acute_admission_count_{days}d"] = prior_admissions(stay, stays, days)
        row[f"emergency_visit_count_{days}d"] = emergency_visits(stay, encounters, days)
    for name, (encounter_class, windows) in VISITS.items():
        row |= {f"{name}_count_{days}d": visits(stay, encounters, encounter_class, days) for days in windows}
    return row


def is_return(stay: Stay, stays: list[Stay]) -> bool:
    """A stay that began at most 30 calendar days after an earlier one's discharge, whatever for."""
    ends = [one.last.ended_date for one in stays if one.admitted_at < stay.admitted_at]
    return any(end is not None and (stay.first.started_date - end).days <= 30 for end in ends)


def prior_stays(stay: Stay, stays: list[Stay]) -> dict[str, object]:
    """Sum up the acute stays admitted before this admission, in the 365 calendar days before its date."""
    day = stay.first.started_date
    earlier = [
        (one, one.last.ended_date, one.length_of_stay_days or 0)
        for one in stays
        if one.admitted_at < stay.admitted_at and (day - one.first.started_date).days <= 365
    ]
    return {
        "days_since_discharge": min(((day - end).days for _, end, _ in earlier if end), default=None),
        "inpatient_day_count_365d": sum(length for _, _, length in earlier),
        "longest_stay_days_365d": max((length for _, _, length in earlier), default=None),
        "readmission_count_365d": sum(is_return(one, stays) for one, _, _ in earlier),
        "is_readmission": int(is_return(stay, stays)),
        "against_medical_advice_count_365d": sum(
            one.last.discharge_disposition in AGAINST_ADVICE for one, _, _ in earlier
        ),
    }


def condition_flags(stay: Stay, stays: list[Stay], sets: ValueSets, at: datetime) -> dict[str, object]:
    """Flag Quan's conditions of the stay and the finished stays of the year before; of two grades both show."""
    diagnoses = known_diagnoses(stay, at) + year_before(stay, stays, at)
    found = {condition for diagnosis in diagnoses for condition in conditions_of(diagnosis, sets)}
    return {f"charlson_{condition}": int(condition in found) for condition in CHARLSON_WEIGHTS}
