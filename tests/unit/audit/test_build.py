"""The whole audit: its files, and that the same inputs give the same bytes."""

import dataclasses
import json
import re

import pytest

from audit.build import build_audit, write_audit
from audit.inputs import Capacity
from data_contracts.errors import HomewardError
from tests.unit.audit.synthetic import TRAINED, UNTRAINED, make_inputs

FILES = ["metrics.json", "model_card.json", "model_card.md", "report.html"]


def test_files_are_written_under_the_model_version(audit, tmp_path):
    written = write_audit(audit, tmp_path)
    assert sorted(written) == FILES
    assert sorted(path.name for path in (tmp_path / "12").iterdir()) == FILES
    assert written["metrics.json"].read_text(encoding="utf-8") == audit.files["metrics.json"]


def test_same_inputs_same_bytes_in_any_row_order(settings):
    quick = dataclasses.replace(settings, replicates=30, subgroup_replicates=10)
    inputs = make_inputs(600)
    shuffled = dataclasses.replace(
        inputs,
        evaluation=inputs.evaluation.sample(frac=1, random_state=1),
        subgroups=inputs.subgroups.sample(frac=1, random_state=2),
        attrition=inputs.attrition.iloc[::-1],
    )
    first = build_audit(inputs, quick).files
    assert build_audit(inputs, quick).files == first
    assert build_audit(shuffled, quick).files == first


def test_another_seed_changes_intervals_but_no_value(audit, settings):
    other = build_audit(make_inputs(seed=1), dataclasses.replace(settings, replicates=100))
    ours, theirs = (made.document["performance"]["scores"]["champion"]["metrics"]["auroc"] for made in (audit, other))
    assert ours.value == theirs.value
    assert ours.low != theirs.low


def test_metrics_json_is_versioned_and_every_missing_metric_has_a_reason(audit):
    document = json.loads(audit.files["metrics.json"])
    assert document["schema_version"] == "1.0"
    metrics = list(find_metrics(document))
    assert len(metrics) > 200
    for metric in metrics:
        assert set(metric) == {"value", "low", "high", "reason"}
        assert (metric["value"] is None) <= (metric["reason"] is not None)
        if metric["low"] is not None:
            assert metric["low"] <= metric["high"]


def find_metrics(part):
    if isinstance(part, dict) and "value" in part:
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from find_metrics(value)
    elif isinstance(part, list):
        for value in part:
            yield from find_metrics(value)


def test_no_single_persons_value_is_in_any_file(settings):
    """Keys are planted as numbers that cannot arise otherwise; places that hold risks must not hold anybody's."""
    inputs = make_inputs(600)
    evaluation = inputs.evaluation.copy()
    evaluation["stay_key"] += 77_000_000
    evaluation["patient_key"] += 88_000_000
    subgroups = inputs.subgroups.assign(stay_key=inputs.subgroups["stay_key"] + 77_000_000)
    quick = dataclasses.replace(settings, replicates=20, subgroup_replicates=10)
    made = build_audit(dataclasses.replace(inputs, evaluation=evaluation, subgroups=subgroups), quick)
    for name, text in made.files.items():
        assert not re.search(r"(77|88)0\d{5}\b", text), name
    document = made.document
    written = [
        document["evaluation"]["risk_at_capacity"],
        *document["performance"]["calibration_curve"]["risk"],
        *(tenth["mean_risk"] for tenth in document["tenths"]),
        *(part["low"] for part in document["risk_distribution"]),
    ]
    assert not set(evaluation["risk"]) & set(written)


def test_changed_data_cannot_hide_behind_the_old_files(audit, settings, tmp_path):
    write_audit(audit, tmp_path)
    changed = dataclasses.replace(audit, files={**audit.files, "metrics.json": "{}\n"})
    write_audit(changed, tmp_path)
    assert (tmp_path / "12" / "metrics.json").read_text(encoding="utf-8") == "{}\n"
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize(
    ("frame", "change", "message"),
    [
        ("evaluation", {"drop": "patient_key"}, "evaluation frame: without the column patient_key"),
        ("evaluation", {"stay_key": 0}, "evaluation frame: 1199 stay_key come more than once"),
        ("evaluation", {"risk": 2.0}, "1200 of 1200 values of risk lie outside 0-1"),
        ("evaluation", {"drop": "risk"}, "the model is said to be trained, but risk is missing"),
        ("subgroups", {"drop": "stay_key"}, "subgroups frame: without the column stay_key"),
    ],
)
def test_inputs_that_would_be_silently_wrong_are_refused(audit_with, frames, frame, change, message):
    given = dict(zip(("evaluation", "subgroups"), frames, strict=True))[frame]
    changed = given.drop(columns=change["drop"]) if "drop" in change else given.assign(**change)
    with pytest.raises(HomewardError) as refused:
        audit_with(**{frame: changed})
    assert message in refused.value.message
    assert "next:" in refused.value.message


def test_stays_without_outcome_are_left_out_and_counted(audit_with, frames):
    evaluation = frames[0].astype({"readmitted_30d": "boolean"})
    evaluation.loc[:99, "readmitted_30d"] = None
    made = audit_with(evaluation=evaluation).document["evaluation"]
    assert (made["rows"], made["without_outcome"]) == (1100, 100)


def test_a_score_that_some_stays_lack_is_compared_on_the_others(audit_with, frames):
    evaluation = frames[0].copy()
    evaluation.loc[::4, "lace"] = None
    performance = audit_with(evaluation=evaluation).document["performance"]
    lace = performance["scores"]["lace"]
    assert lace["rows"] == 900
    known = evaluation["lace"].notna()
    alone = audit_with(evaluation=evaluation[known], subgroups=frames[1][known]).document["performance"]["scores"]
    gain = alone["champion"]["metrics"]["auroc"].value - alone["lace"]["metrics"]["auroc"].value
    assert lace["champion_minus_this"]["auroc"].value == pytest.approx(gain)
    assert "lace" not in performance["decision_curve"]["strategies"]


@pytest.mark.parametrize("model", [TRAINED, UNTRAINED])
@pytest.mark.parametrize("events", [0, 5, 1200])
def test_too_few_or_only_events_give_reasons_not_numbers(audit_with, frames, model, events):
    evaluation = frames[0].assign(readmitted_30d=[row < events for row in range(1200)])
    made = audit_with(evaluation=evaluation, model=model)
    assert made.document["performance"]["reason"].startswith("too few")
    for score in made.document["performance"]["scores"].values():
        for name, metric in score["metrics"].items():
            assert metric.value is None, name
            assert metric.reason, name
    assert "Nothing could be measured" in made.files["report.html"]


def test_without_places_the_list_finds_nobody(audit_with):
    made = audit_with(capacity=Capacity(list_size=0, places=0))
    metrics = made.document["performance"]["scores"]["champion"]["metrics"]
    assert metrics["sensitivity"].value == 0
    assert metrics["ppv"].value is None
    assert metrics["ppv"].reason
    assert made.level == "not_yet_usable"
    assert "its list does less good than none" in made.verdict


def test_nothing_at_all_is_still_a_report(audit_with, frames):
    made = audit_with(evaluation=frames[0].iloc[:0], subgroups=frames[1].iloc[:0], load_report={}, source_notes=[])
    assert made.level == "not_yet_usable"
    assert "The run gave no load report." in made.files["report.html"]
