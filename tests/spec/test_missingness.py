"""What is not there: screenings, area indices, whole subjects, and how long nobody has seen the patient."""

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

DAY = "2024-03-10"
ADMITTED, DISCHARGED = f"{DAY} 12:00", "2024-03-14 12:00"
WORRIED, TRANSPORT, STRESS = "93033-9", "93030-5", "93038-8"
YES, REFUSED = "LA33-6", "LA30122-8"

# SVI (0-1) or ADI (1-100) -> quartile
QUARTILES = [
    ("svi_overall", 0.0, 1), ("svi_overall", 0.25, 1), ("svi_overall", 0.2501, 2), ("svi_overall", 0.5, 2),
    ("svi_overall", 0.75, 3), ("svi_overall", 0.7501, 4), ("svi_overall", 1.0, 4), ("svi_overall", 1.5, None),
    ("adi_national", 1.0, 1), ("adi_national", 25.0, 1), ("adi_national", 26.0, 2), ("adi_national", 75.0, 3),
    ("adi_national", 76.0, 4), ("adi_national", 100.0, 4), ("adi_national", 101.0, None),
]  # fmt: skip

# kind of an earlier encounter, begun and ended (days before) -> days since the last contact
CONTACTS = [
    ("outpatient", [(20, 20)], 20), ("outpatient", [(20, 20), (3, 3)], 3), ("skilled_nursing", [(40, 2)], 2),
    ("telehealth", [(1, 1)], 1), ("outpatient", [(2000, 2000)], 2000), ("home_health", [(30, -2)], 30),
    ("outpatient", [(-1, -1)], None), ("outpatient", [], None), ("home_health", [(25, None)], 25),
]  # fmt: skip
EMPTY = ("has_no_diagnosis", "has_no_lab_result", "has_no_medication", "has_no_sdoh_screening", "has_no_area_index",
         "has_no_primary_care_provider", "has_no_earlier_contact")  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for number, (index, value, _) in enumerate(QUARTILES):
        hospital.patient(f"{index} {value}", zip_code=f"{number:05d}")
        hospital.area("zip", f"{number:05d}", index, 2022, value)
    for number, (kind, spans, _) in enumerate(CONTACTS):
        hospital.patient(f"contact {number}")
        for begun, ended in spans:
            end = None if ended is None else days_before(DAY, ended, "13:00")  # None: not ended yet
            hospital.encounter(f"contact {number}", kind, days_before(DAY, begun), end)
    hospital.encounter("led", "outpatient", days_before(DAY, 9), days_before(DAY, 9, "13:00"))
    hospital.encounter("led", "emergency", f"{DAY} 08:00", f"{DAY} 11:00")
    hospital.encounter("cancelled", "outpatient", days_before(DAY, 9), None, status="cancelled")
    _add_screenings(hospital)
    _add_subjects(hospital)
    for case in [row["patient_id"] for row in hospital.rows["patient"]]:
        if case != "empty":
            hospital.stay(case, ADMITTED, DISCHARGED)
    return hospital.run()


def _add_screenings(hospital: Hospital) -> None:
    hospital.answer("screened", WORRIED, YES, "2024-03-04 23:00")
    hospital.answer("screened", TRANSPORT, REFUSED, "2024-01-01")
    hospital.answer("refused", WORRIED, REFUSED, "2024-03-14 11:00")
    hospital.answer("answer nobody knows", WORRIED, "LA99999-9", "2024-03-13")
    hospital.answer("asked later", WORRIED, YES, "2024-03-14 12:01")
    hospital.answer("not asked", WORRIED, None, "2024-03-13", answer_state="not_asked")


def _add_subjects(hospital: Hospital) -> None:
    key = hospital.encounter("empty", "inpatient", ADMITTED, DISCHARGED)
    hospital.diagnosis("empty", key, "I10", recorded_at="2024-03-14 12:01")
    hospital.lab("empty", "718-7", 13.0, "furlong", "2024-03-11")
    hospital.patient("full", zip_code="00000", primary_care_provider_id="d1")
    hospital.encounter("full", "outpatient", days_before(DAY, 5), days_before(DAY, 5, "13:00"))
    hospital.lab("full", "718-7", 13.0, "g/dL", "2024-03-11")
    hospital.medication("full", "inpatient", "Heparin", "2024-03-11")
    hospital.answer("full", WORRIED, YES, "2024-03-11")


@pytest.mark.parametrize(("index", "value", "quartile"), QUARTILES)
def test_quartile_of_an_area_index(found: dict[str, Row], index: str, value: float, quartile: int | None) -> None:
    svi, adi = ("svi", "adi") if index == "svi_overall" else ("adi", "svi")
    row = found[f"{index} {value}"]
    assert (row[f"area_{svi}_quartile"], row[f"area_{svi}_level"], row[f"area_{svi}_age_years"]) == (quartile, "zip", 2)
    assert (row[f"area_{svi}_missing"], row[f"area_{adi}_missing"], row["has_no_area_index"]) == (0, 1, 0)
    assert row[f"area_{adi}_quartile"] is None


@pytest.mark.parametrize("number", range(len(CONTACTS)))
def test_days_since_the_last_contact(found: dict[str, Row], number: int) -> None:
    days = CONTACTS[number][2]
    row = found[f"contact {number}"]
    assert (row["days_since_contact"], row["has_no_earlier_contact"]) == (days, int(days is None))


def test_the_visit_that_led_here_and_a_cancelled_one_are_no_contact(found: dict[str, Row]) -> None:
    assert found["led"]["days_since_contact"] == 9
    assert found["cancelled"]["days_since_contact"] is None


# case -> has_sdoh_screening, days since, share not asked of 13 domains, share declined of those asked about
@pytest.mark.parametrize(
    ("case", "screened", "days", "not_asked", "declined"),
    [
        ("screened", 1, 10, 11 / 13, 1 / 2),
        ("refused", 1, 0, 12 / 13, 1.0),
        ("answer nobody knows", 1, 1, 1.0, None),
        ("asked later", 0, None, 1.0, None),
        ("not asked", 0, None, 1.0, None),
        ("contact 0", 0, None, 1.0, None),
    ],
)
def test_screening_and_its_gaps(
    found: dict[str, Row], case: str, screened: int, days: int | None, not_asked: float, declined: float | None
) -> None:
    row = found[case]
    assert (row["has_sdoh_screening"], row["days_since_sdoh_screening"]) == (screened, days)
    assert row["sdoh_not_asked_share"] == pytest.approx(not_asked)
    assert row["sdoh_declined_share"] == (None if declined is None else pytest.approx(declined))


def test_empty_subjects_are_counted(found: dict[str, Row]) -> None:
    assert [found["empty"][name] for name in EMPTY] == [1] * 7
    assert [found["full"][name] for name in EMPTY] == [0] * 7
    assert (found["empty"]["empty_subject_count"], found["full"]["empty_subject_count"]) == (7, 0)


def test_an_absent_source_is_not_an_empty_subject() -> None:
    absent = ("lab_result", "medication", "sdoh_screening", "area_sdoh")
    hospital = Hospital(absent=absent)
    hospital.encounter("case", "inpatient", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    assert [row[name] for name in EMPTY] == [1, None, None, None, None, 1, 1]
    assert row["empty_subject_count"] == 3
    columns = (
        "has_sdoh_screening",
        "sdoh_not_asked_share",
        "sdoh_declined_share",
        "area_svi_missing",
        "area_adi_missing",
    )
    assert {name: row[name] for name in columns} == dict.fromkeys(columns)
