"""The data cut-off: the day asked for, or else the last day on which anything started or ended."""

import datetime as dt
from pathlib import Path

import duckdb

from data_contracts.errors import HomewardError
from data_contracts.lake_table import relation

LAST_DAY = """
    select max(greatest(started_date, coalesce(ended_date, started_date)))
    from {encounters}
    where status in ('finished', 'in_progress')
"""

# Encounters beyond this share may be mistyped; a hospital is never quiet for so long.
USUAL_LAST_DAY = """
    select quantile_disc(started_date, 0.995)
    from {encounters}
    where status in ('finished', 'in_progress')
"""
QUIET_DAYS = 60


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
        last = con.execute(LAST_DAY.format(encounters=_encounters(lake))).fetchall()[0][0]
    finally:
        con.close()
    if last is None:
        raise HomewardError(
            "no encounter has started", where="core.encounter", next_step="give --as-of, or check the extract"
        )
    return last


def describe_cut_off(lake: Path, cut_off: dt.date) -> str:
    """Say when the cut-off lies far after nearly all the data: one mistyped year would empty the list.

    Returns
    -------
    str
        A sentence, or nothing when all is well.
    """
    con = duckdb.connect()
    try:
        usual = con.execute(USUAL_LAST_DAY.format(encounters=_encounters(lake))).fetchall()[0][0]
    finally:
        con.close()
    gap = (cut_off - usual).days if usual else 0
    if gap <= QUIET_DAYS:
        return ""
    return (
        f"The data cut-off {cut_off} lies {gap} days after the day by which 99.5 % of the encounters had begun. "
        f"If later dates are typing errors, give --as-of."
    )


def _encounters(lake: Path) -> str:
    return relation(lake / "core" / "encounter")
