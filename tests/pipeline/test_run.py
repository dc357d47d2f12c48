"""The whole way: what a run leaves, what running twice changes, what a broken extract does."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli.summary import summarise
from pipelines.home import Home
from tests.pipeline.conftest import run

SCORES = (
    "stay_id", "encounter_id", "patient_id", "scored_at", "prediction_point", "risk", "risk_percentile", "lace",
    "hospital", "model_name", "model_version", "features_hash", "readmitted_30d",
)  # fmt: skip
WORKLIST = (
    "rank", "tier", "risk", "expected_benefit", "reasons", "needs", "contact_due", "visit_due", "med_rec_due",
    "overdue", "acuity_points", "case_manager_id", "assignment_reason", "as_of", "model_version", "policy_version",
    "run_id",
)  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_run_leaves_the_list_the_scores_the_manifest_and_the_audit(finished: Path) -> None:
    current = finished / "published" / "current"
    assert current.is_symlink()
    assert not current.readlink().is_absolute(), "the pointer survives moving the home"
    assert {p.name for p in current.iterdir()} == {
        "manifest.json",
        "scores.parquet",
        "worklist.csv",
        "worklist.parquet",
    }
    assert set(SCORES) <= set(pq.read_schema(current / "scores.parquet").names)
    assert set(WORKLIST) <= set(pq.read_schema(current / "worklist.parquet").names)
    version = json.loads((current / "manifest.json").read_text())["model_version"]
    audit = {p.name for p in (finished / "audit" / version).iterdir()}
    assert audit == {"report.html", "metrics.json", "model_card.json", "model_card.md"}


def test_the_warehouse_shows_every_table_with_a_contract(finished: Path) -> None:
    from pipelines.tables import contracts

    con = duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True)
    shown = {
        f"{s}.{t}" for s, t in con.execute("select table_schema, table_name from information_schema.tables").fetchall()
    }
    assert set(contracts()) <= shown
    assert con.execute("select count(*) from cohort.index_stay where is_index").fetchall()[0][0] > 0


def test_the_summary_says_how_many_index_stays_are_unmapped(finished: Path) -> None:
    con = duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True)
    unmapped = "select count(*) from cohort.index_stay where is_index and specialty_cohort = 'Unmapped'"
    count = con.execute(unmapped).fetchall()[0][0]
    con.close()
    assert count > 0
    assert any(check.startswith(f"{count:,} index stays have no") for check in summarise(Home(finished))["checks"])


def test_the_rows_of_every_load_reconcile(finished: Path) -> None:
    report = json.loads((finished / "lake" / "core" / "load_report.json").read_text())
    assert report["reconciles"]
    assert all(t["rows_in"] == t["kept"] + t["quarantined"] + t["superseded"] for t in report["tables"])


def test_every_listed_patient_is_ranked_once_and_traceable(finished: Path) -> None:
    worklist = pd.read_parquet(finished / "published" / "current" / "worklist.parquet")
    assert worklist["rank"].tolist() == list(range(1, len(worklist) + 1))
    assert worklist["patient_id"].is_unique
    assert worklist[["model_version", "policy_version", "run_id", "as_of"]].notna().all().all()


def test_running_twice_changes_nothing_published(landing: Path, finished: Path) -> None:
    before = contents(finished / "published") | contents(finished / "audit")
    assert run(landing, finished).succeeded
    assert contents(finished / "published") | contents(finished / "audit") == before


def test_more_buckets_and_reversed_rows_give_the_same_bytes(landing: Path, finished: Path, tmp_path: Path) -> None:
    turned = tmp_path / "landing"
    turned.mkdir()
    for part in landing.glob("*.parquet"):
        table = pq.read_table(part)
        pq.write_table(table.take(pa.array(range(len(table) - 1, -1, -1))), turned / part.name)
    assert run(turned, tmp_path / "home", overrides={"bucket_encounters": "900"}).succeeded
    ours, theirs = (
        {name.split("/")[-1]: data for name, data in contents(home / "published").items() if "manifest" not in name}
        for home in (finished, tmp_path / "home")
    )
    # The file hashes differ, so the run has another name; all else is equal.
    drop = {"run_id"}
    for name in ("worklist.parquet", "scores.parquet"):
        first, second = (pd.read_parquet(pa.BufferReader(part[name])) for part in (ours, theirs))
        columns = [c for c in first.columns if c not in drop]
        pd.testing.assert_frame_equal(first[columns], second[columns])


def _without_column(part: Path) -> None:
    table = pq.read_table(part)
    pq.write_table(table.drop_columns(["encounter_class"]), part)


def _truncated(part: Path) -> None:
    part.write_bytes(part.read_bytes()[:-200])


def _truncated_gzip(part: Path) -> None:
    text = pq.read_table(part).to_pandas().to_csv(index=False).encode()
    packed = gzip.compress(text)
    part.with_suffix(".csv.gz").write_bytes(packed[: len(packed) // 2])
    part.unlink()


def _a_fifth_bad(part: Path) -> None:
    frame = pq.read_table(part).to_pandas()
    started = frame["started_at"].astype("str")
    frame["started_at"] = started.where(frame.index % 5 != 0, "the day before yesterday")
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), part)


def _empty(part: Path) -> None:
    pq.write_table(pq.read_table(part).slice(0, 0), part)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_without_column, "encounter_class"),
        (_truncated, "encounters.parquet"),
        (_truncated_gzip, "encounters.csv.gz"),
        (_a_fifth_bad, "started_at"),
        (_empty, "empty"),
    ],
)
def test_a_broken_extract_leaves_the_list_and_says_what_is_wrong(
    landing: Path, finished: Path, tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    home, broken = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(finished, home, symlinks=True)
    shutil.copytree(landing, broken)
    before = contents(home / "published")
    damage(broken / "encounters.parquet")
    outcome = run(broken, home)
    assert not outcome.succeeded
    assert "encounters" in " ".join(outcome.problems)
    assert words in " ".join(outcome.problems)
    assert "day before yesterday" not in " ".join(outcome.problems), "an error holds no value"
    after = contents(home / "published")
    assert words in after.pop("status.json").decode()
    assert after == before
    assert run(landing, home).succeeded, "the good extract runs again"
    assert not (home / "published" / "status.json").exists(), "and the list is no longer stale"


def test_a_derived_table_that_breaks_its_contract_blocks_and_marks_the_list_stale(
    landing: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data_contracts.contract import Rule
    from pipelines.tables import contracts

    impossible = Rule(name="never_holds", columns=("stay_key",), when="stay_key IS NOT NULL")
    broken = contracts()["cohort.label"].model_copy(update={"rules": (impossible,)})
    monkeypatch.setitem(contracts(), "cohort.label", broken)
    home = tmp_path / "home"
    shutil.copytree(finished, home, symlinks=True)
    before = contents(home / "published")
    outcome = run(landing, home)
    assert not outcome.succeeded
    assert any("never_holds" in problem for problem in outcome.problems)
    after = contents(home / "published")
    assert "never_holds" in after.pop("status.json").decode()
    assert after == before
