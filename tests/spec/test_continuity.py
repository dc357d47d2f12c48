"""Continuity of care: payers, providers, primary care, cancelled visits."""

from typing import Any

import pytest

from tests.spec.feature_hospital import Hospital, Row, days_before

DAY = "2024-03-10"
ADMITTED, DISCHARGED = f"{DAY} 12:00", "2024-03-14 12:00"

# providers of the outpatient contacts of the year -> share of the usual one, Bice-Boxerman index
CONTACTS: list[tuple[str, float | None, float | None]] = [
    ("", None, None),
    ("A", None, None),
    ("A?", None, None),  # ? does not name its provider
    ("AA", 1.0, 1.0),
    ("AB", 0.5, 0.0),
    ("AAB", 0.667, 0.333),
    ("AAAB", 0.75, 0.5),
    ("AABB", 0.5, 0.333),
    ("AABBC?", 0.4, 0.2),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for providers, *_ in CONTACTS:
        case = f"seen by {providers}"
        for number, provider in enumerate(providers):
            named = None if provider == "?" else provider
            visit(
                hospital, case, 10 + number, "telehealth" if number == 1 else "outpatient", attending_provider_id=named
            )
        visit(hospital, case, 5, "emergency", attending_provider_id="A")
        hospital.stay(case, ADMITTED, DISCHARGED, attending_provider_id="A")
    _add_primary_care(hospital)
    _add_payers(hospital)
    _add_places(hospital)
    return hospital.run()


def visit(hospital: Hospital, case: str, days: int, kind: str = "outpatient", **more: Any) -> None:
    """Add an encounter of half an hour, so many days before the admission."""
    hospital.encounter(case, kind, days_before(DAY, days, "10:00"), days_before(DAY, days, "10:30"), **more)


@pytest.mark.parametrize(("providers", "share", "index"), CONTACTS)
def test_continuity_with_providers(
    found: dict[str, Row], providers: str, share: float | None, index: float | None
) -> None:
    row = found[f"seen by {providers}"]
    assert (row["usual_provider_share_365d"], row["continuity_index_365d"]) == (share, index)


def _add_primary_care(hospital: Hospital) -> None:
    cases: dict[str, list[tuple[int, dict[str, Any]]]] = {
        "own provider": [(30, {"attending_provider_id": "G"}), (20, {"attending_provider_id": "H"})],
        "by service": [(365, {"service": "Clinic for FAMILY MEDICINE"}), (20, {"service": "Cardiology"})],
        "by service, by telehealth": [(20, {"service": "Family medicine by video", "kind": "telehealth"})],
        "a colleague of the own provider": [(20, {"attending_provider_id": "H", "service": "Primary care"})],
        "the last of two": [(90, {"service": "Primary care"}), (60, {"service": "General practice"})],
        "too long ago": [(366, {"service": "Primary care"}), (20, {"service": "Cardiology"})],
        "nobody can tell": [(20, {"attending_provider_id": "H"})],
        "told of other encounters only": [
            (20, {}),
            (15, {"service": "Primary care", "status": "cancelled"}),
            (10, {"service": "Primary care", "kind": "emergency"}),
        ],
        "not outpatient": [(20, {"service": "Primary care", "kind": "emergency"})],
        "after admission": [(-1, {"service": "Primary care"})],
        "at admission": [],
        "cancelled": [
            (20, {"service": "Primary care", "status": "cancelled"}),
            (365, {"status": "cancelled"}),
            (366, {"status": "cancelled"}),
            (-1, {"status": "cancelled"}),
            (20, {"status": "cancelled", "kind": "emergency"}),
            (20, {"status": "cancelled", "kind": "telehealth"}),
        ],
    }
    for case, visits in cases.items():
        for days, more in visits:
            visit(hospital, case, days, **more)
        hospital.stay(case, ADMITTED, DISCHARGED)
    hospital.encounter("at admission", "outpatient", ADMITTED, DISCHARGED, service="Primary care")
    for case in WITH_PROVIDER:
        hospital.patient(case, primary_care_provider_id="G")


WITH_PROVIDER = ("own provider", "a colleague of the own provider")
PRIMARY_CARE = {
    #                                   contacts, days since
    "own provider":                    (1,    30),
    "by service":                      (1,    365),
    "by service, by telehealth":       (1,    20),
    "a colleague of the own provider": (1,    20),
    "the last of two":                 (2,    60),
    "too long ago":                    (0,    None),
    "nobody can tell":                 (None, None),
    "told of other encounters only":   (None, None),
    "not outpatient":                  (0,    None),
    "after admission":                 (0,    None),
    "at admission":                    (0,    None),
    "cancelled":                       (0,    None),
}  # fmt: skip


@pytest.mark.parametrize("case", PRIMARY_CARE)
def test_primary_care_contacts(found: dict[str, Row], case: str) -> None:
    row = found[case]
    assert (row["primary_care_contact_count_365d"], row["days_since_primary_care_contact"]) == PRIMARY_CARE[case]
    assert row["has_primary_care_provider"] == int(case in WITH_PROVIDER)


def test_cancelled_outpatient_visits(found: dict[str, Row]) -> None:
    assert found["cancelled"]["cancelled_visit_count_365d"] == 3
    assert found["own provider"]["cancelled_visit_count_365d"] == 0


def test_what_the_source_never_says_is_unknown() -> None:
    hospital = Hospital()
    hospital.stay("case", ADMITTED, DISCHARGED, facility_id=None)
    row = hospital.run()["case"]
    for column in ("has_primary_care_provider", "cancelled_visit_count_365d", "payer_count_365d", "provider_count_365d",
                   "facility_count_365d", "has_payer_changed"):  # fmt: skip
        assert row[column] is None, column
    assert row["primary_care_contact_count_365d"] == 0


# status of the one outpatient contact -> cancelled visits, as far as the source tells
@pytest.mark.parametrize(("kind", "status", "count"), [
    ("telehealth", "cancelled", 1), ("outpatient", "cancelled", 1), ("outpatient", "finished", None),
    ("emergency", "cancelled", None),
])  # fmt: skip
def test_one_cancelled_visit_tells_that_the_source_sends_them(kind: str, status: str, count: int | None) -> None:
    hospital = Hospital()
    visit(hospital, "case", 20, kind, status=status)
    hospital.patient("case", primary_care_provider_id="G")
    hospital.stay("case", ADMITTED, DISCHARGED)
    row = hospital.run()["case"]
    assert (row["has_primary_care_provider"], row["cancelled_visit_count_365d"]) == (1, count)


# payers of inpatient encounters so many days before, payer of this stay -> payers, changed
PAYERS: list[tuple[list[tuple[int, str | None]], str | None, tuple[int | None, int | None]]] = [
    ([], "medicare", (1, None)),
    ([(40, "medicare")], "medicare", (1, 0)),
    ([(40, "commercial")], "medicare", (2, 1)),
    ([(80, "commercial"), (40, "medicare")], "medicare", (2, 0)),
    ([(80, "commercial"), (40, None)], "medicare", (2, 1)),
    ([(40, "commercial")], None, (1, None)),
    ([(365, "commercial")], "medicare", (2, 1)),
    ([(366, "commercial")], "medicare", (1, None)),
]


def _add_payers(hospital: Hospital) -> None:
    for earlier, payer, _ in PAYERS:
        case = f"payers {earlier} {payer}"
        for days, before in earlier:
            visit(hospital, case, days, "inpatient", payer_class=before)
        visit(hospital, case, 5, "outpatient", payer_class=payer)
        visit(hospital, case, 5, "inpatient", payer_class="other", status="cancelled")
        hospital.stay(case, ADMITTED, DISCHARGED, payer_class=payer)


@pytest.mark.parametrize(("earlier", "payer", "expected"), PAYERS, ids=str)
def test_payers(found: dict[str, Row], earlier: list[tuple[int, str | None]], payer: str | None,
                expected: tuple[int | None, int | None]) -> None:  # fmt: skip
    row = found[f"payers {earlier} {payer}"]
    assert (row["payer_count_365d"], row["has_payer_changed"]) == expected


def _add_places(hospital: Hospital) -> None:
    visit(hospital, "places", 366, facility_id="C", attending_provider_id="1")
    visit(hospital, "places", 365, facility_id="B", attending_provider_id="2")
    visit(hospital, "places", 30, "emergency", facility_id="B", attending_provider_id="3")
    visit(hospital, "places", 10, facility_id="D", attending_provider_id="4", status="cancelled")
    visit(hospital, "places", -9, facility_id="E", attending_provider_id="5")
    hospital.stay("places", ADMITTED, DISCHARGED, facility_id="A", attending_provider_id="3")


def test_facilities_and_providers_of_the_year_and_the_stay(found: dict[str, Row]) -> None:
    assert (found["places"]["facility_count_365d"], found["places"]["provider_count_365d"]) == (2, 2)
