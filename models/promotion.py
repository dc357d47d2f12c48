"""Whether a newly trained model takes over from the champion."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.judging import Metrics
from models.settings import PromotionSettings

# What stands in when the chosen candidate is refused and there is no champion yet: the simplest and least suspect.
STAND_INS = ("lace", "hospital")


@dataclass(frozen=True)
class Check:
    """One condition of promotion."""

    name: str
    passed: bool
    words: str


@dataclass(frozen=True)
class Verdict:
    """Who leads from now on.

    Attributes
    ----------
    promoted : str or None
        Candidate that becomes champion; None keeps the present champion.
    sentence : str
        The decision in words.
    checks : tuple of Check
    """

    promoted: str | None
    sentence: str
    checks: tuple[Check, ...]


def judge(
    chosen: str,
    metrics: Mapping[str, Metrics],
    champion: Metrics | None,
    settings: PromotionSettings,
    *,
    is_simulated: bool,
    accepted_reason: str | None = None,
) -> Verdict:
    """Decide about the chosen candidate of a training.

    Parameters
    ----------
    chosen : str
        Candidate put forward by the training.
    metrics : mapping of candidate to metrics
        On the evaluation stays of this training.
    champion : metrics or None
        The present champion's on the *same* evaluation stays; None where there is no champion that can read the present
        features.
    settings : PromotionSettings
    is_simulated : bool
        Simulated data may be as predictable as they like; real data may not.
    accepted_reason : str, optional
        Why a person accepts an AUROC above the realism gate.

    Returns
    -------
    Verdict
    """
    realistic = _check_realism(metrics[chosen], settings, is_simulated, accepted_reason)
    if champion is None:
        return _judge_first(chosen, metrics, realistic)
    checks = (realistic, *_compare(metrics[chosen], champion, settings))
    failed = [check for check in checks if not check.passed]
    if failed:
        return Verdict(None, f"The champion stays: {'; '.join(check.words for check in failed)}.", checks)
    return Verdict(chosen, f"{chosen} replaces the champion: {'; '.join(check.words for check in checks)}.", checks)


def _judge_first(chosen: str, metrics: Mapping[str, Metrics], realistic: Check) -> Verdict:
    if realistic.passed:
        return Verdict(chosen, f"{chosen} becomes champion: there was none to compare with.", (realistic,))
    stand_in = next((name for name in STAND_INS if name in metrics and name != chosen), None)
    named = f"{stand_in} becomes champion" if stand_in else "no model can be put in charge"
    return Verdict(stand_in, f"{chosen} is not promoted: {realistic.words}; {named}.", (realistic,))


def _check_realism(metrics: Metrics, settings: PromotionSettings, is_simulated: bool, reason: str | None) -> Check:
    auroc = metrics["auroc"]
    if is_simulated or auroc is None or auroc <= settings.realism_auroc_max:
        return Check("realism", True, "its discrimination is plausible")
    words = f"AUROC {auroc:.3f} is above {settings.realism_auroc_max}, suspected leakage"
    if reason:
        return Check("realism", True, f"{words}, accepted because {reason}")
    return Check("realism", False, f"{words} until a person accepts it with a reason")


def _compare(challenger: Metrics, champion: Metrics, settings: PromotionSettings) -> tuple[Check, ...]:
    ratio = challenger["expected_over_observed"]
    within = ratio is not None and settings.expected_over_observed_min <= ratio <= settings.expected_over_observed_max
    return (
        _not_worse("auroc", "AUROC", challenger["auroc"], champion["auroc"], settings.auroc_loss_max, sign=1),
        _not_worse("brier", "Brier score", challenger["brier"], champion["brier"], settings.brier_loss_max, sign=-1),
        Check(
            "calibration",
            within,
            "expected over observed cannot be computed" if ratio is None else f"expected over observed {ratio:.2f}",
        ),
    )


def _not_worse(name: str, label: str, new: float | None, old: float | None, loss_max: float, sign: int) -> Check:
    """Compare two values; sign is 1 where higher is better, -1 where lower is."""
    if new is None or old is None:
        return Check(name, False, f"{label} cannot be compared")
    return Check(name, sign * (new - old) >= -loss_max, f"{label} {new:.4f} against {old:.4f}")
