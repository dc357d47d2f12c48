"""LACE, item by item and as published: length of stay, acute admission, comorbidity, emergency visits."""

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

ADMITTED = "2024-03-10"

# days in hospital -> L (van Walraven 2010, table of the index)
LENGTH = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (6, 4), (7, 5), (13, 5), (14, 7), (60, 7)]

# admission type of the first encounter -> A
ACUTE = [("emergency", 3), ("urgent", 3), ("trauma", 3), ("elective", 0), ("newborn", 0), ("other", 0), (None, 0)]

# what was coded in the stay -> C
COMORBIDITY = [
    ("nothing that counts", "J189 I10", 0),
    ("previous myocardial infarction", "J189 I252", 1),
    ("cerebrovascular disease", "J189 I639", 1),
    ("peripheral vascular disease", "J189 I739", 1),
    ("diabetes without complications", "J189 E119", 1),
    ("heart failure", "J189 I5023", 2),
    ("diabetes with end-organ damage", "J189 E1122", 2),
    ("of both grades of diabetes the severe", "J189 E119 E1122", 2),
    ("chronic lung disease", "J189 J449", 2),
    ("mild liver disease", "J189 K7030", 2),
    ("mild renal disease", "J189 N182", 2),
    ("mild liver and mild renal disease are one item", "J189 K7030 N182", 2),
    ("any tumour", "J189 C189", 2),
    ("lymphoma counts as a tumour", "J189 C8590", 2),
    ("three single points", "J189 I252 I639 E119", 3),
    ("dementia", "J189 F0390", 3),
    ("connective tissue disease", "J189 M069", 3),
    ("a sum of four scores five: AIDS", "J189 B20", 5),
    ("moderate or severe liver disease", "J189 K7210", 5),
    ("stage 4 renal disease is severe", "J189 N184", 5),
    ("end-stage renal disease", "J189 N186", 5),
    ("dialysis", "J189 Z992", 5),
    ("kidney transplant", "J189 Z940", 5),
    ("hypertensive renal disease with stage 5", "J189 I120", 5),
    ("unspecified renal failure is mild", "J189 N19", 2),
    ("metastatic tumour", "J189 C787", 5),
    ("the principal diagnosis counts too", "I5023 J189", 2),
    ("ulcer and paralysis have no points", "J189 K257 G8191", 0),
    ("two items of two", "J189 I5023 J449", 5),
]

# emergency visits before the admission of 10 March 12:00 (start, end) -> E
EMERGENCY = [
    ("none", [], 0),
    ("the one that led to it", [("2024-03-10 08:00", "2024-03-10 11:30")], 0),
    ("ended 24 hours before still led to it", [("2024-03-09 08:00", "2024-03-09 12:00")], 0),
    ("ended a minute earlier did not", [("2024-03-09 08:00", "2024-03-09 11:59")], 1),
    ("ended after the admission led to it", [("2024-03-10 08:00", "2024-03-10 15:00")], 0),
    (
        "only the latest of two led to it",
        [("2024-03-09 13:00", "2024-03-09 20:00"), ("2024-03-10 08:00", "2024-03-10 11:00")],
        1,
    ),
    ("began after the admission", [("2024-03-10 13:00", "2024-03-10 15:00")], 0),
    (
        "one after discharge does not take its place",
        [("2024-03-10 08:00", "2024-03-10 11:00"), ("2024-03-20 08:00", "2024-03-20 11:00")],
        0,
    ),
    ("180 days before", [(days_before(ADMITTED, 180, "00:00"), days_before(ADMITTED, 180, "01:00"))], 1),
    ("181 days before", [(days_before(ADMITTED, 181, "23:00"), days_before(ADMITTED, 181, "23:30"))], 0),
    (
        "five score four",
        [(days_before(ADMITTED, 10 * n), days_before(ADMITTED, 10 * n, "13:00")) for n in range(1, 6)],
        4,
    ),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for days, _ in LENGTH:
        hospital.stay(f"length {days}", "2024-03-10 10:00", f"{days_before('2024-03-10', -days, '18:00')}")
    for kind, _ in ACUTE:
        hospital.stay(f"type {kind}", ADMITTED, "2024-03-11", admission_type=kind)
    for name, codes, _ in COMORBIDITY:
        hospital.stay(name, ADMITTED, "2024-03-11", *codes.split())
    for name, visits, _ in EMERGENCY:
        hospital.stay(f"emergency {name}", ADMITTED, "2024-03-12")
        for begin, end in visits:
            hospital.encounter(f"emergency {name}", "emergency", begin, end)
    hospital.encounter("never closed", "emergency", "2024-01-15", None)
    hospital.encounter("never closed", "emergency", "2024-03-10 08:00", "2024-03-10 11:00")
    hospital.stay("never closed", ADMITTED, "2024-03-12")
    hospital.encounter("cancelled visit", "emergency", "2024-02-01", "2024-02-02", status="cancelled")
    hospital.stay("cancelled visit", ADMITTED, "2024-03-12")
    hospital.encounter("visit of an earlier admission", "emergency", "2024-02-01 08:00", "2024-02-01 11:00")
    hospital.stay("visit of an earlier admission", "2024-02-01 11:00", "2024-02-03")
    hospital.stay("visit of an earlier admission", ADMITTED, "2024-03-12")
    ninety = hospital.stay("late code", ADMITTED, "2024-03-12 12:00")
    hospital.diagnosis("late code", ninety, "I5023", recorded_at="2024-03-12 12:01")
    hospital.diagnosis("late code", ninety, "J449", sequence=3, recorded_at="2024-03-12 12:00")
    old = hospital.stay("ICD-9", ADMITTED, "2024-03-12")
    hospital.diagnosis("ICD-9", old, "5855", code_system="ICD-9-CM")
    hospital.stay("only in an earlier stay", "2024-02-01", "2024-02-03", "J189", "C787")
    hospital.stay("only in an earlier stay", ADMITTED, "2024-03-12")
    hospital.stay(
        "a whole case", "2024-03-10 10:00", "2024-03-18 09:00", "I5023", "I252", "J449", admission_type="emergency"
    )
    hospital.encounter("a whole case", "emergency", "2024-01-05", "2024-01-06")
    return hospital.run()


@pytest.mark.parametrize(("days", "points"), LENGTH)
def test_length_of_stay(found: dict[str, Row], days: int, points: int) -> None:
    assert found[f"length {days}"]["length_of_stay_days"] == days
    assert found[f"length {days}"]["lace_length_of_stay_points"] == points


@pytest.mark.parametrize(("kind", "points"), ACUTE)
def test_acute_admission(found: dict[str, Row], kind: str | None, points: int) -> None:
    assert found[f"type {kind}"]["lace_acute_points"] == points


@pytest.mark.parametrize(("name", "points"), [(name, points) for name, _, points in COMORBIDITY])
def test_comorbidity(found: dict[str, Row], name: str, points: int) -> None:
    assert found[name]["lace_comorbidity_points"] == points


@pytest.mark.parametrize(("name", "points"), [(name, points) for name, _, points in EMERGENCY])
def test_emergency_visits(found: dict[str, Row], name: str, points: int) -> None:
    assert found[f"emergency {name}"]["lace_emergency_points"] == points
    assert found[f"emergency {name}"]["lace_emergency_missing"] == 0


def test_emergency_visit_count_is_not_capped(found: dict[str, Row]) -> None:
    assert found["emergency five score four"]["emergency_visit_count_180d"] == 5


def test_only_the_latest_visit_led_to_the_admission(found: dict[str, Row]) -> None:
    row = found["never closed"]  # an open visit has not ended before, but the one of that morning is later
    assert (row["emergency_visit_count_30d"], row["emergency_visit_count_90d"]) == (0, 1)


def test_cancelled_visits_do_not_count(found: dict[str, Row]) -> None:
    assert found["cancelled visit"]["lace_emergency_points"] == 0


def test_visit_that_led_to_an_earlier_admission_counts(found: dict[str, Row]) -> None:
    assert found["visit of an earlier admission"]["lace_emergency_points"] == 1


def test_a_code_recorded_after_discharge_is_unknown(found: dict[str, Row]) -> None:
    assert (
        found["late code"]["lace_comorbidity_points"] == 2
    )  # chronic lung disease, recorded at the minute of discharge


def test_icd9_codes_count_by_their_own_prefixes(found: dict[str, Row]) -> None:
    assert found["ICD-9"]["lace_comorbidity_points"] == 5


def test_earlier_stays_do_not_count(found: dict[str, Row]) -> None:
    assert found["only in an earlier stay"]["lace_comorbidity_points"] == 0


def test_sum_and_band(found: dict[str, Row]) -> None:
    """Eight days 5, emergency 3, heart failure + infarction + lung 5, one visit 1."""
    row = found["a whole case"]
    assert (row["lace"], row["lace_band"]) == (14, "high")
    assert (found["length 4"]["lace"], found["length 4"]["lace_band"]) == (4, "low")
    assert (found["length 7"]["lace"], found["length 7"]["lace_band"]) == (5, "moderate")


def test_without_emergency_data_the_item_is_missing_not_none() -> None:
    hospital = Hospital(absent=("encounter:emergency",))
    hospital.stay("case", ADMITTED, "2024-03-12")
    row = hospital.run()["case"]
    assert (row["lace_emergency_points"], row["lace_emergency_missing"]) == (0, 1)
    assert row["emergency_visit_count_180d"] is None
