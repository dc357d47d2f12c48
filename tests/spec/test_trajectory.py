"""Where the use of care is heading, and what the previous stay was."""

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

DAY = "2024-03-10"
ADMITTED, DISCHARGED = f"{DAY} 12:00", "2024-03-14 12:00"
HEART_FAILURE, PNEUMONIA = "I5023", "J189"

# days before admission of earlier admissions, of a day -> admissions above the pace of the 275 days before
CHANGES = [
    ([], 0.0),
    ([90], 1.0),
    ([91], -0.33),
    ([10, 20, 200], 1.67),
    ([100, 200, 300], -0.98),
    ([10, 365], 0.67),
    ([10, 366], 1.0),
]

# admissions before this one, days before it, each of 4 days
#   -> days between the last two discharges, change of the days at home, shrinking
INTERVALS: list[tuple[list[int], tuple[int | None, int | None, int | None]]] = [
    ([], (None, None, None)),
    ([40], (None, None, None)),
    ([100, 40], (60, -20, 1)),  # 56 days at home, then 36
    ([76, 40], (36, 4, 0)),  # 32, then 36
    ([80, 42], (38, 4, 0)),  # 34, then 38
    ([80, 40], (40, 0, 0)),  # 36, then 36
    ([80, 42, 200], (38, 4, 0)),  # an older one changes nothing
    ([366, 40], (None, None, None)),  # one day too old
    ([365, 40], (325, -285, 1)),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for days, _ in CHANGES:
        for day in days:
            hospital.stay(f"change {days}", days_before(DAY, day), days_before(DAY, day - 1))
            hospital.encounter(
                f"change {days}", "emergency", days_before(DAY, day, "08:00"), days_before(DAY, day, "09:00")
            )
        hospital.stay(f"change {days}", ADMITTED, DISCHARGED)
    for days, _ in INTERVALS:
        for day in days:
            hospital.stay(f"interval {days}", days_before(DAY, day), days_before(DAY, day - 4))
        hospital.stay(f"interval {days}", ADMITTED, DISCHARGED)
    _add_previous_stays(hospital)
    _add_edges(hospital)
    return hospital.run()


def _add_previous_stays(hospital: Hospital) -> None:
    began, ended = days_before(DAY, 60), days_before(DAY, 53)
    hospital.stay("same", began, ended, HEART_FAILURE, discharge_disposition="06")
    hospital.stay("same", ADMITTED, DISCHARGED, HEART_FAILURE)
    hospital.stay("other", began, ended, PNEUMONIA, discharge_disposition="07")
    hospital.stay("other", ADMITTED, DISCHARGED, HEART_FAILURE)
    hospital.stay("silent", began, ended, HEART_FAILURE, discharge_disposition=None)
    hospital.diagnosis("silent", hospital.encounter("silent", "inpatient", ADMITTED, DISCHARGED), "A", sequence=2)
    for case, recorded in (("coded in time", DISCHARGED), ("coded late", "2024-03-14 12:00:01")):
        key = hospital.encounter(case, "inpatient", began, ended)
        hospital.diagnosis(case, key, HEART_FAILURE, sequence=1, recorded_at=recorded)
        hospital.stay(case, ADMITTED, DISCHARGED, HEART_FAILURE)


def _add_edges(hospital: Hospital) -> None:
    """Two stays at one moment, one that ends as the next begins and ends, folds known at and after this discharge."""
    for code in (HEART_FAILURE, PNEUMONIA):
        hospital.stay("at one moment", ADMITTED, ADMITTED, code)
    hospital.stay("ends as this one begins", days_before(DAY, 4), ADMITTED, PNEUMONIA)
    hospital.stay("ends as this one begins", ADMITTED, ADMITTED, HEART_FAILURE)
    for case, recorded in (("fold known in time", DISCHARGED), ("fold known late", "2024-03-14 12:00:01")):
        hospital.stay(case, days_before(DAY, 60), days_before(DAY, 57), HEART_FAILURE)
        key = hospital.encounter(case, "inpatient", days_before(DAY, 57, "20:00"), days_before(DAY, 55))
        hospital.diagnosis(case, key, HEART_FAILURE, sequence=1, recorded_at=recorded)
        hospital.stay(case, ADMITTED, DISCHARGED, HEART_FAILURE)


@pytest.mark.parametrize(("days", "change"), CHANGES, ids=str)
def test_use_against_its_earlier_pace(found: dict[str, Row], days: list[int], change: float) -> None:
    row = found[f"change {days}"]
    assert row["acute_admission_change_90d"] == row["emergency_visit_change_90d"] == change


def test_without_emergency_data_their_change_is_unknown() -> None:
    hospital = Hospital(absent=("encounter:emergency",))
    hospital.stay("case", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    assert (row["acute_admission_change_90d"], row["emergency_visit_change_90d"]) == (0.0, None)


@pytest.mark.parametrize(("days", "expected"), INTERVALS, ids=str)
def test_intervals_between_stays(found: dict[str, Row], days: list[int], expected: tuple[int | None, ...]) -> None:
    row = found[f"interval {days}"]
    columns = ("days_between_discharges", "interval_change_days", "is_interval_shrinking")
    assert tuple(row[column] for column in columns) == expected


CONDITIONS = {
    "circulatory": "Congestive heart failure; nonhypertensive",
    "respiratory": "Pneumonia (except that caused by tuberculosis or sexually transmitted disease)",
    None: None,
}
PREVIOUS = {
    #                           days, disposition,             body system,   same, against advice
    "same":                    (7, "home_health",              "circulatory", 1,    0),
    "other":                   (7, "against_medical_advice",   "respiratory", 0,    1),
    "silent":                  (7, None,                       "circulatory", None, None),
    "coded in time":           (7, "home",                     "circulatory", 1,    0),
    "coded late":              (7, "home",                     None,          None, 0),
    "change []":               (None, None,                    None,          None, None),
    "at one moment":           (None, None,                    None,          None, None),
    "ends as this one begins": (4, "home",                     "respiratory", 0,    0),
    "fold known in time":      (5, "home",                     "circulatory", 1,    0),
    "fold known late":         (2, "home",                     None,          None, 0),
}  # fmt: skip


@pytest.mark.parametrize("case", PREVIOUS)
def test_the_previous_stay(found: dict[str, Row], case: str) -> None:
    columns = ("previous_stay_days", "previous_stay_disposition", "previous_stay_body_system", "is_same_condition")
    row = found[case]
    assert (*(row[column] for column in columns), row["was_previous_stay_against_advice"]) == PREVIOUS[case]
    assert row["previous_stay_condition"] == CONDITIONS[row["previous_stay_body_system"]]


def test_at_admission_a_principal_diagnosis_coded_in_the_stay_is_not_known_yet() -> None:
    hospital = Hospital()
    hospital.stay("case", days_before(DAY, 60), days_before(DAY, 53), HEART_FAILURE)
    key = hospital.encounter("case", "inpatient", ADMITTED, DISCHARGED)
    hospital.diagnosis("case", key, HEART_FAILURE, sequence=1, recorded_at="2024-03-12 09:00")
    assert hospital.run("admission")["case"]["is_same_condition"] is None
    assert hospital.run("discharge")["case"]["is_same_condition"] == 1
