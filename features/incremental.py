"""Which patients a stage has to work on again: those whose data changed, and those for whom time has passed.

A day later most patients' tables are what they were. They change for patients with new, changed or withdrawn rows (the
build of core says whose), and for those near an edge of time: a stay whose follow-up or horizon is over now, a stay or
a death that the old cut-off hid. All others keep their rows, and the result is the one that a full run gives.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.engine import Touched, mark_consumed, read_touched
from data_contracts.lake_table import count_fresh_patients, relation

# A code keeps its number and its meaning, so a new code concerns only the patients who have it.
NOT_READ = frozenset({"core.diagnosis_code"})
# Beyond this share of the patients a full run costs less than the many small reads, and tidies up.
LARGEST_SHARE = 0.2


@dataclass(frozen=True)
class Work:
    """What a stage has to do: everything, and why, or the patients that the SELECT gives (of patient_key)."""

    everything: str | None
    patients: str
    patient_count: int
    touched: Touched


def plan_work(
    lake: Path,
    consumer: str,
    tables: Collection[str],
    inputs: str,
    cut_off: dt.date,
    horizons_days: Sequence[int],
    kept: Collection[str],
) -> Work:
    """Decide whom a stage works on.

    Parameters
    ----------
    lake : Path
        With core, and the cohort of the last run.
    consumer : str
        Name of the stage, under which it remembers what it has worked on.
    tables : collection of str
        Tables of the lake that the stage reads.
    inputs : str
        Hash of what else its result depends on, cut-off aside.
    cut_off : date
        Data cut-off of this run, that day included.
    horizons_days : sequence of int
        Days after discharge at whose end an outcome is settled.
    kept : collection of str
        Tables that the stage writes.

    Returns
    -------
    Work
    """
    core = [table for table in tables if table.startswith("core.") and table not in NOT_READ]
    touched = read_touched(lake, consumer, core, inputs)
    before = last_cut_off(lake, consumer)
    reason = touched.everything or _find_reason(lake, before, cut_off, kept)
    if reason or before is None:
        return Work(reason or "the stage has not worked here before", "", 0, touched)
    patients = f"{touched.sql} union {_passed_sql(lake, before, cut_off, horizons_days)}"
    with duckdb.connect() as con:
        count = _count(con, f"({patients})")
        known = _count(con, relation(lake / "core" / "patient"))
    held = max(count_fresh_patients(_folder(lake, table)) for table in kept)
    if count + held > LARGEST_SHARE * known:
        return Work("more patients have changed than a piecemeal run is good for", "", count, touched)
    return Work(None, patients, count, touched)


def remember_work(lake: Path, consumer: str, work: Work, inputs: str, cut_off: dt.date) -> None:
    """Remember that a stage's tables agree with core, the inputs and the cut-off."""
    target = _cut_off_file(lake, consumer)
    part = target.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(cut_off.isoformat(), encoding="utf-8")
    part.replace(target)
    mark_consumed(lake, consumer, work.touched, inputs)


def _find_reason(lake: Path, before: dt.date | None, cut_off: dt.date, kept: Collection[str]) -> str | None:
    if before is not None and cut_off < before:
        return "the data cut-off lies before that of the last run"
    if not all(any(_folder(lake, table).glob("*.parquet")) for table in kept):
        return "a table is missing"
    return None


def _passed_sql(lake: Path, before: dt.date, cut_off: dt.date, horizons_days: Sequence[int]) -> str:
    """Patients for whom the days since the last cut-off settle or show something."""
    passed = f"between DATE '{before}' + 1 and DATE '{cut_off}'"
    settled = " or ".join(f"discharge_date + {int(days)} {passed}" for days in sorted({0, *horizons_days}))
    stay, encounter, patient = (relation(_folder(lake, t)) for t in ("cohort.stay", "core.encounter", "core.patient"))
    return (
        f"select patient_key from {stay} where discharge_date is null or {settled} "
        f"union select patient_key from {encounter} where started_date {passed} or ended_date {passed} "
        f"union select patient_key from {patient} where death_date {passed}"
    )


def _count(con: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(con.execute(f"select count(distinct patient_key) from {source}").fetchall()[0][0])


def _folder(lake: Path, table: str) -> Path:
    schema, entity = table.split(".")
    return lake / schema / entity


def _cut_off_file(lake: Path, consumer: str) -> Path:
    return lake / "touched" / f"{consumer}.cut_off"


def last_cut_off(lake: Path, consumer: str) -> dt.date | None:
    """Read the cut-off up to which a stage last worked; None when it has not."""
    path = _cut_off_file(lake, consumer)
    return dt.date.fromisoformat(path.read_text(encoding="utf-8")) if path.exists() else None
