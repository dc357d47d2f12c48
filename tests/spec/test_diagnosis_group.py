"""Diagnoses of the stay by body system: each code in its own, once, and only when known at discharge."""

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"

# secondary diagnosis of a stay for pneumonia -> its body system
SYSTEMS = [
    ("A419", "infectious"),
    ("C189", "neoplasm"),
    ("E119", "endocrine"),
    ("D62", "blood"),
    ("F329", "mental"),
    ("G20", "nervous"),
    ("I5023", "circulatory"),
    ("J449", "respiratory"),
    ("K219", "digestive"),
    ("N186", "genitourinary"),
    ("O80", "pregnancy"),
    ("L0390", "skin"),
    ("M069", "musculoskeletal"),
    ("Q210", "congenital"),
    ("P0700", "perinatal"),
    ("S72001A", "injury"),
    ("R509", "ill_defined"),
]

# second diagnosis of heart failure: code, recorded at -> diagnoses, circulatory, body systems
KNOWN = [
    ("recorded at discharge", "I10", "2024-03-14 12:00", (2, 2, 1)),
    ("recorded after discharge", "I10", "2024-03-14 12:01", (1, 1, 1)),
    ("recorded we do not know when", "I10", None, (2, 2, 1)),
    ("the same code again", "I5023", None, (1, 1, 1)),
    ("of no category", "ZZZ99", None, (2, 1, 1)),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for code, _ in SYSTEMS:
        hospital.stay(code, ADMITTED, DISCHARGED, "J189", code)
    for case, code, recorded, _ in KNOWN:
        key = hospital.stay(case, ADMITTED, DISCHARGED, "I5023")
        hospital.diagnosis(case, key, code, recorded_at=recorded)
    hospital.encounter("nothing coded", "inpatient", ADMITTED, DISCHARGED)
    earlier = hospital.stay("coded in an earlier stay", "2024-02-01", "2024-02-03", "I5023")
    hospital.diagnosis("coded in an earlier stay", earlier, "I10")
    hospital.stay("coded in an earlier stay", ADMITTED, DISCHARGED, "I5023")
    return hospital.run()


@pytest.mark.parametrize(("code", "system"), SYSTEMS)
def test_each_code_counts_in_its_own_body_system(found: dict[str, Row], code: str, system: str) -> None:
    counts = {name: found[code][f"diagnosis_{name}_count"] for _, name in SYSTEMS}
    both = [system, "respiratory"]
    assert counts == {name: both.count(name) for _, name in SYSTEMS}
    assert found[code]["body_system_count"] == len(set(both))


@pytest.mark.parametrize(("case", "expected"), [(case, expected) for case, _, _, expected in KNOWN])
def test_codes_count_once_and_when_known(found: dict[str, Row], case: str, expected: tuple[int, ...]) -> None:
    assert counts_of(found[case]) == expected


def test_what_is_coded_in_another_stay_does_not_count(found: dict[str, Row]) -> None:
    assert counts_of(found["coded in an earlier stay"]) == (1, 1, 1)


def test_without_codes_the_counts_are_zero(found: dict[str, Row]) -> None:
    assert counts_of(found["nothing coded"]) == (0, 0, 0)
    assert {found["nothing coded"][f"diagnosis_{name}_count"] for _, name in SYSTEMS} == {0}


def counts_of(row: Row) -> tuple[int, ...]:
    return row["diagnosis_count"], row["diagnosis_circulatory_count"], row["body_system_count"]
