"""The benchmarks of whole stages run, compare what is alike, and say so when it is not."""

import json
from pathlib import Path

import duckdb
import pytest

from benchmarks.__main__ import main
from benchmarks.core_data import SHAPES, Shape, write_core
from benchmarks.measure import Measurement, take_median
from benchmarks.places import REFERENCE
from benchmarks.registry import CONTESTANTS, select_contestants
from benchmarks.report import check_alike, render_markdown, tabulate

SIDES = {c.name: c for c in CONTESTANTS}


@pytest.fixture(scope="module", params=SHAPES)
def core(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made_up")
    write_core(folder, REFERENCE, encounters=4_000, buckets=2, shape=SHAPES[request.param])
    return folder / "core"


def measured(cpu: float, mb: float = 100.0, **result: int) -> Measurement:
    return Measurement(wall_seconds=cpu, cpu_seconds=cpu, peak_mb=mb, result=result)


def ask(statement: str) -> tuple:
    return duckdb.connect().execute(statement).fetchall()[0]


def test_made_up_core_keeps_what_the_real_core_promises(core: Path) -> None:
    keys, dense, in_order_of_text = ask(
        f"select count(*), max(encounter_key) = count(distinct encounter_key), "
        f"count(*) filter (where id_place = encounter_key) = count(*) "
        f"from (select *, row_number() over (order by encounter_id) as id_place from '{core}/encounter/*.parquet')"
    )
    assert keys > 3_000 and dense and in_order_of_text
    key = "(encounter_key, code)"
    assert ask(f"select count(*) - count(distinct {key}) from '{core}/diagnosis/*.parquet'") == (0,)
    assert ask(
        f"select count(*) from '{core}/diagnosis/*.parquet' "
        f"anti join '{core}/encounter/*.parquet' using (encounter_key, patient_key)"
    ) == (0,)
    assert ask(
        f"select count(*) from '{core}/diagnosis/*.parquet' "
        f"anti join '{core}/diagnosis_code/all.parquet' using (code_key, code, icd10_code, ccs)"
    ) == (0,)


@pytest.mark.parametrize("table", ["encounter", "diagnosis", "lab_result", "medication", "procedure"])
def test_parts_are_sorted_by_patient_and_encounter(core: Path, table: str) -> None:
    for part in (core / table).glob("*.parquet"):
        pairs = f"select (patient_key, encounter_key) as this, file_row_number as place from read_parquet('{part}')"
        steps = f"select this < lag(this) over (order by place) as is_back from ({pairs})"
        assert ask(f"select count(*) > 0, count(*) filter (where is_back) from ({steps})") == (True, 0)


@pytest.mark.parametrize("shape", ["even", "dense", "shared_unknown"])
def test_shapes_lay_the_same_encounters_differently(tmp_path: Path, shape: str) -> None:
    write_core(tmp_path, REFERENCE, encounters=10_000, buckets=2, shape=SHAPES[shape])
    counts = f"select patient_key, count(*) as n from '{tmp_path}/core/encounter/*.parquet' group by patient_key"
    total, largest, smallest = ask(f"select sum(n), max(n), min(n) from ({counts})")
    assert abs(total - 10_000) < 1_000
    bounds = {"even": (40, 100, 1), "dense": (1_900, 2_100, 1_900), "shared_unknown": (350, 450, 1)}[shape]
    assert bounds[0] <= largest <= bounds[1] and smallest >= bounds[2]


def test_rates_are_those_of_a_hospital_system(tmp_path: Path) -> None:
    encounters = write_core(tmp_path, REFERENCE, encounters=20_000, buckets=2, shape=Shape())
    for table, rate in (("diagnosis", 6.5), ("lab_result", 3.9), ("medication", 2.1), ("procedure", 0.09)):
        (rows,) = ask(f"select count(*) from '{tmp_path}/core/{table}/*.parquet'")
        assert rows / encounters == pytest.approx(rate, rel=0.05)


@pytest.mark.slow
def test_one_comparison_as_a_user_runs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    wanted = ["--encounters", "2000", "--runs", "1", "--only", "copy_csv"]
    assert main([*wanted, "--out", str(out), "--scratch", str(tmp_path)]) == 0
    content = json.loads((out / "benchmarks.json").read_text())
    assert set(content["full"]) == {"copy_csv", "ingest_csv", "ingest_parquet"}
    assert content["full"]["ingest_csv"]["result"] == content["full"]["ingest_parquet"]["result"]
    assert "CSV through contracts to core" in (out / "benchmarks.md").read_text()
    assert "Ingest" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["out"]  # the data is gone


def test_ratios_are_to_floor_and_ours_and_growth_to_the_small_size() -> None:
    full = {
        SIDES["copy_csv"]: measured(0.5, 50),
        SIDES["ingest_csv"]: measured(2.0, 200),
        SIDES["ingest_parquet"]: measured(4.0, 800),
    }
    small = {side: measured(m.cpu_seconds / 8, m.peak_mb / 2) for side, m in full.items()}
    ((title, rows),) = tabulate(full, small)
    assert title.startswith("Ingest")
    assert rows[2] == [SIDES["ingest_parquet"].words, "4.00", "4.00", "800", "8.0", "2.00", "4.00", "8.0", "2.0"]
    assert "| " + " | ".join(rows[2]) + " |" in render_markdown(full, small, "header")


def test_unequal_results_are_an_error() -> None:
    full = {SIDES["ingest_csv"]: measured(1, rows=3), SIDES["ingest_parquet"]: measured(1, rows=4)}
    with pytest.raises(RuntimeError, match="not honest"):
        check_alike(full)
    with pytest.raises(RuntimeError, match="different results"):
        take_median(list(full.values()))


def test_median_of_each_quantity() -> None:
    middle = take_median([measured(1, 30), measured(9, 10), measured(2, 20)])
    assert (middle.cpu_seconds, middle.peak_mb) == (2, 20)


def test_a_name_chooses_its_whole_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    assert {c.name for c in select_contestants("ingest_csv")} == {"copy_csv", "ingest_csv", "ingest_parquet"}
    assert main(["--only", "spark"]) == 2
    assert "choose one of" in capsys.readouterr().out
