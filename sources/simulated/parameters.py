"""The numbers of the simulation, read from reference/simulation and turned into arrays."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from data_contracts.errors import UsageError

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "reference" / "simulation"
FILES = ("population", "chronic", "conditions", "laboratory", "medications", "social", "hospital", "risk", "dirt")


def table(section: dict[str, Any]) -> pd.DataFrame:
    """Turn a ``columns`` / ``rows`` section into a frame, one row per entry."""
    return pd.DataFrame(section["rows"], columns=section["columns"])


def pool(weights: dict[Any, float]) -> tuple[list[Any], np.ndarray]:
    """Split ``{value: weight}`` into the values and their cumulative shares (last one exactly 1)."""
    cumulative = np.cumsum(np.array(list(weights.values()), dtype=float))
    return list(weights), cumulative / cumulative[-1]


def draw(rng: np.random.Generator, weights: dict[Any, float], size: int) -> np.ndarray:
    """Draw positions in ``weights`` with those shares, one per element."""
    return np.searchsorted(pool(weights)[1], rng.random(size), side="right")


def between(rng: np.random.Generator, bounds: list[int], size: int) -> np.ndarray:
    """Draw whole numbers from the first bound up to, not including, the second."""
    return rng.integers(int(bounds[0]), int(bounds[1]), size)


def _matrix(sparse: dict[str, dict[str, float]], rows: list[str], columns: list[str]) -> np.ndarray:
    """Spread ``{row: {column: number}}`` over a dense rows x columns matrix; raises KeyError-like on unknown names."""
    dense = np.zeros((len(rows), len(columns)))
    for row, entries in sparse.items():
        for column, number in entries.items():
            dense[rows.index(row), columns.index(column)] = number
    return dense


@dataclass(frozen=True)
class Parameters:
    """Everything read from the folder: the raw sections, and the lists and matrices built from them.

    ``affinity`` chronic x reason, ``reason_labs`` reason x test, ``chronic_labs`` chronic x test, ``reason_drugs`` and
    ``chronic_drugs`` probabilities of a drug at discharge.
    """

    sections: dict[str, dict[str, Any]]
    chronic: pd.DataFrame
    reasons: pd.DataFrame
    labs: pd.DataFrame
    drugs: pd.DataFrame
    domains: pd.DataFrame
    facilities: pd.DataFrame
    dispositions: pd.DataFrame
    affinity: np.ndarray
    reason_labs: np.ndarray
    chronic_labs: np.ndarray
    reason_drugs: np.ndarray
    chronic_drugs: np.ndarray

    def __getitem__(self, section: str) -> dict[str, Any]:
        """Return one raw section (a YAML file) by its name."""
        return self.sections[section]

    def chronic_at(self, name: str) -> int:
        """Return the position of a chronic condition."""
        return int(self.chronic["name"].tolist().index(name))

    def reason_at(self, name: str) -> int:
        """Return the position of a reason for admission."""
        return int(self.reasons["name"].tolist().index(name))


def load_parameters(folder: Path = DEFAULT_FOLDER) -> Parameters:
    """Read the nine YAML files of the simulation.

    Raises
    ------
    UsageError
        A file is missing.
    """
    missing = [name for name in FILES if not (folder / f"{name}.yaml").is_file()]
    if missing:
        raise UsageError(f"simulation parameters: {', '.join(missing)} not found under reference/simulation")
    sections = {name: yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) for name in FILES}
    chronic, reasons = table(sections["chronic"]), table(sections["conditions"])
    labs, drugs = table(sections["laboratory"]), table(sections["medications"])
    names, why = chronic["name"].tolist(), reasons["name"].tolist()
    tests, medicines = labs["name"].tolist(), drugs["name"].tolist()
    return Parameters(
        sections=sections,
        chronic=chronic,
        reasons=reasons,
        labs=labs,
        drugs=drugs,
        domains=table(sections["social"]),
        facilities=pd.DataFrame(
            sections["hospital"]["facilities"], columns=["facility_id", "name", "kind", "system_id", "weight", "effect"]
        ),
        dispositions=table(sections["hospital"]["dispositions"]),
        affinity=_matrix(sections["conditions"]["affinity"], why, names).T,
        reason_labs=_matrix(sections["conditions"]["labs"], why, tests),
        chronic_labs=_matrix(sections["laboratory"]["chronic"], tests, names).T,
        reason_drugs=_matrix(sections["conditions"]["meds"], why, medicines),
        chronic_drugs=_matrix(sections["medications"]["chronic"], names, medicines),
    )
