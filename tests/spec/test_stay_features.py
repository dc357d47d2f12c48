"""The stay itself, its laboratory values, medications, diagnoses and the patient's area."""

from datetime import date

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"  # Sunday to Thursday


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    _add_stays(hospital)
    _add_labs(hospital)
    _add_medications(hospital)
    _add_areas(hospital)
    _add_diagnoses(hospital)
    return hospital.run()


def _add_stays(hospital: Hospital) -> None:
    known = {"drg_code": "291", "unit": "MICU-2", "service": "Cardiology", "payer_class": "medicare"}
    key = hospital.stay(
        "stay", ADMITTED, DISCHARGED, "I5023", admission_type="urgent", discharge_disposition="06", **known
    )
    hospital.procedure("stay", key, "2024-03-11")
    hospital.patient("stay", language="es-MX", race="white", ethnicity="hispanic")
    key = hospital.encounter("coded late", "inpatient", ADMITTED, DISCHARGED, drg_code="291", unit="5W")
    hospital.diagnosis("coded late", key, "I5023", sequence=1, recorded_at="2024-03-16")
    hospital.patient("coded late", language="English")
    hospital.stay("weekend", ADMITTED, "2024-03-16 12:00")
    hospital.stay("transfer", ADMITTED, "2024-03-12", facility_id="A")
    hospital.stay("transfer", "2024-03-12 14:00", DISCHARGED, facility_id="B")


def test_stay_as_known_at_discharge(found: dict[str, Row]) -> None:
    row = found["stay"]
    expected = {
        "length_of_stay_days": 4, "admission_type": "urgent", "is_acute_admission": 1,
        "disposition_category": "home_health",
        "drg_mdc": "Circulatory system", "drg_type": "medical", "specialty_cohort": "Cardiorespiratory",
        "is_intensive_care": 1,
        "procedure_count": 1, "admission_weekday": "Sunday", "discharge_weekday": "Thursday", "is_weekend_discharge": 0,
        "discharge_month": "March",
        "age_years": 64, "has_non_english_language": 1, "payer_class": "medicare", "was_transferred": 0,
        "encounter_count": 1,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_final_codes_recorded_after_discharge_are_unknown(found: dict[str, Row]) -> None:
    row = found["coded late"]
    for column in ("drg_mdc", "drg_type", "specialty_cohort", "principal_condition", "principal_body_system"):
        assert row[column] is None, column
    assert (row["is_intensive_care"], row["has_non_english_language"]) == (0, 0)


def test_missing_source_values_stay_missing(found: dict[str, Row]) -> None:
    row = found["weekend"]
    assert row["is_weekend_discharge"] == 1
    for column in ("has_non_english_language", "is_intensive_care", "admission_type", "unit", "race"):
        assert row[column] is None, column
    assert row["is_acute_admission"] == 0


def test_transfer_within_the_stay(found: dict[str, Row]) -> None:
    assert (found["transfer"]["was_transferred"], found["transfer"]["encounter_count"]) == (1, 2)


def _add_labs(hospital: Hospital) -> None:
    hospital.stay("labs", ADMITTED, DISCHARGED)
    hospital.lab("labs", "2160-0", 200.0, "umol/L", "2024-03-13")
    hospital.lab("labs", "2823-3", 4.0, "mmol/L", "2024-03-13")
    hospital.lab("labs", "2951-2", 150.0, " mmol/L", "2024-03-13 08:00", "2024-03-13 10:00")
    hospital.lab("labs", "2951-2", 140.0, "mmol/L", "2024-03-13 08:00", "2024-03-13 09:00")
    hospital.lab("labs", "6690-2", 9000.0, "/uL", "2024-03-13")
    hospital.lab("labs", "1751-7", 30.0, "g/L", "2024-03-13")


def test_last_values_converted_and_judged(found: dict[str, Row]) -> None:
    row = found["labs"]
    assert row["lab_creatinine"] == pytest.approx(2.2624)
    assert (row["lab_creatinine_abnormal"], row["lab_potassium_abnormal"]) == (1, 0)
    assert row["lab_white_cells"] == pytest.approx(9.0)
    assert (row["lab_albumin"], row["lab_albumin_abnormal"]) == (3.0, 1)
    assert (row["lab_analyte_count"], row["lab_abnormal_count"]) == (5, 3)


def test_of_two_collected_together_the_later_resulted_counts(found: dict[str, Row]) -> None:
    assert (found["labs"]["lab_sodium"], found["labs"]["lab_sodium_abnormal"]) == (150.0, 1)


def test_not_measured_is_flagged(found: dict[str, Row]) -> None:
    row = found["labs"]
    assert (row["lab_glucose"], row["lab_glucose_abnormal"], row["lab_glucose_missing"]) == (None, None, 1)
    assert row["lab_sodium_missing"] == 0


def _add_medications(hospital: Hospital) -> None:
    hospital.stay("drugs", ADMITTED, DISCHARGED)
    drugs = [
        ("outpatient", "Warfarin 5 mg", "2024-02-01"), ("outpatient", "Aspirin", "2024-02-01"),
        ("outpatient", "Old", "2023-11-01"),
        ("inpatient", "Heparin", "2024-03-11"), ("discharge", "warfarin 5 mg", "2024-03-14 11:00"),
        ("discharge", "Insulin glargine", "2024-03-14 11:00"), ("discharge", "Insulin glargine", "2024-03-14 11:30"),
        ("discharge", "Oxycodone", "2024-03-14 12:01"), ("outpatient", "Filled later", "2024-03-15"),
    ]  # fmt: skip
    for kind, name, started in drugs:
        hospital.medication("drugs", kind, name, started)
    hospital.medication("drugs", "discharge", "X", "2024-03-14 10:00", code_system="ATC", code="C03CA01")
    hospital.medication("drugs", "discharge", "Y", "2024-03-14 10:00", code_system="RxNorm", code="32968")
    hospital.stay("no list", ADMITTED, DISCHARGED)
    hospital.medication("no list", "outpatient", "Aspirin", "2024-02-01")


def test_medications_by_role(found: dict[str, Row]) -> None:
    row = found["drugs"]
    expected = {
        "medication_count": 6, "home_medication_count": 2, "inpatient_medication_count": 1,
        "discharge_medication_count": 4,
        "new_medication_count": 3, "stopped_medication_count": 1,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_high_risk_classes_by_name_and_code(found: dict[str, Row]) -> None:
    row = found["drugs"]
    taken = ("has_anticoagulant", "has_antiplatelet", "has_insulin", "has_loop_diuretic")
    assert [row[name] for name in taken] == [1, 1, 1, 1]
    assert (row["high_risk_medication_count"], row["has_opioid"]) == (4, 0)


def test_without_a_discharge_list_nothing_was_stopped_for_all_we_know(found: dict[str, Row]) -> None:
    row = found["no list"]
    assert (row["home_medication_count"], row["new_medication_count"], row["stopped_medication_count"]) == (1, 0, None)


def _add_areas(hospital: Hospital) -> None:
    for case, place in (
        ("tract", {"census_tract": "01001020100", "county_fips": "01001", "zip_code": "36003"}),
        ("county", {"census_tract": "01001999999", "county_fips": "01001", "zip_code": "360031234"}),
        ("zip", {"zip_code": "360031234"}),
        ("nowhere", {}),
    ):
        hospital.stay(case, ADMITTED, DISCHARGED)
        hospital.patient(case, **place)
    for kind, area, index, vintage, value in (
        ("tract", "01001020100", "svi_overall", 2020, 0.9), ("tract", "01001020100", "svi_overall", 2022, 0.8),
        ("tract", "01001020100", "svi_overall", 2025, 0.1), ("county", "01001", "svi_overall", 2022, 0.5),
        ("county", "01001", "svi_theme1", 2022, 0.4), ("zip", "36003", "adi_national", 2021, 77.0),
        ("county", "01001", "svi_theme2", 2022, -999.0),
    ):  # fmt: skip
        hospital.area(kind, area, index, vintage, value)


def test_finest_area_and_latest_vintage_not_in_the_future(found: dict[str, Row]) -> None:
    row = found["tract"]
    assert (row["area_svi_overall"], row["area_svi_vintage"], row["area_svi_level"]) == (0.8, 2022, "tract")
    assert (row["area_svi_theme1"], row["area_svi_theme2"], row["area_adi_national"]) == (0.4, None, 77.0)
    assert (found["county"]["area_svi_overall"], found["county"]["area_svi_level"]) == (0.5, "county")
    assert (found["zip"]["area_svi_overall"], found["zip"]["area_adi_national"]) == (None, 77.0)
    assert found["nowhere"]["area_adi_national"] is None


def test_a_deprived_area_is_not_a_need(found: dict[str, Row]) -> None:
    assert found["tract"]["sdoh_need_count"] == 0


def _add_diagnoses(hospital: Hospital) -> None:
    key = hospital.stay("diagnoses", ADMITTED, DISCHARGED, "I5023", "J449", "E1122", "ZZZ99")
    hospital.diagnosis("diagnoses", key, "D689", sequence=5, present_on_admission="N")
    hospital.diagnosis("diagnoses", key, "D62", sequence=6)
    hospital.diagnosis("diagnoses", key, "N186", sequence=7, present_on_admission="Y")
    hospital.diagnosis("diagnoses", key, "N1830", sequence=8, present_on_admission="Y")
    hospital.stay("no length", ADMITTED, ADMITTED, "I5023")
    earlier = hospital.stay("diagnoses", "2024-02-01", "2024-02-03", "F329")
    hospital.diagnosis("diagnoses", earlier, "K7030", present_on_admission="N")


def test_diagnoses_by_body_system(found: dict[str, Row]) -> None:
    row = found["diagnoses"]
    assert row["principal_condition"] == "Congestive heart failure; nonhypertensive"
    assert row["principal_body_system"] == "circulatory"
    assert row["diagnosis_count"] == 8
    systems = ("circulatory", "respiratory", "endocrine", "blood", "genitourinary", "mental")
    assert [row[f"diagnosis_{name}_count"] for name in systems] == [
        1,
        1,
        1,
        2,
        1,
        0,
    ]  # N18.30 came after CCS 2019 and maps to no category
    assert row["body_system_count"] == 5


def test_elixhauser_secondary_present_on_admission_and_by_grade(found: dict[str, Row]) -> None:
    row = found["diagnoses"]
    flags = sorted(
        name.removeprefix("elixhauser_") for name, value in row.items() if name.startswith("elixhauser_") and value == 1
    )
    # heart failure is the principal diagnosis; coagulopathy arose in hospital; moderate renal disease gives way to
    # severe; depression was the reason of the earlier stay, and liver disease arose there: both are history now
    assert flags == ["depress", "diab_cx", "liver_mld", "lung_chronic", "renlfl_sev"]
    assert row["elixhauser_count"] == 5


# codes with their present-on-admission indicator -> Elixhauser measures, as AHRQ's mapping program v2026.1 has them
ELIXHAUSER = [
    ("stroke on admission", "I639 Y", "cbvd"),
    ("stroke in hospital", "I639 N", ""),
    ("sequelae of a stroke", "I69354 Y", "cbvd paralysis"),
    ("sequelae and a new stroke in hospital", "I69354 Y, I639 N", "paralysis"),
    ("sequelae and a stroke on admission", "I69354 Y, I639 Y", "cbvd paralysis"),
    ("metastases hide solid and in situ tumours", "C787 Y, C189 Y, D0511 Y", "cancer_mets"),
    ("metastases hide an in situ tumour", "C787 Y, D0511 Y", "cancer_mets"),
    ("a tumour hides an in situ one", "C189 Y, D0511 Y", "cancer_solid"),
    ("complicated hypertension hides the other", "I10 Y, I110 Y", "hf htn_cx"),
    ("hypertension counts whenever it began, heart failure does not", "I110 N", "htn_cx"),
    ("severe liver disease hides mild", "K7030 Y, K7210 Y", "liver_sev"),
]


@pytest.fixture(scope="module")
def elixhauser() -> dict[str, Row]:
    hospital = Hospital()
    for case, codes, _ in ELIXHAUSER:
        key = hospital.stay(case, ADMITTED, DISCHARGED, "J189")
        for sequence, text in enumerate(codes.split(", "), start=2):
            code, indicator = text.split()
            hospital.diagnosis(case, key, code, sequence=sequence, present_on_admission=indicator)
    return hospital.run()


@pytest.mark.parametrize(("case", "measures"), [(case, measures) for case, _, measures in ELIXHAUSER])
def test_elixhauser_measures(elixhauser: dict[str, Row], case: str, measures: str) -> None:
    row = elixhauser[case]
    names = [name for name in row if name.startswith("elixhauser_") and name != "elixhauser_count"]
    assert sorted(name.removeprefix("elixhauser_") for name in names if row[name] == 1) == measures.split()
    assert row["elixhauser_count"] == len(measures.split())


def test_a_stay_without_length_is_not_its_own_history(found: dict[str, Row]) -> None:
    assert found["no length"]["elixhauser_hf"] == 0


def test_age_is_completed_years_on_the_admission_date() -> None:
    hospital = Hospital()
    for case, birth in (("birthday", date(1944, 3, 10)), ("day after", date(1944, 3, 11))):
        hospital.stay(case, ADMITTED, DISCHARGED)
        hospital.patient(case, birth_date=birth)
    rows = hospital.run()
    assert (rows["birthday"]["age_years"], rows["day after"]["age_years"]) == (80, 79)


def test_without_medications_all_are_null() -> None:
    hospital = Hospital(absent=("medication",))
    hospital.stay("case", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    columns = [name for name in row if "medication" in name or name in ("has_opioid", "has_insulin")]
    assert {row[name] for name in columns} == {None}
    assert len(columns) > 8
