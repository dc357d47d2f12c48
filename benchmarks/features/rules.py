"""The code lists and numbers of W as the peers read them: the same value sets, measure and parameters as ours."""

import csv
import gzip
import io
from dataclasses import dataclass

import yaml

from benchmarks.places import REFERENCE
from features.cohort.measure import Measure, load_measure

MEASURE = "hwr_adapted"
COUNT_WINDOWS = (30, 90, 180, 365)
ANALYTES = (
    "hemoglobin", "sodium", "potassium", "creatinine", "urea_nitrogen", "albumin", "white_cells", "platelets",
    "glucose", "bnp", "nt_probnp", "bilirubin",
)  # fmt: skip
SHORTEST_PREFIX = 3
DROPPED_DISPOSITIONS = ("died", "acute_transfer", "against_medical_advice")


@dataclass(frozen=True)
class Codes:
    """Codes of one list: CCS categories as numbers, single codes as text."""

    ccs: frozenset[int]
    codes: frozenset[str]


@dataclass(frozen=True)
class Rules:
    """Everything that W looks up."""

    measure: Measure
    parameters: dict[str, int]
    always_planned_procedure: Codes
    potentially_planned_procedure: Codes
    surgical_procedure: Codes
    always_planned_diagnosis: Codes
    acute_diagnosis: Codes
    excluded_ccs: frozenset[int]
    cancer_ccs: frozenset[int]
    dropped_dispositions: frozenset[str]
    charlson_conditions: tuple[str, ...]
    charlson_masks: dict[tuple[str, str], int]
    charlson_beginnings: frozenset[str]
    analyte_of_loinc: dict[str, int]
    factor_of_unit: dict[tuple[int, str], float]

    def mask_of_code(self, system: str, code: str) -> int:
        """Charlson conditions of a diagnosis code, one bit each."""
        mask = 0
        if code[:SHORTEST_PREFIX] not in self.charlson_beginnings:
            return mask
        for length in range(SHORTEST_PREFIX, len(code) + 1):
            mask |= self.charlson_masks.get((system, code[:length]), 0)
        return mask

    def factor(self, analyte: int, unit: str | None) -> float | None:
        """Factor to the unit of the analyte; None when the unit is unknown."""
        return self.factor_of_unit.get((analyte, (unit or "").replace(" ", "").lower()))


def read_rules() -> Rules:
    """Read reference/."""
    planned, specialty = _read("planned_readmission"), _read("hwr_specialty_cohort")
    lists = [(row["list"], row["system"], row["code"]) for row in planned]
    surgical = [(row["cohort"], row["system"], row["code"]) for row in specialty]
    excluded = {row["diagnosis_ccs"]: row["category"] for row in _read("hwr_exclusion")}
    conditions = sorted(_read("charlson_condition"), key=lambda row: int(row["position"]))
    position = {row["condition"]: int(row["position"]) for row in conditions}
    masks: dict[tuple[str, str], int] = {}
    for row in _read("charlson_prefix"):
        key = row["code_system"], row["code_prefix"]
        masks[key] = masks.get(key, 0) | 1 << position[row["condition"]]
    number = {name: place for place, name in enumerate(ANALYTES)}
    return Rules(
        measure=load_measure(REFERENCE / "measures", MEASURE),
        parameters=yaml.safe_load((REFERENCE / "measures" / "feature_parameters.yaml").read_text(encoding="utf-8")),
        always_planned_procedure=_choose(lists, "always_planned", "procedure_ccs", "icd10pcs"),
        potentially_planned_procedure=_choose(lists, "potentially_planned", "procedure_ccs", "icd10pcs"),
        surgical_procedure=_choose(surgical, "Surgery/Gynecology", "procedure_ccs", "icd10pcs"),
        always_planned_diagnosis=_choose(lists, "always_planned", "diagnosis_ccs", "icd10cm"),
        acute_diagnosis=_choose(lists, "acute", "diagnosis_ccs", "icd10cm"),
        excluded_ccs=frozenset(int(c) for c, category in excluded.items() if "Cancer" not in category),
        cancer_ccs=frozenset(int(c) for c, category in excluded.items() if "Cancer" in category),
        dropped_dispositions=frozenset(
            row["code"] for row in _read("discharge_disposition") if row["category"] in DROPPED_DISPOSITIONS
        ),
        charlson_conditions=tuple(position),
        charlson_masks=masks,
        charlson_beginnings=frozenset(prefix[:SHORTEST_PREFIX] for _, prefix in masks),
        analyte_of_loinc={
            row["loinc_code"]: number[row["analyte"]] for row in _read("lab_loinc") if row["analyte"] in number
        },
        factor_of_unit={
            (number[row["analyte"]], row["unit_key"]): float(row["factor"])
            for row in _read("lab_unit")
            if row["analyte"] in number
        },
    )


def _choose(rows: list[tuple[str, str, str]], name: str, category_system: str, code_system: str) -> Codes:
    return Codes(
        ccs=frozenset(int(code) for list_name, system, code in rows if (list_name, system) == (name, category_system)),
        codes=frozenset(code for list_name, system, code in rows if (list_name, system) == (name, code_system)),
    )


def _read(name: str) -> list[dict[str, str]]:
    path = next((REFERENCE / "value_sets").glob(f"{name}.csv*"))
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
