"""What codes tell of a patient: functional and behavioural conditions, multimorbidity, frailty."""

import csv
from datetime import date
from pathlib import Path

import pytest

from tests.generative.sql_stage import read_table
from tests.spec.feature_hospital import Hospital, Row, connection, days_before, run_stages

DAY = "2024-03-10"
ADMITTED, DISCHARGED = f"{DAY} 12:00", "2024-03-14 12:00"
FLAGS = ("fall", "dementia", "delirium", "depression", "serious_mental_illness", "alcohol_use_disorder",
         "opioid_use_disorder", "other_substance_use_disorder", "tobacco_use", "impaired_mobility",
         "functional_dependence", "incontinence", "malnutrition", "obesity", "pressure_ulcer", "sepsis",
         "palliative_care")  # fmt: skip

# code -> flags; ICD-9-CM where it says so
CODES = [
    ("W1830XA", "fall"), ("Z9181", "fall"), ("R296", "fall"), ("W2201XA", ""), ("9 E8859", "fall"), ("9 E887", ""),
    ("E8801", ""),
    ("G309", "dementia"), ("F0390", "dementia"), ("9 3310", ""), ("9 3312", "dementia"), ("9 29410", "dementia"),
    ("F05", "delirium"), ("9 2930", "delirium"), ("R410", ""),
    ("F329", "depression"), ("F4321", "depression"), ("9 311", "depression"),
    ("F209", "serious_mental_illness"), ("F314", "depression serious_mental_illness"),
    ("F1020", "alcohol_use_disorder"), ("9 30500", "alcohol_use_disorder"), ("K7030", ""),
    ("F1120", "opioid_use_disorder"), ("9 30550", "opioid_use_disorder"), ("9 30470", "opioid_use_disorder"),
    ("F1420", "other_substance_use_disorder"), ("9 30520", "other_substance_use_disorder"),
    ("F17210", "tobacco_use"), ("9 3051", "tobacco_use"), ("Z87891", ""),
    ("R262", "impaired_mobility"), ("Z7401", "impaired_mobility functional_dependence"),
    ("Z993", "impaired_mobility functional_dependence"), ("Z741", "functional_dependence"), ("Z9911", ""),
    ("R32", "incontinence"), ("E43", "malnutrition"), ("9 2639", "malnutrition"), ("R634", ""),
    ("E6601", "obesity"), ("E663", ""), ("Z6835", "obesity"), ("Z6825", ""), ("9 27801", "obesity"), ("9 27802", ""),
    ("L89153", "pressure_ulcer"), ("9 70703", "pressure_ulcer"), ("L97909", ""),
    ("A419", "sepsis"), ("R6521", "sepsis"), ("9 99592", "sepsis"), ("9 99593", ""),
    ("Z515", "palliative_care"), ("9 V667", "palliative_care"), ("Z5111", ""), ("I10", ""),
]  # fmt: skip

# codes -> chronic conditions (CCS categories), body systems, two or more, five or more
CHRONIC = [
    (["J189"], 0, 0, 0, 0),
    (["I10"], 1, 1, 0, 0),
    (["E119", "E1165"], 2, 1, 1, 0),
    (["I10", "I10", "I2510", "I252"], 2, 1, 1, 0),
    (["I10", "J449", "E119", "F329"], 4, 4, 1, 0),
    (["I10", "J449", "E119", "F329", "M810"], 5, 5, 1, 1),
    (["I10", "N1830"], 1, 1, 0, 0),
    (["B20", "Z21"], 1, 2, 0, 0),
]

# codes -> Hospital Frailty Risk Score and band; F00 with W19 is an example of NHS England's Strategy Unit: 7.1 + 3.2
FRAILTY = [
    (["F000", "W19XXXA"], 10.3, "intermediate"),
    (["I10"], 0.0, "low"),
    (["G301", "R5600"], 6.6, "intermediate"),
    (["N390", "N393"], 3.2, "low"),
    (["G20", "W1830XA", "R32"], 5.1, "intermediate"),
    (["G20", "W1830XA", "R110"], 4.2, "low"),
    (["E860", "E871", "R110", "R509"], 5.0, "intermediate"),
    (["F000", "G8191", "R55", "R001", "R110", "R509"], 14.4, "intermediate"),
    (["F000", "G8191", "R5600", "R634"], 15.0, "intermediate"),
    (["F000", "G8191", "R5600", "R634", "R509"], 15.1, "high"),
]


def code_of(text: str) -> dict[str, str]:
    return {"code": text[2:], "code_system": "ICD-9-CM"} if text.startswith("9 ") else {"code": text}


def add_coded(hospital: Hospital, case: str, codes: list[str]) -> None:
    key = hospital.encounter(case, "inpatient", ADMITTED, DISCHARGED)
    for sequence, text in enumerate(codes, start=1):
        hospital.diagnosis(case, key, sequence=sequence, **code_of(text))


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for text, _ in CODES:
        add_coded(hospital, text, ["J189", text])  # the principal diagnosis decides whether a stay counts at all
    for codes, *_ in CHRONIC:
        add_coded(hospital, f"chronic {codes}", codes)
    for codes, *_ in FRAILTY:
        add_coded(hospital, f"frail {codes}", codes)
    _add_times(hospital)
    add_coded(hospital, "ICD-9 only", ["9 4019"])
    key = hospital.encounter("mapped", "inpatient", ADMITTED, DISCHARGED)
    hospital.diagnosis("mapped", key, "4280", code_system="ICD-9-CM", icd10_code="I509")
    add_coded(hospital, "no code", [])
    return hospital.run()


def _add_times(hospital: Hospital) -> None:
    for case, days in (("365 days before", 365), ("366 days before", 366)):
        earlier = hospital.encounter(case, "inpatient", days_before(DAY, days + 3), days_before(DAY, days))
        for sequence, code in enumerate(("W19XXXA", "I10", "E119"), start=1):
            hospital.diagnosis(case, earlier, code, sequence=sequence)
        add_coded(hospital, case, ["J189"])
    visit = hospital.encounter("clinic", "outpatient", days_before(DAY, 20), days_before(DAY, 20, "13:00"))
    hospital.diagnosis("clinic", visit, "W19XXXA")
    add_coded(hospital, "clinic", ["J189"])
    add_coded(hospital, "coded late", ["J189"])
    key = len(hospital.rows["encounter"])
    hospital.diagnosis("coded late", key, "F05", recorded_at="2024-03-14 12:01")
    hospital.diagnosis("coded late", key, "I10", sequence=3, recorded_at="2024-03-14 12:00")


@pytest.mark.parametrize(("code", "flags"), CODES)
def test_flags_of_a_code(found: dict[str, Row], code: str, flags: str) -> None:
    assert " ".join(flag for flag in FLAGS if found[code][f"has_{flag}"]) == flags


@pytest.mark.parametrize(("codes", "conditions", "systems", "two", "five"), CHRONIC)
def test_chronic_conditions(
    found: dict[str, Row], codes: list[str], conditions: int, systems: int, two: int, five: int
) -> None:
    row = found[f"chronic {codes}"]
    assert (row["chronic_condition_count"], row["chronic_body_system_count"]) == (conditions, systems)
    assert (row["has_multimorbidity"], row["has_high_multimorbidity"]) == (two, five)


@pytest.mark.parametrize(("codes", "score", "band"), FRAILTY)
def test_hospital_frailty_risk_score(found: dict[str, Row], codes: list[str], score: float, band: str) -> None:
    row = found[f"frail {codes}"]
    assert (row["hospital_frailty_risk_score"], row["hospital_frailty_risk_band"]) == (score, band)


def test_published_points_of_the_frailty_score(reference_folder: Path) -> None:
    with (reference_folder / "value_sets" / "hospital_frailty.csv").open(encoding="utf-8") as file:
        points = {row["icd10_category"]: float(row["points"]) for row in csv.DictReader(file)}
    assert len(points) == 109
    assert sum(points.values()) == pytest.approx(173.2)
    assert {code: points[code] for code in ("F00", "G81", "G30", "R29", "N39", "F05", "W19", "R50")} == {
        "F00": 7.1, "G81": 4.4, "G30": 4.0, "R29": 3.6, "N39": 3.2, "F05": 3.2, "W19": 3.2, "R50": 0.1,
    }  # fmt: skip


def test_stays_of_the_year_before_count_and_visits_do_not(found: dict[str, Row]) -> None:
    for case, expected in (("365 days before", (1, 2, 4.3)), ("366 days before", (0, 0, 1.1)), ("clinic", (0, 0, 1.1))):
        row = found[case]
        assert (row["has_fall"], row["chronic_condition_count"], row["hospital_frailty_risk_score"]) == expected, case


def test_what_is_coded_after_discharge_is_unknown(found: dict[str, Row]) -> None:
    row = found["coded late"]
    assert (row["has_delirium"], row["chronic_condition_count"], row["hospital_frailty_risk_score"]) == (0, 1, 1.1)


def test_frailty_is_null_without_icd_10_codes(found: dict[str, Row]) -> None:
    for case in ("ICD-9 only", "no code"):
        assert (found[case]["hospital_frailty_risk_score"], found[case]["hospital_frailty_risk_band"]) == (None, None)
        assert (found[case]["chronic_condition_count"], found[case]["has_fall"]) == (0, 0)
    assert found["mapped"]["chronic_condition_count"] == 1  # ICD-9 428.0, by its GEM target I50.9


def test_each_day_knows_what_was_recorded_by_its_end() -> None:
    hospital = Hospital()
    key = hospital.encounter("case", "inpatient", ADMITTED, DISCHARGED)
    hospital.diagnosis("case", key, "J189", sequence=1, recorded_at=f"{DAY} 13:00")
    hospital.diagnosis("case", key, "F05", recorded_at="2024-03-12 09:00")
    hospital.diagnosis("case", key, "E43", sequence=3)
    hospital.load(connection())
    run_stages(connection(), date(2030, 1, 1), ("admission", "daily", "discharge"))
    columns = ("has_delirium", "has_malnutrition", "chronic_condition_count", "hospital_frailty_risk_score")
    rows = sorted(read_table(connection(), "features.matrix"), key=lambda row: (row["known_at"], row["point_key"]))
    known = [(row["prediction_point"], *(row[name] for name in columns)) for row in rows]
    assert known == [
        ("daily", 0, 0, 0, 1.1), ("admission", 0, 0, 0, 1.1), ("daily", 0, 0, 0, 1.1), ("daily", 1, 0, 1, 4.3),
        ("daily", 1, 0, 1, 4.3), ("discharge", 1, 1, 2, 4.3), ("daily", 1, 1, 2, 4.3),
    ]  # fmt: skip
