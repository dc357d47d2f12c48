"""The stay so far against the usual length of stay of its group, taken from the months before."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from tests.generative.sql_stage import REFERENCE, read_table
from tests.spec.feature_hospital import Hospital, Row, connection

HEART_FAILURE, PNEUMONIA = "I5023", "J189"
NUMBERS = yaml.safe_load((Path(REFERENCE) / "measures" / "feature_parameters.yaml").read_text(encoding="utf-8"))
ENOUGH = NUMBERS["length_of_stay_minimum_stays"]
MOST = ENOUGH // 2 + 1
Group = tuple[int, int, str, str, str]
ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-20 12:00"


def add_stays(hospital: Hospital, name: str, count: int, days: int, discharged: str, code: str, drg: str) -> None:
    """Add so many stays of other patients, all of the same length and ended on the same day."""
    admitted = date.fromisoformat(discharged) - timedelta(days=days)
    for number in range(count):
        hospital.stay(f"{name} {number}", str(admitted), discharged, code, drg_code=drg)


def seen_alone(before: list[Group], point: str = "discharge") -> Row:
    """Read the row of a heart failure stay of ten days in March 2024, after others' stays."""
    hospital = Hospital()
    for number, (count, days, discharged, code, drg) in enumerate(before):
        add_stays(hospital, f"group {number}", count, days, discharged, code, drg)
    hospital.stay("case", ADMITTED, DISCHARGED, HEART_FAILURE, drg_code="291")
    return hospital.run(point)["case"]


# stays of others (how many, days, discharged, diagnosis, DRG) -> usual days, excess, ratio, level
CASES: dict[str, tuple[list[Group], tuple[object, ...]]] = {
    "same DRG": ([(ENOUGH, 4, "2024-02-29", HEART_FAILURE, "291")], (4.0, 6.0, 2.5, "drg")),
    "the DRG before the condition": (
        [(ENOUGH, 4, "2024-02-29", HEART_FAILURE, "291"), (2 * ENOUGH, 5, "2024-02-29", HEART_FAILURE, "292")],
        (4.0, 6.0, 2.5, "drg"),
    ),
    "too few of the DRG: same condition": (
        [(ENOUGH - 1, 4, "2024-02-29", HEART_FAILURE, "291"), (ENOUGH, 5, "2024-02-29", HEART_FAILURE, "292")],
        (5.0, 5.0, 2.0, "ccs"),
    ),
    "too few of the condition: all": (
        [(ENOUGH - 1, 4, "2024-02-29", HEART_FAILURE, "291"), (ENOUGH, 8, "2024-02-29", PNEUMONIA, "193")],
        (8.0, 2.0, 1.25, "all"),
    ),
    "too few of any": ([(ENOUGH - 1, 4, "2024-02-29", HEART_FAILURE, "291")], (None, None, None, None)),
    "ended in the month itself": ([(ENOUGH, 4, "2024-03-01", HEART_FAILURE, "291")], (None, None, None, None)),
    "ended twelve months before": ([(ENOUGH, 4, "2023-03-01", HEART_FAILURE, "291")], (4.0, 6.0, 2.5, "drg")),
    "ended thirteen months before": ([(ENOUGH, 4, "2023-02-28", HEART_FAILURE, "291")], (None, None, None, None)),
    "median between two lengths": (
        [(ENOUGH, 4, "2024-02-29", HEART_FAILURE, "291"), (ENOUGH, 7, "2024-01-31", HEART_FAILURE, "291")],
        (5.5, 4.5, 1.818, "drg"),
    ),
    "median, not mean": (
        [(MOST, 4, "2024-02-29", HEART_FAILURE, "291"), (ENOUGH - MOST, 30, "2024-02-29", HEART_FAILURE, "291")],
        (4.0, 6.0, 2.5, "drg"),
    ),
    "usually gone the same day": ([(ENOUGH, 0, "2024-02-29", HEART_FAILURE, "291")], (0.0, 10.0, None, "drg")),
}  # fmt: skip
COLUMNS = ("expected_stay_days", "excess_stay_days", "stay_ratio", "expected_stay_level")


@pytest.mark.parametrize("case", CASES)
def test_against_the_usual_length_of_stay(case: str) -> None:
    before, expected = CASES[case]
    row = seen_alone(before)
    assert tuple(row[column] for column in COLUMNS) == expected


def test_a_stay_in_progress_has_no_drg_yet() -> None:
    hospital = Hospital()
    add_stays(hospital, "same DRG", ENOUGH, 4, "2024-02-29", HEART_FAILURE, "291")
    add_stays(hospital, "same condition", 2 * ENOUGH, 5, "2024-02-29", HEART_FAILURE, "292")
    key = hospital.encounter("case", "inpatient", ADMITTED, DISCHARGED, drg_code="291")
    hospital.diagnosis("case", key, HEART_FAILURE, sequence=1, recorded_at=ADMITTED)
    row = hospital.run("admission")["case"]
    assert tuple(row[column] for column in COLUMNS) == (5.0, -4.0, 0.2, "ccs")


def test_at_admission_neither_drg_nor_diagnosis_is_known() -> None:
    groups = [(ENOUGH, 4, "2024-02-29", HEART_FAILURE, "291"), (ENOUGH + 1, 2, "2024-02-29", PNEUMONIA, "193")]
    at_admission, at_discharge = (seen_alone(groups, point) for point in ("admission", "discharge"))
    assert tuple(at_admission[column] for column in COLUMNS) == (2.0, -1.0, 0.5, "all")
    assert tuple(at_discharge[column] for column in COLUMNS) == (4.0, 6.0, 2.5, "drg")


def reference_of(hospital: Hospital) -> dict[tuple[str, date], tuple[int, float]]:
    hospital.run()
    rows = read_table(connection(), "features.length_of_stay_reference")
    return {(row["stay_group"], row["month"]): (row["stay_count"], row["expected_stay_days"]) for row in rows}


def test_a_stay_coded_after_its_discharge_has_no_group() -> None:
    hospital = Hospital()
    for number in range(ENOUGH):
        key = hospital.encounter(f"in time {number}", "inpatient", "2024-02-01", "2024-02-05", drg_code="291")
        hospital.diagnosis(f"in time {number}", key, HEART_FAILURE, sequence=1, recorded_at="2024-02-05 12:00:00")
        key = hospital.encounter(f"late {number}", "inpatient", "2024-02-01", "2024-02-09", drg_code="291")
        hospital.diagnosis(f"late {number}", key, HEART_FAILURE, sequence=1, recorded_at="2024-02-09 12:00:01")
    march = {group: value for (group, month), value in reference_of(hospital).items() if month == date(2024, 3, 1)}
    assert march == {"DRG 291": (ENOUGH, 4.0), "CCS 108": (ENOUGH, 4.0), "all stays": (2 * ENOUGH, 6.0)}


# second part of each stay: begun, ended, facility, condition -> what counts: month of discharge: (stays, median)
PARTS = {
    "transfer in the month": ("2024-02-20 15:00", "2024-02-27", "B", PNEUMONIA, {2: (1, 17.0)}),
    "transfer in the next month": ("2024-03-01 08:00", "2024-03-05", "B", PNEUMONIA, {2: (1, 19.0), 3: (1, 24.0)}),
    "still there": ("2024-02-20 15:00", None, "B", PNEUMONIA, {}),
    "same-day fold": ("2024-02-20 15:00", "2024-02-27", "A", HEART_FAILURE, {2: (2, 8.5)}),
    "back the same day for another reason": ("2024-02-20 15:00", "2024-02-27", "A", PNEUMONIA, {2: (2, 8.5)}),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_stay_counts_as_it_looked_at_the_end_of_its_month(part: str) -> None:
    began, ended, facility, condition, expected = PARTS[part]
    first_ended = "2024-02-29 23:00" if "next" in part else "2024-02-20 12:00"
    hospital = Hospital()
    hospital.stay("case", "2024-02-10", first_ended, HEART_FAILURE, facility_id="A")
    hospital.stay("case", began, ended, condition, facility_id=facility)
    hospital.run()
    counted: dict[int, list[int]] = {}
    for row in read_table(connection(), "features.length_of_stay_count"):
        counted.setdefault(row["discharge_month"].month, []).extend([row["length_of_stay_days"]] * row["stay_count"])
    assert {month: (len(days), sum(days) / len(days)) for month, days in counted.items()} == expected


# encounters that begin together, for heart failure (CCS 108) and for pneumonia: ended -> days and CCS category counted
TOGETHER = [
    ("2024-02-20", "2024-02-15", [(10, 108)]),
    ("2024-02-15", "2024-02-20", [(10, 108)]),
    ("2024-02-15", None, []),
    (None, "2024-02-15", []),
]


@pytest.mark.parametrize(("heart_failure", "pneumonia", "expected"), TOGETHER)
def test_encounters_that_begin_together_count_once_for_the_first(
    heart_failure: str | None, pneumonia: str | None, expected: list[tuple[int, int]]
) -> None:
    hospital = Hospital()
    hospital.stay("case", "2024-02-10", heart_failure, HEART_FAILURE)
    hospital.stay("case", "2024-02-10", pneumonia, PNEUMONIA, facility_id="B")
    hospital.run()
    rows = read_table(connection(), "features.length_of_stay_count")
    assert [(row["length_of_stay_days"], row["ccs"]) for row in rows] == expected


def test_the_months_go_up_to_that_of_the_cut_off() -> None:
    hospital = Hospital()  # the data cut-off is 1 January 2030
    add_stays(hospital, "December", ENOUGH, 4, "2029-12-05", HEART_FAILURE, "291")
    assert {month for _, month in reference_of(hospital)} == {date(2030, 1, 1)}
