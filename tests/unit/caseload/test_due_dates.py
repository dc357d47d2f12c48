"""What is due when: business days without federal holidays, visits by complexity, overdue as of the list."""

import pandas as pd
import pytest

from caseload.due_dates import contact_due_dates
from tests.unit.caseload.caseload_builder import build, frames, policy, stay


@pytest.mark.parametrize(
    ("discharged", "contact_due", "why"),
    [
        ("2025-03-24", "2025-03-26", "Monday -> Wednesday"),
        ("2025-03-27", "2025-03-31", "Thursday -> Monday"),
        ("2025-03-28", "2025-04-01", "Friday -> Tuesday"),
        ("2025-03-29", "2025-04-01", "Saturday -> Tuesday"),
        ("2025-03-30", "2025-04-01", "Sunday -> Tuesday"),
        ("2025-05-23", "2025-05-28", "Friday before Memorial Day -> Wednesday"),
        ("2025-12-24", "2025-12-29", "Christmas does not count"),
        ("2020-07-02", "2020-07-07", "4 July 2020 is a Saturday, observed on Friday"),
        ("2024-12-31", "2025-01-03", "New Year belongs to the next year"),
        ("2025-06-18", "2025-06-23", "Juneteenth is a Thursday"),
    ],
)
def test_contact_is_due_within_two_business_days(discharged, contact_due, why):
    due = contact_due_dates(pd.Series(pd.to_datetime([discharged])), policy())
    assert due.tolist() == [pd.Timestamp(contact_due)], why


@pytest.mark.parametrize(
    ("charlson", "managers_without_table", "complexity", "visit_due"),
    [
        (0, 2, "high", "2025-04-04"),  # tier 1
        (0, 0, "moderate", "2025-04-11"),  # no capacity: tier 3
        (4, 0, "high", "2025-04-04"),
        (3, 0, "moderate", "2025-04-11"),
    ],
)
def test_visit_and_reconciliation_by_complexity(charlson, managers_without_table, complexity, visit_due):
    rules = policy(capacity={"managers_without_table": managers_without_table})
    row = build([stay("a", charlson_365d=charlson)], policy=rules).worklist.iloc[0]
    assert (row["visit_complexity"], row["visit_due"]) == (complexity, pd.Timestamp(visit_due))
    assert row["med_rec_due"] == row["visit_due"]


@pytest.mark.parametrize(
    ("disposition", "applies"), [("01", True), ("06", True), (None, True), ("03", False), ("62", False)]
)
def test_dates_only_after_discharge_to_the_community(disposition, applies):
    row = build([stay("a", discharge_disposition=disposition)]).worklist.iloc[0]
    assert row[["contact_due", "visit_due", "med_rec_due"]].notna().tolist() == [applies] * 3
    assert not row["overdue"]


def overdue(discharged: str, done: list[tuple[str, str]]) -> list[str]:
    """Overdue items on 31 March 2025 of an intensive patient (visit after 7 days)."""
    rows = [stay("a", admission_date="2025-03-01", discharge_date=discharged)]
    given = pd.DataFrame(done, columns=["kind", "started_at"]).assign(patient_key=1)
    given["started_at"] = pd.to_datetime(given["started_at"])
    row = build(rows, interventions=given).worklist.iloc[0]
    assert row["overdue"] == bool(row["overdue_items"])
    return row["overdue_items"]


def test_due_on_the_day_of_the_list_is_not_overdue():
    assert overdue("2025-03-27", []) == []
    assert overdue("2025-03-26", []) == ["contact"]
    assert overdue("2025-03-24", []) == ["contact"]
    assert overdue("2025-03-23", []) == ["contact", "visit", "med_rec"]


def test_what_was_done_after_discharge_is_not_overdue():
    assert overdue("2025-03-26", [("Phone_Call", "2025-03-27 10:00")]) == []
    assert overdue("2025-03-26", [("phone_call", "2025-03-25 10:00")]) == ["contact"]  # before this discharge
    assert overdue("2025-03-26", [("phone_call", "2025-04-01 10:00")]) == ["contact"]  # not known on the day
    assert overdue("2025-03-26", [("flu_shot", "2025-03-27 10:00")]) == ["contact"]
    assert overdue("2025-03-23", [("home_visit", "2025-03-25 10:00")]) == ["med_rec"]


def test_no_interventions_table_means_nothing_is_known_to_be_done():
    rows = frames([stay("a", admission_date="2025-03-01", discharge_date="2025-03-23")])
    assert set(rows) == {"scores", "stays", "patients", "features"}
    made = build([stay("a", admission_date="2025-03-01", discharge_date="2025-03-23")], interventions=None)
    assert made.worklist["overdue"].tolist() == [True]
