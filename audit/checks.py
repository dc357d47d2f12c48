"""The questions of the verdict, each answered by a rule with a threshold from config/audit.yaml."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from audit.inputs import AuditInputs
from audit.scores import Sample
from audit.settings import AuditSettings, Range
from audit.words import count, interval_words, number, percent, sentence
from models.metrics import Metric

Document = dict[str, Any]

PASS, CARE, FAIL, UNKNOWN = "pass", "care", "fail", "unknown"


@dataclasses.dataclass(frozen=True)
class Check:
    """One question of the verdict.

    Parameters
    ----------
    id, question : str
    status : str
        pass, care (usable, with this in mind), fail or unknown.
    answer : str
        The finding as a sentence.
    because : str
        The finding as part of one: "Not yet usable because ...".
    source : str
        Where the threshold comes from.
    """

    id: str
    question: str
    status: str
    answer: str
    because: str = ""
    source: str = ""


def check_trained(inputs: AuditInputs) -> Check:
    """Check that there is a model at all."""
    question, model = "Is there a trained model?", inputs.model
    if model.is_trained:
        answer = f"Trained on {count(model.training_rows)} stays with {count(model.training_events)} readmissions."
        return Check("trained", question, PASS, answer)
    return Check("trained", question, FAIL, model.decision or "None was trained.", "no model could be trained")


def check_events(sample: Sample, settings: AuditSettings) -> Check:
    """Check that there are enough events, and enough stays without, to judge by."""
    needed = settings.min_events_to_judge
    rarer = min(sample.events, sample.rows - sample.events)
    return Check(
        "enough_events",
        "Are there enough readmissions to judge it?",
        PASS if rarer >= needed else FAIL,
        f"{count(sample.events)} readmissions among {count(sample.rows)} held-out stays; {needed} of each are needed.",
        f"{count(sample.events)} readmissions among {count(sample.rows)} held-out stays are too few to judge it by",
        settings.sources["verdict.min_events_to_judge"],
    )


def check_leakage(auroc: Metric, accepted: str, settings: AuditSettings) -> Check:
    """Check that the model is not better than anybody's has been (realism gate)."""
    question, limit = "Is it believable?", settings.auroc_suspect_above
    source = settings.sources["verdict.auroc_suspect_above"]
    if auroc.value is None or auroc.value <= limit:
        answer = f"AUROC {number(auroc.value)}; above {number(limit)} it would not be."
        return Check("leakage", question, PASS, answer, source=source)
    because = f"it ranks too well to be true (AUROC {number(auroc.value)}, above {number(limit)})"
    if accepted:
        return Check("leakage", question, CARE, f"{sentence(because)} Accepted: {accepted}", because, source)
    because += ": something known only afterwards has probably leaked in"
    return Check("leakage", question, FAIL, sentence(because), because, source)


def check_better_than_lace(lace: Document | None) -> Check:
    """Check that the model ranks better than the score people know."""
    identifier, question = "better_than_lace", "Does it rank people better than LACE?"
    gain: Metric | None = lace["champion_minus_this"]["auroc"] if lace else None
    if lace is None or gain is None or gain.low is None or gain.high is None:
        because = "it could not be compared with LACE"
        return Check(identifier, question, UNKNOWN, sentence(because), because)
    own = number(lace["metrics"]["auroc"].value)
    answer = f"Its AUROC minus that of LACE ({own}) is {interval_words(gain)}."
    if gain.low > 0:
        return Check(identifier, question, PASS, answer)
    if gain.high < 0:
        return Check(identifier, question, FAIL, answer, "it ranks people worse than LACE")
    return Check(identifier, question, CARE, answer, "it is not clearly better than LACE at ranking people")


def check_on_average(metric: Metric, limits: Range) -> Check:
    """Check that risks are right on average."""
    question = "Are its risks right on average?"
    return _check_range("risks_on_average", question, metric, limits, "expected returns are {} times the observed ones")


def check_spread(metric: Metric, limits: Range) -> Check:
    """Check that high and low risks are as far apart as they should be."""
    question = "Are high and low risks as far apart as they should be?"
    return _check_range("risks_spread", question, metric, limits, "the calibration slope is {}")


def _check_range(identifier: str, question: str, metric: Metric, limits: Range, words: str) -> Check:
    if metric.value is None:
        because = f"{words.format('not known')} ({metric.reason})"
        return Check(identifier, question, UNKNOWN, sentence(because), because, limits.source)
    answer = sentence(words.format(interval_words(metric)))
    because = words.format(number(metric.value)) + f" (accepted: {number(limits.low)} to {number(limits.high)})"
    if limits.holds(metric.value):
        return Check(identifier, question, PASS, answer, "", limits.source)
    is_certain = metric.low is not None and metric.high is not None and limits.excludes(metric.low, metric.high)
    return Check(identifier, question, FAIL if is_certain else CARE, answer, because, limits.source)


def check_benefit(decision_curve: Document | None) -> Check:
    """Check that the list, with the places there are, does more good than none and than one by LACE."""
    identifier, question = "benefit", "With the places there are, does its list do more good than LACE's or none?"
    own, lace = _realised(decision_curve)
    if decision_curve is None or own is None or own.low is None or own.high is None:
        return Check(identifier, question, UNKNOWN, "Its net benefit is not known.", "its net benefit is not known")
    threshold = percent(decision_curve["headline_threshold"])
    answer = f"Net benefit at a threshold of {threshold}: {interval_words(own.times(100))} per 100 stays; none is 0."
    if lace is not None:
        answer += f" Minus that of LACE: {interval_words(lace.times(100))}."
    if own.high <= 0:
        return Check(identifier, question, FAIL, answer, "its list does less good than none")
    if lace is not None and lace.high is not None and lace.high < 0:
        return Check(identifier, question, FAIL, answer, "its list does less good than one by LACE")
    if own.low > 0:
        return Check(identifier, question, PASS, answer)
    return Check(identifier, question, CARE, answer, "its list does not clearly do more good than none")


def _realised(decision_curve: Document | None) -> tuple[Metric | None, Metric | None]:
    """Return the model's realised net benefit at the headline threshold, and what it has over LACE."""
    if decision_curve is None or "champion" not in decision_curve["strategies"]:
        return None, None
    strategies, at = decision_curve["strategies"], decision_curve["headline_index"]
    lace = strategies.get("lace", {}).get("champion_minus_this_realised")
    return strategies["champion"]["realised_net_benefit"][at], lace


def check_groups(subgroups: Sequence[Document], settings: AuditSettings) -> Check:
    """Check that no group's returns are surely found less often than the reference group's."""
    identifier, question = "groups", "Does its list find the returns of every group alike?"
    limits = settings.group_ratio
    missed = [
        f"{table['label']}: {group['group']}"
        for table in subgroups
        for group in table["groups"]
        for flag in group["flags"]
        if flag["metric"] == "sensitivity" and flag["direction"] == "low" and flag["is_certain"]
    ]
    if missed:
        because = f"returns of some groups are found less often ({'; '.join(missed)})"
        return Check(identifier, question, CARE, sentence(because), because, limits.source)
    if not any(group["rows"] for table in subgroups for group in table["groups"][1:]):
        because = "no two groups could be compared"
        return Check(identifier, question, UNKNOWN, sentence(because), because, limits.source)
    answer = f"In no group is the share of returns found surely below {number(limits.low)} of the reference group's."
    return Check(identifier, question, PASS, answer, "", limits.source)


def check_reconciliation(load_report: Mapping[str, Mapping[str, int]]) -> Check:
    """Check rows in = kept + quarantined + superseded, on every table."""
    identifier, question = "reconciles", "Do the counts of the load reconcile?"
    wrong = sorted(table for table, rows in load_report.items() if not reconciles(rows))
    if not load_report:
        because = "the counts of the load are not known"
        return Check(identifier, question, UNKNOWN, sentence(because), because)
    if wrong:
        because = f"rows are unaccounted for in {', '.join(wrong)}"
        return Check(identifier, question, FAIL, sentence(because), because)
    answer = f"Rows in = kept + quarantined + superseded, in every table ({len(load_report)})."
    return Check(identifier, question, PASS, answer)


def reconciles(rows: Mapping[str, int]) -> bool:
    """Whether a table's rows are all accounted for."""
    return rows["rows_in"] == rows["kept"] + rows["quarantined"] + rows["superseded"]
