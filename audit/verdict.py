"""May the model be used? The checks, summed up in one sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from audit.checks import (
    CARE,
    FAIL,
    UNKNOWN,
    Check,
    check_benefit,
    check_better_than_lace,
    check_events,
    check_groups,
    check_leakage,
    check_on_average,
    check_reconciliation,
    check_spread,
    check_trained,
)
from audit.inputs import AuditInputs
from audit.scores import Sample
from audit.settings import AuditSettings

Document = dict[str, Any]


def judge(
    sample: Sample, performance: Document, subgroups: Sequence[Document], inputs: AuditInputs, settings: AuditSettings
) -> Document:
    """Answer every question and sum up.

    Returns
    -------
    dict
        ``level`` (usable, usable_with_care, not_yet_usable, suspected_leakage or no_model), ``sentence``, ``checks``.
    """
    checks = [check_trained(inputs), check_events(sample, settings)]
    if inputs.model.is_trained and performance["reason"] is None:
        scores = performance["scores"]
        metrics = scores["champion"]["metrics"]
        checks += [
            check_leakage(metrics["auroc"], inputs.leakage_accepted, settings),
            check_better_than_lace(scores.get("lace")),
            check_on_average(metrics["expected_over_observed"], settings.expected_over_observed),
            check_spread(metrics["calibration_slope"], settings.calibration_slope),
            check_benefit(performance["decision_curve"]),
            check_groups(subgroups, settings),
        ]
    checks.append(check_reconciliation(inputs.load_report))
    level, sentence = _sum_up(checks, inputs, sample)
    return {"level": level, "sentence": sentence, "checks": [dataclasses.asdict(check) for check in checks]}


def _sum_up(checks: Sequence[Check], inputs: AuditInputs, sample: Sample) -> tuple[str, str]:
    failed = [check.because for check in checks if check.status == FAIL]
    careful = [check.because for check in checks if check.status in (CARE, UNKNOWN)]
    if not inputs.model.is_trained:
        ranked = f"people are ranked by {sample.champion.label}" if sample.champion else "people cannot be ranked"
        return "no_model", f"No model yet: {ranked}. {inputs.model.decision}".rstrip()
    leaked = [check.because for check in checks if check.id == "leakage" and check.status == FAIL]
    if leaked:
        return "suspected_leakage", f"Do not use: {leaked[0]}."
    if failed:
        return "not_yet_usable", f"Not yet usable because {_joined(failed)}."
    if careful:
        return "usable_with_care", f"Usable with care: {_joined(careful)}."
    return "usable", "Usable: ranks better than LACE and its risks are on target."


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"
