"""Scores of every scorable stay; which of them judge the model is said row by row."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.columns import require_columns, row_hashes, to_number
from models.risk_model import RiskModel
from models.split import Split

COLUMNS = [
    "stay_key",
    "stay_id",
    "encounter_id",
    "patient_id",
    "scored_at",
    "prediction_point",
    "risk",
    "risk_percentile",
    "lace",
    "hospital",
    "model_name",
    "model_version",
    "features_hash",
    "readmitted_30d",
    "evaluation",
    "is_held_out_patient",
]
IDENTIFIERS = ["stay_key", "stay_id", "encounter_id", "patient_id", "scored_at", "prediction_point"]


def score(model: RiskModel, matrix: pd.DataFrame, labels: pd.DataFrame, split: Split) -> pd.DataFrame:
    """Score every scorable stay, past ones too, so that each stay's LACE, HOSPITAL and risk can be looked up.

    Risks of stays of patients who were trained on flatter the model: only ``evaluation`` rows judge it, and
    ``is_held_out_patient`` says who was never trained on.

    Parameters
    ----------
    model : RiskModel
        The champion.
    matrix : DataFrame, one row per stay
        ``features.matrix``.
    labels : DataFrame, one row per eligible stay
        ``cohort.label``.
    split : Split
        Says which stays are scored and which of them judge the model.

    Returns
    -------
    DataFrame, one row per scored stay, sorted by stay_id
        Contract ``scores.risk``: risk 0-1; risk_percentile 0-100, the share of the stays scored at the same prediction
        point whose risk is lower (ties share their mean rank); readmitted_30d only for evaluation stays.
    """
    require_columns(matrix, IDENTIFIERS)
    keys = split.stays("is_scored")
    rows = _rows_of(matrix, keys)
    scores = rows[IDENTIFIERS].copy()
    scores["risk"] = model.predict(rows)
    scores["risk_percentile"] = _percentiles(scores)
    for name in ("lace", "hospital"):
        points = to_number(rows[name]) if name in rows.columns else np.full(len(rows), np.nan)
        scores[name] = pd.Series(points, index=scores.index).round().astype("Int64")
    scores["model_name"] = model.model_name
    scores["model_version"] = model.model_version
    entering = [feature for feature in model.catalogue if feature.name in set(model.features)]
    scores["features_hash"] = row_hashes(rows, entering)
    judged = np.isin(keys, split.stays("is_evaluation"))
    known = labels.set_index("stay_key")["readmitted_30d"].reindex(keys).astype("boolean").array
    scores["readmitted_30d"] = pd.Series(known, index=scores.index).where(judged)
    scores["evaluation"] = judged
    scores["is_held_out_patient"] = split.table.set_index("stay_key")["is_held_out_patient"].reindex(keys).to_numpy()
    text = dict.fromkeys(("model_name", "model_version", "features_hash", "prediction_point"), "str")
    return scores[COLUMNS].astype(text)


def current_stays(split: Split, matrix: pd.DataFrame) -> pd.DataFrame:
    """Rows of the matrix for the stays on today's list, for their reasons; sorted by stay_id."""
    return _rows_of(matrix, split.stays("is_current"))


def _rows_of(matrix: pd.DataFrame, stay_keys: npt.NDArray[np.int64]) -> pd.DataFrame:
    return matrix.set_index("stay_key", drop=False).rename_axis(None).loc[stay_keys].reset_index(drop=True)


def _percentiles(scores: pd.DataFrame) -> pd.Series:
    grouped = scores.groupby("prediction_point")["risk"]
    count = grouped.transform("size")
    return 100 * (grouped.rank(method="average") - 0.5) / count
