"""What a stay was for, as known at discharge: specialty cohort, procedures, intensive care."""

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED, LATER = "2024-03-10 12:00", "2024-03-14 12:00", "2024-03-14 12:01"
PNEUMONIA, CORONARY, STROKE, DIVERTICULA, UNMAPPED = "J189", "I2510", "I639", "K5730", "ZZZ99"
# CCS category or ICD-10-PCS code of a procedure, performed at
LOBECTOMY, VALVE, TRANSFUSION = ("36", None), ("", "021608P"), ("222", "30233N1")
SURGERY = "Surgery/Gynecology"

# principal diagnosis, procedures with their time -> specialty cohort, procedures
CASES = [
    (PNEUMONIA, [], "Cardiorespiratory", 0),
    (CORONARY, [], "Cardiovascular", 0),
    (STROKE, [], "Neurology", 0),
    (DIVERTICULA, [], "Medicine", 0),
    (UNMAPPED, [], "Unmapped", 0),
    (PNEUMONIA, [(LOBECTOMY, ADMITTED)], SURGERY, 1),
    (PNEUMONIA, [(VALVE, ADMITTED)], SURGERY, 1),
    (UNMAPPED, [(LOBECTOMY, ADMITTED)], SURGERY, 1),
    (PNEUMONIA, [(TRANSFUSION, ADMITTED)], "Cardiorespiratory", 1),
    (PNEUMONIA, [(TRANSFUSION, ADMITTED), (LOBECTOMY, ADMITTED)], SURGERY, 2),
    (PNEUMONIA, [(LOBECTOMY, DISCHARGED)], SURGERY, 1),
    (PNEUMONIA, [(LOBECTOMY, LATER)], "Cardiorespiratory", 0),
    (PNEUMONIA, [(LOBECTOMY, None)], SURGERY, 1),
]

# units of the encounters of a stay -> intensive care
UNITS: list[tuple[list[str | None], int | None]] = [
    (["MICU-2"], 1),
    (["Cardiac intensive care"], 1),
    (["5 West"], 0),
    (["MICU-2", "5 West"], 1),
    (["5 West", None], 0),
    ([None], None),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for number, (principal, procedures, *_) in enumerate(CASES):
        key = hospital.stay(f"case {number}", ADMITTED, DISCHARGED, principal)
        for (ccs, code), performed in procedures:
            category = int(ccs) if ccs else None
            hospital.procedure(f"case {number}", key, performed, code=code, icd10pcs_code=code, ccs=category)
    for number, (units, _) in enumerate(UNITS):
        for part, unit in enumerate(units):
            begun, ended = f"2024-03-{10 + part} 12:00", f"2024-03-{11 + part} 11:00"
            hospital.stay(f"units {number}", begun, ended, facility_id="AB"[part], unit=unit)
    # A visit to a place of the same name says nothing of the stay.
    hospital.encounter("units 2", "outpatient", "2024-03-01", "2024-03-01 13:00", unit="MICU-2")
    return hospital.run()


@pytest.mark.parametrize("number", range(len(CASES)))
def test_specialty_and_procedures(found: dict[str, Row], number: int) -> None:
    *_, specialty, count = CASES[number]
    row = found[f"case {number}"]
    assert (row["specialty_cohort"], row["procedure_count"]) == (specialty, count)


@pytest.mark.parametrize("number", range(len(UNITS)))
def test_intensive_care_in_any_encounter_of_the_stay(found: dict[str, Row], number: int) -> None:
    row = found[f"units {number}"]
    assert (row["encounter_count"], row["is_intensive_care"]) == (len(UNITS[number][0]), UNITS[number][1])
