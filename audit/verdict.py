"""May the model be used? Rules with thresholds from config/audit.yaml, each answered in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from audit.inputs import AuditInputs
from audit.scores import Sample
from audit.settings import AuditSettings, Range
from audit.words import count, interval_words, number, percent
from models.metrics import Metric

Document = dict[str, Any]

PASS, CARE, FAIL, UNKNOWN = "pass", "care", "fail", "unknown"


@dataclasses.dataclass(frozen=True)
class Check:
    """One question of the verdict.

    Parameters
    ----------
    id, question, status
        Status is pass, care (usable, with this in mind), fail or unknown.
    answer : str
        The finding in words.
    because : str
        The same as part of a sentence: "Not yet usable because ...".
    source : str
        Where the threshold comes from.
    """

    id: str
    question: str
    status: str
    answer: str
    because: str = ""
    source: str = ""


def judge(
    sample: Sample, performance: Document, subgroups: Sequence[Document], inputs: AuditInputs, settings: AuditSettings
) -> Document:
    """Answer every question and sum up.

    Returns
    -------
    dict
        ``level`` (usable, usable_with_care, not_yet_usable, suspected_leakage, no_model), ``sentence`` and ``checks``.
    """
    checks = [_check_trained(inputs), _check_events(sample, settings)]
    champion = performance["scores"].get("champion")
    if inputs.model.is_trained and champion and performance["reason"] is None:
        metrics = champion["metrics"]
        checks += [
            _check_leakage(metrics["auroc"], settings),
            _check_better_than_lace(performance["scores"].get("lace")),
            _check_range(
                "risks_on_target",
                "Are risks on target on average?",
                metrics["expected_over_observed"],
                settings.expected_over_observed,
                "expected returns are {} times the observed ones",
            ),
            _check_range(
                "risks_spread",
                "Are high and low risks as far apart as they should be?",
                metrics["calibration_slope"],
                settings.calibration_slope,
                "the calibration slope is {}",
            ),
            _check_benefit(performance["decision_curve"]),
            _check_groups(subgroups, settings),
        ]
    checks.append(check_reconciliation(inputs.load_report))
    level, sentence = _sum_up(checks, inputs)
    return {"level": level, "sentence": sentence, "checks": [dataclasses.asdict(check) for check in checks]}


def _sum_up(checks: Sequence[Check], inputs: AuditInputs) -> tuple[str, str]:
    by_id = {check.id: check for check in checks}
    failed = [check.because for check in checks if check.status == FAIL]
    careful = [check.because for check in checks if check.status in (CARE, UNKNOWN)]
    if not inputs.model.is_trained:
        return (
            "no_model",
            "No model yet: people are ranked by LACE, because there were too few readmissions to learn from.",
        )
    if "leakage" in by_id and by_id["leakage"].status == FAIL:
        return "suspected_leakage", f"Do not use: {by_id['leakage'].because}."
    if failed:
        return "not_yet_usable", f"Not yet usable because {_joined(failed)}."
    if careful:
        return "usable_with_care", f"Usable with care: {_joined(careful)}."
    return "usable", "Usable: ranks better than LACE and its risks are on target."


def _check_trained(inputs: AuditInputs) -> Check:
    if inputs.model.is_trained:
        answer = f"Trained on {count(inputs.model.training_rows)} stays with {count(inputs.model.training_events)} readmissions."
        return Check("trained", "Is there a trained model?", PASS, answer)
    return Check(
        "trained", "Is there a trained model?", FAIL, inputs.model.decision or "No.", "no model could be trained"
    )


def _check_events(sample: Sample, settings: AuditSettings) -> Check:
    needed = settings.min_events_to_judge
    enough = sample.events >= needed and sample.rows - sample.events >= needed
    answer = f"{count(sample.events)} readmissions among {count(sample.rows)} held-out stays; {needed} are needed."
    return Check(
        "enough_events", "Are there enough readmissions to judge it?", PASS if enough else FAIL, answer,
        f"{count(sample.events)} readmissions are too few to judge it ({needed} are needed)",
        settings.sources["verdict.min_events_to_judge"],
    )  # fmt: skip


def _check_leakage(auroc: Metric, settings: AuditSettings) -> Check:
    limit = settings.auroc_suspect_above
    is_suspect = auroc.value is not None and auroc.value > limit
    because = (
        f"it ranks too well to be true (AUROC {number(auroc.value)}, above {number(limit)}): "
        "something known only afterwards has probably leaked in"
    )
    return Check(
        "leakage", "Is it believable?", FAIL if is_suspect else PASS,
        because[0].upper() + because[1:] + "." if is_suspect else f"AUROC {number(auroc.value)}, not above {number(limit)}.",
        because, settings.sources["verdict.auroc_suspect_above"],
    )  # fmt: skip


def _check_better_than_lace(lace: Document | None) -> Check:
    question = "Does it rank people better than LACE?"
    if lace is None or lace["champion_minus_this"]["auroc"].value is None:
        return Check(
            "better_than_lace", question, UNKNOWN, "LACE is not in the data.", "it could not be compared with LACE"
        )
    gain: Metric = lace["champion_minus_this"]["auroc"]
    answer = f"AUROC higher by {interval_words(gain)} than LACE ({number(lace['metrics']['auroc'].value)})."
    if gain.low is not None and gain.low > 0:
        return Check("better_than_lace", question, PASS, answer)
    if gain.high is not None and gain.high < 0:
        return Check("better_than_lace", question, FAIL, answer, "it ranks people worse than LACE")
    return Check("better_than_lace", question, CARE, answer, "it is not clearly better than LACE at ranking people")


def _check_range(identifier: str, question: str, metric: Metric, limits: Range, words: str) -> Check:
    if metric.value is None:
        return Check(
            identifier,
            question,
            UNKNOWN,
            f"Not known: {metric.reason}.",
            f"{question.lower().rstrip('?')} is not known",
            limits.source,
        )
    answer = words.format(interval_words(metric))
    because = words.format(number(metric.value)) + f" (accepted: {number(limits.low)} to {number(limits.high)})"
    if limits.holds(metric.value):
        status = PASS
    elif metric.low is not None and metric.high is not None and limits.excludes(metric.low, metric.high):
        status = FAIL
    else:
        status = CARE
    return Check(identifier, question, status, answer[0].upper() + answer[1:] + ".", because, limits.source)


def _check_benefit(decision_curve: Document | None) -> Check:
    question = "With the places there are, does it do more good than LACE or doing nothing?"
    if decision_curve is None or "champion" not in decision_curve["strategies"]:
        return Check("benefit", question, UNKNOWN, "Net benefit could not be computed.", "its net benefit is not known")
    at = decision_curve["headline_index"]
    own: Metric = decision_curve["strategies"]["champion"]["realised_net_benefit"][at]
    threshold = percent(decision_curve["headline_threshold"])
    answer = f"Net benefit at a threshold of {threshold}: {interval_words(own, digits=4)} true returns per stay; doing nothing is 0."
    if own.high is not None and own.high <= 0:
        return Check("benefit", question, FAIL, answer, "following up its list does less good than doing nothing")
    lace = decision_curve["strategies"].get("lace", {}).get("champion_minus_this_realised")
    if lace is not None and lace.value is not None:
        answer += f" More than LACE by {interval_words(lace, digits=4)}."
        if lace.high is not None and lace.high < 0:
            return Check("benefit", question, FAIL, answer, "its list does less good than a list by LACE")
    if own.low is not None and own.low > 0:
        return Check("benefit", question, PASS, answer)
    return Check("benefit", question, CARE, answer, "its list does not clearly do more good than doing nothing")


def _check_groups(subgroups: Sequence[Document], settings: AuditSettings) -> Check:
    question = "Does its list find the returns of every group alike?"
    missed = [
        f"{table['label']}: {group['group']}"
        for table in subgroups
        for group in table["groups"]
        for flag in group.get("flags", ())
        if flag["metric"] == "sensitivity" and flag["direction"] == "low" and flag["is_certain"]
    ]
    limits = settings.group_ratio
    if not missed:
        answer = f"No group's share of returns found is surely below {number(limits.low)} of the reference group's."
        return Check("groups", question, PASS, answer, source=limits.source)
    groups = f"{len(missed)} group{'s' * (len(missed) > 1)}"
    because = f"returns of {groups} are found less often ({'; '.join(missed)})"
    return Check("groups", question, CARE, because[0].upper() + because[1:] + ".", because, limits.source)


def check_reconciliation(load_report: Mapping[str, Mapping[str, int]]) -> Check:
    """Check rows in = kept + quarantined + superseded, on every table."""
    question = "Do the counts of the load reconcile?"
    wrong = [table for table, rows in load_report.items() if not reconciles(rows)]
    if not load_report:
        return Check(
            "reconciles", question, UNKNOWN, "The run gave no load report.", "the counts of the load are not known"
        )
    if wrong:
        because = f"rows are unaccounted for in {', '.join(sorted(wrong))}"
        return Check("reconciles", question, FAIL, because[0].upper() + because[1:] + ".", because)
    return Check(
        "reconciles", question, PASS, f"Rows in = kept + quarantined + superseded in all {len(load_report)} tables."
    )


def reconciles(rows: Mapping[str, int]) -> bool:
    """Whether a table's rows are all accounted for."""
    return rows["rows_in"] == rows["kept"] + rows["quarantined"] + rows["superseded"]


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"
