"""Fridays and nights: when of the day and week a patient came and left, by the site's clock."""

from datetime import date

import pytest

from features import features as feature_stage
from tests.generative.sql_stage import REFERENCE, read_table, run_steps
from tests.spec.feature_hospital import Hospital, Row, connection

# admitted, discharged (a Friday and its neighbours) -> admitted at night, discharged at night, on a Friday
CASES = [
    ("2024-03-10 21:59", "2024-03-14 21:59", (0, 0, 0)),
    ("2024-03-10 22:00", "2024-03-15 22:00", (1, 1, 1)),
    ("2024-03-10 23:30", "2024-03-15 12:00", (1, 0, 1)),
    ("2024-03-10 00:01", "2024-03-16 00:01", (1, 1, 0)),
    ("2024-03-10 06:59", "2024-03-15 06:59", (1, 1, 1)),
    ("2024-03-10 07:00", "2024-03-15 07:00", (0, 0, 1)),
    ("2024-03-10 00:00", "2024-03-15 00:00", (None, None, 1)),  # a day without a time
]
COLUMNS = ("is_night_admission", "is_night_discharge", "is_friday_discharge")


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    hospital = Hospital()
    for admitted, discharged, _ in CASES:
        hospital.stay(admitted, admitted, discharged)
    return hospital


@pytest.fixture(scope="module")
def found(hospital: Hospital) -> dict[str, Row]:
    return hospital.run()


@pytest.mark.parametrize(("admitted", "expected"), [(admitted, expected) for admitted, _, expected in CASES])
def test_night_and_friday(found: dict[str, Row], admitted: str, expected: tuple[int | None, ...]) -> None:
    assert tuple(found[admitted][column] for column in COLUMNS) == expected


def test_at_admission_the_discharge_is_unknown(hospital: Hospital) -> None:
    row = hospital.run("admission")["2024-03-10 22:00"]
    assert tuple(row[column] for column in COLUMNS) == (1, None, None)


def test_night_is_by_the_clock_of_the_site(hospital: Hospital) -> None:
    hospital.run()
    parameters = feature_stage.read_parameters(REFERENCE, date(2030, 1, 1), site_timezone="America/New_York")
    run_steps(connection(), {"features.stay_clock": feature_stage.STEPS["features.stay_clock"]}, parameters)
    owner = {row["point_key"]: row["patient_id"] for row in hospital.all_rows()}
    rows = {owner[row["point_key"]]: row for row in read_table(connection(), "features.stay_clock")}
    # 07:00 UTC is 03:00 at the site and 00:00 is 20:00 of the day before; summer time began between the two days.
    assert (rows["2024-03-10 07:00"]["is_night_admission"], rows["2024-03-10 07:00"]["is_night_discharge"]) == (1, 1)
    assert (rows["2024-03-10 00:00"]["is_night_admission"], rows["2024-03-10 00:00"]["is_night_discharge"]) == (0, 0)
