"""Conditions of the Hospital Readmissions Reduction Program, and what they change: from the words in the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.naive.rows import Diagnosis, Procedure
from tests.naive.settings import CONDITIONS
from tests.naive.stitching import Stay
from tests.naive.value_sets import ConditionCode, ValueSets

GAP = timedelta(days=30)
YEAR = timedelta(days=365)
MEASUREMENT_PERIOD = timedelta(days=1096)
MOST_OPERATION_CODES = 2
PRESENT = ("Y", "W", None)


def is_listed(code: str | None, code_system: str, condition: str, role: str, sets: ValueSets) -> ConditionCode | None:
    """Find the list entry of a condition and role whose prefix a code begins with."""
    for entry in sets.condition_codes.get((condition, role, code_system), []):
        if code is not None and code.startswith(entry.code_prefix):
            return entry
    return None


def has_diagnosis(diagnosis: Diagnosis, condition: str, role: str, sets: ValueSets) -> bool:
    """A diagnosis counts by prefix; where the list asks for it, only with the indicator Y or W or without one."""
    entry = is_listed(diagnosis.icd10_code, "ICD-10-CM", condition, role, sets)
    return entry is not None and (not entry.needs_present_on_admission or diagnosis.present_on_admission in PRESENT)


def has_listed_procedure(stay: Stay, condition: str, role: str, sets: ValueSets) -> bool:
    """A procedure of the whole stay is on the list."""
    return any(is_listed(one.icd10pcs_code, "ICD-10-PCS", condition, role, sets) for one in stay.procedures)


def enters(stay: Stay, condition: str, sets: ValueSets) -> bool:
    """In: the principal diagnosis is on the list, alone or with another one; or a procedure is."""
    principal = stay.principal
    if principal is not None and any(
        is_listed(principal.icd10_code, "ICD-10-CM", condition, role, sets) for role in ("principal", "principal_with")
    ):
        return True
    return has_listed_procedure(stay, condition, "procedure", sets)


def is_of(stay: Stay, condition: str, sets: ValueSets) -> bool:
    """Say whether a stay is of a condition.

    In: the principal diagnosis is principal; or it is principal_with, another diagnosis is secondary and none is
    excluded_with; or a procedure of the stay is procedure. Out, whatever else: a procedure is excluded_procedure, any
    diagnosis excluded_diagnosis, the principal one excluded_principal. Diagnoses are those of the first encounter.
    """
    principal = stay.principal
    mine = [one for one in stay.diagnoses if one.encounter_id == stay.first.encounter_id]
    others = [one for one in mine if one is not principal]

    def is_principal(role: str) -> bool:
        return principal is not None and has_diagnosis(principal, condition, role, sets)

    def is_other(role: str) -> bool:
        return any(has_diagnosis(one, condition, role, sets) for one in others)

    with_another = is_principal("principal_with") and is_other("secondary") and not is_other("excluded_with")
    if not (is_principal("principal") or with_another or has_listed_procedure(stay, condition, "procedure", sets)):
        return False
    return not (
        has_listed_procedure(stay, condition, "excluded_procedure", sets)
        or is_principal("excluded_principal")
        or is_principal("excluded_diagnosis")
        or is_other("excluded_diagnosis")
    )


def conditions_of_stay(stay: Stay, sets: ValueSets) -> list[str]:
    """Name the conditions a stay is of."""
    return [condition for condition in CONDITIONS if is_of(stay, condition, sets)]


def close_to_index(stays: list[Stay]) -> set[str]:
    """Find the stays that are no index because they begin within 30 days of the discharge of the last one kept.

    The stays given are those no other rule drops (follow-up aside); they are walked in order of time.
    """
    close, last = set(), None
    for stay in sorted(stays, key=lambda one: one.admitted_at):
        if last is not None and stay.first.started_date - last <= GAP:
            close.add(stay.stay_id)
        else:
            last = stay.last.ended_date
    return close


def ended_within(earlier: Stay, stay: Stay, time: timedelta) -> bool:
    """Say whether a stay ended in so many calendar days before the admission of another."""
    end = earlier.last.ended_date
    return end is not None and stay.first.started_date - end <= time


def has_excluded_procedure_before(stay: Stay, stays: list[Stay], condition: str, sets: ValueSets) -> bool:
    """A procedure that rules the condition out was done in another stay, over by this admission, of the year before."""
    for earlier in stays:
        if earlier.stay_id == stay.stay_id or earlier.discharged_at is None or earlier.discharged_at > stay.admitted_at:
            continue
        if ended_within(earlier, stay, YEAR) and has_listed_procedure(earlier, condition, "excluded_procedure", sets):
            return True
    return False


def later_operations(stays: list[Stay], condition: str, sets: ValueSets) -> set[str]:
    """Find the operations that are not a patient's first of the measurement period.

    One is a later operation if any before it ended in the three years before its admission, whatever became of that.
    """
    operations = [stay for stay in stays if is_of(stay, condition, sets)]
    operations.sort(key=lambda one: (one.admitted_at, one.stay_id))
    return {
        stay.stay_id
        for place, stay in enumerate(operations)
        if any(ended_within(earlier, stay, MEASUREMENT_PERIOD) for earlier in operations[:place])
    }


def listed_operations(stay: Stay, condition: str, sets: ValueSets) -> list[Procedure]:
    """Take the procedures of the whole stay that make it one of the condition."""
    return [one for one in stay.procedures if is_listed(one.icd10pcs_code, "ICD-10-PCS", condition, "procedure", sets)]


def says_transferred_in(stay: Stay, sets: ValueSets) -> bool:
    """The admission source of the first encounter is one that says so, however it is written."""
    source = stay.first.admission_source
    return source is not None and source.strip().upper() in sets.transfer_sources


def is_transferred_in(stay: Stay, condition: str, sets: ValueSets) -> bool:
    """The source says so, or the operation was done, and never at the facility where the stay began.

    A missing facility is never another facility.
    """
    where = {encounter.encounter_id: encounter.facility_id for encounter in stay.encounters}
    places = [where[one.encounter_id] for one in listed_operations(stay, condition, sets)]
    began = stay.first.facility_id
    is_elsewhere = began is not None and all(place is not None and place != began for place in places)
    return says_transferred_in(stay, sets) or (bool(places) and is_elsewhere)


def has_too_many_codes(stay: Stay, condition: str, sets: ValueSets) -> bool:
    """More than two different codes of the operation, in all encounters together."""
    return len({one.icd10pcs_code for one in listed_operations(stay, condition, sets)}) > MOST_OPERATION_CODES


def for_condition(sets: ValueSets, condition: str | None) -> ValueSets:
    """Take away the planned codes that do not hold after a stay of the condition."""
    gone = sets.planned_exceptions.get(condition or "")
    if gone is None:
        return sets
    codes = sets.potentially_planned_procedure
    kept = replace(codes, ccs=codes.ccs - gone.ccs, codes=codes.codes - gone.codes)
    return replace(sets, potentially_planned_procedure=kept)
