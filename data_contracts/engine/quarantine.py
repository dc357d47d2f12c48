"""Rejected rows by load, file, line and rule: where a person finds them, and why they are there."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from data_contracts.engine.ledger import LINE_BITS, Part
from data_contracts.engine.parse_sql import Check, quote
from data_contracts.engine.versions import LOAD_OF_ARRIVAL

EMPTY = "load_id VARCHAR, file VARCHAR, line BIGINT, rule VARCHAR, column_name VARCHAR, rules VARCHAR"


def decode_bits(bits: int, checks: Iterable[Check]) -> list[Check]:
    """List the checks whose bit is set, the first check being the lowest bit."""
    return [check for position, check in enumerate(checks) if bits >> position & 1]


def count_marks(
    con: duckdb.DuckDBPyConnection, work: str, column: str, checks: tuple[Check, ...], where: str
) -> tuple[dict[int, Counter[str]], dict[int, int]]:
    """Count marked rows of a relation.

    Returns
    -------
    (dict, dict)
        Per load number: how often each ``rule(column)``, and how many rows have any mark.
    """
    rows = con.execute(
        f"SELECT {LOAD_OF_ARRIVAL}, {column}, count(*) FROM {work} WHERE {where} AND {column} <> 0 GROUP BY 1, 2"
    ).fetchall()
    rules: dict[int, Counter[str]] = {}
    totals: Counter[int] = Counter()
    for load, bits, count in rows:
        totals[load] += count
        for check in decode_bits(bits, checks):
            rules.setdefault(load, Counter())[f"{check.rule}({check.column})"] += count
    return rules, dict(totals)


def write_quarantine(
    con: duckdb.DuckDBPyConnection, work: str | None, checks: tuple[Check, ...], parts: Sequence[Part], target: Path
) -> None:
    """Write the rejected rows of a relation, one row each, ordered by load, file and line.

    Columns: load_id, file, line, rule and column_name of the first check that failed, rules (all of them, as text).
    Only rows of ``parts`` are written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    con.execute("DROP TABLE IF EXISTS quarantined")
    collect_quarantine(con, work, checks, parts, "quarantined")
    con.execute(f"COPY (FROM quarantined ORDER BY load_id, file, line) TO {quote(str(target))} (FORMAT parquet)")


def collect_quarantine(
    con: duckdb.DuckDBPyConnection, work: str | None, checks: tuple[Check, ...], parts: Sequence[Part], table: str
) -> None:
    """Make a table of what ``write_quarantine`` writes."""
    con.execute(f"CREATE TABLE {table} ({EMPTY})")
    if work is None or not parts:
        return
    _decode_table(con, work, checks)
    con.execute("CREATE OR REPLACE TEMP TABLE part (number BIGINT, load_id VARCHAR, file VARCHAR)")
    rows = [[part.first_arrival >> LINE_BITS, part.load_id, part.file] for part in parts]
    con.executemany("INSERT INTO part VALUES (?, ?, ?)", rows)
    con.execute(
        f"INSERT INTO {table} "
        f"SELECT part.load_id, part.file, row.arrival & {(1 << LINE_BITS) - 1}, mark.* EXCLUDE (bits) "
        f"FROM {work} AS row JOIN mark ON mark.bits = row.reject_bits "
        f"JOIN part ON part.number = row.arrival >> {LINE_BITS} WHERE row.reject_bits <> 0"
    )


def _decode_table(con: duckdb.DuckDBPyConnection, work: str, checks: tuple[Check, ...]) -> None:
    """Make the table ``mark``: each combination of reject bits in use, in words. They are few."""
    con.execute("CREATE OR REPLACE TEMP TABLE mark (bits BIGINT, rule VARCHAR, column_name VARCHAR, rules VARCHAR)")
    for (bits,) in con.execute(f"SELECT DISTINCT reject_bits FROM {work} WHERE reject_bits <> 0").fetchall():
        failed = decode_bits(bits, checks)
        words = "; ".join(f"{check.rule}({check.column})" for check in failed)
        con.execute("INSERT INTO mark VALUES (?, ?, ?, ?)", [bits, failed[0].rule, failed[0].column, words])
