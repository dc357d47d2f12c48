"""The benchmarks run, compare what is alike, and say so when it is not."""

import json
from pathlib import Path

import duckdb
import pytest

from benchmarks.__main__ import main
from benchmarks.contestants.pandas_peer import run_pandas
from benchmarks.contestants.stages import run_returns
from benchmarks.core_data import write_core
from benchmarks.measure import Measurement, take_median
from benchmarks.places import REFERENCE
from benchmarks.registry import CONTESTANTS, select_contestants
from benchmarks.report import check_alike, render_markdown, tabulate

SIDES = {c.name: c for c in CONTESTANTS}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made_up")
    write_core(folder / "lake", REFERENCE, encounters=4_000, buckets=2)
    return folder


def measured(cpu: float, mb: float = 100.0, **result: int) -> Measurement:
    return Measurement(wall_seconds=cpu, cpu_seconds=cpu, peak_mb=mb, result=result)


def test_made_up_core_keeps_what_the_real_core_promises(data: Path) -> None:
    con = duckdb.connect()
    core = data / "lake" / "core"
    keys, dense, ordered = con.execute(
        f"select count(*), max(encounter_key) = count(distinct encounter_key), "
        f"count(*) filter (where id_place = encounter_key) = count(*) "
        f"from (select *, row_number() over (order by encounter_id) as id_place from '{core}/encounter/*.parquet')"
    ).fetchall()[0]
    assert keys > 3_000 and dense and ordered
    repeated = con.execute(
        f"select count(*) - count(distinct (encounter_key, code)) from '{core}/diagnosis/*.parquet'"
    ).fetchall()
    assert repeated == [(0,)]
    lonely = con.execute(
        f"select count(*) from '{core}/diagnosis/*.parquet' "
        f"anti join '{core}/encounter/*.parquet' using (encounter_key, patient_key)"
    ).fetchall()
    assert lonely == [(0,)]


def test_ours_and_the_peer_give_the_same_answer(data: Path, tmp_path: Path) -> None:
    for name in ("ours", "peer"):
        (tmp_path / name).mkdir()
    ours = run_returns(data, tmp_path / "ours")
    assert ours == run_pandas(data, tmp_path / "peer")
    assert 0 < ours["readmissions"] < ours["eligible_stays"]
    assert 0 < ours["admissions_30d"] < ours["admissions_365d"]


def test_one_comparison_as_a_user_runs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert (
        main(
            ["--encounters", "2000", "--runs", "1", "--only", "copy_csv", "--out", str(out), "--scratch", str(tmp_path)]
        )
        == 0
    )
    content = json.loads((out / "benchmarks.json").read_text())
    assert set(content["full"]) == {"copy_csv", "ingest_csv", "ingest_parquet"}
    assert content["full"]["ingest_csv"]["result"] == content["full"]["ingest_parquet"]["result"]
    assert "CSV through contracts to core" in (out / "benchmarks.md").read_text()
    assert "Ingest" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["out"]  # the data is gone


def test_ratios_are_to_floor_and_ours_and_growth_to_the_small_size() -> None:
    full = {
        SIDES["scan_returns"]: measured(0.5, 50),
        SIDES["returns"]: measured(2.0, 200),
        SIDES["pandas"]: measured(4.0, 800),
    }
    small = {side: measured(m.cpu_seconds / 8, m.peak_mb / 2) for side, m in full.items()}
    ((title, rows),) = tabulate(full, small)
    assert title.startswith("Label")
    assert rows[2] == ["pandas, merge and group by", "4.00", "4.00", "800", "8.0", "2.00", "4.00", "x 8.0", "x 2.0"]
    assert "| " + " | ".join(rows[2]) + " |" in render_markdown(full, small, "header")


def test_unequal_results_are_an_error() -> None:
    full = {SIDES["returns"]: measured(1, readmissions=3), SIDES["pandas"]: measured(1, readmissions=4)}
    with pytest.raises(RuntimeError, match="not honest"):
        check_alike(full)
    with pytest.raises(RuntimeError, match="different results"):
        take_median(list(full.values()))


def test_median_of_each_quantity() -> None:
    middle = take_median([measured(1, 30), measured(9, 10), measured(2, 20)])
    assert (middle.cpu_seconds, middle.peak_mb) == (2, 20)


def test_a_name_chooses_its_whole_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    assert {c.name for c in select_contestants("pandas")} == {"scan_returns", "returns", "pandas"}
    assert main(["--only", "polars"]) == 2
    assert "choose one of" in capsys.readouterr().out
