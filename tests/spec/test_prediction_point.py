"""When a stay is scored: at admission, on each of its days, at discharge."""

from datetime import date

import pytest

from tests.generative.sql_stage import read_table
from tests.spec.feature_hospital import Hospital, connection, run_stages

# The data end with 12 March.
# end of a stay that began on 10 March at noon -> kind of point, its number in the key, when, whether the stay is over
POINTS = {
    "2024-03-11 09:00": [
        ("daily", 1, "10 23:59", False),
        ("admission", 65535, "11 09:00", True),
        ("daily", 2, "11 09:00", True),
        ("discharge", 0, "11 09:00", True),
    ],
    "2024-03-12 15:00": [
        ("daily", 1, "10 23:59", False),
        ("admission", 65535, "11 12:00", False),
        ("daily", 2, "11 23:59", False),
        ("daily", 3, "12 15:00", True),
        ("discharge", 0, "12 15:00", True),
    ],
    None: [
        ("daily", 1, "10 23:59", False),
        ("admission", 65535, "11 12:00", False),
        ("daily", 2, "11 23:59", False),
        ("daily", 3, "12 23:59", False),
    ],
}


@pytest.mark.parametrize("end", POINTS, ids=str)
def test_points_of_a_stay(end: str | None) -> None:
    hospital = Hospital()
    stay = hospital.encounter("case", "inpatient", "2024-03-10 12:00", end)
    hospital.diagnosis("case", stay, "J189", sequence=1)
    hospital.load(connection())
    run_stages(connection(), date(2024, 3, 12), ("admission", "daily", "discharge"))
    rows = read_table(connection(), "features.prediction_point")
    assert {row["point_key"] >> 16 for row in rows} == {stay}
    found = [
        (row["prediction_point"], row["point_key"] & 65535, f"{row['known_at']:%d %H:%M}", row["is_over"])
        for row in rows
    ]
    assert sorted(found, key=lambda row: (row[2], row[0])) == POINTS[end]
