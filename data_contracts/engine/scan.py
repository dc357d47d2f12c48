"""One scan per table: a contract compiled to SELECTs that parse every raw row and mark what is wrong with it.

The layers of the statements, inside out: *cleaned* text, text *read* as what it should be, *parsed* values with the
marks of their columns, *linked* to the parents, *settled* expressions of the contract, the rules across columns. No row
is lost in it: rows with a reject mark are the quarantine, values with a warn mark have become missing.
"""

import re
from dataclasses import dataclass

from data_contracts.contract import Column, Contract
from data_contracts.engine.parse_sql import Check, checks_of, clean_sql, quote, read_sql, value_sql

MAX_CHECKS = 62


@dataclass(frozen=True)
class Scan:
    """Two statements, and what the bits of their marks mean, lowest bit first.

    ``read_sql`` reads the relation of raw rows ``{raw}``: what a row says by itself. ``link_sql`` judges its result,
    the relation ``{read}``, by the parents and the cut-off.
    """

    read_sql: str
    link_sql: str
    reject_checks: tuple[Check, ...]
    warn_checks: tuple[Check, ...]


def compile_scan(contract: Contract, in_utc: bool) -> Scan:
    """Compile a core contract.

    Parameters
    ----------
    contract : Contract
        Of a core table; its parents are expected as tables ``parent_<name>``.
    in_utc : bool
        Whether the site's zone is UTC, which makes reading times cheaper.
    """
    landing = [c for c in contract.landing_columns if not c.identifying]
    own = [check for c in landing for check in checks_of(c, contract.sentinels, in_utc)]
    across = _reference_checks(contract) + _rule_checks(contract)
    rejects = [c for c in own if c.severity == "reject"], [c for c in across if c.severity == "reject"]
    warns = [c for c in own if c.severity == "warn"], [c for c in across if c.severity == "warn"]
    missing = {r.sets_missing: r for r in contract.rules if r.sets_missing and not r.once_per}
    flagged = [
        f"CASE WHEN {_flat(missing[n].when)} THEN NULL ELSE {n} END AS {n}" if n in missing else n
        for n in stored(contract)
    ]
    cleaned = ", ".join(f"{clean_sql(c)} AS {c.name}" for c in landing)
    read = ", ".join(expression for c in landing for expression in read_sql(c, in_utc))
    values = ", ".join(f"{value_sql(c, contract.sentinels, in_utc)} AS {c.name}" for c in landing)
    linked = "".join(f", {alias}.{n} AS {alias}__{n}" for alias, n in _parent_columns(contract))
    reading = f"""
WITH cleaned AS (SELECT arrival, {cleaned} FROM {{raw}}),
read AS (SELECT *, {read} FROM cleaned)
SELECT arrival, {values}, {_bits(rejects[0])} AS own_rejects, {_bits(warns[0])} AS own_warns FROM read"""
    linking = f"""
WITH linked AS (SELECT parsed.*{linked} FROM {{read}} AS parsed {_joins(contract)}),
settled AS (SELECT * {_replacements(contract)}{_derived(contract)} FROM linked)
SELECT arrival, {", ".join(flagged)}{_bucket(contract)},
       own_rejects | {_bits(rejects[1], len(rejects[0]))} AS reject_bits,
       own_warns | {_bits(warns[1], len(warns[0]))} AS warn_bits
FROM settled"""
    return Scan(reading, linking, (*rejects[0], *rejects[1]), (*warns[0], *warns[1]))


def stored(contract: Contract) -> list[str]:
    """Names of the stored columns that the scan makes itself: all but interned keys and looked-up codes."""
    return [c.name for c in contract.stored_columns if not c.interns and not c.lookup]


def alias_of(table: str) -> str:
    """Name under which a parent is joined: core.patient is ``patient``."""
    return table.split(".")[1]


def _reference_checks(contract: Contract) -> list[Check]:
    checks = []
    for reference in contract.references:
        alias = alias_of(reference.to)
        when = f"{reference.columns[0]} IS NOT NULL AND {alias}__{alias}_key IS NULL"
        checks.append(Check(reference.rule, reference.columns[0], when, reference.severity))
    return checks


def _rule_checks(contract: Contract) -> list[Check]:
    return [Check(r.name, r.columns[0], _flat(r.when), r.severity) for r in contract.rules if not r.once_per]


def _flat(expression: str) -> str:
    """Turn ``patient.death_date`` into the column of that name in the linked row, ``patient__death_date``."""
    return re.sub(r"\b(patient|encounter)\.([a-z_]+)", r"\1__\2", expression)


def _parent_columns(contract: Contract) -> list[tuple[str, str]]:
    """Columns of parents that the contract mentions, and those every child needs."""
    expressions = [c.expression or "" for c in contract.columns] + [r.when for r in contract.rules]
    mentioned = {pair for text in expressions for pair in re.findall(r"\b(patient|encounter)\.([a-z_]+)", text)}
    needed = {(alias_of(r.to), f"{alias_of(r.to)}_key") for r in contract.references}
    if contract.patient_local and contract.references:
        needed.add((alias_of(contract.references[0].to), "bucket"))
    return sorted(mentioned | needed)


def _joins(contract: Contract) -> str:
    joins = []
    for reference in contract.references:
        alias = alias_of(reference.to)
        on = " AND ".join(f"{alias}.{name} = parsed.{name}" for name in reference.columns)
        joins.append(f"LEFT JOIN parent_{alias} AS {alias} ON {on}")
    return " ".join(joins)


def _replacements(contract: Contract) -> str:
    """Landing columns that the contract settles by an expression over the parsed row."""
    settled = [f"{_flat(c.expression)} AS {c.name}" for c in contract.landing_columns if c.expression]
    return f"REPLACE ({', '.join(settled)})" if settled else ""


def _derived(contract: Contract) -> str:
    derived: list[Column] = [c for c in contract.stored_columns if c.derived and c.expression]
    return "".join(f", {_flat(c.expression or '')} AS {c.name}" for c in derived)


def _bucket(contract: Contract) -> str:
    if not contract.patient_local or any(c.name == "bucket" for c in contract.columns):
        return ""
    return f", {alias_of(contract.references[0].to)}__bucket AS bucket"


def _bits(checks: list[Check], first: int = 0) -> str:
    """Sum of powers of two, one per check that is true."""
    if first + len(checks) > MAX_CHECKS:
        raise ValueError("too many checks for one integer of marks; split the table")
    terms = [f"CASE WHEN {check.when} THEN {1 << first + i}::BIGINT ELSE 0 END" for i, check in enumerate(checks)]
    return "(" + " | ".join(terms or ["0::BIGINT"]) + ")"


def files_sql(paths: list[str]) -> str:
    """Write a list of paths as an SQL list."""
    return "[" + ", ".join(quote(path) for path in paths) + "]"
