"""Value sets and measure as the pandas peer reads them."""

from dataclasses import dataclass

import pandas as pd

from benchmarks.places import REFERENCE
from features.cohort.measure import load_measure


@dataclass(frozen=True)
class CodeLists:
    """CCS categories (as numbers) and codes of the lists that the cohort's rules name."""

    psychiatric: frozenset[int]
    rehabilitation: frozenset[int]
    cancer: frozenset[int]
    planned: pd.DataFrame
    specialty: pd.DataFrame

    @classmethod
    def read(cls) -> "CodeLists":
        """Read the lists of reference/value_sets."""
        exclusion = read_values("hwr_exclusion")
        ccs = {name: frozenset(rows.diagnosis_ccs.astype(int)) for name, rows in exclusion.groupby("category")}
        return cls(
            ccs["Psychiatric"], ccs["Rehabilitation"], ccs["Medical Treatment of Cancer"],
            read_values("planned_readmission"), read_values("hwr_specialty_cohort"),
        )  # fmt: skip

    def planned_codes(self, name: str, system: str) -> set[str]:
        """Codes of one list of the planned-readmission algorithm."""
        return set(self.planned[(self.planned["list"] == name) & (self.planned.system == system)].code)

    def surgical_codes(self, system: str) -> set[str]:
        """Codes that make a stay surgical."""
        rows = self.specialty[(self.specialty.cohort == "Surgery/Gynecology") & (self.specialty.system == system)]
        return set(rows.code)


def read_values(name: str) -> pd.DataFrame:
    """Read one value set, all text."""
    path = next((REFERENCE / "value_sets").glob(f"{name}.csv*"))
    return pd.read_csv(path, dtype=str)


def read_measure() -> dict:
    """Read the default measure."""
    return load_measure(REFERENCE / "measures", "hwr_adapted").model_dump()
