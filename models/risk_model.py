"""One trained model: predicts by feature name, explains itself, and is stored as text (no pickle)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.errors import HomewardError
from models.calibration import Calibrator
from models.catalogue import Feature
from models.columns import FloatArray, require_columns
from models.parts import LinearPart, Part, PointsPart, TreePart
from models.reasons import put_into_words

FORMAT = 1
MODEL_FILE, TREES_FILE = "model.json", "trees.txt"


@dataclass(frozen=True)
class RiskModel:
    """Risk of an unplanned return within 30 days: the calibrated, weighted sum of one or two parts.

    Attributes
    ----------
    model_name : str
        lace, hospital, logistic or lightgbm.
    model_version : str
        Name and content hash, for example ``lightgbm-3f9a12c0``.
    catalogue : tuple of Feature
        Entries of the features read, for reasons.
    parts : tuple of Part
        Their weighted sum is the margin (log-odds).
    weights : tuple of float
        One per part, adding up to 1.
    metadata : mapping
        How it was trained: counts, dates of the split, settings; no patient's value.
    """

    model_name: str
    model_version: str
    catalogue: tuple[Feature, ...]
    parts: tuple[Part, ...]
    weights: tuple[float, ...] = (1.0,)
    calibrator: Calibrator = Calibrator()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def features(self) -> list[str]:
        """Columns the model reads, sorted."""
        return sorted({name for part in self.parts for name in part.features})

    @property
    def _weighted(self) -> list[tuple[Part, float]]:
        return list(zip(self.parts, self.weights, strict=True))

    def margin(self, matrix: pd.DataFrame) -> FloatArray:
        """Log-odds before calibration, one per row."""
        require_columns(matrix, self.features)
        return np.sum([weight * part.margin(matrix) for part, weight in self._weighted], axis=0)

    def predict(self, matrix: pd.DataFrame) -> FloatArray:
        """Risk (0-1) of each row; column order and further columns do not matter.

        Raises
        ------
        HomewardError
            Naming the columns that are missing.
        """
        return self.calibrator.apply(self.margin(matrix))

    def contributions(self, matrix: pd.DataFrame) -> tuple[pd.DataFrame, float]:
        """Log-odds by row and feature, and the base: together they sum to ``margin``."""
        require_columns(matrix, self.features)
        total = pd.DataFrame(0.0, index=matrix.index, columns=self.features)
        base = 0.0
        for part, weight in self._weighted:
            values, part_base = part.contributions(matrix)
            total = total.add(weight * values, fill_value=0.0)
            base += weight * part_base
        return total[self.features], base

    def reasons(self, matrix: pd.DataFrame, k: int = 5) -> pd.DataFrame:
        """List the k features that move each row's log-odds most, in the catalogue's words.

        Returns
        -------
        DataFrame, one row per (stay_key, position): contract ``scores.reason``
        """
        require_columns(matrix, ["stay_key"])
        values, _ = self.contributions(matrix)
        return put_into_words(matrix, values, self.catalogue, k)

    def save(self, folder: Path) -> None:
        """Write ``model.json`` and, with trees, ``trees.txt`` (the Booster's text) into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        data: dict[str, Any] = {
            "format": FORMAT,
            "model_name": self.model_name,
            "model_version": self.model_version,
            "catalogue": [asdict(feature) for feature in self.catalogue],
            "calibrator": self.calibrator.to_json(),
            "metadata": dict(self.metadata),
            "weights": list(self.weights),
            "parts": [{"kind": type(part).__name__, **part.to_json()} for part in self.parts],
        }
        (folder / MODEL_FILE).write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        for part in self.parts:
            if isinstance(part, TreePart):
                (folder / TREES_FILE).write_text(part.booster_text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "RiskModel":
        """Read what ``save`` wrote.

        Raises
        ------
        HomewardError
            If the folder holds no model, or one of another format.
        """
        file = folder / MODEL_FILE
        if not file.is_file():
            raise HomewardError("no model.json in the model folder", where="models", next_step="train a model first")
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise HomewardError(
                f"model format {data['format']}, this version reads {FORMAT}",
                where="models",
                next_step="train again with this version",
            )
        return cls(
            data["model_name"],
            data["model_version"],
            tuple(Feature(**entry) for entry in data["catalogue"]),
            _load_parts(data["parts"], folder),
            tuple(data["weights"]),
            Calibrator.from_json(data["calibrator"]),
            data["metadata"],
        )


def _load_parts(entries: Sequence[dict[str, Any]], folder: Path) -> tuple[Part, ...]:
    parts: list[Part] = []
    for entry in entries:
        kind = entry["kind"]
        if kind == "LinearPart":
            parts.append(LinearPart.from_json(entry))
        elif kind == "PointsPart":
            parts.append(PointsPart.from_json(entry))
        else:
            parts.append(TreePart.from_json(entry, (folder / TREES_FILE).read_text(encoding="utf-8")))
    return tuple(parts)
