"""Day by day or all at once: a home that works on changed patients only has the tables of one that starts afresh."""

import datetime as dt
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest

from data_contracts.lake_table import FRESH, relation
from features.cohort import WRITTEN as COHORT
from features.features import PARTIAL
from features.features import WRITTEN as FEATURES
from pipelines.defs.cohort import UPSTREAM as COHORT_TABLES
from pipelines.defs.cohort import build_cohort
from pipelines.defs.features import build_features
from pipelines.defs.ingest import CORE, build_core_tables, land_extract
from pipelines.home import Home
from pipelines.resource import Homeward
from sources.simulated import simulate, write_landing

DAYS = [dt.date(2025, 10, 20), dt.date(2025, 10, 21), dt.date(2025, 10, 22)]
# When a row of a table is first in an extract; encounters and patients change later on.
KNOWN_BY = {
    "diagnoses": "recorded_at", "procedures": "performed_at", "lab_results": "resulted_at", "medications": "started_at",
    "sdoh_screenings": "screened_at", "interventions": "started_at",
}  # fmt: skip
STANDING = "core/standing.state/standing.json"
# Of what the hospital has; the others have no row, or none that changes from day to day.
CHANGING = [name for name in CORE if CORE[name].patient_local and name not in ("core.patient", "core.intervention")]
SETTINGS = {"prediction_points": "admission,daily,discharge", "bucket_encounters": "2000"}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Every row that there will ever be."""
    folder = tmp_path_factory.mktemp("hospital")
    write_landing(simulate(patients=300, years=2, seed=11, end=dt.date(2025, 12, 31), dirty_share=0.0), folder)
    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def seen_on(hospital: dict[str, pd.DataFrame], day: dt.date) -> dict[str, pd.DataFrame]:
    """What the hospital's system said at the end of a day."""
    night = pd.Timestamp(day) + pd.Timedelta(days=1)

    def later(times: pd.Series) -> pd.Series:
        return pd.to_datetime(times).dt.tz_localize(None) >= night

    seen = dict(hospital)
    encounters = hospital["encounters"][~later(hospital["encounters"]["started_at"])].copy()
    is_open = later(encounters["ended_at"])
    encounters.loc[is_open, ["ended_at", "discharge_disposition", "drg_code"]] = None
    encounters.loc[is_open & (encounters["status"] == "finished"), "status"] = "in_progress"
    seen["encounters"] = encounters
    patients = hospital["patients"].copy()
    patients.loc[later(patients["death_date"]), "death_date"] = None
    seen["patients"] = patients
    for table, column in KNOWN_BY.items():
        rows = hospital[table][~later(hospital[table][column])]
        if "encounter_id" in rows:
            rows = rows[rows["encounter_id"].isna() | rows["encounter_id"].isin(encounters["encounter_id"])]
        seen[table] = rows
    return seen


def write_changes(folder: Path, now: dict[str, pd.DataFrame], before: dict[str, pd.DataFrame] | None) -> None:
    """Write the day's extract: rows that are not as they were the day before."""
    folder.mkdir(parents=True)
    for table, rows in now.items():
        if before is not None:
            marked = rows.merge(before[table].drop_duplicates(), how="left", indicator="side")
            rows = rows[(marked["side"] == "left_only").to_numpy()]
        if table == "patients" and rows.empty:
            rows = now[table].head(1)  # a required table is never empty
        if len(rows):
            rows.to_parquet(folder / f"{table}.parquet")


def work(home: Path, landing: Path, day: dt.date, *stages: dg.AssetsDefinition) -> None:
    """Run stages as the pipeline does."""
    homeward = Homeward(home=str(home), landing=str(landing), as_of=day.isoformat(), overrides=SETTINGS)
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([*stages], resources={"homeward": homeward}, instance=instance, raise_on_error=True)
    assert done.success
    for event in done.get_asset_materialization_events():
        table, metadata = ".".join(event.asset_key.path), event.materialization.metadata
        if "rows_judged" in metadata and Home(home).parts(table):
            assert metadata["dagster/row_count"].value == len(content(home, table))


def content(home: Path, table: str) -> list[tuple[object, ...]]:
    """Every row of a table, whatever part it lies in."""
    con = duckdb.connect()
    return con.execute(f"select * from {relation(Home(home).folder(table))} order by all").fetchall()


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, hospital: dict[str, pd.DataFrame]) -> tuple[Path, Path]:
    """A home that worked every day, and one that built core anew of all extracts and worked on the last day only."""
    folder = tmp_path_factory.mktemp("days")
    before = None
    for number, day in enumerate(DAYS):
        now = seen_on(hospital, day)
        landing = folder / f"extract-{number}"
        write_changes(landing, now, before)
        work(folder / "daily", landing, day, land_extract, build_core_tables, build_cohort, build_features)
        (folder / "at_once" / "lake" / STANDING).unlink(missing_ok=True)  # so that core is built anew
        work(folder / "at_once", landing, day, land_extract, build_core_tables)
        before = now
    work(folder / "at_once", landing, DAYS[-1], build_cohort, build_features)
    return folder / "daily", folder / "at_once"


def test_the_daily_home_worked_on_some_patients_only(homes: tuple[Path, Path]) -> None:
    daily, at_once = homes
    for table in (*CHANGING, *COHORT, *FEATURES, *PARTIAL):
        assert (Home(daily).folder(table) / FRESH).is_dir(), table
        assert not (Home(at_once).folder(table) / FRESH).exists(), table


@pytest.mark.parametrize("table", [*dict.fromkeys((*CORE, *COHORT_TABLES, *FEATURES, *PARTIAL))])
def test_the_tables_are_those_of_a_full_run(homes: tuple[Path, Path], table: str) -> None:
    daily, at_once = homes
    rows = content(at_once, table)
    assert content(daily, table) == rows
    assert rows or table in CORE
