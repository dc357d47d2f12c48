"""What a run may choose: the cut-off and the measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

STEADY = ("not_finished", "died_in_hospital", "transferred_out", "against_medical_advice")
"""Rules that every measure has, in this order."""
BY_DIAGNOSIS = ("psychiatric", "rehabilitation", "cancer_medical")
ADULT, MEDICARE_AGE = 18, 65


@dataclass(frozen=True)
class Settings:
    """Data cut-off and measure; the defaults are the measure `hwr_adapted`."""

    cut_off: date
    measure: str = "hwr_adapted"
    minimum_age_years: int = ADULT
    drop_rules: tuple[str, ...] = ("age_under_18", *STEADY, *BY_DIAGNOSIS, "no_full_follow_up")
    condition: str | None = None
    counts_planned_returns: bool = False
    counts_hours: bool = False
    """False: 30 calendar days (the CMS convention). True: 30 x 24 h."""


def hwr_adapted(cut_off: date) -> Settings:
    """The default: all adults."""
    return Settings(cut_off)


def hwr_medicare(cut_off: date) -> Settings:
    """`hwr_medicare` sets age >= 65 and also drops index stays of `cancer_exempt` facilities."""
    rules = ("age_under_18", *STEADY, *BY_DIAGNOSIS, "exempt_facility", "no_full_follow_up")
    return Settings(cut_off, "hwr_medicare", MEDICARE_AGE, rules)


def all_cause(cut_off: date) -> Settings:
    """Every adult stay that can be followed, and every return: no rule on the diagnosis, planned returns count."""
    rules = ("age_under_18", *STEADY, "no_full_follow_up")
    return Settings(cut_off, "all_cause", ADULT, rules, counts_planned_returns=True)


OF_CONDITION = {
    "ami": ("discharged_same_day",),
    "hf": ("prior_excluded_procedure",),
    "tha_tka": ("transferred_in", "too_many_procedures"),
}
"""Rules that only one of the conditions has."""


def hrrp(condition: str, cut_off: date) -> Settings:
    """One of the six conditions: only its stays, 65 and over, and what CMS leaves out of this one.

    Of index stays none is within 30 days of an earlier one; of bypass operations only the first counts.
    """
    apart = "later_operation" if condition == "cabg" else "within_30_days_of_index"
    own = OF_CONDITION.get(condition, ())
    rules = ("outside_condition", "age_under_18", *STEADY, *own, apart, "no_full_follow_up")
    return Settings(cut_off, f"hrrp_{condition}", MEDICARE_AGE, rules, condition)


CONDITIONS = ("ami", "hf", "pneumonia", "copd", "cabg", "tha_tka")
MEASURES = ("hwr_adapted", "hwr_medicare", "all_cause", *(f"hrrp_{condition}" for condition in CONDITIONS))


def of_measure(name: str, cut_off: date) -> Settings:
    """Give the settings of a measure by its name."""
    whole = {"hwr_adapted": hwr_adapted, "hwr_medicare": hwr_medicare, "all_cause": all_cause}
    return whole[name](cut_off) if name in whole else hrrp(name.removeprefix("hrrp_"), cut_off)
