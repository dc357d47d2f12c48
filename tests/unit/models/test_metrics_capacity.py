"""Lists of limited length and net benefit, by hand and against published numbers."""

import numpy as np
import pytest

from models import metrics

#                    risk  0.9 0.6 0.5 0.5 0.2 0.1 0.1 0.1 0.1 0.1
OUTCOME = np.array([1, 0, 1, 0, 1, 0, 0, 0, 0, 0])
RISK = np.array([0.9, 0.6, 0.5, 0.5, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1])


@pytest.mark.parametrize(
    ("places", "sensitivity", "ppv", "nne"),
    [
        (1, 1 / 3, 1.0, 1.0),
        (2, 1 / 3, 1 / 2, 2.0),
        (3, 1.5 / 3, 1.5 / 3, 2.0),  # the third place is shared by two rows of equal risk, one of them an event
        (4, 2 / 3, 2 / 4, 2.0),
        (10, 1.0, 3 / 10, 10 / 3),
    ],
)
def test_the_list_by_number_of_places(places, sensitivity, ppv, nne):
    share = places / 10
    assert metrics.sensitivity_at(OUTCOME, RISK, share=share) == pytest.approx(sensitivity)
    assert metrics.ppv_at(OUTCOME, RISK, share=share) == pytest.approx(ppv)
    assert metrics.nne_at(OUTCOME, RISK, share=share) == pytest.approx(nne)


def test_an_empty_list_has_no_ppv():
    assert np.isnan(metrics.ppv_at(OUTCOME, RISK, share=0.0))
    assert metrics.sensitivity_at(OUTCOME, RISK, share=0.0) == 0


def test_treat_all_equals_a_published_table():
    # PMC6993280 table 4, prevalence 30 %: net benefit of intervening in everybody.
    outcome = np.repeat([1, 0], [300, 700])
    thresholds = np.array([0.03, 0.05, 0.08, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90])
    published = [0.278, 0.263, 0.239, 0.222, 0.125, 0.0, -0.167, -0.4, -0.75, -1.333, -2.5, -6.0]
    everybody = metrics.net_benefit(outcome, np.ones(1000), thresholds=thresholds)
    assert everybody == pytest.approx(published, abs=6e-4)


def test_net_benefit_weighs_false_positives_by_the_odds_of_the_threshold():
    # At 0.2: treated 5 (risk 0.2 counts as reached), 3 true, 2 false: 3/10 - 2/10 x 0.25.
    # At 0.5: treated 4, 2 true, 2 false: 2/10 - 2/10 x 1.
    benefit = metrics.net_benefit(OUTCOME, RISK, thresholds=np.array([0.2, 0.5]))
    assert benefit == pytest.approx([0.3 - 0.2 * 0.25, 0.0])


def test_nobody_above_the_threshold_is_treat_none():
    assert metrics.net_benefit(OUTCOME, RISK, thresholds=np.array([0.95])) == pytest.approx([0.0])


def test_realised_net_benefit_treats_only_the_highest_above_the_threshold():
    # Two places at threshold 0.2: 0.9 (true) and 0.6 (false). At 0.7 only one person reaches it: one place stays empty.
    benefit = metrics.net_benefit(OUTCOME, RISK, thresholds=np.array([0.2, 0.7]), share=0.2)
    assert benefit == pytest.approx([0.1 - 0.1 * 0.25, 0.1])


def test_enough_capacity_realises_all_net_benefit():
    thresholds = np.array([0.05, 0.3, 0.6])
    assert metrics.net_benefit(OUTCOME, RISK, thresholds=thresholds, share=1.0) == pytest.approx(
        metrics.net_benefit(OUTCOME, RISK, thresholds=thresholds)
    )


def test_a_yes_or_no_rule_is_limited_by_its_own_priority():
    # The rule says yes to five people; two places go to its highest scores, whatever the threshold.
    rule = (RISK >= 0.2).astype(float)
    benefit = metrics.net_benefit(OUTCOME, rule, thresholds=np.array([0.5]), share=0.2, priority=RISK)
    assert benefit == pytest.approx([0.0])
