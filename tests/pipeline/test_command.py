"""The command: what it prints, how it exits, and what it must never say."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main
from tests.pipeline.conftest import run

PLANTED = {"name": "Quillon Zebrowskar", "mrn": "MRN-QZX-77411", "phone": "555-0173-9914"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--landing", "nowhere", "--set", "sead=1"], 2, "sead"),
        (["run", "--landing", "nowhere", "--as-of", "yesterday"], 2, "YYYY-MM-DD"),
        (["run", "--landing", ".", "--source", "hl7"], 2, "choose one of canonical"),
        (["run"], 2, "give --landing DIR"),
        (["run", "--landing", "nowhere"], 2, "no such folder"),
        (["run", "--landing", ".", "--set", "policy.capacity.default_pints=3"], 2, "default_pints"),
        (["audit"], 1, "run `homeward run` first"),
        (["export", "--out", "list.csv"], 1, "no published list"),
        (["simulate", "--out", "land", "--truth", "land/truth.csv"], 2, "outside the landing folder"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do_next(
    arguments: list[str],
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == code
    assert words in capsys.readouterr().err


def test_wrong_use_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["walk"])
    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for command in ("demo", "run", "simulate", "serve", "audit", "export", "doctor", "backup", "restore"):
        assert f"    {command} " in text


def test_a_failed_run_exits_with_1_as_json_too(
    landing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "landing"
    shutil.copytree(landing, broken)
    (broken / "diagnoses.parquet").unlink()
    assert main(["run", "--landing", str(broken), "--home", str(tmp_path / "home"), "--json"]) == 1
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert answer["ok"] is False
    assert "diagnoses" in answer["problems"][0]
    assert "there is no list yet" in printed.err


def test_audit_doctor_and_export_read_a_finished_home(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--home", str(finished), "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["report"]).exists()
    assert main(["doctor", "--home", str(finished), "--json"]) == 0
    assert all(finding["ok"] for finding in json.loads(capsys.readouterr().out)["findings"])
    assert main(["export", "--home", str(finished), "--out", str(tmp_path / "list.csv"), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert len((tmp_path / "list.csv").read_text().splitlines()) == rows + 1


def test_a_backup_comes_back_whole(finished: Path, tmp_path: Path) -> None:
    archive, back = tmp_path / "home.tar.gz", tmp_path / "back"
    assert main(["backup", "--home", str(finished), "--out", str(archive)]) == 0
    assert main(["restore", "--home", str(back), str(archive)]) == 0
    for name in ("worklist.parquet", "scores.parquet", "manifest.json"):
        assert (back / "published/current" / name).read_bytes() == (finished / "published/current" / name).read_bytes()
    con = duckdb.connect(str(back / "warehouse.duckdb"), read_only=True)
    rows = con.execute("select count(*) from cohort.stay").fetchall()
    con.close()
    assert rows[0][0] > 0
    assert main(["restore", "--home", str(back), str(archive)]) == 1, "a home that is there is not overwritten"
    (tmp_path / "torn.tar.gz").write_bytes(archive.read_bytes()[:5000])
    assert main(["restore", "--home", str(tmp_path / "other"), str(tmp_path / "torn.tar.gz")]) == 1
    assert not (tmp_path / "other").exists()


def everything_written(home: Path) -> str:
    """Text of every file of a home but those of the identity schema."""
    texts = []
    for path in sorted(p for p in home.rglob("*") if p.is_file() and "identity" not in p.parts):
        texts.append(
            str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_bytes().decode("latin-1")
        )
    return "\n".join(texts)


def test_planted_names_appear_nowhere_but_in_identity(
    landing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    planted, home = tmp_path / "landing", tmp_path / "home"
    shutil.copytree(landing, planted)
    patients = pq.read_table(planted / "patients.parquet").to_pandas().assign(**PLANTED)
    patients.loc[0, "birth_date"] = "Quillon Zebrowskar"  # a broken row must not be quoted either
    pq.write_table(pa.Table.from_pandas(patients.astype("str"), preserve_index=False), planted / "patients.parquet")
    assert main(["run", "--landing", str(planted), "--home", str(home)]) == 0
    printed = capsys.readouterr()
    said = everything_written(home) + printed.out + printed.err + caplog.text
    raw = [str(pq.read_table(p).to_pylist()) for p in sorted((home / "lake" / "identity").rglob("*.parquet"))]
    for value in PLANTED.values():
        assert value in "".join(raw), "the identity schema keeps it"
    without_raw_birth = said.replace("'birth_date': 'Quillon Zebrowskar'", "")  # raw keeps the row as it came
    for value in PLANTED.values():
        assert value not in without_raw_birth


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["checking contracts", "stitching stays", "training candidates", "tiers, needs"])
def test_a_killed_run_leaves_the_list_and_the_next_one_completes(
    landing: Path, finished: Path, tmp_path: Path, moment: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(finished, home, symlinks=True)
    before = (home / "published/current/worklist.parquet").read_bytes()
    command = [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(landing), "--home", str(home)]
    with subprocess.Popen(
        [*command, "--set", "seed=5"], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        assert any(moment in line for line in process.stderr), "the run announces this moment"
        os.killpg(process.pid, signal.SIGKILL)
    assert (home / "published/current/worklist.parquet").read_bytes() == before
    outcome = run(landing, home)
    assert outcome.succeeded, outcome.problems
    assert (home / "published/current/worklist.parquet").read_bytes() == before


def test_a_second_run_on_the_same_home_is_refused_by_name(
    landing: Path, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.home import Home

    with Home(finished).writing():
        assert main(["run", "--landing", str(landing), "--home", str(finished)]) == 1
    assert "another run is writing here" in capsys.readouterr().err


def test_only_the_simulator_and_the_command_know_of_a_truth() -> None:
    project = Path(__file__).resolve().parents[2]
    packages = ("audit", "caseload", "data_contracts", "features", "models", "pipelines", "sources", "worklist")
    files = [p for package in packages for p in (project / package).rglob("*") if p.suffix in {".py", ".sql"}]
    knowing = {p.relative_to(project).as_posix() for p in files if "truth" in p.read_text(encoding="utf-8").lower()}
    allowed = {"pipelines/cli/__init__.py", "pipelines/cli/commands.py"}
    assert {p for p in knowing if not p.startswith("sources/simulated/")} <= allowed
