"""The fixed work W: all who do it give the same rows, and a difference in one value is seen."""

import importlib
import json
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from benchmarks.features.__main__ import CHECK, CONTESTANTS, SCANS, SHAPES, main
from benchmarks.features.check import sum_columns
from benchmarks.features.data import prepare
from benchmarks.features.report import HEADINGS, Case, tabulate
from benchmarks.measure import Measurement, measure

WORKERS_OF_W = [name for name in CONTESTANTS if name not in SCANS and (name != "polars" or find_spec("polars"))]
ENCOUNTERS = 6_000


@pytest.fixture(scope="module", params=SHAPES)
def data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("w"), ENCOUNTERS, request.param)


def do_work(name: str, data: Path, work: Path) -> dict[str, int]:
    if name == "pandas_buckets":  # it forks, which a process with the threads of the others must not
        return measure(f"benchmarks.features.{CONTESTANTS[name]}", data, CHECK).result
    work.mkdir()
    module, function = CONTESTANTS[name].split(":")
    getattr(importlib.import_module(f"benchmarks.features.{module}"), function)(data, work)
    return sum_columns(data, work)


@pytest.mark.slow
def test_all_contestants_agree_in_every_column(data: Path, tmp_path: Path) -> None:
    found = {name: do_work(name, data, tmp_path / name) for name in WORKERS_OF_W}
    assert len(found["ours"]) == 2 + 42
    for name, sums in found.items():
        assert sums == found["ours"], name
    rows = f"from '{tmp_path}/ours/features/work/*.parquet'"
    spread = duckdb.connect().execute(f"select min(columns(*)) < max(columns(*)) {rows}").fetchall()[0]
    assert found["ours"]["rows"] > 500
    assert sum(spread) > 0.9 * len(spread)  # columns that never change would agree by themselves


def write(folder: Path, statement: str) -> dict[str, int]:
    (folder / "features" / "work").mkdir(parents=True)
    duckdb.connect().execute(f"copy ({statement}) to '{folder}/features/work/all.parquet' (format parquet)")
    return sum_columns(folder, folder)


def test_the_check_sees_values_on_the_wrong_stay_and_no_difference_in_width_or_order(tmp_path: Path) -> None:
    rows = "(values (1, 5, null), (2, 6, 0.5))"
    sums = write(tmp_path / "a", f"from {rows} as t(stay_key, n, x)")
    same = f"select stay_key::bigint as stay_key, x::double as x, n::tinyint as n from {rows} as t(stay_key, n, x)"
    assert write(tmp_path / "b", f"{same} order by stay_key desc") == sums
    swapped = write(tmp_path / "c", "from (values (1, 6, null), (2, 5, 0.5)) as t(stay_key, n, x)")
    assert swapped["n"] != sums["n"] and swapped["x"] == sums["x"]
    missing = write(tmp_path / "d", "from (values (1, 5, 0.0), (2, 6, 0.5)) as t(stay_key, n, x)")
    assert missing["x"] != sums["x"]


@pytest.mark.slow
def test_as_a_user_runs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, out = tmp_path / "data", tmp_path / "out"
    arguments = ["--sizes", "0.5k,5k", "--runs", "1", "--only", "scan,ours,pandas", "--data", str(kept)]
    assert main([*arguments, "--out", str(out)]) == 0
    large = json.loads((out / "features.json").read_text())[1]
    assert large["encounters"] == 5_000 and set(large["contestants"]) == {"scan", "ours", "pandas"}
    assert large["contestants"]["ours"]["result"] == large["contestants"]["pandas"]["result"]
    assert large["contestants"]["scan"]["result"]["diagnosis"] > 20_000
    assert "| ours |" in (out / "features.md").read_text()
    assert "5,000 encounters, even" in capsys.readouterr().out
    assert sorted(path.name for path in kept.iterdir()) == ["even-500", "even-5000"]


def test_a_contestant_that_differs_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(10))
    differ = lambda *_: Measurement(1, 1, 1, {"rows": 1, "lab_sodium": next(calls)})  # noqa: E731
    monkeypatch.setattr("benchmarks.features.__main__.measure", differ)
    assert main(["--sizes", "500", "--runs", "1", "--only", "ours,pandas", "--data", str(tmp_path)]) == 1


def test_data_is_kept_until_another_is_asked_for(tmp_path: Path) -> None:
    first = (prepare(tmp_path, 500, "even") / "made.json").stat().st_mtime_ns
    assert (prepare(tmp_path, 500, "even") / "made.json").stat().st_mtime_ns == first
    remade = prepare(tmp_path, 500, "even", bucket_encounters=100)
    assert len(list((remade / "lake" / "core" / "encounter").iterdir())) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["even-500"]


def test_ratios_are_to_the_scan_a_tenth_and_the_even_case() -> None:
    def side(seconds: float, mb: float) -> Measurement:
        return Measurement(seconds, seconds * 2, mb, {})

    medians = {
        Case("even", 100): {"scan": side(1, 10), "ours": side(3, 30)},
        Case("even", 1_000): {"scan": side(5, 20), "ours": side(20, 60)},
        Case("dense", 1_000): {"ours": side(30, 90)},
    }
    rows = {(title, row[0]): dict(zip(HEADINGS, row, strict=True)) for title, side in tabulate(medians) for row in side}
    large = rows["1,000 encounters, even", "ours"]
    assert (large["wall s"], large["CPU s"], large["peak MB"]) == ("20.00", "40.00", "60")
    assert (large["wall /scan"], large["CPU /scan"], large["CPU x10"], large["MB x10"]) == ("4.0", "4.0", "6.7", "2.0")
    assert large["CPU /even"] == ""
    dense = rows["1,000 encounters, dense", "ours"]
    assert (dense["CPU /even"], dense["wall /even"], dense["CPU /scan"], dense["CPU x10"]) == ("1.50", "1.50", "", "")


def test_wrong_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--only", "spark"])
    assert "choose of" in capsys.readouterr().err
