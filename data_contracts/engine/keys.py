"""Numbers for text ids: given once, kept for ever, whatever later loads bring."""

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.parse_sql import clean_sql
from data_contracts.engine.scan import files_sql
from data_contracts.engine.versions import LOAD_OF_ARRIVAL


def number_ids(con: duckdb.DuckDBPyConnection, contract: Contract, files: list[str]) -> None:
    """Make the table ``number_<name>`` of a parent: every text id the lake has seen, and the key it keeps.

    Ids count in the order of the first load that brought them, in text order within it. A rejected row counts too: what
    becomes of a row may change with later loads, what it brought does not. So a new id never moves an old one, and
    the loads one after the other give the keys that a rebuild from all of them gives.

    Parameters
    ----------
    con : connection
    contract : Contract
        Of a table with an interned key.
    files : list of str
        Raw parts of the table, of all loads, at least one.
    """
    key = next(c for c in contract.columns if c.interns)
    text_id = contract.column(str(key.interns))
    con.execute(f"""
CREATE TABLE number_{contract.name} AS
WITH seen AS (
    SELECT {clean_sql(text_id)} AS {text_id.name}, min({LOAD_OF_ARRIVAL}) AS first_load
    FROM read_parquet({files_sql(files)}, union_by_name = true) GROUP BY 1
)
SELECT {text_id.name}, CAST(row_number() OVER (ORDER BY first_load, {text_id.name}) AS INTEGER) AS {key.name}
FROM seen WHERE {text_id.name} IS NOT NULL""")
