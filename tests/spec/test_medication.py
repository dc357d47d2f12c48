"""Medications: which list counts, which high-risk groups are on it, which are new."""

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

DAY = "2024-03-10"
ADMITTED, DISCHARGED, LISTED = f"{DAY} 12:00", "2024-03-14 12:00", "2024-03-14 10:00"
HOME = days_before(DAY, 30)

# drug -> class flags it sets (name, or system and code)
CLASSES = [
    ("Warfarin 5 MG Oral Tablet", "anticoagulant"), ("ATC B01AF02", "anticoagulant"), ("ATC B01AC06", "antiplatelet"),
    ("insulin glargine", "insulin"), ("Lispro-insulin", "insulin"), ("ATC A10BB12", "sulfonylurea"),
    ("acetaminophen/codeine", "opioid"), ("RxNorm 7052", "opioid"), ("Apomorphine", ""), ("RxNorm 70529", ""),
    ("lorazepam 1 mg", "benzodiazepine sedative"), ("ATC N05BA06", "benzodiazepine sedative"),
    ("Zolpidem tartrate", "sedative"), ("ATC N05CF02", "sedative"), ("diphenhydrAMINE 25 mg", "sedative"),
    ("Phenobarbital", "sedative"), ("ATC R06AE07", ""), ("Quetiapine", "antipsychotic"), ("digoxin", "digoxin"),
    ("Furosemide", "loop_diuretic"), ("Tacrolimus", "immunosuppressant"), ("amiodarone", "antiarrhythmic"),
    ("methylPREDNISolone", "corticosteroid"), ("Aspirin", ""),
]  # fmt: skip

FLAGS = ("anticoagulant", "antiplatelet", "insulin", "sulfonylurea", "opioid", "benzodiazepine", "sedative",
         "antipsychotic", "digoxin", "loop_diuretic", "corticosteroid", "immunosuppressant",
         "antiarrhythmic")  # fmt: skip
ONE_OF_EACH = ("Warfarin", "Clopidogrel", "Insulin", "Glipizide", "Oxycodone", "Lorazepam", "Zolpidem", "Quetiapine",
               "Digoxin", "Furosemide", "Prednisone", "Tacrolimus", "Amiodarone")  # fmt: skip

OPIOID, OTHER_OPIOID, SEDATIVE = "Oxycodone", "Tramadol", "Zolpidem"
# at home, at discharge -> new groups, changed, continued, opioid with sedative; no discharge list: nothing is new
LISTS = [
    ([], [OPIOID], "opioid", 1, 0, 0),
    ([OPIOID], [OPIOID], "", 0, 1, 0),
    ([OPIOID], [OTHER_OPIOID], "", 2, 0, 0),
    ([OPIOID], [OPIOID, SEDATIVE], "sedative", 1, 1, 1),
    ([OPIOID, SEDATIVE], [OPIOID], "", 1, 1, 0),
    ([OPIOID, SEDATIVE], [], None, None, None, 1),
    ([OPIOID], [], None, None, None, 0),
    (["Lorazepam"], [SEDATIVE], "", 2, 0, 0),
    (["Aspirin"], ["Warfarin", "Insulin glargine"], "anticoagulant insulin", 3, 0, 0),
    ([], [], None, None, None, 0),
    ([SEDATIVE], [], None, None, None, 0),
    ([], [SEDATIVE], "sedative", 1, 0, 0),
    ([], [OPIOID, SEDATIVE], "opioid sedative", 2, 0, 1),
    ([OPIOID], [OTHER_OPIOID, SEDATIVE], "sedative", 3, 0, 1),
    (["Warfarin"], ["WARFARIN "], "", 0, 1, 0),
    ([], ["Aspirin"], "", 1, 0, 0),
]

# drugs at home, on the discharge list -> polypharmacy from 5, hyperpolypharmacy from 10
COUNTS = [
    (0, 4, 0, 0), (0, 5, 1, 0), (0, 9, 1, 0), (0, 10, 1, 1), (4, 0, 0, 0), (5, 0, 1, 0), (10, 0, 1, 1), (10, 4, 0, 0),
    (0, 0, 0, 0),
]  # fmt: skip


# orders of one drug (kind, started) -> at home, in hospital, on the discharge list, new, stopped
ORDERS: list[tuple[list[tuple[str, str]], tuple[int, int, int, int, int | None]]] = [
    ([("outpatient", f"{DAY} 11:59")], (1, 0, 0, 0, None)),
    ([("outpatient", ADMITTED)], (0, 0, 0, 0, None)),
    ([("inpatient", f"{DAY} 11:59")], (0, 0, 0, 0, None)),
    ([("inpatient", ADMITTED)], (0, 1, 0, 0, None)),
    ([("discharge", f"{DAY} 11:59")], (1, 0, 0, 0, None)),
    ([("discharge", ADMITTED)], (0, 0, 1, 1, 0)),
    ([("discharge", DISCHARGED)], (0, 0, 1, 1, 0)),
    ([("discharge", "2024-03-14 12:01")], (0, 0, 0, 0, None)),
    ([("outpatient", days_before(DAY, 90, "00:00"))], (1, 0, 0, 0, None)),
    ([("outpatient", days_before(DAY, 91, "23:59"))], (0, 0, 0, 0, None)),
    ([("outpatient", HOME), ("inpatient", LISTED), ("discharge", LISTED)], (1, 1, 1, 0, 0)),
]


def add(hospital: Hospital, case: str, kind: str, drug: str, started: str) -> None:
    system, _, code = drug.partition(" ")
    coded = {"code_system": system, "code": code} if system in ("ATC", "RxNorm") else {}
    hospital.medication(case, kind, drug, started, **coded)


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for drug, _ in CLASSES:
        add(hospital, drug, "discharge", drug, LISTED)
    for drug in ONE_OF_EACH:
        add(hospital, "one of each", "discharge", drug, LISTED)
    for number, (home, listed, *_) in enumerate(LISTS):
        for drug in home:
            add(hospital, f"list {number}", "outpatient", drug, HOME)
        for drug in listed:
            add(hospital, f"list {number}", "discharge", drug, LISTED)
    for home_count, listed_count, *_ in COUNTS:
        case = f"{home_count} then {listed_count}"
        hospital.patient(case)
        for number in range(home_count):
            add(hospital, case, "outpatient", f"home {number}", HOME)
        for number in range(listed_count):
            add(hospital, case, "discharge", f"listed {number}", LISTED)
            add(hospital, case, "discharge", f"listed {number}", DISCHARGED)  # written twice, one drug
            add(hospital, case, "inpatient", f"drip {number}", LISTED)
    for number, (orders, _) in enumerate(ORDERS):
        hospital.patient(f"orders {number}")
        for kind, started in orders:
            add(hospital, f"orders {number}", kind, OPIOID, started)
    for kind, name, started in (("outpatient", "Apixaban 5 mg", HOME), ("discharge", "Eliquis", LISTED)):
        hospital.medication("two names", kind, name, started, code_system="ATC", code="B01AF02")
    for code, kind, started in (("B01AF02", "outpatient", HOME), ("B01AF01", "discharge", LISTED)):
        hospital.medication("two codes", kind, "Blood thinner", started, code_system="ATC", code=code)
    add(hospital, "written after discharge", "discharge", OPIOID, "2024-03-14 12:01")
    hospital.patient("list 9")
    for case in [row["patient_id"] for row in hospital.rows["patient"]]:
        hospital.stay(case, ADMITTED, DISCHARGED)
    return hospital.run()


@pytest.mark.parametrize(("drug", "classes"), CLASSES)
def test_class_of_a_drug_by_word_or_code(found: dict[str, Row], drug: str, classes: str) -> None:
    row = found[drug]
    assert " ".join(name for name in FLAGS if row[f"has_{name}"] == 1) == classes
    assert row["high_risk_medication_count"] == (1 if classes else 0)


def test_one_drug_of_each_class_sets_every_flag(found: dict[str, Row]) -> None:
    row = found["one of each"]
    assert {name: row[f"has_{name}"] for name in FLAGS} == dict.fromkeys(FLAGS, 1)
    assert row["high_risk_medication_count"] == len(ONE_OF_EACH)


def test_a_drug_is_its_code_whatever_its_name(found: dict[str, Row]) -> None:
    columns = ("changed_medication_count", "continued_medication_count")
    assert [found["two names"][column] for column in columns] == [0, 1]
    assert [found["two codes"][column] for column in columns] == [2, 0]


def test_what_is_at_home_and_not_on_the_list_was_stopped(found: dict[str, Row]) -> None:
    stopped = [found[f"list {number}"]["stopped_medication_count"] for number in range(5)]
    assert stopped == [0, 0, 1, 0, 1]


@pytest.mark.parametrize("number", range(len(LISTS)))
def test_what_changed_between_home_and_discharge(found: dict[str, Row], number: int) -> None:
    _, _, new, changed, continued, together = LISTS[number]
    row = found[f"list {number}"]
    flags = {name: row[f"has_new_{name}"] for name in ("anticoagulant", "insulin", "opioid", "sedative")}
    assert flags == {name: None if new is None else int(name in new.split()) for name in flags}
    assert (row["changed_medication_count"], row["continued_medication_count"]) == (changed, continued)
    assert row["has_opioid_with_sedative"] == together


@pytest.mark.parametrize("number", range(len(ORDERS)))
def test_roles_of_an_order_by_kind_and_time(found: dict[str, Row], number: int) -> None:
    orders, expected = ORDERS[number]
    row = found[f"orders {number}"]
    names = ("home", "inpatient", "discharge", "new", "stopped")
    assert tuple(row[f"{name}_medication_count"] for name in names) == expected
    assert row["medication_count"] == int(any(expected[:3]))
    assert row["has_new_opioid"] == (expected[3] if expected[2] else None)


@pytest.mark.parametrize(("home", "listed", "polypharmacy", "hyperpolypharmacy"), COUNTS)
def test_polypharmacy_of_the_list_the_patient_goes_by(
    found: dict[str, Row], home: int, listed: int, polypharmacy: int, hyperpolypharmacy: int
) -> None:
    row = found[f"{home} then {listed}"]
    assert row["current_medication_count"] == (listed or home)
    assert (row["has_polypharmacy"], row["has_hyperpolypharmacy"]) == (polypharmacy, hyperpolypharmacy)


def test_an_order_after_discharge_is_not_known(found: dict[str, Row]) -> None:
    row = found["written after discharge"]
    assert (row["has_opioid"], row["has_new_opioid"], row["changed_medication_count"]) == (0, None, None)


def test_without_the_source_nothing_is_said() -> None:
    hospital = Hospital(absent=("medication",))
    hospital.stay("case", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    columns = ("has_polypharmacy", "has_hyperpolypharmacy", "current_medication_count", "has_opioid_with_sedative",
               "has_sedative", "has_new_opioid", "changed_medication_count", "has_no_medication")  # fmt: skip
    assert {name: row[name] for name in columns} == dict.fromkeys(columns)
