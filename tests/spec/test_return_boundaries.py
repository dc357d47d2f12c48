"""Where the window of 30 days ends, to the second, and which visit of several is first: too fine for the rule book."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.generative.sql_stage import read_table, run_cohort
from tests.naive import Encounter, Facility, History, Patient, Settings
from tests.spec.feature_hospital import Row, connection

NEW_YORK = ZoneInfo("America/New_York")
DISCHARGED = datetime(2024, 3, 5, 12, tzinfo=UTC)
# In the night after the discharge of that case the clocks do not change, in a night of the 30 days after it they do.
BEFORE_THE_CHANGE = datetime(2024, 2, 29, 23, 30, tzinfo=NEW_YORK)

# case, discharged, [(class, begins so long after)], counted in hours -> label columns
CASES = [
    ("720 hours", DISCHARGED, [("inpatient", timedelta(hours=720))], True, {"readmitted_30d": True}),
    ("20 seconds more", DISCHARGED, [("inpatient", timedelta(hours=720, seconds=20))], True, {"readmitted_30d": False}),
    ("visit, 720 hours", DISCHARGED, [("emergency", timedelta(hours=720))], True, {"ed_return_30d": True}),
    ("visit, 20 seconds more", DISCHARGED, [("emergency", timedelta(hours=720, seconds=20))], True,
     {"ed_return_30d": False}),
    ("719 hours that end on the 31st day", BEFORE_THE_CHANGE, [("emergency", timedelta(hours=719, minutes=45))], True,
     {"ed_return_30d": True}),
    ("the same by calendar", BEFORE_THE_CHANGE, [("emergency", timedelta(hours=719, minutes=45))], False,
     {"ed_return_30d": False}),
    ("visits on day 5 and 31", DISCHARGED,
     [("emergency", timedelta(days=5)), ("emergency", timedelta(days=31)),
      ("observation", timedelta(days=6)), ("observation", timedelta(days=31))], False,
     {"ed_return_30d": True, "observation_return_30d": True}),
    ("visit at the moment of discharge", DISCHARGED, [("emergency", timedelta())], False, {"ed_return_30d": True}),
    ("visit a second before", DISCHARGED, [("emergency", -timedelta(seconds=1))], False, {"ed_return_30d": False}),
]  # fmt: skip


def encounter(number: int, case: str, kind: str, begin: datetime, end: datetime) -> Encounter:
    """An encounter with UTC times and the site's days; the site is in New York if the discharge is told in its time."""
    zone = begin.tzinfo
    started_at, ended_at = (at.astimezone(UTC).replace(tzinfo=None) for at in (begin, end))
    days = begin.astimezone(zone).date(), end.astimezone(zone).date()
    return Encounter(f"e{number}", case, kind, started_at, ended_at, *days, facility_id="A")


def history(case: str, discharged: datetime, returns: list[tuple[str, timedelta]]) -> History:
    zone = discharged.tzinfo
    stay = encounter(0, case, "inpatient", discharged - timedelta(days=3), discharged)
    begins = [(kind, (discharged.astimezone(UTC) + after).astimezone(zone)) for kind, after in returns]
    later = [
        encounter(number, case, kind, begin, begin + timedelta(hours=2))
        for number, (kind, begin) in enumerate(begins, start=1)
    ]
    return History((Patient(case, date(1950, 1, 1)),), (stay, *later), facilities=(Facility("A", "acute"),))


def label(case: str, discharged: datetime, returns: list[tuple[str, timedelta]], counts_hours: bool) -> Row:
    con = connection()
    run_cohort(con, history(case, discharged, returns), Settings(date(2024, 12, 31), counts_hours=counts_hours))
    return next(row for row in read_table(con, "cohort.label") if row["stay_id"] == "e0")


@pytest.mark.parametrize(("case", "discharged", "returns", "counts_hours", "expected"), CASES)
def test_returns(case: str, discharged: datetime, returns: list, counts_hours: bool, expected: Row) -> None:
    row = label(case, discharged, returns, counts_hours)
    assert {name: row[name] for name in expected} == expected
