"""Charlson: Quan's conditions, the weights of 1987, the stay and the year before."""

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"

# codes of the stay -> score, conditions flagged
CODED = [
    ("Z5189", 0, ""),
    ("I252", 1, "ami"),
    ("I5023", 1, "chf"),
    ("I739", 1, "pvd"),
    ("I639", 1, "cevd"),
    ("F0390", 1, "dementia"),
    ("J449", 1, "copd"),
    ("M069", 1, "rheumd"),
    ("K257", 1, "pud"),
    ("K7030", 1, "mld"),
    ("E119", 1, "diab"),
    ("E1122", 2, "diabwc"),
    ("G8191", 2, "hp"),
    ("N19", 2, "rend"),
    ("C189", 2, "canc"),
    ("K7210", 3, "msld"),
    ("C787", 6, "metacanc"),
    ("B20", 6, "aids"),
    ("E119 E1122", 2, "diab diabwc"),
    ("K7030 K7210", 3, "mld msld"),
    ("C189 C787", 6, "canc metacanc"),
    ("I252 I214", 1, "ami"),
    ("I5023 J449 E1122 C787 B20", 16, "chf copd diabwc metacanc aids"),
]
CONDITIONS = ["ami", "chf", "pvd", "cevd", "dementia", "copd", "rheumd", "pud", "mld", "diab", "diabwc", "hp", "rend",
              "canc", "msld", "metacanc", "aids"]  # fmt: skip

# another stay's (admission, discharge) -> whether it counts for the stay of 10 March 2024
EARLIER = [
    ("the week before", "2024-03-01", "2024-03-03", True),
    ("ended 365 days before", "2023-03-01", "2023-03-11", True),
    ("ended 366 days before", "2023-03-01", "2023-03-10", False),
    ("afterwards", "2024-03-20", "2024-03-22", False),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for codes, *_ in CODED:
        hospital.stay(codes, ADMITTED, DISCHARGED, "J189", *codes.split())
    for name, begin, end, _ in EARLIER:
        hospital.stay(name, ADMITTED, DISCHARGED, "J189")
        hospital.stay(name, begin, end, "J189", "C787")
    early = hospital.stay("coded late", "2024-03-01", "2024-03-03", "J189")
    hospital.diagnosis("coded late", early, "C787", recorded_at="2024-03-14 12:01")
    hospital.diagnosis("coded late", early, "I5023", sequence=3, recorded_at="2024-03-14 12:00")
    hospital.stay("coded late", ADMITTED, DISCHARGED)
    planned = hospital.stay("coded in advance", "2024-03-20", "2024-03-22", "J189")
    hospital.diagnosis("coded in advance", planned, "C787", recorded_at="2024-03-01")
    hospital.stay("coded in advance", ADMITTED, DISCHARGED)
    visit = hospital.encounter("outpatient code", "outpatient", "2024-03-01", "2024-03-01 13:00")
    hospital.diagnosis("outpatient code", visit, "C787")
    hospital.stay("outpatient code", ADMITTED, DISCHARGED)
    rows = hospital.run()
    march = (row for row in hospital.all_rows() if row["discharge_date"].isoformat() == "2024-03-14")
    return rows | {row["patient_id"]: row for row in march}


@pytest.mark.parametrize(("codes", "score", "conditions"), CODED)
def test_score_and_conditions(found: dict[str, Row], codes: str, score: int, conditions: str) -> None:
    row = found[codes]
    assert (row["charlson_stay"], row["charlson_365d"]) == (score, score)
    assert [name for name in CONDITIONS if row[f"charlson_{name}"] == 1] == sorted(
        conditions.split(), key=CONDITIONS.index
    )
    assert {row[f"charlson_{name}"] for name in CONDITIONS} <= {0, 1}


@pytest.mark.parametrize(("name", "counts"), [(name, counts) for name, _, _, counts in EARLIER])
def test_year_before(found: dict[str, Row], name: str, counts: bool) -> None:
    assert found[name]["charlson_stay"] == 0
    assert found[name]["charlson_365d"] == (6 if counts else 0)


def test_codes_of_an_earlier_stay_count_once_known(found: dict[str, Row]) -> None:
    assert found["coded late"]["charlson_365d"] == 1


def test_a_later_stay_never_counts_however_early_it_is_coded(found: dict[str, Row]) -> None:
    assert found["coded in advance"]["charlson_365d"] == 0


def test_codes_of_other_visits_do_not_count(found: dict[str, Row]) -> None:
    assert found["outpatient code"]["charlson_365d"] == 0
