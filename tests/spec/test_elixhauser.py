"""Elixhauser, AHRQ refined: a code of each measure, what was present on admission, what is known of earlier stays."""

import pytest

from tests.spec.feature_hospital import Hospital, Row

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"

# secondary diagnosis of a stay for pneumonia -> its measure (v2026.1)
MEASURES = [
    ("B20", "aids"), ("F1010", "alcohol"), ("D508", "anemdef"), ("M069", "autoimmune"), ("D500", "bldloss"),
    ("C9110", "cancer_leuk"), ("C8590", "cancer_lymph"), ("C787", "cancer_mets"), ("D0511", "cancer_nsitu"),
    ("C189", "cancer_solid"), ("I639", "cbvd"), ("D689", "coag"), ("F0390", "dementia"), ("F329", "depress"),
    ("E1122", "diab_cx"), ("E119", "diab_uncx"), ("F1110", "drug_abuse"), ("I5023", "hf"), ("I119", "htn_cx"),
    ("I10", "htn_uncx"), ("K7030", "liver_mld"), ("K7210", "liver_sev"), ("J449", "lung_chronic"),
    ("G20A1", "neuro_movt"), ("G9340", "neuro_oth"), ("G40909", "neuro_seiz"), ("E6601", "obese"),
    ("G8190", "paralysis"), ("I739", "perivasc"), ("F209", "psychoses"), ("I2720", "pulmcirc"),
    ("N1830", "renlfl_mod"), ("N186", "renlfl_sev"), ("E039", "thyroid_hypo"), ("E049", "thyroid_oth"),
    ("K254", "ulcer_peptic"), ("I340", "valve"), ("E43", "wghtloss"),
]  # fmt: skip

# coagulopathy (counts only when present on admission) and diabetes (always): indicator -> measures
PRESENT = [("Y", 2), ("W", 2), (None, 2), ("1", 2), ("N", 1), ("U", 1)]

# where and when heart failure was coded -> whether it counts
TIMES = [
    ("secondary diagnosis", {}, 1),
    ("principal diagnosis", {"sequence": 1}, 0),
    ("recorded at discharge", {"recorded_at": DISCHARGED}, 1),
    ("recorded after discharge", {"recorded_at": "2024-03-14 12:01"}, 0),
]
EARLIER = [
    ("principal diagnosis of an earlier stay", {"sequence": 1}, 1),
    ("arisen in an earlier stay", {"present_on_admission": "N"}, 1),
    ("of an earlier stay, recorded since", {"recorded_at": DISCHARGED}, 1),
    ("of an earlier stay, recorded too late", {"recorded_at": "2024-03-14 12:01"}, 0),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for code, _ in MEASURES:
        hospital.stay(code, ADMITTED, DISCHARGED, "J189", code)
    for indicator, _ in PRESENT:
        key = hospital.stay(f"present {indicator}", ADMITTED, DISCHARGED, "J189")
        for sequence, code in enumerate(("D689", "E119"), start=2):
            hospital.diagnosis(f"present {indicator}", key, code, sequence=sequence, present_on_admission=indicator)
    for case, more, _ in TIMES:
        key = hospital.encounter(case, "inpatient", ADMITTED, DISCHARGED)
        hospital.diagnosis(case, key, "I5023", **more)
    for case, more, _ in EARLIER:
        key = hospital.encounter(case, "inpatient", "2024-02-01", "2024-02-03")
        hospital.diagnosis(case, key, "I5023", **more)
        hospital.stay(case, ADMITTED, DISCHARGED)
    return hospital.run()


def measures_of(row: Row) -> list[str]:
    names = (name for name in row if name.startswith("elixhauser_") and name != "elixhauser_count")
    return [name.removeprefix("elixhauser_") for name in names if row[name] == 1]


@pytest.mark.parametrize(("code", "measure"), MEASURES)
def test_a_code_of_each_measure(found: dict[str, Row], code: str, measure: str) -> None:
    assert (measures_of(found[code]), found[code]["elixhauser_count"]) == ([measure], 1)


def test_every_measure_has_a_code_here(found: dict[str, Row]) -> None:
    names = {name for name in found["B20"] if name.startswith("elixhauser_")}
    assert names == {"elixhauser_count", *(f"elixhauser_{measure}" for _, measure in MEASURES)}


@pytest.mark.parametrize(("indicator", "count"), PRESENT)
def test_present_on_admission(found: dict[str, Row], indicator: str | None, count: int) -> None:
    row = found[f"present {indicator}"]
    assert (row["elixhauser_diab_uncx"], row["elixhauser_count"]) == (1, count)


@pytest.mark.parametrize(("case", "counts"), [(case, counts) for case, _, counts in (*TIMES, *EARLIER)])
def test_what_counts_and_from_when(found: dict[str, Row], case: str, counts: int) -> None:
    assert (found[case]["elixhauser_hf"], found[case]["elixhauser_count"]) == (counts, counts)
