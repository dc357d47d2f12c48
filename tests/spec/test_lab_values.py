"""Laboratory values: each analyte in its columns, and where abnormal begins."""

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"
FIRST, LAST = "2024-03-11 12:00", "2024-03-13 12:00"  # two days apart

# analyte, LOINC, unit -> first and last value, how far the worst of them lies outside the limits
VALUES = [
    ("hemoglobin", "718-7", "g/dL", 13.0, 10.0, 2.0),
    ("sodium", "2951-2", "mmol/L", 140.0, 130.0, 5.0),
    ("potassium", "2823-3", "mmol/L", 4.0, 6.0, 0.9),
    ("creatinine", "2160-0", "mg/dL", 1.0, 2.0, 0.7),
    ("urea_nitrogen", "3094-0", "mg/dL", 10.0, 30.0, 10.0),
    ("albumin", "1751-7", "g/dL", 4.0, 3.0, 0.5),
    ("white_cells", "6690-2", "10*3/uL", 5.0, 12.0, 1.0),
    ("platelets", "777-3", "10*3/uL", 200.0, 100.0, 50.0),
    ("glucose", "2345-7", "mg/dL", 100.0, 200.0, 20.0),
    ("bnp", "30934-4", "pg/mL", 50.0, 150.0, 50.0),
    ("nt_probnp", "33762-6", "pg/mL", 100.0, 400.0, 100.0),
    ("bilirubin", "1975-2", "mg/dL", 1.0, 2.0, 0.8),
    ("inr", "6301-6", "1", 1.0, 2.0, 0.8),
    ("bicarbonate", "1963-8", "mmol/L", 25.0, 20.0, 2.0),
]
ANALYTES = [analyte for analyte, *_ in VALUES]

# sodium (135-145 mmol/L) -> abnormal, low, high
LIMITS = [(134.9, 1, 1, 0), (135.0, 0, 0, 0), (145.0, 0, 0, 0), (145.1, 1, 0, 1)]

UNUSUALLY_LOW = (0.0, 0.5)

# platelets in 10*3/uL -> the value, or none above lab_largest_value (reference/measures/feature_parameters.yaml)
UNUSUALLY_HIGH = [(8_000_000.0, 8_000_000.0), (8_000_001.0, None)]

# sodium collected together, (value, resulted at) -> first and last: by the minute of the result, then by value
TOGETHER = [
    ([(140.0, FIRST), (130.0, "2024-03-11 12:01")], 140.0, 130.0),
    ([(130.0, FIRST), (140.0, "2024-03-11 12:01")], 130.0, 140.0),
    ([(140.0, "2024-03-11 12:01"), (130.0, "2024-03-13 12:00")], 140.0, 130.0),
    ([(140.0, FIRST), (130.0, FIRST)], 130.0, 140.0),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for analyte, loinc, unit, first, last, _ in VALUES:
        hospital.lab(analyte, loinc, first, unit, FIRST)
        hospital.lab(analyte, loinc, last, unit, LAST)
        hospital.lab(f"only the first {analyte}", loinc, first, unit, FIRST)
    for value, *_ in LIMITS:
        hospital.lab(f"limit {value}", "2951-2", value, "mmol/L", FIRST)
    for number, (results, *_) in enumerate(TOGETHER):
        for value, resulted in results:
            hospital.lab(f"together {number}", "2951-2", value, "mmol/L", FIRST, resulted)
    for value in UNUSUALLY_LOW:
        hospital.lab(f"creatinine {value}", "2160-0", value, "mg/dL", FIRST)
    for value, _ in UNUSUALLY_HIGH:
        hospital.lab(f"platelets {value}", "777-3", value, "10*3/uL", FIRST)
    hospital.lab("converted", "718-7", 7.7777, "mmol/L", FIRST)
    hospital.patient("nothing measured")
    for case in [row["patient_id"] for row in hospital.rows["patient"]]:
        hospital.stay(case, ADMITTED, DISCHARGED)
    return hospital.run()


@pytest.mark.parametrize(("analyte", "first", "last", "deviation"), [(row[0], *row[3:]) for row in VALUES])
def test_each_analyte_has_its_columns(
    found: dict[str, Row], analyte: str, first: float, last: float, deviation: float
) -> None:
    row = found[analyte]
    expected = {
        "": last,
        "_abnormal": 1,
        "_change": last - first,
        "_change_per_day": (last - first) / 2,
        "_worst_deviation": deviation,
    }
    for name in ANALYTES:
        for ending, value in expected.items():
            if (column := f"lab_{name}{ending}") in row:
                assert row[column] == (pytest.approx(value) if name == analyte else None), column
        assert row[f"lab_{name}_missing"] == int(name != analyte)
    assert (row["lab_analyte_count"], row["lab_abnormal_count"], row["lab_worsened_count"]) == (1, 1, 1)


@pytest.mark.parametrize("analyte", ANALYTES)
def test_the_first_values_are_normal(found: dict[str, Row], analyte: str) -> None:
    row = found[f"only the first {analyte}"]
    assert (row[f"lab_{analyte}_abnormal"], row["lab_abnormal_count"], row["lab_ever_abnormal_count"]) == (0, 0, 0)
    assert (row["lab_low_count"], row["lab_high_count"]) == (0, 0)


@pytest.mark.parametrize(("value", "abnormal", "low", "high"), LIMITS)
def test_a_value_at_its_limit_is_normal(
    found: dict[str, Row], value: float, abnormal: int, low: int, high: int
) -> None:
    row = found[f"limit {value}"]
    assert (row["lab_sodium_abnormal"], row["lab_low_count"], row["lab_high_count"]) == (abnormal, low, high)
    assert (row["lab_abnormal_count"], row["lab_ever_abnormal_count"]) == (abnormal, abnormal)


def test_nothing_measured_counts_nothing(found: dict[str, Row]) -> None:
    row = found["nothing measured"]
    assert (row["lab_analyte_count"], row["lab_abnormal_count"], row["lab_sodium_abnormal"]) == (0, 0, None)


@pytest.mark.parametrize("number", range(len(TOGETHER)))
def test_order_of_results_collected_together(found: dict[str, Row], number: int) -> None:
    _, first, last = TOGETHER[number]
    row = found[f"together {number}"]
    assert (row["lab_sodium"], row["lab_sodium_change"]) == (last, last - first)


def test_converted_values_have_six_decimals(found: dict[str, Row]) -> None:
    assert found["converted"]["lab_hemoglobin"] == 12.532986  # of 12.53298578


@pytest.mark.parametrize("value", UNUSUALLY_LOW)
def test_only_negative_values_are_unusable(found: dict[str, Row], value: float) -> None:
    assert found[f"creatinine {value}"]["lab_creatinine"] == value


@pytest.mark.parametrize(("value", "usable"), UNUSUALLY_HIGH)
def test_a_value_above_the_largest_is_none(found: dict[str, Row], value: float, usable: float | None) -> None:
    assert found[f"platelets {value}"]["lab_platelets"] == usable
