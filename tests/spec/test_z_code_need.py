"""Social needs from Z codes: which code of a domain speaks, and how long."""

from datetime import date

import pytest

from tests.spec.feature_hospital import Hospital

DISCHARGED = "2024-03-14 12:00"
HOMELESS, SHELTERED = "Z5900", "Z5901"

# codes (code, end of its encounter, recorded at) -> code and day shown for housing
CODES: list[tuple[str, list[tuple[str, str | None, str | None]], tuple[str, str] | None]] = [
    ("the later of two", [(SHELTERED, "2024-01-05", None), (HOMELESS, "2024-02-01", None)], (HOMELESS, "2024-02-01")),
    (
        "known later, of an earlier visit",
        [(HOMELESS, "2024-01-05", "2024-02-20"), (SHELTERED, "2024-02-01", None)],
        (HOMELESS, "2024-02-20"),
    ),
    ("of a visit not ended yet", [(HOMELESS, None, "2024-02-01")], (HOMELESS, "2024-02-01")),
    ("of such a visit, we do not know when", [(HOMELESS, None, None)], None),
    ("at discharge", [(HOMELESS, "2024-02-01", DISCHARGED)], (HOMELESS, "2024-03-14")),
    ("after discharge", [(HOMELESS, "2024-02-01", "2024-03-14 12:01")], None),
    ("365 days before", [(HOMELESS, "2023-03-15 12:00", None)], (HOMELESS, "2023-03-15")),
    ("a minute earlier", [(HOMELESS, "2023-03-15 11:59", None)], None),
    ("recorded long after its visit", [(HOMELESS, "2022-01-01", "2024-02-01")], (HOMELESS, "2024-02-01")),
    ("of another domain", [("Z5941", "2024-02-01", None)], None),
]


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    hospital = Hospital()
    for case, codes, _ in CODES:
        for code, ended, recorded in codes:
            visit = hospital.encounter(case, "outpatient", "2022-01-01", ended)
            hospital.diagnosis(case, visit, code, recorded_at=recorded)
    visit = hospital.encounter("cancelled", "outpatient", "2024-02-01", "2024-02-02", status="cancelled")
    hospital.diagnosis("cancelled", visit, HOMELESS)
    for case in [row["patient_id"] for row in hospital.rows["patient"]]:
        hospital.stay(case, "2024-03-10", DISCHARGED)
    hospital.run()
    return hospital


@pytest.mark.parametrize(("case", "expected"), [(case, expected) for case, _, expected in CODES])
def test_the_code_that_speaks_for_housing(hospital: Hospital, case: str, expected: tuple[str, str] | None) -> None:
    row = hospital.needs()[case, "housing"]
    assert row["state"] == ("need" if expected else "not_asked")
    day = date.fromisoformat(expected[1]) if expected else None
    assert (row["z_code"], row["evidence_date"]) == (expected[0] if expected else None, day)


def test_cancelled_visits_say_nothing(hospital: Hospital) -> None:
    assert hospital.needs()["cancelled", "housing"]["state"] == "not_asked"
