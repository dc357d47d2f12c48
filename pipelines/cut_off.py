"""The data cut-off: the day asked for, or else the last day on which anything started or ended."""

import datetime as dt
from pathlib import Path

import duckdb

from data_contracts.errors import HomewardError

LAST_DAY = """
    select max(greatest(started_date, coalesce(ended_date, started_date)))
    from read_parquet($parts)
    where status in ('finished', 'in_progress')
"""


def find_cut_off(lake: Path, requested: dt.date | None) -> dt.date:
    """Decide up to which day (that day included) the data count.

    Parameters
    ----------
    lake : Path
        With ``core.encounter`` built.
    requested : date or None
        ``--as-of``.

    Raises
    ------
    HomewardError
        There is no encounter to take the day from.
    """
    if requested:
        return requested
    con = duckdb.connect()
    try:
        last = con.execute(LAST_DAY, {"parts": str(lake / "core" / "encounter" / "*.parquet")}).fetchall()[0][0]
    finally:
        con.close()
    if last is None:
        raise HomewardError(
            "no encounter has started", where="core.encounter", next_step="give --as-of, or check the extract"
        )
    return last
