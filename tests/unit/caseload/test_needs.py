"""Needs become actions with an owner, a day and a resource; what was not asked never becomes "no need"."""

import datetime as dt

import pandas as pd

from tests.unit.caseload.caseload_builder import build, stay


def need(stay_key: int, domain: str, state: str = "need", **known) -> dict:
    row = {"stay_key": stay_key, "domain": domain, "state": state, "evidence": "PRAPARE screening"}
    return {**row, "evidence_date": pd.Timestamp("2025-03-25"), "z_code": None, **known}


def resource(resource_id: str, domain: str, zips=(), languages=()) -> dict:
    return {
        "resource_id": resource_id,
        "domain": domain,
        "name": f"Place {resource_id}",
        "zip_codes": list(zips),
        "languages": list(languages),
        "contact": "",
    }


def row_of(needs: list[dict], resources: list[dict] | None = None, **known) -> pd.Series:
    places = None if resources is None else pd.DataFrame(resources)
    return build([stay("a", **known)], needs=pd.DataFrame(needs), resources=places).worklist.iloc[0]


def test_an_open_need_carries_evidence_action_resource_owner_and_day():
    row = row_of([need(1, "food", z_code="Z5941")], [resource("r1", "food", zips=["02101"])])
    assert row["needs"] == [
        {
            "domain": "food",
            "evidence": "PRAPARE screening",
            "action": "Arrange meals or a food pantry and screen for SNAP",
            "state": "open",
            "evidence_date": dt.date(2025, 3, 25),
            "z_code": "Z5941",
            "resource_category": "food",
            "resource_id": "r1",
            "resource_name": "Place r1",
            "owner": "community health worker",
            "due": dt.date(2025, 3, 31),
        }
    ]


def test_only_needs_become_actions_and_gaps_are_kept_apart():
    row = row_of([need(1, "food", "no_need"), need(1, "housing", "declined"), need(1, "stress", "not_asked")])
    assert row["needs"] == []
    assert row["screening_gaps"] == [
        {"domain": "housing", "state": "declined"},
        {"domain": "stress", "state": "not_asked"},
    ]


def test_needs_come_in_the_order_of_the_policy_and_once_per_domain():
    row = row_of([need(1, "safety"), need(1, "food_insecurity"), need(1, "food"), need(1, "housing instability")])
    assert [item["domain"] for item in row["needs"]] == ["housing", "food", "safety"]


def test_a_domain_the_policy_does_not_know_goes_to_social_work():
    row = row_of([need(1, "environment")])
    assert (row["needs"][0]["domain"], row["needs"][0]["action"]) == ("environment", "Review with social work")


def test_a_language_without_screening_is_a_need_for_an_interpreter():
    row = row_of([need(1, "food", "no_need")], language="es-MX")
    assert [item["domain"] for item in row["needs"]] == ["language"]
    assert row["needs"][0]["evidence"] == "preferred language on record: es"


def test_an_unknown_language_is_no_need():
    for language in (None, "Unknown", "und", "English", "en-US"):
        assert row_of([need(1, "food", "no_need")], language=language)["needs"] == []


def named(resources: list[dict], **known) -> str | None:
    return row_of([need(1, "food")], resources, **known)["needs"][0]["resource_id"]


def test_resource_serves_the_zip_and_prefers_the_language():
    here, elsewhere = ["02101", "02102"], ["99999"]
    assert named([resource("r1", "food", elsewhere)]) is None
    assert named([resource("r1", "housing", here)]) is None
    assert named([resource("r1", "food"), resource("r2", "food", here)]) == "r2"  # names the ZIP
    assert named([resource("r2", "food", here), resource("r1", "food", here)]) == "r1"  # smaller id
    assert named([resource("r1", "food", ["02101-1234"])], zip_code="02101-9999") == "r1"
    assert named([resource("r1", "food", here)], zip_code=None) is None
    spanish = resource("r2", "food", here, ["Spanish", "en"])
    assert named([resource("r1", "food", here), spanish], language="es", zip_code="02101") is not None
    row = row_of([need(1, "food")], [resource("r1", "food", here), spanish], language="es")
    assert {item["domain"]: item["resource_id"] for item in row["needs"]} == {"food": "r2", "language": None}


def test_a_resource_in_other_languages_only_is_not_named():
    row = row_of([need(1, "food")], [resource("r1", "food", ["02101"], ["en"])], language="vi")
    assert {item["domain"]: item["resource_id"] for item in row["needs"]} == {"food": None, "language": None}


def test_no_screening_table_gives_no_needs_and_no_gaps():
    row = build([stay("a")], needs=None).worklist.iloc[0]
    assert (row["needs"], row["screening_gaps"]) == ([], [])
