"""LACE and HOSPITAL as risk models: recalibrated on training data, or by their published table."""

import numpy as np
import pandas as pd

from models.calibration import fit_unpenalised, log_odds
from models.catalogue import Feature
from models.columns import FloatArray, to_number
from models.linear import DECIMALS, IntArray
from models.parts import PointsPart
from models.settings import PointScoreSettings


def score_feature(name: str, features: tuple[Feature, ...]) -> Feature:
    """Look up the catalogue's entry of a clinical score, or a plain one where it has none."""
    found = [feature for feature in features if feature.name == name]
    return found[0] if found else Feature(name, "numeric", use="baseline", label=f"{name.upper()} score")


def is_available(matrix: pd.DataFrame, name: str) -> bool:
    """Whether the matrix holds the score for at least one stay."""
    return name in matrix.columns and bool(matrix[name].notna().any())


def published_part(name: str, settings: PointScoreSettings, rows: pd.DataFrame) -> PointsPart:
    """Take the score with the risks its authors published, for hospitals with too few events of their own."""
    margins = log_odds(np.array(settings.published_risk_prob, dtype=np.float64))
    return PointsPart(name, _components(settings, rows), tuple(margins.tolist()), _typical_points(rows, name))


def recalibrated_part(name: str, settings: PointScoreSettings, rows: pd.DataFrame, outcome: IntArray) -> PointsPart:
    """Learn the score's intercept and slope from training stays: log-odds linear in the points."""
    typical = _typical_points(rows, name)
    points = to_number(rows[name])
    known = np.where(np.isnan(points), typical, points)
    intercept, slopes = fit_unpenalised(known[:, None], outcome)
    margins = intercept + slopes[0] * np.arange(settings.points_max + 1)
    rounded = tuple(float(margin) for margin in np.round(margins, DECIMALS))
    return PointsPart(name, _components(settings, rows), rounded, typical)


def out_of_fold_points(
    name: str, settings: PointScoreSettings, rows: pd.DataFrame, outcome: IntArray, folds: IntArray
) -> FloatArray:
    """Log-odds of every training stay from the recalibration that did not see its fold."""
    margin = np.empty(len(rows), dtype=np.float64)
    for fold in np.unique(folds):
        inside = folds == fold
        part = recalibrated_part(name, settings, rows[~inside], outcome[~inside])
        margin[inside] = part.margin(rows[inside])
    return margin


def _components(settings: PointScoreSettings, rows: pd.DataFrame) -> tuple[str, ...]:
    present = tuple(column for column in settings.components if column in rows.columns)
    return present if len(present) == len(settings.components) else ()


def _typical_points(rows: pd.DataFrame, name: str) -> float:
    points = to_number(rows[name]) if len(rows) else np.empty(0)
    known = points[~np.isnan(points)]
    return float(np.median(known)) if len(known) else 0.0
