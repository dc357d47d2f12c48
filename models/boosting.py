"""Gradient-boosted trees: LightGBM with small trees and a low learning rate, tuned out of fold.

The candidate ``lightgbm`` is the weighted mean, on the log-odds scale, of these trees and the logistic regression: what
is additive the line says with less noise, thresholds and interactions the trees see. On simulated hospitals the mean
recovered more of the reachable discrimination than either alone, and more than trees grown on top of the line.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.calibration import log_loss, sigmoid
from models.columns import FloatArray
from models.encoding import FeatureReader
from models.linear import IntArray, tuning_rows
from models.parts import TreePart
from models.settings import BoostingSettings

# Below this many rows threads wait for one another longer than they work (measured, worse on a busy machine).
ROWS_WORTH_THREADS = 50_000
BLOCK_ROUNDS = 20  # trees grown between two looks at the out-of-fold curve


def booster_params(settings: BoostingSettings, entry: Mapping[str, float], seed: int, threads: int) -> dict[str, Any]:
    """LightGBM parameters; every source of chance is seeded and the histogram layout fixed."""
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": settings.bagging_fraction,
        "bagging_freq": 1,
        "max_bin": settings.max_bin,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "num_threads": threads,
        "verbosity": -1,
        **{key: int(value) if float(value).is_integer() else value for key, value in entry.items()},
    }


def cross_validate(
    table: FloatArray,
    outcome: IntArray,
    folds: IntArray,
    params: Mapping[str, Any],
    settings: BoostingSettings,
) -> tuple[int, float, FloatArray]:
    """Grow all folds side by side and stop when their common log loss no longer falls.

    Returns
    -------
    Rounds, their out-of-fold log loss, and the out-of-fold log-odds
    """
    boosters = _fold_boosters(table, outcome, folds, params)
    margin = np.zeros(len(outcome))
    best_rounds, best_loss, best_margin = 0, np.inf, margin
    for rounds in range(BLOCK_ROUNDS, settings.rounds_max + 1, BLOCK_ROUNDS):
        for fold, booster in boosters.items():
            for _ in range(BLOCK_ROUNDS):
                booster.update()
            inside = folds == fold
            margin[inside] += booster.predict(
                table[inside],
                raw_score=True,
                start_iteration=rounds - BLOCK_ROUNDS,
                num_iteration=BLOCK_ROUNDS,
                num_threads=params["num_threads"],
            )
        loss = log_loss(outcome, sigmoid(margin))
        if loss < best_loss:
            best_rounds, best_loss, best_margin = rounds, loss, margin.copy()
        elif rounds - best_rounds >= settings.patience_rounds:
            break
    return best_rounds, best_loss, best_margin


def train_trees(
    table: FloatArray,
    outcome: IntArray,
    folds: IntArray,
    reader: FeatureReader,
    settings: BoostingSettings,
    seed: int,
    threads: int,
) -> tuple[TreePart, FloatArray, dict[str, object]]:
    """Choose a grid entry and a number of rounds out of fold, then grow the trees on all rows.

    Parameters
    ----------
    table : array (rows, features of ``reader``)
        The tree table.
    outcome, folds : arrays of int

    Returns
    -------
    TreePart, its out-of-fold log-odds, and what was tuned
    """
    tried: list[tuple[float, int, int]] = []
    margins: list[FloatArray] = []
    sample = tuning_rows(len(outcome), settings.tuning_rows_max)
    threads = threads if len(outcome) >= ROWS_WORTH_THREADS else 1
    for position, entry in enumerate(settings.grid):
        params = booster_params(settings, entry, seed, threads)
        rounds, loss, margin = cross_validate(table[sample], outcome[sample], folds[sample], params, settings)
        tried.append((loss, position, rounds))
        margins.append(margin)
    loss, position, rounds = min(tried)
    tuned: dict[str, object] = {
        **settings.grid[position],
        "rounds": rounds,
        "out_of_fold_log_loss_by_entry": {str(position): loss for loss, position, _ in tried},
    }
    params = booster_params(settings, settings.grid[position], seed, threads)
    margin = margins[position]
    if len(sample) < len(outcome):
        margin = _predict_folds(_fold_boosters(table, outcome, folds, params), table, folds, rounds)
    booster = _new_booster(table, outcome, params)
    for _ in range(rounds):
        booster.update()
    return TreePart(reader, list(reader.kinds), _stable_text(booster.model_to_string())), margin, tuned


def _new_booster(table: FloatArray, outcome: IntArray, params: Mapping[str, Any]) -> Any:  # noqa: ANN401
    import lightgbm as lgb

    # Feature names may hold characters LightGBM refuses; positions f0, f1, ... are safe, names live in our JSON.
    names = [f"f{position}" for position in range(table.shape[1])]
    data = lgb.Dataset(table, label=outcome, feature_name=names, params=dict(params))
    return lgb.Booster(params=dict(params), train_set=data)


def _fold_boosters(table: FloatArray, outcome: IntArray, folds: IntArray, params: Mapping[str, Any]) -> dict[int, Any]:
    boosters = {}
    for fold in np.unique(folds):
        outside = folds != fold
        boosters[int(fold)] = _new_booster(table[outside], outcome[outside], params)
    return boosters


def _predict_folds(boosters: Mapping[int, Any], table: FloatArray, folds: IntArray, rounds: int) -> FloatArray:
    margin = np.zeros(len(folds))
    for fold, booster in boosters.items():
        for _ in range(rounds):
            booster.update()
        inside = folds == fold
        margin[inside] = booster.predict(table[inside], raw_score=True)
    return margin


def _stable_text(text: str) -> str:
    # The text repeats the number of threads, which changes nothing in the trees but would change their bytes.
    return "\n".join(line for line in text.split("\n") if not line.startswith("[num_threads:"))
