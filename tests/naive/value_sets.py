"""The code lists of the definitions, read with the csv module so that no loader is shared with the product."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Codes:
    """A set of clinical conditions or procedures: by CCS category, by single code, or both."""

    ccs: frozenset[int]
    codes: frozenset[str] = frozenset()

    def has(self, ccs: int | None, code: str | None) -> bool:
        """Say whether a category or a code is on the list."""
        return ccs in self.ccs or code in self.codes


@dataclass(frozen=True)
class LabUnit:
    """What a LOINC code in a unit means: which analyte, and the factor to the analyte's own unit."""

    analyte: str
    factor: float


@dataclass(frozen=True)
class ConditionCode:
    """A prefix on one list of a condition of the Hospital Readmissions Reduction Program."""

    code_prefix: str
    needs_present_on_admission: bool


@dataclass(frozen=True, eq=False)
class ValueSets:
    """Every list the definitions name."""

    def __repr__(self) -> str:
        """Stay short: thousands of codes say nothing in a failure."""
        return "ValueSets"

    psychiatric: Codes
    rehabilitation: Codes
    cancer: Codes
    qualifying_surgery: Codes
    cardiorespiratory: Codes
    cardiovascular: Codes
    neurology: Codes
    always_planned_procedure: Codes
    always_planned_diagnosis: Codes
    potentially_planned_procedure: Codes
    acute_diagnosis: Codes
    charlson_prefixes: tuple[tuple[str, str, str], ...]
    """(code system, condition, dotless code prefix)."""
    lab_units: dict[tuple[str, str], LabUnit]
    """By (LOINC code, unit in lower case)."""
    condition_codes: dict[tuple[str, str, str], list[ConditionCode]]
    """By (condition, role, code system)."""
    planned_exceptions: dict[str, Codes]
    """By condition: potentially planned procedures that are not so after its stays."""
    transfer_sources: frozenset[str]
    """Admission sources, in capitals, that say that the patient came from another hospital."""


def read_csv(folder: Path, name: str) -> list[dict[str, str]]:
    """Read `name.csv` or `name.csv.gz`, comment lines left out."""
    plain, packed = folder / f"{name}.csv", folder / f"{name}.csv.gz"
    text = gzip.decompress(packed.read_bytes()).decode() if packed.exists() else plain.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def read_value_sets(folder: Path) -> ValueSets:
    """Read the lists from the reference folder's value sets."""
    exclusion = [(row["category"], "diagnosis_ccs", row["diagnosis_ccs"]) for row in read_csv(folder, "hwr_exclusion")]
    cohort = [(row["cohort"], row["system"], row["code"]) for row in read_csv(folder, "hwr_specialty_cohort")]
    planned = [(row["list"], row["system"], row["code"]) for row in read_csv(folder, "planned_readmission")]
    return ValueSets(
        psychiatric=_pick(exclusion, "Psychiatric", "diagnosis"),
        rehabilitation=_pick(exclusion, "Rehabilitation", "diagnosis"),
        cancer=_pick(exclusion, "Medical Treatment of Cancer", "diagnosis"),
        qualifying_surgery=_pick(cohort, "Surgery/Gynecology", "procedure"),
        cardiorespiratory=_pick(cohort, "Cardiorespiratory", "diagnosis"),
        cardiovascular=_pick(cohort, "Cardiovascular", "diagnosis"),
        neurology=_pick(cohort, "Neurology", "diagnosis"),
        always_planned_procedure=_pick(planned, "always_planned", "procedure"),
        always_planned_diagnosis=_pick(planned, "always_planned", "diagnosis"),
        potentially_planned_procedure=_pick(planned, "potentially_planned", "procedure"),
        acute_diagnosis=_pick(planned, "acute", "diagnosis"),
        charlson_prefixes=tuple(
            (row["code_system"], row["condition"], row["code_prefix"]) for row in read_csv(folder, "charlson_prefix")
        ),
        lab_units=_read_lab_units(folder),
        condition_codes=_read_condition_codes(folder),
        planned_exceptions=_read_planned_exceptions(folder),
        transfer_sources=frozenset(row["admission_source"] for row in read_csv(folder, "transfer_source")),
    )


_SINGLE_CODE = {"diagnosis": "icd10cm", "procedure": "icd10pcs"}


def _pick(rows: list[tuple[str, str, str]], name: str, kind: str) -> Codes:
    """Take the rows of one named list and one kind (diagnosis or procedure)."""
    mine = [(system, code) for listed, system, code in rows if listed == name]
    return Codes(
        ccs=frozenset(int(code) for system, code in mine if system == f"{kind}_ccs"),
        codes=frozenset(code for system, code in mine if system == _SINGLE_CODE[kind]),
    )


def _read_condition_codes(folder: Path) -> dict[tuple[str, str, str], list[ConditionCode]]:
    """Read which codes begin how, on each list of each condition."""
    lists: dict[tuple[str, str, str], list[ConditionCode]] = {}
    for row in read_csv(folder, "hrrp_condition"):
        code = ConditionCode(row["code_prefix"], row["needs_present_on_admission"] == "true")
        lists.setdefault((row["condition"], row["role"], row["code_system"]), []).append(code)
    return lists


def _read_planned_exceptions(folder: Path) -> dict[str, Codes]:
    """Read, by condition, which rows of the planned lists do not hold; all are potentially planned procedures."""
    rows = read_csv(folder, "hrrp_planned_exception")
    return {
        condition: _pick(
            [(row["list"], row["system"], row["code"]) for row in rows if row["condition"] == condition],
            "potentially_planned",
            "procedure",
        )
        for condition in {row["condition"] for row in rows}
    }


def _read_lab_units(folder: Path) -> dict[tuple[str, str], LabUnit]:
    """Read which LOINC codes, in which units, are haemoglobin (g/dL) and sodium (mmol/L)."""
    return {
        (lab["loinc_code"], unit["unit_key"]): LabUnit(lab["analyte"], float(unit["factor"]))
        for lab in read_csv(folder, "lab_loinc")
        for unit in read_csv(folder, "lab_unit")
        if lab["analyte"] == unit["analyte"]
    }
