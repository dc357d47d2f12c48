"""Section 1, planned readmission algorithm (version 4) and specialty cohort."""

from __future__ import annotations

from tests.naive.stitching import Stay
from tests.naive.value_sets import Codes, ValueSets


def has_procedure(stay: Stay, listed: Codes) -> bool:
    """Procedures = of the whole stay."""
    return any(listed.has(procedure.ccs, procedure.icd10pcs_code) for procedure in stay.procedures)


def has_principal(stay: Stay, listed: Codes) -> bool:
    """Principal diagnosis on a list; a stay without one is on no list."""
    return stay.principal is not None and listed.has(stay.principal.ccs, stay.principal.icd10_code)


def planned_step(stay: Stay, sets: ValueSets) -> int:
    """Find the step (1-4) of the planned algorithm that decides this stay; 4 is unplanned.

    1. any procedure in CCS 64, 105, 176 -> planned; 2. principal diagnosis in CCS 45, 254 -> planned;
    3. any potentially planned procedure and principal diagnosis on no acute list -> planned; 4. else unplanned.
    """
    if has_procedure(stay, sets.always_planned_procedure):
        return 1
    if has_principal(stay, sets.always_planned_diagnosis):
        return 2
    if has_procedure(stay, sets.potentially_planned_procedure) and not has_principal(stay, sets.acute_diagnosis):
        return 3
    return 4


def is_planned(stay: Stay, sets: ValueSets) -> bool:
    """Say whether steps 1 to 3 call the stay planned."""
    return planned_step(stay, sets) in (1, 2, 3)


def specialty_cohort(stay: Stay, sets: ValueSets) -> str:
    """Surgery/Gynaecology (a qualifying procedure), else by principal diagnosis; `Unmapped` without a category."""
    if has_procedure(stay, sets.qualifying_surgery):
        return "Surgery/Gynecology"
    if stay.principal is None or stay.principal.ccs is None:
        return "Unmapped"
    if has_principal(stay, sets.cardiorespiratory):
        return "Cardiorespiratory"
    if has_principal(stay, sets.cardiovascular):
        return "Cardiovascular"
    if has_principal(stay, sets.neurology):
        return "Neurology"
    return "Medicine"
