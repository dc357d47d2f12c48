"""Numbers for text ids and codes: given once, kept for ever, whatever later loads bring."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.parse_sql import clean_sql
from data_contracts.engine.versions import LOAD_OF_ARRIVAL

SQL_FOLDER = Path(__file__).parent / "sql"
NO_CODES = "(SELECT NULL::VARCHAR AS code_system, NULL::VARCHAR AS code, 0 AS code_key, 0::BIGINT AS uses LIMIT 0)"


def number_ids(con: duckdb.DuckDBPyConnection, contract: Contract, raw: str, known: str | None = None) -> None:
    """Make the table ``number_<name>`` of a parent: text ids the lake has not seen before, and the key they keep.

    Ids count in the order of the first load that brought them, in text order within it. A rejected row counts too: what
    becomes of a row may change with later loads, what it brought does not. So a new id never moves an old one, and
    the loads one after the other give the keys that a rebuild from all of them gives.

    Parameters
    ----------
    con : connection
    contract : Contract
        Of a table with an interned key.
    raw : str
        Relation of raw rows of the table.
    known : str, optional
        Relation of the ids that have their number, from the loads before those of ``raw``.
    """
    key = next(c for c in contract.columns if c.interns)
    text_id = contract.column(str(key.interns))
    known = known or f"(SELECT NULL::VARCHAR AS {text_id.name} LIMIT 0)"
    con.execute(f"""
CREATE TABLE number_{contract.name} AS
WITH seen AS (
    SELECT {clean_sql(text_id)} AS {text_id.name}, min({LOAD_OF_ARRIVAL}) AS first_load FROM {raw} GROUP BY 1
), fresh AS (
    SELECT * FROM seen ANTI JOIN {known} AS known USING ({text_id.name}) WHERE {text_id.name} IS NOT NULL
)
SELECT {text_id.name}, CAST((SELECT count(*) FROM {known}) + row_number() OVER (ORDER BY first_load, {text_id.name})
                            AS INTEGER) AS {key.name}
FROM fresh""")


def map_codes(
    con: duckdb.DuckDBPyConnection, contract: Contract, changes: Iterable[tuple[int, str]], known: str = NO_CODES
) -> int:
    """Give the codes of a table their numbers and categories.

    Makes ``seen_code_<name>``: code_system, code, the number it keeps, and how many unbroken rows use it; and
    ``code_of_<name>``: what each code maps to. Codes count in the order of the first load that brought them, also in a
    row that does not stand, so that a new code never moves an old one.

    Parameters
    ----------
    con : connection
    contract : Contract
        Of a table with ``lookup``.
    changes : iterable of (sign, relation)
        Scanned rows that have come (1) or gone (-1) since ``known``.
    known : str
        Relation like ``seen_code_<name>`` of the build before.

    Returns
    -------
    int
        Codes in use without a category.
    """
    name = contract.name
    changed = "".join(
        f" UNION ALL SELECT code_system, code, NULL, {sign} * count(*) FILTER (WHERE reject_bits = 0), "
        f"min({LOAD_OF_ARRIVAL}) FROM {relation} GROUP BY code_system, code"
        for sign, relation in changes
    )
    con.execute(f"""
CREATE TABLE seen_code_{name} AS
WITH seen AS (
    SELECT code_system, code, min(code_key) AS known_key, sum(uses)::BIGINT AS uses, min(first_load) AS first_load
    FROM (SELECT code_system, code, code_key, uses, 0 AS first_load FROM {known}{changed}) GROUP BY code_system, code
)
SELECT code_system, code, uses, CAST(coalesce(known_key, (SELECT count(*) FROM {known}) + row_number() OVER (
           PARTITION BY known_key IS NULL ORDER BY first_load, code_system, code)) AS INTEGER) AS code_key
FROM seen""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen_code AS FROM seen_code_{name}")
    select = (SQL_FOLDER / f"{contract.lookup}.sql").read_text(encoding="utf-8")
    con.execute(f"CREATE TABLE code_of_{name} AS {select}")
    category = [c.name for c in contract.columns if c.lookup][-1]
    in_use = f"FROM code_of_{name} SEMI JOIN (FROM seen_code_{name} WHERE uses > 0) USING (code_system, code)"
    return int(con.execute(f"SELECT count(*) {in_use} WHERE {category} IS NULL").fetchall()[0][0])
