"""What happened before the admission: which events count in which window, and how earlier stays are summed up."""

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

DAY = "2024-03-10"
ADMITTED, DISCHARGED = f"{DAY} 12:00", "2024-03-14 12:00"

# days before admission -> in which windows an admission counts
WINDOWS = [(1, "30 90 180 365"), (30, "30 90 180 365"), (31, "90 180 365"), (90, "90 180 365"), (91, "180 365"),
           (180, "180 365"), (181, "365"), (365, "365"), (366, "")]  # fmt: skip
# what is counted -> windows that it is counted in
COUNTED = {
    "acute_admission": (30, 90, 180, 365),
    "emergency_visit": (30, 90, 180, 365),
    "observation_visit": (30, 90, 180, 365),
    "outpatient_visit": (90, 365),
    "telehealth_visit": (365,),
    "home_health": (365,),
    "skilled_nursing": (365,),
}


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for days, _ in WINDOWS:
        case = f"{days} days"
        for name in COUNTED:
            if name != "acute_admission":
                kind = name.removesuffix("_visit")
                hospital.encounter(case, kind, days_before(DAY, days, "06:30"), days_before(DAY, days, "07:00"))
        hospital.stay(case, days_before(DAY, days, "06:00"), days_before(DAY, days, "09:00"), facility_id="A")
        hospital.stay(case, ADMITTED, DISCHARGED)
    _add_visits(hospital)
    _add_stays(hospital)
    return hospital.run()


def _add_visits(hospital: Hospital) -> None:
    for kind in ("observation", "outpatient", "telehealth", "home_health", "skilled_nursing"):
        for days in (10, 80, 300, 400):
            hospital.encounter("visits", kind, days_before(DAY, days), days_before(DAY, days, "14:00"))
    hospital.encounter("visits", "outpatient", days_before(DAY, 5), None, status="cancelled")
    hospital.encounter("visits", "outpatient", days_before(DAY, -1), days_before(DAY, -1, "14:00"))
    hospital.stay("visits", ADMITTED, DISCHARGED)
    hospital.encounter("led", "emergency", f"{DAY} 08:00", f"{DAY} 11:00")
    hospital.stay("led", ADMITTED, DISCHARGED)


def _add_stays(hospital: Hospital) -> None:
    hospital.stay(
        "transferred", days_before(DAY, 20), days_before(DAY, 18), facility_id="A", discharge_disposition="02"
    )
    hospital.stay("transferred", days_before(DAY, 18, "15:00"), days_before(DAY, 15), facility_id="B")
    hospital.stay("transferred", ADMITTED, DISCHARGED)
    for days, disposition in ((200, "01"), (180, "07"), (100, "07"), (40, "01")):
        hospital.stay("history", days_before(DAY, days), days_before(DAY, days - 4), discharge_disposition=disposition)
    hospital.stay("history", ADMITTED, DISCHARGED)
    hospital.stay("return", days_before(DAY, 34), days_before(DAY, 30))
    hospital.stay("return", ADMITTED, DISCHARGED)
    hospital.stay("no return", days_before(DAY, 34), days_before(DAY, 31))
    hospital.stay("no return", ADMITTED, DISCHARGED)
    hospital.stay("first stay", ADMITTED, DISCHARGED)
    for case, recorded in (("fold known in time", DISCHARGED), ("fold known late", "2024-03-14 12:01")):
        hospital.stay(case, days_before(DAY, 20, "08:00"), days_before(DAY, 20, "10:00"))
        key = hospital.encounter(case, "inpatient", days_before(DAY, 20, "14:00"), days_before(DAY, 15))
        hospital.diagnosis(case, key, "J189", sequence=1, recorded_at=recorded)
        hospital.stay(case, ADMITTED, DISCHARGED)


@pytest.mark.parametrize(("days", "windows"), WINDOWS)
def test_use_by_window(found: dict[str, Row], days: int, windows: str) -> None:
    row = found[f"{days} days"]
    for name, of_name in COUNTED.items():
        counts = {window: row[f"{name}_count_{window}d"] for window in of_name}
        assert counts == {window: int(str(window) in windows.split()) for window in of_name}, name
    assert row["days_since_discharge"] == (days if windows else None)


def test_visits_of_each_class_count_apart(found: dict[str, Row]) -> None:
    row = found["visits"]
    assert (row["observation_visit_count_90d"], row["observation_visit_count_365d"]) == (2, 3)
    assert (row["outpatient_visit_count_90d"], row["outpatient_visit_count_365d"]) == (2, 3)
    columns = ("telehealth_visit_count_365d", "home_health_count_365d", "skilled_nursing_count_365d")
    assert [row[column] for column in columns] == [3, 3, 3]
    assert row["emergency_visit_count_365d"] == row["acute_admission_count_365d"] == 0


def test_the_visit_that_led_here_is_an_arrival_not_a_visit(found: dict[str, Row]) -> None:
    assert (found["led"]["is_emergency_arrival"], found["led"]["emergency_visit_count_30d"]) == (1, 0)
    assert found["visits"]["is_emergency_arrival"] == 0


def test_a_transfer_is_one_admission(found: dict[str, Row]) -> None:
    row = found["transferred"]
    assert (row["acute_admission_count_30d"], row["inpatient_day_count_365d"]) == (1, 5)


@pytest.mark.parametrize(("case", "expected"), [("fold known in time", (1, 0, 5)), ("fold known late", (2, 1, 5))])
def test_a_same_day_fold_is_one_admission_once_it_is_known(
    found: dict[str, Row], case: str, expected: tuple[int, ...]
) -> None:
    """The second encounter's diagnosis is recorded as this stay ends, or a minute later."""
    columns = ("acute_admission_count_30d", "readmission_count_365d", "inpatient_day_count_365d")
    assert tuple(found[case][column] for column in columns) == expected


def test_earlier_stays_are_summed_up(found: dict[str, Row]) -> None:
    row = found["history"]
    assert row["inpatient_day_count_365d"] == 16
    assert row["longest_stay_days_365d"] == 4
    assert row["days_since_discharge"] == 36
    assert row["readmission_count_365d"] == 1  # the second began 16 days after the first ended
    assert row["against_medical_advice_count_365d"] == 2


def test_this_stay_is_a_return_within_30_calendar_days(found: dict[str, Row]) -> None:
    assert (found["return"]["is_readmission"], found["return"]["days_since_discharge"]) == (1, 30)
    assert (found["no return"]["is_readmission"], found["no return"]["days_since_discharge"]) == (0, 31)


def test_without_history_counts_are_0_and_days_since_is_null(found: dict[str, Row]) -> None:
    row = found["first stay"]
    assert (row["acute_admission_count_365d"], row["readmission_count_365d"], row["is_readmission"]) == (0, 0, 0)
    assert row["days_since_discharge"] is None
    assert row["longest_stay_days_365d"] is None
