"""A table of the lake: its Parquet parts, and the rows of patients who were worked on anew since those were written.

A stage that worked on some patients only leaves the parts alone and puts beside them ``fresh/``: whose rows in the
parts no longer count (``patients.parquet``), and the rows they have now: in ``rows.parquet``, or by part in
``rows-<part>.parquet`` where it is known in which part a patient lies. Who reads by `relation` sees one table either
way.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

FRESH = "fresh"
ROWS = "rows.parquet"
ROWS_OF_PART = "rows-{part}.parquet"
PATIENTS = "patients.parquet"


def relation(folder: Path, part: str = "*") -> str:
    """Write the SQL relation of a table's rows.

    Parameters
    ----------
    folder : Path
        Of the table, for example ``lake/cohort/stay``.
    part : str
        Stem of one part; fresh rows that are not by part come with every one.

    Returns
    -------
    str
        To stand after FROM.
    """
    parts = f"read_parquet({_quote(folder / f'{part}.parquet')}, union_by_name = true)"
    fresh = folder / FRESH
    if not fresh.is_dir():
        return parts
    replaced = f"select patient_key from read_parquet({_quote(fresh / PATIENTS)})"
    rows = _fresh_rows(fresh, part)
    return f"(select * from {parts} where patient_key not in ({replaced}) union all by name select * from {rows})"


def count_rows(folder: Path) -> int:
    """Count a table's rows."""
    return int(duckdb.execute(f"SELECT count(*) FROM {relation(folder)}").fetchall()[0][0])


def write_fresh(con: duckdb.DuckDBPyConnection, folder: Path, rows: str, patients: str) -> None:
    """Put rows made anew beside a table's parts; what was fresh before stays, except of the same patients.

    Parameters
    ----------
    con : connection
    folder : Path
        Of the table.
    rows, patients : str
        Relations: the patients' rows, with patient_key, in order; and the patients, as patient_key.
    """
    new, old = folder / f"{FRESH}.new", folder / FRESH
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    if old.is_dir():
        kept = f"from read_parquet({_quote(old / ROWS)}) where patient_key not in (select patient_key from {patients})"
        rows = f"(select * from {rows} union all by name select * {kept})"
        known = f"select patient_key from read_parquet({_quote(old / PATIENTS)})"
        patients = f"(select patient_key from {patients} union {known})"
    con.execute(f"copy (from {rows} order by 1, 2) to {_quote(new / ROWS)} (format parquet, compression zstd)")
    con.execute(f"copy (from {patients} order by 1) to {_quote(new / PATIENTS)} (format parquet)")
    # Between the two renames the patients' rows are the old ones: the stage has not said that it is done, and is rerun.
    shutil.rmtree(old, ignore_errors=True)
    new.rename(old)


def write_fresh_parts(
    con: duckdb.DuckDBPyConnection, old: Path, new: Path, rows: Mapping[str, str], patients: str, order: str
) -> None:
    """Put rows made anew by part into the folder of a table, with those of other patients that were fresh before.

    Parameters
    ----------
    con : connection
    old, new : Path
        The table's folder as it stands, and the one in the making, which has its parts already.
    rows : mapping
        Relation of the patients' rows in each part.
    patients : str
        Relation: whose rows were made anew, as patient_key.
    order : str
        Order of the rows.
    """
    fresh, was = new / FRESH, old / FRESH
    fresh.mkdir()
    known = f" union select patient_key from read_parquet({_quote(was / PATIENTS)})" if was.is_dir() else ""
    for part, made in rows.items():
        select = f"from {made}"
        if was.is_dir():
            kept = f"from {_fresh_rows(was, part)} where patient_key not in (select patient_key from {patients})"
            select += f" union all by name {kept}"
        target = fresh / ROWS_OF_PART.format(part=part)
        con.execute(f"copy (from ({select}) order by {order}) to {_quote(target)} (format parquet)")
    con.execute(
        f"copy (from (select patient_key from {patients}{known}) order by 1) "
        f"to {_quote(fresh / PATIENTS)} (format parquet)"
    )


def fresh_files(folder: Path) -> list[Path]:
    """Files of the rows that were made anew; none when the parts are all there is."""
    return sorted((folder / FRESH).glob("rows*.parquet"))


def _fresh_rows(fresh: Path, part: str) -> str:
    of_part = fresh / ROWS_OF_PART.format(part=part)
    file = fresh / "rows*.parquet" if part == "*" else of_part if of_part.exists() else fresh / ROWS
    return f"read_parquet({_quote(file)})"


def count_fresh_patients(folder: Path) -> int:
    """Count the patients whose rows no longer stand in a table's parts."""
    path = folder / FRESH / PATIENTS
    if not path.exists():
        return 0
    with duckdb.connect() as con:
        return int(con.execute(f"select count(*) from read_parquet({_quote(path)})").fetchall()[0][0])


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
