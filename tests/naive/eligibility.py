"""Section 1, index eligibility: drop reasons in their fixed order, and the attrition table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.naive.hrrp import (
    close_to_index,
    enters,
    has_excluded_procedure_before,
    has_too_many_codes,
    is_of,
    is_transferred_in,
    later_operations,
    says_transferred_in,
)
from tests.naive.planned import has_principal, has_procedure
from tests.naive.rows import Diagnosis, Encounter, Facility
from tests.naive.settings import Settings
from tests.naive.stitching import NEVER, Stay, known_from
from tests.naive.value_sets import ValueSets

DIED = ("20", "40", "41", "42")
ACUTE_TRANSFER = ("02", "05", "43", "66", "82", "85", "94")
AGAINST_ADVICE = ("07",)
FOLLOW_UP = timedelta(days=30)


def is_known(diagnosis: Diagnosis, encounter: Encounter, at: datetime) -> bool:
    """Say whether a diagnosis is known at a moment."""
    return known_from(diagnosis, encounter) <= at


def as_known_at_discharge(stay: Stay) -> Stay:
    """Keep of a finished stay only the diagnoses known at its discharge; its procedures were done in it."""
    at = stay.discharged_at
    if at is None:
        return stay
    encounter_of = {encounter.encounter_id: encounter for encounter in stay.encounters}
    return replace(stay, diagnoses=[one for one in stay.diagnoses if is_known(one, encounter_of[one.encounter_id], at)])


def broken_rules(
    stay: Stay, stays: list[Stay], settings: Settings, sets: ValueSets, facilities: dict[str, Facility]
) -> dict[str, bool]:
    """Say of every rule of the measure, in its order, whether it drops this stay; the last disposition counts.

    Rules that choose among the stays of a patient drop nothing here, see `all_broken_rules`.
    """
    condition = settings.condition or ""
    disposition = stay.last.discharge_disposition
    discharge_date = stay.last.ended_date
    facility = facilities.get(stay.last.facility_id or "")
    rules = {
        "outside_condition": settings.condition is not None and not is_of(stay, settings.condition, sets),
        "age_under_18": stay.age_years < settings.minimum_age_years,
        "not_finished": not stay.is_finished,
        "died_in_hospital": disposition in DIED,
        "transferred_out": disposition in ACUTE_TRANSFER,
        "against_medical_advice": disposition in AGAINST_ADVICE,
        "psychiatric": has_principal(stay, sets.psychiatric),
        "rehabilitation": has_principal(stay, sets.rehabilitation),
        "cancer_medical": has_principal(stay, sets.cancer) and not has_procedure(stay, sets.qualifying_surgery),
        "exempt_facility": facility is not None and facility.kind == "cancer_exempt",
        "discharged_same_day": discharge_date == stay.first.started_date,
        "transferred_in": is_transferred_in(stay, condition, sets),
        "too_many_procedures": has_too_many_codes(stay, condition, sets),
        "prior_excluded_procedure": has_excluded_procedure_before(stay, stays, condition, sets),
        "later_operation": False,
        "within_30_days_of_index": False,
        "no_full_follow_up": discharge_date is None or discharge_date + FOLLOW_UP > settings.cut_off,
    }
    return {name: rules[name] for name in settings.drop_rules}


def all_broken_rules(
    stays: list[Stay], settings: Settings, sets: ValueSets, facilities: dict[str, Facility]
) -> list[dict[str, bool]]:
    """Say it of all stays of one patient: who passes every other rule is walked for the 30 days between index stays."""
    broken = [broken_rules(stay, stays, settings, sets, facilities) for stay in stays]
    if "later_operation" in settings.drop_rules:
        later = later_operations(stays, str(settings.condition), sets)
        for stay, rules in zip(stays, broken, strict=True):
            rules["later_operation"] = stay.stay_id in later
    if "within_30_days_of_index" in settings.drop_rules:
        close = close_to_index([stay for stay, rules in zip(stays, broken, strict=True) if is_eligible(rules)])
        for stay, rules in zip(stays, broken, strict=True):
            rules["within_30_days_of_index"] = stay.stay_id in close
    return broken


def excluded_from(stay: Stay, rules: dict[str, bool], settings: Settings, sets: ValueSets) -> datetime | None:
    """Find the earliest moment at which it is known that a rule drops the stay; None if never.

    Age is known at admission, the principal diagnosis from its record, everything else (the disposition, the facility
    that discharged, that no qualifying surgery was done, which operations were) at discharge; what the admission source
    says and what was done in earlier stays at admission. Being unfinished, without follow-up, close to an index stay or
    operated on again excludes nobody from scoring; nor does another diagnosis than the principal one.
    """
    at_discharge = stay.discharged_at or NEVER
    principal = stay.principal_known_from or NEVER
    moments = {
        "outside_condition": NEVER
        if settings.condition and enters(stay, settings.condition, sets)
        else max(principal, at_discharge),
        "age_under_18": stay.admitted_at,
        "died_in_hospital": at_discharge,
        "transferred_out": at_discharge,
        "against_medical_advice": at_discharge,
        "psychiatric": principal,
        "rehabilitation": principal,
        "cancer_medical": max(principal, at_discharge),
        "exempt_facility": at_discharge,
        "discharged_same_day": at_discharge,
        "transferred_in": stay.admitted_at if says_transferred_in(stay, sets) else at_discharge,
        "too_many_procedures": at_discharge,
        "prior_excluded_procedure": stay.admitted_at,
    }
    known = [moments[rule] for rule, is_broken in rules.items() if is_broken and rule in moments]
    return min((moment for moment in known if moment < NEVER), default=None)


def drop_reason(rules: dict[str, bool]) -> str | None:
    """Every dropped stay keeps the first rule that dropped it."""
    for name, is_broken in rules.items():
        if is_broken:
            return name
    return None


def is_index(rules: dict[str, bool]) -> bool:
    """`is_index`: every rule holds, full follow-up included."""
    return drop_reason(rules) is None


def is_eligible(rules: dict[str, bool]) -> bool:
    """`is_eligible`: every rule holds, follow-up aside."""
    return not any(is_broken for name, is_broken in rules.items() if name != "no_full_follow_up")


def is_scorable(
    stay: Stay, stays: list[Stay], settings: Settings, sets: ValueSets, facilities: dict[str, Facility]
) -> bool:
    """For *scoring*, what is known then counts (an unknown principal diagnosis excludes nothing)."""
    known = as_known_at_discharge(stay)
    rules = broken_rules(known, stays, settings, sets, facilities)
    if "outside_condition" in rules and (known.principal is None or enters(known, str(settings.condition), sets)):
        rules["outside_condition"] = False
    return is_eligible(rules)
