"""How laboratory values moved over the stay: change, rate, worst deviation, counts."""

from datetime import date

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"
HEMOGLOBIN, CREATININE, POTASSIUM, ALBUMIN = "718-7", "2160-0", "2823-3", "1751-7"
FIRST, MIDDLE, LAST = "2024-03-10 18:00", "2024-03-12 06:00", "2024-03-14 06:00"

# hemoglobin (12-18 g/dL) as collected -> change, a day, worst deviation, got worse
COURSES = [
    ([(FIRST, 10.0)], None, None, 2.0, 0),
    ([(FIRST, 13.0), (LAST, 11.0)], -2.0, -0.571429, 1.0, 1),
    ([(FIRST, 11.0), (LAST, 13.0)], 2.0, 0.571429, 1.0, 0),
    ([(FIRST, 13.0), (MIDDLE, 9.0), (LAST, 12.0)], -1.0, -0.285714, 3.0, 0),
    ([(FIRST, 12.0), (LAST, 18.0)], 6.0, 1.714286, 0.0, 0),
    ([(FIRST, 19.0), (LAST, 11.5)], -7.5, -2.142857, 1.0, 0),
    ([(FIRST, 19.0), (LAST, 10.5)], -8.5, -2.428571, 1.5, 1),
    ([(FIRST, 13.0), ("2024-03-10 19:00", 12.0)], -1.0, -1.0, 0.0, 0),
    ([("2024-03-10 11:59", 15.0), (FIRST, 13.0), (LAST, 12.0)], -1.0, -0.285714, 0.0, 0),
    ([(FIRST, 13.0), (LAST, 12.0), ("2024-03-14 12:01", 5.0)], -1.0, -0.285714, 0.0, 0),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for number, (values, *_) in enumerate(COURSES):
        for collected, value in values:
            hospital.lab(f"course {number}", HEMOGLOBIN, value, "g/dL", collected)
    _add_counts(hospital)
    _add_odd_results(hospital)
    for case in [row["patient_id"] for row in hospital.rows["patient"]]:
        hospital.stay(case, ADMITTED, DISCHARGED)
    return hospital.run()


def _add_counts(hospital: Hospital) -> None:
    for loinc, unit, first, last in (
        (HEMOGLOBIN, "g/dL", 13.0, 11.0),  # low, got worse
        (CREATININE, "mg/dL", 2.0, 1.5),  # high, better than it was
        (POTASSIUM, "mmol/L", 3.0, 4.0),  # was low
        (ALBUMIN, "g/L", 40.0, 40.0),  # never abnormal
    ):
        hospital.lab("counts", loinc, first, unit, FIRST)
        hospital.lab("counts", loinc, last, unit, MIDDLE, LAST)


def _add_odd_results(hospital: Hospital) -> None:
    hospital.lab("resulted late", HEMOGLOBIN, 13.0, "g/dL", FIRST)
    hospital.lab("resulted late", HEMOGLOBIN, 8.0, "g/dL", LAST, "2024-03-14 12:01")
    hospital.lab("units", HEMOGLOBIN, 130.0, "g/L", FIRST)
    hospital.lab("units", HEMOGLOBIN, 11.0, "furlong", MIDDLE)
    hospital.lab("units", HEMOGLOBIN, -1.0, "g/dL", MIDDLE)
    hospital.lab("units", HEMOGLOBIN, 9e6, "g/dL", MIDDLE)
    hospital.lab("units", HEMOGLOBIN, 12.5, "g/dL", LAST)
    hospital.lab("together", HEMOGLOBIN, 14.0, "g/dL", FIRST, "2024-03-10 20:00")
    hospital.lab("together", HEMOGLOBIN, 13.0, "g/dL", FIRST, "2024-03-10 19:00")
    hospital.lab("together", HEMOGLOBIN, 12.0, "g/dL", LAST)
    hospital.lab("yesterday", HEMOGLOBIN, 13.0, "g/dL", "2024-03-13 23:59")
    hospital.lab("yesterday", POTASSIUM, 4.0, "mmol/L", MIDDLE)
    hospital.patient("none")


@pytest.mark.parametrize("number", range(len(COURSES)))
def test_course_of_an_analyte(found: dict[str, Row], number: int) -> None:
    _, change, a_day, deviation, worsened = COURSES[number]
    row = found[f"course {number}"]
    assert row["lab_hemoglobin_change"] == change
    assert row["lab_hemoglobin_change_per_day"] == a_day
    assert (row["lab_hemoglobin_worst_deviation"], row["lab_worsened_count"]) == (deviation, worsened)


def test_counts_over_analytes(found: dict[str, Row]) -> None:
    row = found["counts"]
    assert (row["lab_abnormal_count"], row["lab_low_count"], row["lab_high_count"]) == (2, 1, 1)
    assert (row["lab_ever_abnormal_count"], row["lab_worsened_count"]) == (3, 1)
    assert (row["lab_creatinine_change"], row["lab_creatinine_worst_deviation"]) == (-0.5, pytest.approx(0.7))
    assert (row["lab_albumin_change"], row["lab_albumin_worst_deviation"]) == (0.0, 0.0)


def test_a_result_after_discharge_is_not_in_the_course(found: dict[str, Row]) -> None:
    row = found["resulted late"]
    assert (row["lab_hemoglobin_change"], row["lab_hemoglobin_worst_deviation"]) == (None, 0.0)


def test_units_are_converted_and_unusable_values_left_out(found: dict[str, Row]) -> None:
    row = found["units"]
    assert (row["lab_hemoglobin_change"], row["lab_hemoglobin_worst_deviation"]) == (-0.5, 0.0)


def test_of_two_collected_together_the_earlier_resulted_is_first(found: dict[str, Row]) -> None:
    assert found["together"]["lab_hemoglobin_change"] == -1.0


def test_days_since_the_last_result_are_calendar_days(found: dict[str, Row]) -> None:
    assert found["counts"]["days_since_lab_result"] == 0
    assert found["yesterday"]["days_since_lab_result"] == 1


def test_not_measured_counts_nothing_and_has_no_course(found: dict[str, Row]) -> None:
    row = found["none"]
    assert (row["lab_low_count"], row["lab_high_count"], row["lab_worsened_count"]) == (0, 0, 0)
    assert (row["days_since_lab_result"], row["lab_hemoglobin_worst_deviation"]) == (None, None)


def test_without_the_source_nothing_is_said() -> None:
    hospital = Hospital(absent=("lab_result",))
    hospital.stay("case", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    columns = ("lab_low_count", "lab_high_count", "lab_ever_abnormal_count", "lab_worsened_count")
    assert {name: row[name] for name in columns} == dict.fromkeys(columns)


def test_impossible_times_order_like_any_other() -> None:
    hospital = Hospital()
    hospital.stay("1950", "1950-03-10 08:00", "1950-03-14 12:00")
    hospital.lab("1950", HEMOGLOBIN, 13.0, "g/dL", "1950-03-11 08:00", "1950-03-10 08:00")
    hospital.lab("1950", HEMOGLOBIN, 9.0, "g/dL", "1950-03-12 08:00")
    hospital.patient("1950", birth_date=date(1900, 1, 1))
    row = hospital.run()["1950"]
    assert (row["lab_hemoglobin"], row["lab_hemoglobin_change"]) == (9.0, -4.0)
