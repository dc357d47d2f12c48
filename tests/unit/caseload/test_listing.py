"""Who is on the list: one readable table of cases, and what must stop the run."""

import pandas as pd
import pytest

from data_contracts.errors import HomewardError
from tests.unit.caseload.caseload_builder import AS_OF, build, frames, policy, stay


def listed(rows) -> list[str]:
    return sorted(build(rows).worklist["stay_id"])


@pytest.mark.parametrize(
    ("case", "changes", "is_listed"),
    [
        ("discharged on the day of the list", {"discharge_date": "2025-03-31"}, True),
        ("discharged 30 days before", {"admission_date": "2025-02-25", "discharge_date": "2025-03-01"}, True),
        ("discharged 31 days before", {"admission_date": "2025-02-25", "discharge_date": "2025-02-28"}, False),
        ("still in hospital", {"discharge_date": None, "is_scorable": False, "risk": None}, False),
        ("discharged tomorrow", {"discharge_date": "2025-04-01"}, False),
        ("died yesterday", {"death_date": "2025-03-30"}, False),
        ("dies tomorrow", {"death_date": "2025-04-01"}, True),
        ("home hospice", {"discharge_disposition": "50"}, False),
        ("hospice facility", {"discharge_disposition": "51"}, False),
        ("skilled nursing", {"discharge_disposition": "03"}, True),
        ("no disposition known", {"discharge_disposition": None}, True),
        (
            "not scorable: left against advice",
            {"discharge_disposition": "07", "is_scorable": False, "risk": None},
            False,
        ),
        ("whether scorable is unknown", {"is_scorable": None, "risk": None}, False),
    ],
)
def test_who_is_listed(case, changes, is_listed):
    assert (listed([stay("p", **changes)]) == ["stay-p"]) is is_listed


def test_a_readmitted_patient_is_listed_with_the_later_stay_only():
    first = stay("p", stay_id="s1", admission_date="2025-03-03", discharge_date="2025-03-08")
    second = stay("p", stay_id="s2", admission_date="2025-03-20", discharge_date="2025-03-25")
    assert listed([second, first]) == ["s2"]


def test_a_patient_who_is_back_in_hospital_is_not_listed():
    first = stay("p", stay_id="s1")
    back = stay("p", stay_id="s2", admission_date="2025-03-30", discharge_date=None, is_scorable=False, risk=None)
    assert listed([first, back]) == []


def test_a_stay_that_begins_after_the_day_of_the_list_is_not_seen():
    later = stay("p", stay_id="s2", admission_date="2025-04-02", discharge_date=None, is_scorable=False, risk=None)
    assert listed([stay("p", stay_id="s1"), later]) == ["s1"]


def test_attrition_counts_reconcile():
    rows = [
        stay("a"),
        stay("b", death_date="2025-03-29"),
        stay("c", discharge_date=None),
        stay("d", discharge_disposition="50"),
    ]
    attrition = build(rows).attrition
    assert (attrition["rows_in"] - attrition["rows_dropped"]).tolist() == attrition["rows_out"].tolist()
    assert attrition["rows_in"].tolist()[1:] == attrition["rows_out"].tolist()[:-1]
    assert dict(zip(attrition["rule"], attrition["rows_dropped"], strict=True)) == {
        "in_hospital": 1,
        "discharged_before_window": 0,
        "died": 1,
        "hospice": 1,
        "not_scorable": 0,
    }


@pytest.mark.parametrize("risk", [None, 1.2, -0.1])
def test_a_current_stay_without_a_proper_risk_stops_the_list(risk):
    with pytest.raises(HomewardError, match="1 of 2 current stays have no risk between 0 and 1"):
        build([stay("a"), stay("b", risk=risk)])


def test_an_empty_list_says_that_nobody_is_at_home():
    made = build([stay("a", discharge_date=None, is_scorable=False, risk=None)])
    assert made.worklist.empty
    assert made.status == "no_current_stays"
    assert "No patient is at home within 30 days" in made.notes[0]


def test_the_latest_score_of_a_stay_counts():
    made = frames([stay("a", risk=0.1)])
    later = made["scores"].assign(risk=0.3, scored_at=pd.Timestamp("2025-03-29"))
    made["scores"] = pd.concat([later, made["scores"]], ignore_index=True)
    from caseload.listing import list_current_stays

    rows, _ = list_current_stays(made["scores"], made["stays"], made["patients"], policy(), AS_OF)
    assert rows["risk"].tolist() == [0.3]
