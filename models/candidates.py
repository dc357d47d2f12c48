"""The candidates of one training: clinical scores, logistic regression, gradient-boosted trees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.boosting import train_trees
from models.calibration import Calibrator, choose_calibrator, log_loss, sigmoid
from models.catalogue import Feature, model_features
from models.columns import FloatArray
from models.encoding import FeatureReader
from models.linear import IntArray, train_linear
from models.parts import Part
from models.points import is_available, out_of_fold_points, published_part, recalibrated_part, score_feature
from models.settings import ModelSettings

# From simple to complex: of two equally good candidates the earlier one is preferred.
ORDER = ("lace", "hospital", "logistic", "lightgbm")
BLEND_STEPS = 10


@dataclass(frozen=True)
class TrainingData:
    """Training stays in order of stay_id, their outcomes (0/1) and their patient folds."""

    rows: pd.DataFrame
    outcome: IntArray
    folds: IntArray

    @property
    def events(self) -> int:
        """Number of readmissions."""
        return int(self.outcome.sum())


@dataclass(frozen=True)
class Fitted:
    """A trained candidate before it is given a version."""

    catalogue: tuple[Feature, ...]
    parts: tuple[Part, ...]
    weights: tuple[float, ...]
    calibrator: Calibrator
    out_of_fold_risk: FloatArray | None
    tuned: Mapping[str, Any]


def published_candidates(
    matrix: pd.DataFrame, features: tuple[Feature, ...], settings: ModelSettings
) -> dict[str, Fitted]:
    """Take the clinical scores with their published risks; nothing is learned."""
    return {
        name: Fitted(
            (score_feature(name, features),),
            (published_part(name, score, matrix),),
            (1.0,),
            Calibrator(),
            None,
            {"risk": "published table"},
        )
        for name, score in settings.point_scores.items()
        if is_available(matrix, name)
    }


def learned_candidates(
    data: TrainingData, features: tuple[Feature, ...], settings: ModelSettings, seed: int, threads: int
) -> dict[str, Fitted]:
    """Every candidate, trained on the training stays and judged out of fold."""
    fitted = {
        name: _fit_points(name, data, features, settings)
        for name in settings.point_scores
        if is_available(data.rows, name)
    }
    entering = model_features(features)
    reader = FeatureReader.fit(data.rows, entering, settings.encoding)
    line, line_margin, line_tuned = train_linear(
        data.rows, data.outcome, data.folds, entering, reader, settings.encoding, settings.linear
    )
    fitted["logistic"] = _finish(entering, (line,), (1.0,), line_margin, data, settings, line_tuned)
    table = reader.read_all(data.rows, list(reader.kinds))
    if np.isnan(table).all() or table.shape[1] == 0:
        return fitted  # nothing to grow trees on
    trees, tree_margin, tree_tuned = train_trees(
        table, data.outcome, data.folds, reader, settings.boosting, seed, threads
    )
    share, margin = blend(line_margin, tree_margin, data.outcome)
    fitted["lightgbm"] = _finish(
        entering, (line, trees), (1 - share, share), margin, data, settings, {**tree_tuned, "tree_share": share}
    )
    return fitted


def blend(line: FloatArray, trees: FloatArray, outcome: IntArray) -> tuple[float, FloatArray]:
    """Find the share of the trees (in tenths) whose weighted mean log-odds has the least out-of-fold log loss."""
    shares = [step / BLEND_STEPS for step in range(BLEND_STEPS + 1)]
    losses = [log_loss(outcome, sigmoid((1 - share) * line + share * trees)) for share in shares]
    best = shares[int(np.argmin(losses))]
    return best, (1 - best) * line + best * trees


def choose_candidate(fitted: Mapping[str, Fitted], outcome: IntArray, margin: float) -> tuple[str, dict[str, float]]:
    """Pick the simplest candidate whose out-of-fold log loss is within the margin of the best; give all losses too."""
    losses = {
        name: log_loss(outcome, candidate.out_of_fold_risk)
        for name, candidate in fitted.items()
        if candidate.out_of_fold_risk is not None
    }
    limit = min(losses.values()) + margin
    return next(name for name in ORDER if losses.get(name, np.inf) <= limit), losses


def _fit_points(name: str, data: TrainingData, features: tuple[Feature, ...], settings: ModelSettings) -> Fitted:
    score = settings.point_scores[name]
    part = recalibrated_part(name, score, data.rows, data.outcome)
    margin = out_of_fold_points(name, score, data.rows, data.outcome, data.folds)
    catalogue = tuple(score_feature(column, features) for column in part.features)
    # Already a logistic recalibration: a second calibrator would only add noise.
    return Fitted(catalogue, (part,), (1.0,), Calibrator(), sigmoid(margin), {"risk": "logistic recalibration"})


def _finish(
    catalogue: tuple[Feature, ...],
    parts: tuple[Part, ...],
    weights: tuple[float, ...],
    margin: FloatArray,
    data: TrainingData,
    settings: ModelSettings,
    tuned: Mapping[str, Any],
) -> Fitted:
    calibrator, losses = choose_calibrator(margin, data.outcome, data.folds, settings.calibration)
    found = {**tuned, "calibration": calibrator.method, "out_of_fold_log_loss_by_calibration": losses}
    return Fitted(catalogue, parts, weights, calibrator, calibrator.apply(margin), found)
