"""What a contract promises about a finished table, expectation by expectation."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from data_contracts.contract import Column, Contract, Rule

ACCEPTED_TYPES = {
    "id": ("VARCHAR",),
    "text": ("VARCHAR",),
    "enum": ("VARCHAR",),
    "code": ("VARCHAR",),
    "date": ("DATE",),
    "ts": ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS"),
    "int": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    "float": ("DOUBLE", "FLOAT"),
    "bool": ("BOOLEAN",),
}
DAY_SECONDS = 86_400
# Functions that only the build of core defines; rules that call them were held there.
BUILD_FUNCTIONS = ("data_cut_off(", "local_day(")


@dataclass(frozen=True)
class Promise:
    """One row-level expectation: its Great Expectations class and arguments, and the columns it needs to be sound.

    ``computed`` is an SQL expression, true for a good row, read under the name the arguments give as ``column``.
    """

    expectation: str
    column: str
    severity: str
    arguments: dict[str, Any] = field(hash=False)
    needs: tuple[str, ...]
    computed: str = ""


def type_verdicts(contract: Contract, types: dict[str, str]) -> Iterator[tuple[str, str, str, int, int]]:
    """Compare the columns of a table with the contract: expectation, column, severity, failed, total."""
    promised = {c.name: c for c in contract.stored_columns}
    for name in sorted(set(types) - set(promised)):
        yield ("column_is_in_contract", name, "block", 1, 1)
    for name, column in promised.items():
        severity = _severity(column)
        if name not in types:
            yield ("column_exists", name, severity, 1, 1)
            continue
        yield ("column_type", name, severity, int(not _is_of_type(column, types[name])), 1)


def _is_of_type(column: Column, found: str) -> bool:
    if column.type == "list":
        return found.endswith("[]")
    return column.type == "json" or found in ACCEPTED_TYPES[column.type]


def promises_of(contract: Contract) -> list[Promise]:
    """List the row-level expectations of a contract: present, unique, values, bounds, patterns, rules."""
    blanked = {rule.sets_missing for rule in contract.rules}
    promises = []
    for column in contract.stored_columns:
        if column.present and column.name not in blanked:
            promises.append(_on(column, "ExpectColumnValuesToNotBeNull"))
        promises += _value_promises(column)
    promises += _key_promise(contract)
    promises += [_rule_promise(rule) for rule in contract.rules if _is_local(rule, contract)]
    return promises


def judged_columns(contract: Contract, promises: list[Promise]) -> list[str]:
    """List the SQL expressions of a frame that the promises can be judged on.

    Great Expectations compares 64-bit numbers in one go and everything else value by value in Python, so numbers are
    widened and times become seconds; a column that only has to be there comes as 1 or missing.
    """
    asked: dict[str, set[str]] = {}
    for promise in promises:
        for name in () if promise.computed else promise.needs:
            asked.setdefault(name, set()).add(promise.expectation)
    columns = [_frame_sql(c, asked[c.name]) for c in contract.stored_columns if c.name in asked]
    return columns + [f"{p.computed} AS {p.arguments['column']}" for p in promises if p.computed]


def _frame_sql(column: Column, asked: set[str]) -> str:
    name = column.name
    if asked == {"ExpectColumnValuesToNotBeNull"}:
        return f"CASE WHEN {name} IS NOT NULL THEN 1 END AS {name}"
    casts = {"date": "epoch({})", "ts": "epoch({})", "bool": "CAST({} AS BIGINT)", "list": "len({})"}
    casts |= {"int": "CAST({} AS BIGINT)", "float": "CAST({} AS DOUBLE)"}
    return f"{casts.get(column.type, '{}').format(name)} AS {name}"


def _severity(column: Column) -> str:
    return "warn" if column.severity == "warn" else "block"


def _on(column: Column, expectation: str, **arguments: Any) -> Promise:  # noqa: ANN401 - as wide as their arguments
    return Promise(expectation, column.name, _severity(column), {"column": column.name, **arguments}, (column.name,))


def _value_promises(column: Column) -> Iterator[Promise]:
    if column.values:
        yield _on(column, "ExpectColumnValuesToBeInSet", value_set=list(column.values))
    if column.min is not None or column.max is not None:
        yield _on(column, "ExpectColumnValuesToBeBetween", **_bounds(column))
    if column.pattern:
        yield _computed(column, f"regexp_full_match({column.name}, '{_escape(column.pattern)}')", ())
    for other, patterns in (column.pattern_by or {}).items():
        cases = " ".join(
            f"WHEN '{_escape(value)}' THEN regexp_full_match({column.name}, '{_escape(pattern)}')"
            for value, pattern in patterns.items()
        )
        yield _computed(column, f"CASE {other} {cases} ELSE TRUE END", (other,))


def _bounds(column: Column) -> dict[str, Any]:
    """Bounds as numbers: of a time in seconds, its last day counting whole."""
    low: Any = column.min
    high: Any = column.max
    if column.type in ("date", "ts"):
        low = None if low is None else _seconds(str(low))
        high = None if high is None else _seconds(str(high)) + DAY_SECONDS - 1e-6
    return {"min_value": low, "max_value": high}


def _seconds(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def _computed(column: Column, good: str, others: tuple[str, ...]) -> Promise:
    name = f"{column.name}__fits"
    needs = (column.name, *others)
    return Promise("ExpectColumnValuesToBeInSet", column.name, _severity(column), _true(name), needs, _flag(good))


def _flag(good: str) -> str:
    """Turn a condition into 1 or 0; no answer, as of a missing value, is no failure."""
    return f"CASE WHEN {good} THEN 1 WHEN NOT ({good}) THEN 0 ELSE 1 END"


def _true(name: str) -> dict[str, Any]:
    return {"column": name, "value_set": [1]}


def _key_promise(contract: Contract) -> list[Promise]:
    key = list(contract.key)
    if not key:
        return []
    arguments = {"column": key[0]} if len(key) == 1 else {"column_list": key}
    expectation = "ExpectColumnValuesToBeUnique" if len(key) == 1 else "ExpectCompoundColumnsToBeUnique"
    return [Promise(expectation, ", ".join(key), "block", arguments, tuple(key))]


def _is_local(rule: Rule, contract: Contract) -> bool:
    """Whether the rule can be judged on the finished table alone."""
    stored = {c.name for c in contract.stored_columns}
    calls = any(function in rule.when for function in BUILD_FUNCTIONS)
    return not rule.uses and not rule.once_per and not calls and set(rule.columns) <= stored


def _rule_promise(rule: Rule) -> Promise:
    # A repaired warning no longer shows; a warning without a repair stays one.
    severity = "warn" if rule.severity == "warn" and not rule.sets_missing else "block"
    flag = f"CASE WHEN {rule.when} THEN 0 ELSE 1 END"
    name = f"{rule.name}__holds"
    return Promise("ExpectColumnValuesToBeInSet", rule.name, severity, _true(name), rule.columns, flag)


def _escape(text: str) -> str:
    return text.replace("'", "''")
