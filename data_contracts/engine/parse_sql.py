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


def read_sql(column: Column, in_utc: bool) -> list[str]:
    """Read the cleaned text of a column once: its value as ``<name>__value``, its shape as ``<name>__fits``.

    Both are used several times in the layers around, so they get names of their own.
    """
    parsed, fits = _parsed(column, in_utc), _fits(column)
    columns = [] if parsed == column.name else [f"{parsed} AS {column.name}__value"]
    return columns if fits is None else [*columns, f"{fits} AS {column.name}__fits"]


def value_sql(column: Column, sentinels: tuple[str, ...], in_utc: bool) -> str:
    """Take the value of a column; null when it is missing, a sentinel, unreadable or out of range."""
    conditions = [_fits_name(column), _in_range(column)]
    if sentinels:
        conditions.append(f"{column.name} NOT IN {_list(sentinels)}")
    conditions = [c for c in conditions if c]
    value = _value_name(column, in_utc)
    return f"CASE WHEN {' AND '.join(conditions)} THEN {value} END" if conditions else value


def checks_of(column: Column, sentinels: tuple[str, ...], in_utc: bool) -> list[Check]:
    """List what can be wrong with the value of one landing column, in terms of what ``read_sql`` named."""
    x, name, value = column.name, column.name, _value_name(column, in_utc)
    is_sentinel = f"{x} IN {_list(sentinels)}" if sentinels else ""
    given = f"{x} IS NOT NULL AND NOT {is_sentinel}" if sentinels else f"{x} IS NOT NULL"
    checks = [Check("missing_value", name, f"{x} IS NULL", "reject")] if column.present else []
    if sentinels:
        checks.append(Check("sentinel_value", name, is_sentinel, "reject" if column.present else "warn"))
    # Any text is a list; whatever else has a type of its own can be unreadable.
    unfit = [f"{value} IS NULL"] if value != x and column.type != "list" else []
    unfit += [f"NOT {_fits_name(column)}"] if _fits_name(column) else []
    if unfit:
        rule = MALFORMED.get(column.type, "malformed_value")
        checks.append(Check(rule, name, f"({' OR '.join(unfit)}) AND {given}", column.breaks))
    if _in_range(column):
        checks.append(Check("out_of_range", name, f"NOT {_in_range(column)} AND {given}", column.breaks))
    if column.pad:
        checks.append(Check("padded", name, _is_short(column), "warn"))
    return checks


def _value_name(column: Column, in_utc: bool) -> str:
    return column.name if _parsed(column, in_utc) == column.name else f"{column.name}__value"


def _fits_name(column: Column) -> str:
    return f"{column.name}__fits" if _fits(column) is not None else ""


def _list(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(quote(value) for value in values) + ")"


def _is_short(column: Column) -> str:
    return f"(length({column.name}) < {column.pad} AND regexp_full_match({column.name}, '[0-9]+'))"


def _parsed(column: Column, in_utc: bool) -> str:
    """Read a text as its own type, null where it cannot be; pattern and range are not looked at."""
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
    """Read an ISO text as UTC time; without a zone it is in the site's (the connection's TimeZone).

    A cast to TIMESTAMP ignores an offset, so it is used only where there is none and the site keeps UTC, or after Z;
    the cast to TIMESTAMPTZ knows zones and costs five times as much.
    """
    zoned = f"timezone('UTC', try_cast({x} AS TIMESTAMPTZ))"
    plain = f"try_cast({x} AS TIMESTAMP)"
    local = f"CASE WHEN {HAS_OFFSET.format(x=x)} THEN {zoned} ELSE {plain} END" if in_utc else zoned
    return (
        f"CASE WHEN NOT {ISO_DATE.format(x=x)} THEN NULL WHEN {ENDS_IN_DIGIT.format(x=x)} THEN {local}"
        f" WHEN ends_with({x}, 'Z') THEN try_cast(rtrim({x}, 'Z') AS TIMESTAMP) END"
    )


def _fits(column: Column) -> str | None:
    """Whether the text has the shape the contract asks for; None where it asks for none."""
    x = column.name
    if column.pattern:
        value = _parsed(column, in_utc=True) if column.pad else x
        return f"regexp_full_match({value}, {quote(column.pattern)})"
    if column.pattern_by:
        return _pattern_by_sql(column)
    return f"(length({x}) <= {ID_LENGTH})" if column.type in ("id", "code") else None


def _pattern_by_sql(column: Column) -> str:
    """Match against the pattern of the other column's value; without one of its known values nothing is asked."""
    (other, patterns), *_ = (column.pattern_by or {}).items()
    cases = " ".join(
        f"WHEN {quote(value.lower())} THEN regexp_full_match({column.name}, {quote(pattern)})"
        for value, pattern in patterns.items()
    )
    return f"CASE lower({other}) {cases} ELSE TRUE END"


def _in_range(column: Column) -> str:
    """Whether the value read lies within the bounds; the last day of a time counts whole."""
    value, bounds = f"{column.name}__value", []
    if column.min is not None:
        bounds.append(f"{value} >= {_bound(column, column.min)}")
    if column.max is not None:
        last = _bound(column, column.max)
        bounds.append(f"{value} < {last} + INTERVAL 1 DAY" if column.type == "ts" else f"{value} <= {last}")
    return f"({' AND '.join(bounds)})" if bounds else ""


def _bound(column: Column, bound: float | str) -> str:
    return f"{SQL_TYPES[column.type]} {quote(bound)}" if isinstance(bound, str) else str(bound)
