"""From matrix and labels to the model in charge: train (or not), compare with the champion, record."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_contracts.errors import HomewardError
from pipelines.settings import Settings

if TYPE_CHECKING:
    from models.risk_model import RiskModel
    from models.split import Split


@dataclass(frozen=True)
class Settled:
    """Who leads, who else was tried on the same evaluation stays, and why."""

    champion: "RiskModel"
    candidates: Mapping[str, "RiskModel"]
    split: "Split"
    decision: str
    verdict: str


def settle_model(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    stays: pd.DataFrame,
    config: dict[str, Any],
    settings: Settings,
    as_of: dt.date,
    *,
    listing_window_days: int,
    code_version: str,
    tracking_uri: str,
    artifacts: Path,
    is_simulated: bool,
) -> Settled:
    """Train the candidates, let the promotion rule decide, and give the champion.

    Parameters
    ----------
    matrix, labels, stays : DataFrame
        ``features.matrix``, ``cohort.label``, ``cohort.index_stay``.
    config : dict
        Content of ``config/models.yaml``.
    settings : Settings
        ``retrain: never`` keeps the champion and only splits.

    Raises
    ------
    HomewardError
        No stay can be scored, no model can be put in charge, or ``retrain: never`` without a champion.
    """
    from features.catalogue import catalogue_entries, load_catalogue
    from models.registry import Registry
    from models.settings import parse_settings
    from models.split import make_split
    from models.succession import settle_champion
    from models.training import train

    if matrix.empty:
        raise HomewardError(
            "no stay can be scored",
            where="features.matrix",
            next_step="see the attrition table: `cohort.attrition` in the warehouse says which rule dropped the stays",
        )
    registry, modelling = Registry(tracking_uri, str(artifacts)), parse_settings(config)
    if settings.retrain == "never":
        champion = registry.load()
        if champion is None:
            raise HomewardError(
                "there is no champion to keep", where="retrain", next_step="run once with retrain=always"
            )
        split = make_split(matrix, labels, modelling.split, as_of, stays, listing_window_days)
        kept = f"{champion.model_version} was kept without training (retrain: never)."
        return Settled(champion, {}, split, kept, kept)
    result = train(
        matrix, labels, catalogue_entries(load_catalogue()), modelling, settings.seed, as_of,
        threads=settings.worker_count, stays=stays, listing_window_days=listing_window_days, code_version=code_version,
    )  # fmt: skip
    succession = settle_champion(
        registry, result, matrix, labels, modelling.promotion,
        is_simulated=is_simulated, accepted_reason=settings.accept_suspected_leakage or None,
    )  # fmt: skip
    models = {name: candidate.model for name, candidate in result.candidates.items()}
    return Settled(succession.champion, models, result.split, result.decision, succession.verdict.sentence)


def describe_decision(settled: Settled) -> dict[str, Any]:
    """Give the decision as plain JSON types, for the summary and the audit."""
    cut = settled.split.time_cut
    return {
        "model_name": settled.champion.model_name,
        "model_version": settled.champion.model_version,
        "decision": settled.decision,
        "verdict": settled.verdict,
        "time_cut": cut.isoformat() if cut else None,
        "training_stays": len(settled.split.stays("is_training")),
        "evaluation_stays": len(settled.split.stays("is_evaluation")),
        "candidates": sorted(settled.candidates),
        "metadata": dict(settled.champion.metadata),
    }
