"""The data of one size: a made-up core, the cohort on it, and the same core as landing files."""

import json
from pathlib import Path

import duckdb

from benchmarks.contestants.stages import run_cohort, run_everybody
from benchmarks.core_data import PATIENT_LOCAL, SQL_FOLDER, write_core
from benchmarks.places import REFERENCE

# As the pipeline does: so many encounters a bucket, and a bucket a core at least.
BUCKET_ENCOUNTERS = 500_000
MIN_BUCKETS = 2
LANDING = ("patients", "encounters", "diagnoses", "procedures", "lab_results", "facilities")
REQUEST = "request.json"


def make_data(data: Path, work: Path) -> dict[str, int]:
    """Make what ``data/request.json`` asks for: encounters; if asked, cohort, features, landing files."""
    request = json.loads((data / REQUEST).read_text(encoding="utf-8"))
    buckets = max(MIN_BUCKETS, -(-request["encounters"] // BUCKET_ENCOUNTERS))
    encounters = write_core(data / "lake", REFERENCE, request["encounters"], buckets)
    if request["features"]:
        run_everybody(data, work)
    elif request["cohort"]:
        run_cohort(data, work)
    for layer in ("cohort", "features"):
        if (work / layer).exists():
            (work / layer).rename(data / "lake" / layer)
    if request["landing"]:
        write_landing(data)
    return {"encounters": encounters}


def write_landing(data: Path) -> None:
    """Write the core under ``data/lake`` as landing files, in CSV and in Parquet."""
    con = duckdb.connect(config={"preserve_insertion_order": False})
    con.execute("create schema core")
    for name in (*PATIENT_LOCAL, "facility"):
        con.execute(f"create view core.{name} as from read_parquet('{data}/lake/core/{name}/*.parquet')")
    for form in ("csv", "parquet"):
        folder = data / f"landing_{form}"
        folder.mkdir()
        for name in LANDING:
            statement = (SQL_FOLDER / "landing" / f"{name}.sql").read_text(encoding="utf-8")
            con.execute(f"copy ({statement}) to '{folder / name}.{form}' (format {form})")
    con.close()
