"""Section 2, comorbidity: Quan's conditions of a stay, Charlson weights, LACE points."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from tests.naive.eligibility import is_known
from tests.naive.rows import Diagnosis
from tests.naive.stitching import Stay
from tests.naive.value_sets import ValueSets

# The 1987 weights, by Quan's short names.
CHARLSON_WEIGHTS = {
    "ami": 1, "chf": 1, "pvd": 1, "cevd": 1, "dementia": 1, "copd": 1, "rheumd": 1, "pud": 1, "mld": 1, "diab": 1,
    "diabwc": 2, "hp": 2, "rend": 2, "canc": 2, "msld": 3, "metacanc": 6, "aids": 6,
}  # fmt: skip
MILD_OF_SEVERE = {"diabwc": "diab", "msld": "mld", "metacanc": "canc"}
# One line of the LACE card each; "mild liver or renal disease" is one line, so both together are 2 points.
LACE_POINTS = {
    "ami": 1, "cevd": 1, "pvd": 1, "diab": 1, "chf": 2, "diabwc": 2, "copd": 2, "mild_liver_or_renal": 2, "canc": 2,
    "dementia": 3, "rheumd": 3, "aids": 4, "severe_liver_or_renal": 4, "metacanc": 6,
}  # fmt: skip
SEVERE_RENAL = {
    "ICD-10-CM": ("N184", "N185", "N186", "I120", "I1311", "Z49", "Z940", "Z992"),
    "ICD-9-CM": ("5854", "5855", "5856", "V420", "V451", "V56"),
}


def conditions_of(diagnosis: Diagnosis, sets: ValueSets) -> set[str]:
    """Find Quan's conditions of one code, by the prefixes of its own code system."""
    return set(_conditions_of_code(diagnosis.code_system, diagnosis.code, sets))


@cache
def _conditions_of_code(system: str, code: str, sets: ValueSets) -> frozenset[str]:
    return frozenset(
        condition
        for code_system, condition, prefix in sets.charlson_prefixes
        if code_system == system and code.startswith(prefix)
    )


def known_diagnoses(stay: Stay, at: datetime) -> list[Diagnosis]:
    """Take the diagnoses of a stay, every position, that are known at the prediction point."""
    encounter_of = {encounter.encounter_id: encounter for encounter in stay.encounters}
    return [one for one in stay.diagnoses if is_known(one, encounter_of[one.encounter_id], at)]


def conditions(diagnoses: Iterable[Diagnosis], sets: ValueSets) -> set[str]:
    """Find the conditions of all codes; of a mild and a severe grade only the severe counts."""
    found = {condition for diagnosis in diagnoses for condition in conditions_of(diagnosis, sets)}
    for severe, mild in MILD_OF_SEVERE.items():
        if severe in found:
            found.discard(mild)
    return found


def charlson(diagnoses: Iterable[Diagnosis], sets: ValueSets) -> int:
    """Sum the Charlson weights of 1987, no age points."""
    return sum(CHARLSON_WEIGHTS[condition] for condition in conditions(diagnoses, sets))


def year_before(stay: Stay, stays: list[Stay], at: datetime) -> list[Diagnosis]:
    """`charlson_365d` adds finished stays of the 365 days before, as far as they are known at this discharge."""
    added = []
    for earlier in stays:
        if earlier.discharged_at is None or earlier.last.ended_date is None or earlier is stay:
            continue
        is_before = earlier.discharged_at <= stay.admitted_at
        if is_before and stay.first.started_date - earlier.last.ended_date <= timedelta(days=365):
            added += known_diagnoses(earlier, at)
    return added


def is_severe_renal(diagnosis: Diagnosis) -> bool:
    """Quan has one renal class: for LACE these codes of it are moderate-to-severe, the rest mild."""
    return diagnosis.code.startswith(SEVERE_RENAL.get(diagnosis.code_system, ()))


def lace_comorbidity(diagnoses: list[Diagnosis], sets: ValueSets) -> int:
    """C of LACE: points by condition; a sum >= 4 scores 5."""
    found = conditions(diagnoses, sets)
    renal = [one for one in diagnoses if "rend" in conditions_of(one, sets)]
    if "msld" in found or any(is_severe_renal(one) for one in renal):
        found.add("severe_liver_or_renal")
    elif "mld" in found or renal:
        found.add("mild_liver_or_renal")
    points = sum(LACE_POINTS.get(condition, 0) for condition in found)
    return 5 if points >= 4 else points
