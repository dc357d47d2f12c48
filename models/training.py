"""Training: split, candidates, the choice among them, and why."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.errors import HomewardError
from models.candidates import (
    ORDER,
    Fitted,
    TrainingData,
    choose_candidate,
    learned_candidates,
    published_candidates,
)
from models.catalogue import Feature, catalogue_version, parse_catalogue
from models.columns import FloatArray, require_columns, row_hashes
from models.judging import Metrics, judge_risks
from models.risk_model import RiskModel
from models.settings import ModelSettings, parse_settings
from models.split import Split, assign_folds, make_split

VERSION_DIGITS = 8


@dataclass(frozen=True)
class Candidate:
    """A trained model with its out-of-fold risks (training stays) and its metrics by where they were measured."""

    model: RiskModel
    out_of_fold_risk: FloatArray | None
    metrics: Mapping[str, Metrics]
    tuned: Mapping[str, Any]


@dataclass(frozen=True)
class TrainingResult:
    """What one training leaves.

    Attributes
    ----------
    candidates : mapping of name to Candidate
    chosen : str
        Name of the candidate put forward.
    decision : str
        Why, in sentences for people.
    split : Split
    training : DataFrame, one row per training stay
        stay_key, stay_id, patient_id, readmitted_30d, risk_<candidate> out of fold (null for published tables).
    evaluation : DataFrame, one row per evaluation stay
        The same columns with each candidate's risk: contract ``scores.evaluation``.
    fingerprint : str
        Content hash of the training rows, features and labels.
    """

    candidates: Mapping[str, Candidate]
    chosen: str
    decision: str
    split: Split
    training: pd.DataFrame
    evaluation: pd.DataFrame
    fingerprint: str

    @property
    def model(self) -> RiskModel:
        """The chosen candidate's model."""
        return self.candidates[self.chosen].model


def train(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    catalogue: Sequence[Mapping[str, Any] | Feature],
    config: Mapping[str, Any] | ModelSettings,
    seed: int,
    as_of: date,
    threads: int = 1,
    stays: pd.DataFrame | None = None,
    listing_window_days: int = 30,
    code_version: str = "",
) -> TrainingResult:
    """Train every candidate and choose one.

    Parameters
    ----------
    matrix : DataFrame, one row per stay
        ``features.matrix``; the order of rows and columns does not matter.
    labels : DataFrame, one row per eligible stay
        ``cohort.label``.
    catalogue : sequence of feature entries
        ``features/catalogue.yaml``.
    config : mapping
        Content of ``config/models.yaml``.
    seed : int
        Seeds folds and trees.
    as_of : date
        Data cut-off, that day included.
    threads : int
        For LightGBM; changes the time, not the result.
    stays : DataFrame, optional
        ``cohort.index_stay``.
    listing_window_days : int
        How many days before as_of a discharge is still current.
    code_version : str
        Version of this code; part of the model version.

    Raises
    ------
    HomewardError
        If there are too few events to learn and no clinical score to fall back on.
    """
    settings, features = parse_settings(config), parse_catalogue(catalogue)
    require_columns(matrix, [feature.name for feature in features if feature.use == "model"])
    split = make_split(matrix, labels, settings.split, as_of, stays, listing_window_days)
    data = training_data(matrix, labels, split, settings, seed)
    judged = labelled_rows(matrix, labels, split.stays("is_evaluation"))
    fingerprint = _fingerprint(data, features)
    if has_enough_events(data.events, int(judged["readmitted_30d"].sum()), settings):
        fitted = learned_candidates(data, features, settings, seed, threads)
        chosen, losses = choose_candidate(fitted, data.outcome, settings.selection.simplicity_margin_log_loss)
        decision = _say_choice(chosen, losses, data)
    else:
        fitted = published_candidates(matrix, features, settings)
        chosen, decision = _fall_back(fitted, data, judged, settings)
    context = {
        "seed": seed,
        "code_version": code_version,
        "catalogue_version": catalogue_version(features),
        "training_fingerprint": fingerprint,
        "training_stays": len(data.rows),
        "training_readmissions": data.events,
        "time_cut": split.time_cut.isoformat() if split.time_cut else None,
        "settings": settings.to_json(),
    }
    candidates = {name: _name_candidate(name, fitted[name], context, data, judged) for name in ORDER if name in fitted}
    return TrainingResult(
        candidates,
        chosen,
        decision,
        split,
        _risk_table(data.rows, {name: one.out_of_fold_risk for name, one in candidates.items()}, data.outcome),
        evaluation_table({name: one.model for name, one in candidates.items()}, judged),
        fingerprint,
    )


def training_data(
    matrix: pd.DataFrame, labels: pd.DataFrame, split: Split, settings: ModelSettings, seed: int
) -> TrainingData:
    """Training stays in order of stay_id with outcomes and patient folds."""
    rows = labelled_rows(matrix, labels, split.stays("is_training"))
    outcome = rows["readmitted_30d"].to_numpy(dtype=np.int64)
    return TrainingData(rows, outcome, assign_folds(rows["patient_id"], settings.split.folds, seed))


def labelled_rows(matrix: pd.DataFrame, labels: pd.DataFrame, stay_keys: Any) -> pd.DataFrame:  # noqa: ANN401
    """Rows of the matrix with the label joined (int64 0/1), for these stays and in their order."""
    known = labels.set_index("stay_key")["readmitted_30d"].reindex(stay_keys)
    rows = matrix.drop(columns="readmitted_30d", errors="ignore").set_index("stay_key").loc[stay_keys]
    return rows.assign(readmitted_30d=known.astype("int64").to_numpy()).reset_index()


def has_enough_events(training: int, evaluation: int, settings: ModelSettings) -> bool:
    """Whether a learned model can be trained and judged."""
    return training >= settings.events.min_training and evaluation >= settings.events.min_evaluation


def evaluation_table(models: Mapping[str, RiskModel], judged: pd.DataFrame) -> pd.DataFrame:
    """Every model's risk for the evaluation stays: contract ``scores.evaluation``."""
    return _risk_table(
        judged, {name: model.predict(judged) for name, model in models.items()}, judged["readmitted_30d"].to_numpy()
    )


def _risk_table(rows: pd.DataFrame, risks: Mapping[str, FloatArray | None], outcome: Any) -> pd.DataFrame:  # noqa: ANN401
    table = rows[["stay_key", "stay_id", "patient_id"]].reset_index(drop=True)
    table["readmitted_30d"] = np.asarray(outcome, dtype=bool)
    for name in ORDER:
        risk = risks.get(name)
        table[f"risk_{name}"] = np.full(len(rows), np.nan) if risk is None else risk
    return table


def _name_candidate(
    name: str, fitted: Fitted, context: Mapping[str, Any], data: TrainingData, judged: pd.DataFrame
) -> Candidate:
    digest = hashlib.md5(json.dumps([name, context], sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    metadata = json.loads(json.dumps({**context, "tuned": fitted.tuned}, default=str))
    model = RiskModel(
        name,
        f"{name}-{digest[:VERSION_DIGITS]}",
        fitted.catalogue,
        fitted.parts,
        fitted.weights,
        fitted.calibrator,
        metadata,
    )
    metrics = {"evaluation": judge_risks(judged["readmitted_30d"].to_numpy(), model.predict(judged))}
    if fitted.out_of_fold_risk is not None:
        metrics["out_of_fold"] = judge_risks(data.outcome, fitted.out_of_fold_risk)
    return Candidate(model, fitted.out_of_fold_risk, metrics, fitted.tuned)


def _fingerprint(data: TrainingData, features: Sequence[Feature]) -> str:
    present = [feature for feature in features if feature.use != "audit" and feature.name in data.rows.columns]
    digest = hashlib.md5(usedforsecurity=False)
    for column in (data.rows["stay_id"].astype("str"), row_hashes(data.rows, present), data.outcome.tolist()):
        digest.update("\n".join(str(value) for value in column).encode())
    return digest.hexdigest()


def _say_choice(chosen: str, losses: Mapping[str, float], data: TrainingData) -> str:
    compared = ", ".join(f"{name} {loss:.4f}" for name, loss in sorted(losses.items(), key=lambda item: item[1]))
    return (
        f"{chosen} was chosen on {len(data.rows):,} training stays with {data.events:,} readmissions: "
        f"the simplest candidate within reach of the least out-of-fold log loss ({compared})."
    )


def _fall_back(
    fitted: Mapping[str, Fitted], data: TrainingData, judged: pd.DataFrame, settings: ModelSettings
) -> tuple[str, str]:
    counted = (
        f"{data.events} readmissions to train on and {int(judged['readmitted_30d'].sum())} to judge by; "
        f"a learned model needs {settings.events.min_training} and {settings.events.min_evaluation}"
    )
    for name in ("lace", "hospital"):
        if name in fitted:
            return name, f"Too few events ({counted}): {name.upper()} with its published risk table is used instead."
    raise HomewardError(
        f"too few events ({counted}), and neither LACE nor HOSPITAL can be computed",
        where="models.training",
        next_step="load a longer history, or the tables LACE needs (encounters with start, end and diagnoses)",
    )
