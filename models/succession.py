"""From a training to the model in charge: compare with the champion, decide, record."""

from dataclasses import dataclass

import pandas as pd

from data_contracts.errors import HomewardError
from models.judging import judge_risks
from models.promotion import Verdict, judge
from models.registry import CHALLENGER, CHAMPION, Registered, Registry
from models.risk_model import RiskModel
from models.settings import PromotionSettings
from models.training import TrainingResult, labelled_rows


@dataclass(frozen=True)
class Succession:
    """The champion from now on, its registered version, and how it was decided."""

    champion: RiskModel
    version: Registered
    verdict: Verdict


def settle_champion(
    registry: Registry,
    result: TrainingResult,
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    settings: PromotionSettings,
    *,
    is_simulated: bool,
    accepted_reason: str | None = None,
) -> Succession:
    """Compare the training's choice with the champion on the same evaluation stays, and record the outcome.

    The promoted model becomes ``champion``; a refused one is registered as ``challenger``. Repeating an unchanged
    training changes nothing.

    Raises
    ------
    HomewardError
        If no model can be put in charge: suspected leakage, no champion yet and no clinical score to stand in.
    """
    runs = registry.record(result)
    present = registry.load(CHAMPION)
    if present is not None and present.model_version == result.model.model_version:
        return _keep(registry, present)
    verdict = _decide(present, result, matrix, labels, settings, is_simulated, accepted_reason)
    chosen = registry.register(result.model, runs[result.chosen])
    if verdict.promoted:
        promoted = registry.register(result.candidates[verdict.promoted].model, runs[verdict.promoted])
        registry.appoint(CHAMPION, promoted)
    leader = registry.version(CHAMPION)
    champion = registry.load(CHAMPION)
    if leader is None or champion is None:
        raise HomewardError(
            verdict.sentence,
            where="models.registry",
            next_step="look for features that know the future, or accept the model with a reason",
        )
    registry.appoint(CHALLENGER, None if chosen == leader else chosen)
    registry.note(chosen, verdict.sentence)
    return Succession(champion, leader, verdict)


def _keep(registry: Registry, champion: RiskModel) -> Succession:
    """Say of an unchanged champion what was said when it was appointed: a repeated run reads the same."""
    leader = registry.register(champion, run_id="")  # found by its version, never made
    registry.appoint(CHALLENGER, None)
    return Succession(champion, leader, Verdict(None, registry.noted(leader), ()))


def _decide(
    present: RiskModel | None,
    result: TrainingResult,
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    settings: PromotionSettings,
    is_simulated: bool,
    accepted_reason: str | None,
) -> Verdict:
    readable = present is not None and set(present.features) <= set(matrix.columns)
    champion_metrics = None
    if present is not None and readable:
        judged = labelled_rows(matrix, labels, result.split.stays("is_evaluation"))
        champion_metrics = judge_risks(judged["readmitted_30d"].to_numpy(), present.predict(judged))
    metrics = {name: candidate.metrics["evaluation"] for name, candidate in result.candidates.items()}
    return judge(
        result.chosen,
        metrics,
        champion_metrics,
        settings,
        is_simulated=is_simulated,
        accepted_reason=accepted_reason,
    )
