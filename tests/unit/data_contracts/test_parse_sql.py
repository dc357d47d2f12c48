"""The SQL that reads texts agrees with Python's own reading of the same texts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data_contracts.contract import Column
from data_contracts.engine.parse_sql import checks_of, clean_sql, read_sql, value_sql

SENTINELS = ("-999", "-999.0")
FIRST_YEAR = 1970
OFFSETS = st.sampled_from(["", "Z", "+00:00", "-05:00", "+05:30", "+0200", "-08"])


def parse(column: Column, text: str | None, zone: str = "UTC") -> tuple[object, list[str]]:
    """The value of one text, and the names of the checks it breaks."""
    in_utc = zone == "UTC"
    read = ", ".join(["*", *read_sql(column, in_utc)])
    checks = checks_of(column, SENTINELS, in_utc)
    flags = "".join(f", coalesce({check.when}, FALSE)" for check in checks)
    with duckdb.connect() as con:
        con.execute(f"SET TimeZone = '{zone}'")
        row = con.execute(
            f"WITH raw AS (SELECT $text::VARCHAR AS x), cleaned AS (SELECT {clean_sql(column)} AS x FROM raw),"
            f" read AS (SELECT {read} FROM cleaned) SELECT {value_sql(column, SENTINELS, in_utc)}{flags} FROM read",
            {"text": text},
        ).fetchall()[0]
    return row[0], [check.rule for check, broken in zip(checks, row[1:], strict=True) if broken]


def column(kind: str, **more: object) -> Column:
    return Column(name="x", type=kind, description="x", **more)


@settings(deadline=None, max_examples=30)
@given(
    moment=st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-01-01")),
    offset=OFFSETS,
    separator=st.sampled_from("T "),
    zone=st.sampled_from(["UTC", "America/New_York"]),
)
def test_times_are_read_as_python_reads_them(moment: datetime, offset: str, separator: str, zone: str) -> None:
    local = moment.replace(tzinfo=ZoneInfo(zone))
    # Around a change of clocks, and far back, the two libraries may know the zone differently.
    changing = {(local + timedelta(hours=hours)).utcoffset() for hours in (-3, 0, 3)}
    assume(len(changing) == 1 and (offset or zone == "UTC" or moment.year >= FIRST_YEAR))
    text = moment.isoformat(separator) + offset
    expected = datetime.fromisoformat(text) if offset else local
    assert parse(column("ts"), text, zone)[0] == expected.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("kind", "text", "value", "broken"),
    [
        ("int", " 12 ", 12, []),
        ("int", "12.0", 12, []),
        ("int", "12.5", None, ["unreadable_number"]),
        ("int", "0x10", None, ["unreadable_number"]),
        ("int", "99999999999", None, ["unreadable_number"]),
        ("int", "-999", None, ["sentinel_value"]),
        ("float", "1e3", 1000.0, []),
        ("float", "nan", None, ["unreadable_number"]),
        ("float", "-999.0", None, ["sentinel_value"]),
        ("float", "", None, []),
        ("bool", "Yes", True, []),
        ("bool", "0", False, []),
        ("bool", "maybe", None, ["unknown_value"]),
        ("list", " a; b ;;c", ["a", "b", "c"], []),
        ("list", " ", None, []),
        ("code", " i50.9 ", "I509", []),
        ("text", "  ", None, []),
        ("date", "2024-02-29", "2024-02-29", []),
        ("date", "2023-02-29", None, ["unreadable_date"]),
        ("date", "2024-02-29T10:00:00", "2024-02-29", []),
        ("date", "epoch", None, ["unreadable_date"]),
        ("ts", "2024-02-29", "2024-02-29 00:00:00", []),
        ("ts", "20240229T100000", None, ["unreadable_time"]),
        ("ts", "2024-02-29T10:00:00 America/New_York", None, ["unreadable_time"]),
    ],
)
def test_texts(kind: str, text: str, value: object, broken: list[str]) -> None:
    found, checks = parse(column(kind), text)
    assert (str(found) if kind in ("date", "ts") and found is not None else found, checks) == (value, broken)


def test_bounds_include_both_ends() -> None:
    day = column("date", min="1850-01-01", max="2299-12-31")
    assert [parse(day, text)[1] for text in ("1849-12-31", "1850-01-01", "2299-12-31", "2300-01-01")] == [
        ["out_of_range"], [], [], ["out_of_range"],
    ]  # fmt: skip
    moment = column("ts", max="2299-12-31")
    assert [parse(moment, text)[1] for text in ("2299-12-31T23:59:59", "2300-01-01")] == [[], ["out_of_range"]]


def test_enumerations_forgive_case_only() -> None:
    system = column("enum", values=("ICD-10-CM",), present=True)
    assert parse(system, "icd-10-cm") == ("ICD-10-CM", [])
    assert parse(system, "ICD10") == (None, ["unknown_value"])
    assert parse(system, None) == (None, ["missing_value"])
