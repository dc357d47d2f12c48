"""The verdict: which findings lead to which sentence."""

import dataclasses

import numpy as np
import pytest

from audit.checks import check_better_than_lace, check_leakage, check_on_average, check_reconciliation
from audit.settings import Range
from models.metrics import Metric, missing
from tests.unit.audit.synthetic import TRAINED, UNTRAINED

LIMITS = Range(0.8, 1.25, "made up")


def test_a_good_model_is_usable(audit):
    assert audit.level == "usable"
    assert audit.verdict == "Usable: ranks better than LACE and its risks are on target."
    assert {check["status"] for check in audit.document["verdict"]["checks"]} == {"pass"}


@pytest.mark.parametrize(
    ("metric", "status"),
    [
        (Metric(1.0, 0.7, 1.4), "pass"),
        (Metric(1.3, 1.1, 1.5), "care"),  # outside, but the interval reaches in
        (Metric(1.5, 1.3, 1.7), "fail"),
        (Metric(0.7, 0.6, 0.75), "fail"),
        (Metric(1.5), "care"),  # no interval: not certain
        (missing("some risks are exactly 0 or 1"), "unknown"),
    ],
)
def test_a_range_fails_only_when_it_is_certain(metric, status):
    assert check_on_average(metric, LIMITS).status == status


@pytest.mark.parametrize(
    ("gain", "status"),
    [(Metric(0.05, 0.02, 0.08), "pass"), (Metric(0.02, -0.01, 0.05), "care"), (Metric(-0.05, -0.08, -0.02), "fail")],
)
def test_better_than_lace_by_more_than_chance(gain, status):
    lace = {"champion_minus_this": {"auroc": gain}, "metrics": {"auroc": Metric(0.6)}}
    assert check_better_than_lace(lace).status == status
    assert check_better_than_lace(None).status == "unknown"


def test_realism_gate_opens_only_with_a_persons_reason(settings):
    suspect = Metric(0.91, 0.9, 0.92)
    assert check_leakage(Metric(0.85), "", settings).status == "pass"
    assert check_leakage(suspect, "", settings).status == "fail"
    accepted = check_leakage(suspect, "A. Analyst, 2026-04-01: simulated data.", settings)
    assert accepted.status == "care"
    assert "A. Analyst" in accepted.answer


def test_rows_unaccounted_for_fail():
    load = {"core.encounter": {"rows_in": 10, "kept": 8, "quarantined": 1, "superseded": 0}}
    check = check_reconciliation(load)
    assert (check.status, check.because) == ("fail", "rows are unaccounted for in core.encounter")
    load["core.encounter"]["superseded"] = 1
    assert check_reconciliation(load).status == "pass"
    assert check_reconciliation({}).status == "unknown"


def leaking(evaluation):
    return evaluation.assign(risk=np.where(evaluation["readmitted_30d"], 0.7, 0.1) + 0.2 * evaluation["risk"])


def too_high(evaluation):
    return evaluation.assign(risk=evaluation["risk"] ** 0.5)


def without_scores(evaluation):
    return evaluation.drop(columns=["lace", "hospital"])


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        (leaking, "suspected_leakage", "Do not use: it ranks too well to be true"),
        (too_high, "not_yet_usable", "Not yet usable because expected returns are"),
        (without_scores, "usable_with_care", "Usable with care: it could not be compared with LACE"),
    ],
)
def test_findings_lead_to_sentences(audit_with, frames, change, level, words):
    made = audit_with(evaluation=change(frames[0]))
    assert made.level == level
    assert words in made.verdict
    assert words in made.files["report.html"].replace("&#39;", "'")


def test_too_few_to_judge_is_not_yet_usable(audit_with, frames):
    made = audit_with(evaluation=frames[0].iloc[:300], subgroups=frames[1].iloc[:300])
    assert made.level == "not_yet_usable"
    assert "are too few to judge it by" in made.verdict


def test_without_a_model_the_ranking_by_lace_is_described(audit_with, frames):
    evaluation = frames[0].drop(columns=["risk", "risk_logistic"])
    made = audit_with(evaluation=evaluation, model=UNTRAINED)
    assert made.verdict == "No model yet: people are ranked by LACE. 5 readmissions are too few to train on."
    metrics = made.document["performance"]["scores"]["lace"]["metrics"]
    assert metrics["auroc"].value is not None
    assert metrics["brier"] == missing("LACE gives points, not a probability")
    assert "a published score from length of stay" in made.files["report.html"]


def test_with_neither_model_nor_lace_nobody_can_be_ranked(audit_with, frames):
    evaluation = frames[0].drop(columns=["risk", "lace", "hospital", "risk_logistic"])
    made = audit_with(evaluation=evaluation, model=dataclasses.replace(UNTRAINED, decision=""))
    assert made.verdict == "No model yet: people cannot be ranked."


def test_a_group_whose_returns_are_missed_needs_care(audit_with, frames):
    evaluation, subgroups = frames
    # Risks of one half are pushed down: fewer of them reach the list although they return as often.
    low = (subgroups["sex"] == "Male").to_numpy()
    evaluation = evaluation.assign(risk=np.where(low, evaluation["risk"] * 0.35, evaluation["risk"]).clip(0.001, 0.999))
    made = audit_with(evaluation=evaluation)
    (check,) = [check for check in made.document["verdict"]["checks"] if check["id"] == "groups"]
    assert check["status"] == "care"
    assert "Sex: Male" in check["because"]


def test_every_threshold_has_a_source(audit):
    for identifier in ("enough_events", "leakage", "risks_on_average", "risks_spread", "groups"):
        (check,) = [check for check in audit.document["verdict"]["checks"] if check["id"] == identifier]
        assert check["source"], identifier


def test_training_size_is_said(audit):
    (check,) = [check for check in audit.document["verdict"]["checks"] if check["id"] == "trained"]
    assert f"{TRAINED.training_events:,}" in check["answer"]
