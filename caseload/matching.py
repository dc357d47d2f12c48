"""Which managers may see which patients, and how well they fit, per class of equal patients."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caseload.features import reaches
from caseload.policy import Policy
from caseload.staff import Staff

CLASS_COLUMNS = ["facility_id", "unit", "language_code", "needs_interpreter", "skills_wanted"]


@dataclass(frozen=True)
class Matching:
    """Patients grouped into classes that every manager treats alike.

    ``patient_class`` : class of each row. ``covers`` and ``misfit`` : classes x managers; misfit counts a missing
    language first, then missing skills (0 = fits).
    """

    patient_class: np.ndarray
    covers: np.ndarray
    misfit: np.ndarray
    speaks: np.ndarray
    skill_hits: np.ndarray


def add_wanted_skills(listed: pd.DataFrame, open_needs: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Add ``skills_wanted``, a sorted tuple of the skills that the policy's rules ask for."""
    out = listed.copy()
    wanted = pd.DataFrame(index=out.index)
    for place, rule in enumerate(policy.skills.rules):
        fits = pd.Series(False, index=out.index)
        if rule.any_need:
            fits |= out["stay_key"].isin(open_needs.loc[open_needs["domain"].isin(rule.any_need), "stay_key"])
        if rule.column is not None and rule.at_least is not None:
            fits |= reaches(out, rule.column, rule.at_least)
        wanted[place] = fits
    names = [rule.skill.lower() for rule in policy.skills.rules]
    sets: dict[tuple[bool, ...], tuple[str, ...]] = {}
    rows = list(map(tuple, wanted.to_numpy(dtype=bool)))
    for row in rows:
        sets.setdefault(row, tuple(sorted({name for name, fits in zip(names, row, strict=True) if fits})))
    out["skills_wanted"] = pd.Series([sets[row] for row in rows], index=out.index, dtype=object)
    return out


def match_classes(listed: pd.DataFrame, staff: Staff, policy: Policy) -> Matching:
    """Group the rows by ``CLASS_COLUMNS`` and compare each class with each manager once.

    A manager covers a class when their facilities and units (empty = all) hold its facility and unit; with
    ``languages.match: require`` they must speak the language too.
    """
    keys = listed[CLASS_COLUMNS].astype(object).where(listed[CLASS_COLUMNS].notna(), None)
    numbers: dict[tuple, int] = {}
    patient_class = np.array([numbers.setdefault(key, len(numbers)) for key in map(tuple, keys.to_numpy())], dtype=int)
    shape = (len(numbers), len(staff))
    covers, speaks, hits, misses = (np.zeros(shape, dtype=int) for _ in range(4))
    for (facility, unit, language, needs_language, skills), row in numbers.items():
        for place in range(len(staff)):
            covers[row, place] = _covers(staff.facilities[place], facility) and _covers(staff.units[place], unit)
            speaks[row, place] = (not needs_language) or language in staff.languages[place]
            hits[row, place] = len(staff.skills[place].intersection(skills))
            misses[row, place] = len(skills) - hits[row, place]
    if policy.languages.match == "require":
        covers &= speaks
    misfit = (1 - speaks) * (misses.max(initial=0) + 1) + misses
    return Matching(patient_class, covers.astype(bool), misfit, speaks.astype(bool), hits)


def _covers(coverage: frozenset[str], place: str | None) -> bool:
    return not coverage or place in coverage
