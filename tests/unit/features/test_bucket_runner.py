"""The one runner: buckets, parameters, transient steps, and what a failed stage leaves."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.errors import HomewardError
from features.bucket_runner import list_buckets, run_across, run_stage


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two buckets of encounters and a table that is not by bucket."""
    lake = tmp_path / "lake"
    for table in ("encounter", "facility"):
        (lake / "core" / table).mkdir(parents=True)
    con = duckdb.connect()
    con.execute(f"copy (from (values (1, 10), (2, 20)) t(k, v)) to '{lake}/core/encounter/bucket_000.parquet'")
    con.execute(f"copy (from (values (3, 30)) t(k, v)) to '{lake}/core/encounter/bucket_001.parquet'")
    con.execute(f"copy (from (values ('F')) t(f)) to '{lake}/core/facility/all.parquet'")
    return lake


STEPS = {
    "cohort.doubled": "select k, v * $factor as w from core.encounter, core.facility -- not $this",
    "cohort.more": "select k, w + 1 as w from cohort.doubled",
}
TOTAL = "select count(*) as n, sum(w)::bigint as w from cohort.more"


def rows(lake: Path, table: str) -> list[tuple[int, ...]]:
    return duckdb.sql(f"from read_parquet('{lake}/{table}/*.parquet') order by 1").fetchall()


def test_each_bucket_is_written_and_later_steps_see_earlier_ones(lake: Path, reference_folder: Path) -> None:
    written = run_stage(lake, STEPS, {"factor": 2}, reference_folder, transient={"cohort.doubled"})
    assert written == {"cohort.more": 3}
    assert rows(lake, "cohort/more") == [(1, 21), (2, 41), (3, 61)]
    assert sorted(p.name for p in (lake / "cohort").glob("*")) == ["more"], "a transient step leaves no folder"
    assert sorted(p.name for p in (lake / "cohort/more").iterdir()) == ["bucket_000.parquet", "bucket_001.parquet"]


def test_a_transient_table_goes_when_its_last_reader_has_run(lake: Path, reference_folder: Path) -> None:
    count = "select count(*) as n from duckdb_tables() where schema_name = 'cohort'"
    last = f"select m.k, ({count}) as n from cohort.more as m"
    run_stage(
        lake, STEPS | {"cohort.z": last}, {"factor": 2}, reference_folder, transient={"cohort.doubled", "cohort.more"}
    )
    assert rows(lake, "cohort/z") == [(1, 1), (2, 1), (3, 1)], "more is there, doubled is not"


def test_progress_counts_up_to_the_number_of_buckets(lake: Path, reference_folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    run_stage(lake, STEPS, {"factor": 2}, reference_folder, on_bucket_done=lambda *done: seen.append(done))
    assert seen == [(1, 2), (2, 2)]


def test_what_looks_across_patients_reads_all_buckets(lake: Path, reference_folder: Path) -> None:
    run_stage(lake, STEPS, {"factor": 2}, reference_folder)
    assert run_across(lake, {"cohort.total": TOTAL}, {}) == {"cohort.total": 1}
    assert rows(lake, "cohort/total") == [(3, 123)]


def test_what_does_not_fit_in_memory_stays_inside_the_lake(lake: Path, reference_folder: Path) -> None:
    """DuckDB's own choice is a folder where the command was given, in which nobody looks for patient data."""
    place = "select 1 as k, current_setting('temp_directory') as folder"
    run_stage(lake, {"cohort.place": place}, {}, reference_folder)
    run_across(lake, {"cohort.total_place": place}, {})
    assert {folder for table in ("place", "total_place") for _, folder in rows(lake, f"cohort/{table}")} == {
        str(lake / "spill")
    }


def test_a_missing_parameter_is_named_before_anything_runs(lake: Path, reference_folder: Path) -> None:
    with pytest.raises(HomewardError, match="needs factor"):
        run_stage(lake, STEPS, {}, reference_folder)
    assert not (lake / "cohort").exists()


def test_a_failing_stage_leaves_the_tables_of_the_run_before(lake: Path, reference_folder: Path) -> None:
    run_stage(lake, STEPS, {"factor": 2}, reference_folder)
    failing = {**STEPS, "cohort.more": "select k, error('boom') as w from cohort.doubled"}
    with pytest.raises(duckdb.Error):
        run_stage(lake, failing, {"factor": 3}, reference_folder)
    assert rows(lake, "cohort/doubled") == [(1, 20), (2, 40), (3, 60)]


def test_without_core_the_reader_is_told_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(HomewardError, match="ingest"):
        list_buckets(tmp_path)
