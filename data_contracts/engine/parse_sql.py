"""SQL of one landing column: how its text is cleaned and parsed, and what can be wrong with it.

All of the project's knowledge of text formats is here, as DuckDB expressions over the cleaned text of a column.
"""

from dataclasses import dataclass

from data_contracts.contract import Column, Severity

SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "enum": "VARCHAR",
    "code": "VARCHAR",
    "json": "VARCHAR",
    "date": "DATE",
    "ts": "TIMESTAMP",
    "int": "INTEGER",
    "float": "DOUBLE",
    "bool": "BOOLEAN",
    "list": "VARCHAR[]",
}
MALFORMED = {
    "enum": "unknown_value",
    "bool": "unknown_value",
    "date": "unreadable_date",
    "ts": "unreadable_time",
    "int": "unreadable_number",
    "float": "unreadable_number",
    "id": "malformed_id",
    "code": "malformed_code",
}
ID_LENGTH = 64
# ISO 8601 with separators; what DuckDB alone would take besides (epoch, infinity, 2020/1/5) is not a date here.
ISO_DATE = "{x} LIKE '____-__-__%'"
ENDS_IN_DIGIT = "right({x}, 1) BETWEEN '0' AND '9'"
HAS_OFFSET = "(contains(substr({x}, 12), '+') OR contains(substr({x}, 12), '-'))"


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with a row: SQL that is true then, under the name people will read."""

    rule: str
    column: str
    when: str
    severity: Severity


def quote(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def clean_sql(column: Column) -> str:
    """Trim a landing column; empty text is missing."""
    text = f"nullif(trim({column.name}), '')"
    return f"upper(replace(replace({text}, '.', ''), ' ', ''))" if column.type == "code" else text


def value_sql(column: Column, sentinels: tuple[str, ...], in_utc: bool) -> str:
    """Parse the cleaned text of a column; null when it is missing, a sentinel, unreadable or out of range."""
    readable = f"{_not_sentinel(column, sentinels)} AND {_in_range(column, in_utc)} AND {_fits(column)}"
    return f"CASE WHEN {readable} THEN {_parsed(column, in_utc)} END"


def checks_of(column: Column, sentinels: tuple[str, ...], in_utc: bool) -> list[Check]:
    """List what can be wrong with the value of one landing column."""
    x, name = column.name, column.name
    given = f"{x} IS NOT NULL AND {_not_sentinel(column, sentinels)}"
    base = f"{_parsed(column, in_utc)} IS NOT NULL AND {_fits(column)}"
    needed: Severity = "reject" if column.present else "warn"
    checks = [Check("missing_value", name, f"{x} IS NULL", "reject")] if column.present else []
    if sentinels:
        checks.append(Check("sentinel_value", name, f"{x} IN {_list(sentinels)}", needed))
    rule = MALFORMED.get(column.type, "malformed_value")
    if base != f"{x} IS NOT NULL AND TRUE":
        checks.append(Check(rule, name, f"{given} AND NOT coalesce({base}, FALSE)", column.breaks))
    if column.min is not None or column.max is not None:
        out = f"{given} AND coalesce({base}, FALSE) AND NOT {_in_range(column, in_utc)}"
        checks.append(Check("out_of_range", name, out, column.breaks))
    if column.pad:
        checks.append(Check("padded", name, f"{_is_short(column)}", "warn"))
    return checks


def _list(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(quote(value) for value in values) + ")"


def _not_sentinel(column: Column, sentinels: tuple[str, ...]) -> str:
    return f"{column.name} NOT IN {_list(sentinels)}" if sentinels else "TRUE"


def _is_short(column: Column) -> str:
    return f"(length({column.name}) < {column.pad} AND regexp_full_match({column.name}, '[0-9]+'))"


def _parsed(column: Column, in_utc: bool) -> str:
    """The value in its own type, null where it cannot be read; pattern and range are not looked at."""
    x = column.name
    match column.type:
        case "enum":
            cases = " ".join(f"WHEN {quote(value.lower())} THEN {quote(value)}" for value in column.values or ())
            return f"CASE lower({x}) {cases} END"
        case "date":
            return f"CASE WHEN {ISO_DATE.format(x=x)} THEN try_cast({x} AS DATE) END"
        case "ts":
            return _time_sql(x, in_utc)
        case "int":
            # DuckDB would round 3.7 and read 0x10: both are no integers here.
            return f"CASE WHEN try_cast({x} AS DOUBLE) = try_cast({x} AS INTEGER) THEN try_cast({x} AS INTEGER) END"
        case "float":
            return f"CASE WHEN isfinite(try_cast({x} AS DOUBLE)) THEN try_cast({x} AS DOUBLE) END"
        case "bool":
            return f"try_cast({x} AS BOOLEAN)"
        case "list":
            return f"list_filter(list_transform(string_split({x}, ';'), lambda t: trim(t)), lambda t: t <> '')"
        case _:
            return f"CASE WHEN {_is_short(column)} THEN lpad({x}, {column.pad}, '0') ELSE {x} END" if column.pad else x


def _time_sql(x: str, in_utc: bool) -> str:
    """UTC time of an ISO text; without a zone it is in the site's (the connection's TimeZone).

    A cast to TIMESTAMP ignores an offset, so it is used only where there is none and the site keeps UTC, or after Z; the
    cast to TIMESTAMPTZ knows zones and costs five times as much.
    """
    zoned = f"timezone('UTC', try_cast({x} AS TIMESTAMPTZ))"
    plain = f"try_cast({x} AS TIMESTAMP)"
    local = f"CASE WHEN {HAS_OFFSET.format(x=x)} THEN {zoned} ELSE {plain} END" if in_utc else zoned
    return (
        f"CASE WHEN NOT {ISO_DATE.format(x=x)} THEN NULL WHEN {ENDS_IN_DIGIT.format(x=x)} THEN {local}"
        f" WHEN ends_with({x}, 'Z') THEN try_cast(rtrim({x}, 'Z') AS TIMESTAMP) END"
    )


def _fits(column: Column) -> str:
    """Whether the text has the shape the contract asks for, whatever its value."""
    x = column.name
    value = _parsed(column, in_utc=True) if column.pad else x
    if column.pattern:
        return f"regexp_full_match({value}, {quote(column.pattern)})"
    if column.pattern_by:
        return f"{_pattern_by_sql(column)}"
    return f"length({x}) <= {ID_LENGTH}" if column.type in ("id", "code") else "TRUE"


def _pattern_by_sql(column: Column) -> str:
    """Match against the pattern of the other column's value; without one of its known values nothing is asked."""
    (other, patterns), *_ = (column.pattern_by or {}).items()
    cases = " ".join(
        f"WHEN {quote(value.lower())} THEN regexp_full_match({column.name}, {quote(pattern)})"
        for value, pattern in patterns.items()
    )
    return f"CASE lower({other}) {cases} ELSE TRUE END"


def _in_range(column: Column, in_utc: bool) -> str:
    value = _parsed(column, in_utc)
    bounds = []
    if column.min is not None:
        bounds.append(f"{value} >= {_bound(column, column.min)}")
    if column.max is not None:
        # The last day counts whole.
        bounds.append(
            f"{value} < {_bound(column, column.max)} + INTERVAL 1 DAY"
            if column.type == "ts"
            else f"{value} <= {_bound(column, column.max)}"
        )
    return f"({' AND '.join(bounds)})" if bounds else "TRUE"


def _bound(column: Column, bound: float | str) -> str:
    return f"{SQL_TYPES[column.type]} {quote(bound)}" if isinstance(bound, str) else str(bound)
