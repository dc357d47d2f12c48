"""Which of several rows of one key stands: the newest version, the lowest sequence, the later line.

Most keys occur once, so keys that occur twice are looked for first and only their rows are ranked; a window over all
rows would be the dearest step of the whole load.
"""

from dataclasses import dataclass

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.ledger import LINE_BITS, PART_BITS
from data_contracts.engine.scan import stored

LOAD_OF_ARRIVAL = f"(arrival >> {PART_BITS + LINE_BITS})"


@dataclass(frozen=True)
class Superseded:
    """Rows that do not stand, per load; ``conflicts`` differed from the row that stands without being older."""

    rows: dict[int, int]
    conflicts: dict[int, int]


def find_superseded(con: duckdb.DuckDBPyConnection, work: str, contract: Contract) -> Superseded:
    """Make the temporary table ``superseded(arrival, is_conflict)`` of the rows of ``work`` that do not stand.

    Parameters
    ----------
    con : connection
    work : str
        Relation with the stored columns, ``arrival`` and ``reject_bits``; rejected rows take no part.
    contract : Contract
        Its key, version and prefer_lowest decide; without a key, identical rows collapse.
    """
    key = list(contract.key) or stored(contract)
    con.execute("CREATE OR REPLACE TEMP TABLE superseded (arrival BIGINT, is_conflict BOOLEAN)")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE key_twice AS SELECT hash({', '.join(key)}) AS key_hash "
        f"FROM {work} WHERE reject_bits = 0 GROUP BY 1 HAVING count(*) > 1"
    )
    if con.execute("SELECT count(*) FROM key_twice").fetchall()[0][0]:
        con.execute(f"INSERT INTO superseded {_ranking_sql(work, contract, key)}")
    counts = con.execute(
        f"SELECT {LOAD_OF_ARRIVAL}, count(*), count(*) FILTER (WHERE is_conflict) FROM superseded GROUP BY 1"
    ).fetchall()
    return Superseded({load: rows for load, rows, _ in counts}, {load: n for load, _, n in counts if n})


def _ranking_sql(work: str, contract: Contract, key: list[str]) -> str:
    """Rank the rows of each key that occurs twice; all but the first are superseded.

    An undated row in a later load counts as dated like the newest row known by then: it replaces what came before it,
    and an older dated row never replaces it. ``key_hash`` only narrows, the partition is by the key itself.
    """
    columns = ", ".join(key)
    dated = f"CAST({contract.version} AS TIMESTAMP)" if contract.version else "NULL::TIMESTAMP"
    prefer = contract.prefer_lowest or "NULL"
    newest_first = "as_of_version DESC NULLS LAST, {load}prefer ASC, arrival DESC"
    # Without a version the load is the version; with one, the load only breaks ties, which arrival does.
    order = newest_first.format(load="" if contract.version else "load_no DESC, ")
    return f"""
WITH candidate AS (
    SELECT {columns}, arrival, {LOAD_OF_ARRIVAL} AS load_no, {dated} AS version_at, {prefer} AS prefer,
           hash({", ".join(stored(contract))}) AS content
    FROM {work} WHERE reject_bits = 0 AND hash({columns}) IN (SELECT key_hash FROM key_twice)
), dated AS (
    SELECT *, coalesce(version_at, max(version_at) OVER (PARTITION BY {columns} ORDER BY load_no)) AS as_of_version
    FROM candidate
), ranked AS (
    SELECT *, row_number() OVER newest AS place, first_value(content) OVER newest AS best_content,
           first_value(load_no) OVER newest AS best_load, first_value(prefer) OVER newest AS best_prefer,
           first_value(version_at) OVER newest AS best_version
    FROM dated WINDOW newest AS (PARTITION BY {columns} ORDER BY {order})
)
SELECT arrival, content <> best_content AND prefer IS NOT DISTINCT FROM best_prefer
       AND version_at IS NOT DISTINCT FROM best_version
       AND (load_no = best_load OR version_at IS NOT NULL)
FROM ranked WHERE place > 1"""


def find_repeated(con: duckdb.DuckDBPyConnection, relation: str, contract: Contract) -> dict[str, dict[int, int]]:
    """Make ``repeated(arrival, column_name)``: values that may stand once per group and do not come first.

    Returns
    -------
    dict
        Rows per load by rule name.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE repeated (arrival BIGINT, column_name VARCHAR)")
    counts: dict[str, dict[int, int]] = {}
    for rule in contract.rules:
        if not rule.once_per:
            continue
        group = ", ".join(rule.once_per)
        # A later load speaks for the source as it is now; within a load the lower line keeps its value.
        con.execute(f"""
CREATE OR REPLACE TEMP TABLE again AS
WITH chosen AS (SELECT arrival, {group} FROM {relation} WHERE {rule.when}),
crowded AS (SELECT {group} FROM chosen GROUP BY ALL HAVING count(*) > 1)
SELECT arrival FROM chosen SEMI JOIN crowded USING ({group})
QUALIFY row_number() OVER (PARTITION BY {group} ORDER BY {LOAD_OF_ARRIVAL} DESC, arrival) > 1""")
        con.execute("INSERT INTO repeated SELECT arrival, ? FROM again", [rule.sets_missing])
        found = con.execute(f"SELECT {LOAD_OF_ARRIVAL}, count(*) FROM again GROUP BY 1").fetchall()
        counts[rule.name] = dict(found)
    return counts
