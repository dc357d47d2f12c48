"""HOSPITAL, item by item, in both variants, with the published bands and the missing flags."""

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"  # four days: no points for the length

# LOINC, value, unit, collected, resulted -> points, missing
HEMOGLOBIN = [
    ("below 12", [("718-7", 11.9, "g/dL", "2024-03-13", None)], 1, 0),
    ("12 is not below", [("718-7", 12.0, "g/dL", "2024-03-13", None)], 0, 0),
    ("converted from g/L", [("718-7", 119.0, "g/L", "2024-03-13", None)], 1, 0),
    ("120 g/L is 12 g/dL", [("718-7", 120.0, "g/L", "2024-03-13", None)], 0, 0),
    ("converted from mmol/L", [("718-7", 7.0, "mmol/L", "2024-03-13", None)], 1, 0),
    ("an equivalent code", [("20509-6", 9.0, "g/dL", "2024-03-13", None)], 1, 0),
    ("another test", [("4548-4", 9.0, "g/dL", "2024-03-13", None)], 0, 1),
    ("none", [], 0, 1),
    ("unknown unit", [("718-7", 9.0, "furlong", "2024-03-13", None)], 0, 1),
    ("no unit", [("718-7", 9.0, None, "2024-03-13", None)], 0, 1),
    ("no value", [("718-7", None, "g/dL", "2024-03-13", None)], 0, 1),
    (
        "the last collected",
        [("718-7", 9.0, "g/dL", "2024-03-11", None), ("718-7", 13.0, "g/dL", "2024-03-13", None)],
        0,
        0,
    ),
    (
        "the last usable",
        [("718-7", 9.0, "g/dL", "2024-03-11", None), ("718-7", None, "g/dL", "2024-03-13", None)],
        1,
        0,
    ),
    ("resulted after discharge", [("718-7", 9.0, "g/dL", "2024-03-14 09:00", "2024-03-14 12:01")], 0, 1),
    ("resulted at discharge", [("718-7", 9.0, "g/dL", "2024-03-14 09:00", "2024-03-14 12:00")], 1, 0),
    ("collected before the stay", [("718-7", 9.0, "g/dL", "2024-03-10 11:59", None)], 0, 1),
]

SODIUM = [
    ("below 135", [("2951-2", 134.9, "mmol/L", "2024-03-13", None)], 1, 0),
    ("135 is not below", [("2947-0", 135.0, "mEq/L", "2024-03-13", None)], 0, 0),
    ("none", [], 0, 1),
]

# earlier acute stays admitted in the 365 days before -> points 2016, points 2013
ADMISSIONS = [(0, 0, 0), (1, 0, 2), (2, 2, 2), (5, 2, 2), (6, 5, 5)]

SERVICE = [("Medical Oncology", 2), ("HEMATOLOGY/ONCOLOGY", 2), ("Oncologic Surgery", 2), ("Medicine", 0), (None, 0)]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for prefix, table in (("hemoglobin", HEMOGLOBIN), ("sodium", SODIUM)):
        for name, labs, *_ in table:
            hospital.stay(f"{prefix} {name}", ADMITTED, DISCHARGED)
            for loinc, value, unit, collected, resulted in labs:
                hospital.lab(f"{prefix} {name}", loinc, value, unit, collected, resulted)
    for count, *_ in ADMISSIONS:
        hospital.stay(f"{count} admissions", ADMITTED, DISCHARGED)
        for number in range(count):
            day = days_before("2024-03-10", 40 + 40 * number)
            hospital.stay(f"{count} admissions", day, day.replace("12:00", "18:00"))
    hospital.stay("admitted 366 days before", days_before("2024-03-10", 366), days_before("2024-03-10", 360))
    hospital.stay("admitted 366 days before", ADMITTED, DISCHARGED)
    for service, _ in SERVICE:
        hospital.stay(f"service {service}", ADMITTED, DISCHARGED, service=service)
    key = hospital.stay("procedure", ADMITTED, DISCHARGED)
    hospital.procedure("procedure", key)
    key = hospital.stay("late procedure", ADMITTED, DISCHARGED)
    hospital.procedure("late procedure", key, "2024-03-14 13:00")
    hospital.stay("urgent", ADMITTED, DISCHARGED, admission_type="urgent")
    hospital.stay("five days", ADMITTED, "2024-03-15 08:00")
    key = hospital.stay("everything", ADMITTED, "2024-03-17 12:00", admission_type="emergency", service="Oncology")
    hospital.procedure("everything", key, "2024-03-11")
    hospital.lab("everything", "718-7", 8.0, "g/dL", "2024-03-16")
    hospital.lab("everything", "2951-2", 128.0, "mmol/L", "2024-03-16")
    for number in range(6):
        day = days_before("2024-03-10", 40 + 40 * number)
        hospital.stay("everything", day, day.replace("12:00", "18:00"))
    return hospital.run()


@pytest.mark.parametrize(
    ("name", "points", "missing"), [(name, points, missing) for name, _, points, missing in HEMOGLOBIN]
)
def test_hemoglobin(found: dict[str, Row], name: str, points: int, missing: int) -> None:
    row = found[f"hemoglobin {name}"]
    assert (row["hospital_hemoglobin_points"], row["hospital_hemoglobin_missing"]) == (points, missing)
    assert row["hospital"] == points


@pytest.mark.parametrize(
    ("name", "points", "missing"), [(name, points, missing) for name, _, points, missing in SODIUM]
)
def test_sodium(found: dict[str, Row], name: str, points: int, missing: int) -> None:
    row = found[f"sodium {name}"]
    assert (row["hospital_sodium_points"], row["hospital_sodium_missing"]) == (points, missing)


@pytest.mark.parametrize(("count", "points_2016", "points_2013"), ADMISSIONS)
def test_earlier_admissions(found: dict[str, Row], count: int, points_2016: int, points_2013: int) -> None:
    row = found[f"{count} admissions"]
    assert row["acute_admission_count_365d"] == count
    assert (row["hospital"], row["hospital_2013"]) == (points_2016, points_2013)


def test_an_admission_more_than_365_days_before_does_not_count(found: dict[str, Row]) -> None:
    assert found["admitted 366 days before"]["hospital_2013"] == 0


@pytest.mark.parametrize(("service", "points"), SERVICE)
def test_oncology_service(found: dict[str, Row], service: str | None, points: int) -> None:
    row = found[f"service {service}"]
    assert (row["hospital_oncology_points"], row["hospital_service_missing"]) == (points, int(service is None))


def test_other_items(found: dict[str, Row]) -> None:
    assert found["procedure"]["hospital_procedure_points"] == 1
    assert found["late procedure"]["hospital_procedure_points"] == 0
    assert found["urgent"]["hospital_acute_points"] == 1
    assert found["procedure"]["hospital_acute_points"] == 0
    assert found["five days"]["hospital_length_of_stay_points"] == 2
    assert found["procedure"]["hospital_length_of_stay_points"] == 0


def test_maximum_and_bands(found: dict[str, Row]) -> None:
    assert (found["everything"]["hospital"], found["everything"]["hospital_band"]) == (13, "high")
    assert (found["6 admissions"]["hospital"], found["6 admissions"]["hospital_band"]) == (5, "intermediate")
    assert found["5 admissions"]["hospital_band"] == "low"


def test_without_laboratory_and_procedures_items_are_flagged_and_values_null() -> None:
    hospital = Hospital(absent=("lab_result", "procedure"))
    hospital.stay("case", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    flags = ("hospital_hemoglobin_missing", "hospital_sodium_missing", "hospital_procedure_missing")
    assert [row[flag] for flag in flags] == [1, 1, 1]
    assert row["hospital"] == 0
    for column in ("lab_hemoglobin", "lab_hemoglobin_missing", "lab_analyte_count", "procedure_count"):
        assert row[column] is None, column
