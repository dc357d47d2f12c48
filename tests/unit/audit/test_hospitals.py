"""Hospitals compared: fair, cautious, and silent where a number would say more about people than about hospitals."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from audit.case_mix import describe_case_mix
from audit.document import to_json
from audit.hospitals import measure_hospitals
from data_contracts.errors import HomewardError
from tests.unit.audit.synthetic import TRAINED, make_hospital_stays, make_inputs


@pytest.fixture(scope="module")
def stays():
    return make_hospital_stays(4000, 5)


@pytest.fixture(scope="module")
def measure(settings):
    """Measure given stays; keyword arguments replace other inputs."""
    base = make_inputs(200)

    def run(stays, **changes):
        inputs = dataclasses.replace(base, **{"hospital_stays": stays, "conditions": None, **changes})
        return measure_hospitals(inputs, settings)

    return run


def of(document, hospital):
    return next(entry for entry in document["hospitals"] if entry["hospital"] == hospital)


def test_several_hospitals_get_the_standardised_ratio(measure, stays):
    document = measure(stays)
    assert document["measure"] == "standardised readmission ratio"
    assert (document["stays"], document["readmissions"]) == (4000, int(stays["readmitted_30d"].sum()))
    north, south = of(document, "north"), of(document, "south")
    assert north["verdict"] == "more"  # half a unit of log odds above the others
    assert south["verdict"] == "not clear"  # older, and with more heart failure, but no worse
    crude = stays.groupby("facility_id")["readmitted_30d"].mean() / stays["readmitted_30d"].mean()
    assert south["ratio"].value < crude["south"]
    assert north["rate"].value == pytest.approx(north["ratio"].value * document["rate"])
    values = [entry["ratio"].value for entry in document["hospitals"] if entry["ratio"].value is not None]
    assert values == sorted(values, reverse=True)
    more = sum(entry["verdict"] == "more" for entry in document["hospitals"])
    assert f"6 hospitals, 4,000 index stays: of 5 compared, {more} surely had more readmissions" in document["sentence"]


def test_the_case_mix_is_what_makes_it_fair(measure, stays):
    blind = measure(stays.drop(columns=["age_years", "elixhauser_hf"]))
    assert of(blind, "south")["ratio"].value > of(measure(stays), "south")["ratio"].value + 0.05


@pytest.mark.parametrize(
    ("stays_of_small", "readmitted_of_small", "shown_stays", "shown_readmissions", "reason"),
    [
        (200, 40, 200, 40, None),
        (200, 10, 200, 10, None),
        (200, 9, 200, None, "too few: fewer than 10 readmissions"),
        (200, 195, 200, 195, "too few: fewer than 10 stays without a readmission"),
        (25, 12, 25, 12, None),
        (24, 12, 24, 12, "too few: fewer than 25 index stays"),
        (9, 4, None, None, "too few: fewer than 25 index stays"),
    ],
)
def test_small_numbers_are_not_shown(
    measure, stays, stays_of_small, readmitted_of_small, shown_stays, shown_readmissions, reason
):
    large = stays[stays["facility_id"].isin(["north", "south", "east"])]
    small = stays[stays["facility_id"] == "west"].head(stays_of_small)
    small = small.assign(readmitted_30d=np.arange(stays_of_small) < readmitted_of_small)
    entry = of(measure(pd.concat([large, small])), "west")
    assert (entry["stays"], entry["readmissions"], entry["ratio"].reason) == (shown_stays, shown_readmissions, reason)
    assert (entry["ratio"].value is None) == (reason is not None)
    assert entry["rate"].reason == reason


@pytest.mark.parametrize(("stays_of_second", "measure_shown"), [(25, "standardised readmission ratio"), (24, None)])
def test_two_hospitals_with_25_index_stays_are_several(measure, stays, stays_of_second, measure_shown):
    rows = stays[stays["facility_id"] == "north"].head(1000)
    second = np.arange(1000) < stays_of_second
    document = measure(rows.assign(facility_id=np.where(second, "second", "first"), discharge_date="2025-01-01"))
    assert document["measure"] == measure_shown


def test_the_spread_is_told_as_a_factor_of_the_odds(measure, stays):
    document = measure(stays)
    # Larsen and Merlo 2005: exp(0.954 x standard deviation).
    ends = [np.exp(0.9539 * end) for end in (document["spread"].value, document["spread"].low, document["spread"].high)]
    assert "by a factor of {:.2f} ({:.2f} to {:.2f}) in the median.".format(*ends) in document["sentence"]


def test_a_count_that_would_give_another_away_is_hidden_too(measure, stays):
    hospital = np.where(np.arange(len(stays)) < 3000, "large", np.where(np.arange(len(stays)) < 3995, "second", "tiny"))
    document = measure(stays.assign(facility_id=hospital))
    assert [of(document, name)["stays"] for name in ("large", "second", "tiny")] == [3000, None, None]
    assert of(document, "second")["ratio"].value is not None


def test_one_hospital_gets_observed_over_expected_of_its_later_stays(measure, stays):
    one = stays.assign(facility_id="only", age_years=60, elixhauser_hf=0, specialty_cohort="Medicine")
    until = dt.date(2025, 8, 1)
    document = measure(one, model=dataclasses.replace(TRAINED, training_to=until))
    assert document["measure"] == "observed / expected"
    is_earlier = one["discharge_date"] <= pd.Timestamp(until)
    earlier, later = one[is_earlier], one[~is_earlier]
    assert document["stays"] == len(later)
    # Nothing tells the patients apart, so the expected rate is the earlier rate.
    ratio = document["hospitals"][0]["ratio"]
    assert ratio.value == pytest.approx(later["readmitted_30d"].mean() / earlier["readmitted_30d"].mean())
    assert ratio.low < ratio.value < ratio.high
    assert document["hospitals"][0]["rate"] is None
    assert document["sentence"].startswith("Observed / expected readmissions of only after 2025-08-01:")


def test_observed_over_expected_allows_for_patients_who_became_sicker(measure, stays):
    until = dt.date(2025, 8, 1)
    later = (stays["discharge_date"] > pd.Timestamp(until)).to_numpy()
    rng = np.random.default_rng(1)
    failing = rng.random(len(stays)) < np.where(later, 0.6, 0.2)
    returned = rng.random(len(stays)) < np.where(failing, 0.3, 0.1)
    one = stays.assign(facility_id="only", elixhauser_hf=failing.astype(int), readmitted_30d=returned)
    ratio = measure(one, model=dataclasses.replace(TRAINED, training_to=until))["hospitals"][0]["ratio"]
    assert returned[later].mean() / returned[~later].mean() > 1.3
    assert ratio.low < 1 < ratio.high


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: None, "the run gave no index stays"),
        (lambda stays: stays.head(0), "there are no index stays"),
        (lambda stays: stays.assign(facility_id=None), "no stay says at which hospital it ended"),
        (lambda stays: stays.head(24).assign(facility_id="only"), "no hospital has 25 index stays"),
        (
            lambda stays: stays.assign(facility_id="only", discharge_date=pd.Timestamp("2025-01-01")),
            "there is one hospital, with fewer than 25 index stays after 2025-06-30",
        ),
    ],
)
def test_what_cannot_be_computed_is_null_with_a_reason(measure, stays, change, reason):
    document = measure(change(stays))
    assert (document["reason"], document["hospitals"]) == (reason, [])
    assert document["sentence"] == f"Readmissions were not compared between hospitals: {reason}."


def test_an_earlier_period_without_readmissions_leads_one_to_expect_nothing(measure, stays):
    until = dt.date(2025, 8, 1)
    one = stays.assign(
        facility_id="only", readmitted_30d=stays["readmitted_30d"] & (stays["discharge_date"] > pd.Timestamp(until))
    )
    document = measure(one, model=dataclasses.replace(TRAINED, training_to=until))
    assert document["hospitals"][0]["ratio"].reason == "risks could not be learnt from the earlier stays"
    assert document["sentence"].endswith("not known (risks could not be learnt from the earlier stays).")


def test_one_hospital_without_a_trained_model_has_no_earlier_period(measure, stays):
    model = dataclasses.replace(TRAINED, training_to=None)
    assert measure(stays.assign(facility_id="only"), model=model)["reason"] == (
        "there is one hospital, and no earlier period to compare it with"
    )


@pytest.mark.parametrize(("returned", "reason"), [(False, "fewer than 10 readmissions"), (True, "fewer than 10 stays")])
def test_no_event_or_only_events_give_reasons(measure, stays, returned, reason):
    document = measure(stays.assign(readmitted_30d=returned))
    assert (document["readmissions"], document["rate"]) == (None, None)
    for entry in document["hospitals"]:
        assert entry["ratio"].value is None
        assert entry["ratio"].reason.startswith("too few")
    assert document["spread"].value is None
    assert reason in document["sentence"]


def test_stays_without_outcome_or_hospital_are_left_out(measure, stays):
    changed = stays.astype({"readmitted_30d": "boolean"})
    changed.loc[:99, "readmitted_30d"] = None
    changed.loc[100:149, "facility_id"] = None
    document = measure(changed)
    assert (document["stays"], document["without_hospital"]) == (3850, 50)
    assert document["hospitals"] == measure(stays.iloc[150:])["hospitals"]


def test_each_condition_has_its_own_model(measure, stays):
    heart = stays["stay_key"][stays["elixhauser_hf"] == 1]
    conditions = pd.concat(
        [
            pd.DataFrame({"stay_key": heart, "condition": "heart failure"}),
            pd.DataFrame({"stay_key": [1, 2, 3], "condition": "rare"}),
        ]
    )
    found = {entry["condition"]: entry for entry in measure(stays, conditions=conditions)["conditions"]}
    alone = measure(stays[stays["stay_key"].isin(heart)])
    assert found["heart failure"]["hospitals"] == alone["hospitals"]
    assert found["rare"]["reason"] == "no hospital has 25 index stays"
    assert (found["heart failure"]["compared"] > 1, found["rare"]["compared"]) == (True, 0)


def test_order_of_rows_changes_no_byte(measure, stays):
    first = to_json(measure(stays))
    assert to_json(measure(stays.sample(frac=1, random_state=3))) == first
    assert "nan" not in first.lower()
    json.loads(first)


def test_two_rows_of_one_stay_are_refused(audit_with, stays):
    with pytest.raises(HomewardError, match="hospital stays frame: 1 stay_key come more than once"):
        audit_with(hospital_stays=pd.concat([stays, stays.head(1)]))


def test_the_page_says_which_ratio_it_shows(audit_with, stays):
    several = audit_with(hospital_stays=stays).files["report.html"]
    assert "hospital-ratios-t" in several
    assert "standardised readmission ratio" in several
    one = audit_with(hospital_stays=stays.assign(facility_id="only")).files["report.html"]
    assert "hospital-ratios-t" not in one
    assert "this is <b>observed / expected</b>, not a standardised ratio" in one
    none = audit_with(hospital_stays=None).files
    assert "Readmissions were not compared between hospitals: the run gave no index stays." in none["report.html"]
    assert "the run gave no index stays" in none["model_card.md"]


def test_a_hundred_hospitals_fit_on_the_page(audit_with, stays):
    many = stays.assign(facility_id=[f"ward-{number % 90:02}" if number < 3500 else "vast" for number in range(4000)])
    page = audit_with(hospital_stays=many, conditions=None).files["report.html"]
    assert "more hospitals have too few stays or readmissions for a ratio" in page
    assert page.count('<th scope="row">ward') == sum(
        entry["verdict"] is not None
        for entry in audit_with(hospital_stays=many).document["hospital_ratio"]["hospitals"]
    ) - page.count('<th scope="row">vast')


def test_hospital_names_are_escaped(audit_with, stays):
    page = audit_with(hospital_stays=stays.assign(facility_id="<i>" + stays["facility_id"])).files["report.html"]
    assert "<i>north" not in page
    assert "&lt;i&gt;north" in page


def test_case_mix_columns(settings):
    rows = 200
    stays = pd.DataFrame(
        {
            "age_years": [None] * 50 + list(range(150)),
            "specialty_cohort": ["Medicine"] * 100 + ["Surgery"] * 60 + ["Neurology"] * 5 + [None] * 35,
            "elixhauser_hf": ([0, 0, 1, 1] * 50),
            "elixhauser_aids": [1] * 5 + [0] * 195,
            "elixhauser_htn": [0] * 5 + [1] * 195,
            "elixhauser_count": [0, 2, 1, 1] * 50,
            "race": ["White", "Black"] * 100,
        }
    )
    outcome = np.tile([0.0, 1.0], rows // 2)
    chosen = settings.hospital_ratio.case_mix
    found = describe_case_mix(stays, outcome, np.ones(rows, dtype=bool), chosen)
    # Age, its square, missing; Surgery, not recorded (Medicine is the commonest, Neurology too rare); heart failure.
    assert found.used == ["age_years", "specialty_cohort", "elixhauser_hf"]
    assert found.design.shape == (rows, 6)
    assert found.design[:, 0].mean() == pytest.approx(0)
    assert found.design[:50, :3].tolist() == [[0, 0, 1]] * 50
    assert sorted(found.design[:, 3:].sum(axis=0)) == [35, 60, 100]
    # A mark is judged by the stays learnt from: heart failure without a readmission among them is of no use.
    learnt = np.array(
        [mark == 0 or happened == 0 for mark, happened in zip(stays["elixhauser_hf"], outcome, strict=True)]
    )
    assert "elixhauser_hf" not in describe_case_mix(stays, outcome, learnt, chosen).used
    assert describe_case_mix(stays[["race"]], outcome, np.ones(rows, dtype=bool), chosen).design.shape == (rows, 0)
