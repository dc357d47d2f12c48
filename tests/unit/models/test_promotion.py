"""Who leads: the rule, case by case."""

import dataclasses

import numpy as np
import pytest

from data_contracts.errors import UsageError
from models.judging import judge_risks
from models.promotion import judge
from models.settings import parse_settings, plain_values
from tests.unit.models.made_up_hospital import shipped_settings

RULE = dataclasses.replace(
    shipped_settings().promotion,
    auroc_loss_max=0.01,
    brier_loss_max=0.0,
    expected_over_observed_min=0.8,
    expected_over_observed_max=1.25,
    realism_auroc_max=0.85,
)


def measured(auroc=0.70, brier=0.100, ratio=1.0):
    return {"auroc": auroc, "brier": brier, "expected_over_observed": ratio}


CHAMPION = measured()


def decide(challenger, champion=CHAMPION, **options):
    return judge("lightgbm", {"lace": measured(0.6), "lightgbm": challenger}, champion, RULE, **options)


@pytest.mark.parametrize(
    ("challenger", "promoted"),
    [
        (measured(), True),
        (measured(auroc=0.695), True),  # worse, but within 0.01
        (measured(auroc=0.689), False),
        (measured(brier=0.0999), True),
        (measured(brier=0.1001), False),
        (measured(ratio=0.79), False),
        (measured(ratio=1.26), False),
        (measured(ratio=None), False),
        (measured(auroc=None), False),
    ],
)
def test_challenger_against_champion(challenger, promoted):
    verdict = decide(challenger, is_simulated=False)
    assert verdict.promoted == ("lightgbm" if promoted else None)
    assert verdict.sentence.startswith("lightgbm replaces" if promoted else "The champion stays")


def test_first_model_becomes_champion():
    assert decide(measured(ratio=2.0), champion=None, is_simulated=False).promoted == "lightgbm"


@pytest.mark.parametrize("champion", [None, CHAMPION])
def test_too_good_to_be_true_is_not_promoted_on_real_data(champion):
    verdict = decide(measured(auroc=0.86, brier=0.05), champion, is_simulated=False)
    assert verdict.promoted == (None if champion else "lace")  # without a champion a clinical score stands in
    assert "suspected leakage" in verdict.sentence


def test_too_good_to_be_true_is_accepted_with_a_reason_or_when_simulated():
    good = measured(auroc=0.86, brier=0.05)
    accepted = decide(good, is_simulated=False, accepted_reason="a planned-return unit, checked by the quality team")
    assert accepted.promoted == "lightgbm" and "checked by the quality team" in accepted.sentence
    assert decide(good, is_simulated=True).promoted == "lightgbm"


def test_nothing_can_stand_in_for_a_suspect_score():
    verdict = judge("lace", {"lace": measured(auroc=0.9)}, None, RULE, is_simulated=False)
    assert verdict.promoted is None and "no model can be put in charge" in verdict.sentence


def test_metrics_that_cannot_be_computed_are_null():
    assert judge_risks(np.array([], dtype=np.int64), np.array([]))["auroc"] is None
    nobody = judge_risks(np.array([0, 0]), np.array([0.1, 0.2]))
    assert nobody["auroc"] is None and nobody["expected_over_observed"] is None
    assert nobody["brier"] == pytest.approx(0.025) and nobody["stays"] == 2


def test_every_setting_is_read_and_an_unknown_one_refused():
    assert plain_values({"a": {"value": [1, {"b": 2}], "reason": "why"}}) == {"a": (1, {"b": 2})}
    plain = shipped_settings().to_json()
    assert parse_settings(plain).split == shipped_settings().split
    plain["split"].pop("folds")
    plain["split"]["seed"] = 1
    with pytest.raises(UsageError, match="folds, seed"):
        parse_settings(plain)
