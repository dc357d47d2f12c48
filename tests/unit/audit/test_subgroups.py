"""Groups: counts by hand, what is hidden, what is flagged."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from audit.scores import prepare_sample
from audit.subgroups import measure_subgroups
from audit.suppression import hidden
from tests.unit.audit.synthetic import make_inputs


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([400, 30, 12], [False, False, False]),
        ([400, 30, 4], [False, True, True]),  # alone, 4 would follow from the total: the next larger is hidden too
        ([400, 30, 6, 7], [False, False, True, True]),  # together 13: neither follows
        ([400, 0], [False, True]),  # nobody: nothing to give away
        ([4, 3], [True, True]),
        ([], []),
    ],
)
def test_hidden_counts_cannot_be_worked_out(counts, expected):
    assert hidden(counts, 10).tolist() == expected


def tiny(settings, outcome, risk, groups, places):
    """Measure one attribute on a table small enough to count by hand."""
    rows = len(outcome)
    inputs = make_inputs(
        rows,
        evaluation=pd.DataFrame(
            {
                "stay_key": range(rows),
                "patient_key": range(rows),
                "discharge_date": pd.Timestamp("2026-01-01"),
                "readmitted_30d": outcome,
                "risk": risk,
            }
        ),
    )
    inputs = dataclasses.replace(inputs, capacity=dataclasses.replace(inputs.capacity, places=places))
    quick = dataclasses.replace(settings, attributes={"race": "Race"}, intersections=(), subgroup_replicates=40)
    sample = prepare_sample(inputs, quick)
    (table,) = measure_subgroups(sample, pd.DataFrame({"stay_key": range(rows), "race": groups}), quick, seed=1)
    return {group["group"]: group for group in table["groups"]}, table


def test_rates_and_ratios_by_hand(settings):
    # A: 60 stays, 20 return, 30 on the list of which 15 return. B: 40 stays, 16 return, 10 on the list, 8 return.
    outcome = [1] * 15 + [0] * 15 + [1] * 5 + [0] * 25 + [1] * 8 + [0] * 2 + [1] * 8 + [0] * 22
    risk = [0.5] * 30 + [0.1] * 30 + [0.5] * 10 + [0.1] * 30
    groups, table = tiny(settings, outcome, risk, ["A"] * 60 + ["B"] * 40, places=40)
    assert table["reference"] == "A"
    expected = {
        "A": {"event_rate": 20 / 60, "selection_rate": 0.5, "sensitivity": 0.75, "ppv": 0.5},
        "B": {"event_rate": 16 / 40, "selection_rate": 0.25, "sensitivity": 0.5, "ppv": 0.8},
    }
    for name, metrics in expected.items():
        for key, value in metrics.items():
            assert groups[name]["metrics"][key].value == pytest.approx(value), (name, key)
    assert groups["A"]["metrics"]["expected_over_observed"].value == pytest.approx((30 * 0.5 + 30 * 0.1) / 20)
    assert groups["B"]["ratios"]["sensitivity"].value == pytest.approx(0.5 / 0.75)
    flags = {flag["metric"]: (flag["direction"], flag["is_certain"]) for flag in groups["B"]["flags"]}
    assert flags["selection_rate"][0] == "low"
    assert flags["sensitivity"][0] == "low"
    assert flags["ppv"][0] == "high"
    assert groups["A"]["flags"] == []


def test_one_small_group_is_merged_with_the_next_larger(settings):
    """Hidden alone it would follow from the total; hiding the larger one too would hide half a hospital."""
    outcome, risk = [1, 0] * 100, list(np.linspace(0.1, 0.9, 200))
    groups, table = tiny(settings, outcome, risk, ["A"] * 150 + ["B"] * 42 + ["C"] * 8, places=60)
    assert table["reference"] == "A"
    assert set(groups) == {"A", "B or C"}
    assert groups["B or C"]["rows"] == 50


def test_small_groups_that_hide_each_other_are_not_shown(settings):
    outcome, risk = [1, 0] * 100, list(np.linspace(0.1, 0.9, 200))
    groups, _ = tiny(settings, outcome, risk, ["A"] * 185 + ["B"] * 7 + ["C"] * 8, places=60)
    for name in "BC":
        assert groups[name]["rows"] is None
        assert groups[name]["metrics"] == {}
        assert "fewer than 10" in groups[name]["reason"]


def test_few_returns_hide_the_rates_that_would_tell_them(settings):
    outcome = [1] * 40 + [0] * 60 + [1] * 3 + [0] * 47 + [1] * 15 + [0] * 35
    risk = list(np.linspace(0.9, 0.1, 100)) + list(np.linspace(0.8, 0.1, 50)) * 2
    groups, _ = tiny(settings, outcome, risk, ["A"] * 100 + ["B"] * 50 + ["C"] * 50, places=100)
    assert groups["B"]["events"] is None
    assert groups["C"]["events"] is None  # else B's would follow from the total
    for name in ("event_rate", "sensitivity", "ppv", "auroc", "expected_over_observed"):
        assert groups["B"]["metrics"][name].reason == "fewer than 10 returns"
    assert groups["B"]["metrics"]["selection_rate"].value is not None


def test_missing_values_are_a_group_but_never_the_reference(settings):
    outcome, risk = [1, 0] * 100, list(np.linspace(0.1, 0.9, 200))
    groups, table = tiny(settings, outcome, risk, [None] * 120 + ["A"] * 80, places=60)
    assert table["reference"] == "A"
    assert groups["Not recorded"]["rows"] == 120


@pytest.mark.parametrize(
    ("subgroups", "reason"),
    [
        (pd.DataFrame({"stay_key": range(1200)}), "not in the data"),
        (pd.DataFrame({"stay_key": range(1200), "race": None}), "not recorded for anybody"),
    ],
)
def test_no_table_says_why(audit_with, subgroups, reason):
    made = audit_with(subgroups=subgroups)
    race = made.document["subgroups"][0]
    assert (race["label"], race["reason"], race["groups"]) == ("Race", reason, [])
    assert f"Race ({reason})" in made.files["report.html"]
    assert made.level == "usable_with_care"
    assert "no two groups could be compared" in made.verdict


def test_ordered_groups_keep_their_order(audit):
    (age,) = [table for table in audit.document["subgroups"] if table["attribute"] == "age_band"]
    assert [group["group"] for group in age["groups"]] == ["18-44", "45-64", "65-74", "75-84", "85+"]


def test_categories_keep_theirs_and_come_before_not_recorded(settings):
    outcome, risk = [1, 0] * 100, list(np.linspace(0.1, 0.9, 200))
    values = ["most"] * 90 + ["least"] * 40 + ["some"] * 20 + [None] * 50
    _, table = tiny(settings, outcome, risk, pd.Categorical(values, ["least", "some", "most"]), places=60)
    assert [group["group"] for group in table["groups"]] == ["least", "some", "most", "Not recorded"]
    assert table["reference"] == "most"


def test_intersections_are_measured(audit):
    (table,) = [table for table in audit.document["subgroups"] if table["attribute"] == "race+sex"]
    assert table["label"] == "Race and sex"
    assert "White, Female" in {group["group"] for group in table["groups"]}


def test_an_auroc_within_a_group_is_that_of_its_rows_alone(audit, inputs):
    from models.metrics import auroc

    (sex,) = [table for table in audit.document["subgroups"] if table["attribute"] == "sex"]
    for group in sex["groups"]:
        rows = (inputs.subgroups["sex"] == group["group"]).to_numpy()
        alone = auroc(inputs.evaluation["readmitted_30d"][rows], inputs.evaluation["risk"][rows])
        assert group["metrics"]["auroc"].value == pytest.approx(float(alone))
