"""Codes for made-up histories: a few of every kind that some rule treats differently, mapped as conforming would."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.generative.sql_stage import REFERENCE
from tests.naive.value_sets import read_csv

VALUE_SETS = REFERENCE / "value_sets"

ICD10CM = (
    "I5023 I509 I214 I252 I639 J189 A419 J449 J441 M1611 K5730 E119 E1122 E1165 "  # ordinary, acute and not
    "F329 F200 F1120 Z44001 Z5189 "  # psychiatric, substance use, rehabilitation
    "C3490 C50911 C787 C189 Z5111 "  # tumours, secondary, maintenance chemotherapy
    "N182 N184 N186 N19 I120 I1310 I1311 Z4931 Z940 Z992 "  # renal classes
    "K7030 K7210 I8501 B182 I10 G8191 F0390 M069 B20 K257 I739 Z590 Z5941 U071 ZZZ99"  # other Charlson, needs, unmapped
)
ICD9CM = "4280 41001 49121 25000 25040 5855 5853 V420 V451 V5631 1970 2963 V5789 99999"
PAIRS = (
    ("E119", "E1122"), ("K7030", "K7210"), ("C189", "C787"), ("N182", "N186"), ("B182", "N182"), ("E119", "I739"),
)  # fmt: skip
"""Mild with severe, and others whose points must not simply be added or must be."""
LOOKED_FOR_PROCEDURE_CCS = (64, 105, 176, 153, 45, 43, 231, 54, 222)
"""Always planned, potentially planned, other surgical and other: one code of each CCS procedure category."""


@dataclass(frozen=True)
class Coded:
    """A code with what conforming adds to it."""

    code_system: str
    code: str
    mapped: str | None
    ccs: int | None


@cache
def diagnosis_ccs() -> dict[str, int]:
    """Read the CCS category of each ICD-10-CM code."""
    return {row["icd10cm_code"]: int(row["ccs"]) for row in read_csv(VALUE_SETS, "ccs_diagnosis")}


@cache
def procedure_ccs() -> dict[str, int]:
    """Read the CCS category of each ICD-10-PCS code."""
    return {row["icd10pcs_code"]: int(row["ccs"]) for row in read_csv(VALUE_SETS, "ccs_procedure")}


def diagnosis(code: str, code_system: str = "ICD-10-CM") -> Coded:
    """Map a diagnosis code as core.diagnosis has it."""
    mapped: str | None = code
    if code_system == "ICD-9-CM":
        mapped = _gem().get(code)
    return Coded(code_system, code, mapped, diagnosis_ccs().get(mapped or ""))


def procedure(code: str, code_system: str = "ICD-10-PCS") -> Coded:
    """Map a procedure code as core.procedure has it; other systems than ICD-10-PCS stay unmapped here."""
    mapped = code if code_system == "ICD-10-PCS" else None
    return Coded(code_system, code, mapped, procedure_ccs().get(mapped or ""))


@cache
def _gem() -> dict[str, str]:
    """Read the ICD-10-CM target of each ICD-9-CM code."""
    return {row["icd9cm_code"]: row["icd10cm_code"] for row in read_csv(VALUE_SETS, "gem_diagnosis")}


@cache
def diagnosis_pool() -> tuple[Coded, ...]:
    """Collect the diagnosis codes of made-up histories, and one code that is acute by itself, not by category."""
    lists = [row for row in read_csv(VALUE_SETS, "planned_readmission") if row["list"] == "acute"]
    acute_ccs = {int(row["code"]) for row in lists if row["system"] == "diagnosis_ccs"}
    single = (row["code"] for row in lists if row["system"] == "icd10cm")
    by_code_alone = next(code for code in sorted(single) if diagnosis_ccs().get(code, 0) not in acute_ccs)
    return tuple(diagnosis(code) for code in [*ICD10CM.split(), by_code_alone]) + tuple(
        diagnosis(code, "ICD-9-CM") for code in ICD9CM.split()
    )


@cache
def condition_pool(condition: str) -> tuple[tuple[Coded, ...], tuple[Coded, ...]]:
    """Collect codes of a condition of the readmission programme: diagnoses and procedures, one of each of its lists."""
    lists = {}
    for row in read_csv(VALUE_SETS, "hrrp_condition"):
        if row["condition"] == condition:
            lists.setdefault((row["role"], row["code_system"]), row["code_prefix"])
    return (
        tuple(diagnosis(_complete(prefix, diagnosis_ccs())) for (_, system), prefix in lists.items() if "CM" in system),
        tuple(
            procedure(_complete(prefix, procedure_ccs())) for (_, system), prefix in lists.items() if "PCS" in system
        ),
    )


@cache
def operation_pool(condition: str) -> tuple[Coded, ...]:
    """Collect three different codes for the operation that a condition is about; none for one about a diagnosis."""
    rows = read_csv(VALUE_SETS, "hrrp_condition")
    prefixes = [r["code_prefix"] for r in rows if (r["condition"], r["role"]) == (condition, "procedure")]
    return tuple(procedure(_complete(prefix, procedure_ccs())) for prefix in prefixes[:3])


def _complete(prefix: str, known: dict[str, int]) -> str:
    """Find a known code that begins with a prefix; the prefix itself where there is none."""
    return min((code for code in known if code.startswith(prefix)), default=prefix)


@cache
def diagnosis_pairs() -> tuple[tuple[Coded, ...], ...]:
    """Collect the pairs of codes that scores treat together."""
    return tuple(tuple(diagnosis(code) for code in pair) for pair in PAIRS)


@cache
def procedure_pool() -> tuple[Coded, ...]:
    """Collect procedure codes: one of each category looked for, those listed by code alone, and CPT."""
    first = {ccs: code for code, ccs in sorted(procedure_ccs().items(), reverse=True)}
    codes = [first[ccs] for ccs in LOOKED_FOR_PROCEDURE_CCS]
    for name, listed in (
        ("planned_readmission", "potentially_planned"),
        ("hwr_specialty_cohort", "Surgery/Gynecology"),
    ):
        rows = [row for row in read_csv(VALUE_SETS, name) if listed in row.values()]
        categories = {int(row["code"]) for row in rows if row["system"] == "procedure_ccs"}
        single = (row["code"] for row in rows if row["system"] == "icd10pcs")
        codes.append(next(code for code in sorted(single) if procedure_ccs().get(code, 0) not in categories))
    return (*(procedure(code) for code in codes), procedure("99223", "CPT"))
