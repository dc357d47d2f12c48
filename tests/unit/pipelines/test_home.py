"""The home folder: one writer, views that follow the lake, a lock that is named."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from data_contracts.errors import HomewardError
from pipelines import home as home_module
from pipelines.home import Home

HOLD = "import duckdb, sys, time; con = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    part = found.lake / "core" / "encounter"
    part.mkdir(parents=True)
    duckdb.sql(f"copy (select 1 as encounter_key) to '{part}/bucket_000.parquet'")
    (found.lake / "core" / "encounter.new").mkdir()
    return found


def test_every_finished_table_of_the_lake_has_a_view(home: Home) -> None:
    assert home.refresh_views() == 1
    con = duckdb.connect(str(home.warehouse), read_only=True)
    assert con.execute("select * from core.encounter").fetchall() == [(1,)]
    con.close()


def test_a_warehouse_held_by_another_process_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "LOCK_RETRIES", 2)
    home.refresh_views()
    with subprocess.Popen([sys.executable, "-c", HOLD, str(home.warehouse)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(HomewardError, match="another process keeps it open"):
            home.refresh_views()
        holder.kill()
    assert home.refresh_views() == 1


def test_a_second_writer_is_refused(home: Home) -> None:
    with home.writing(), pytest.raises(HomewardError, match="another run is writing here"), home.writing():
        pass
    with home.writing():
        pass
