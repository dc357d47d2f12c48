"""Publishing: whole or not at all, the same bytes for the same inputs, and a pointer that never goes back."""

import csv
import datetime as dt
import functools
import io
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from caseload.manifest import describe_caseload
from caseload.publish import mark_stale, publish
from data_contracts.errors import HomewardError, UsageError
from data_contracts.published import BrokenPublicationError, NothingPublishedError, read_current, read_status
from tests.unit.caseload.caseload_builder import AS_OF, build, frames, manager, policy, stay

TODAY, YESTERDAY = AS_OF, AS_OF - dt.timedelta(days=1)


@functools.cache
def make_list(as_of: dt.date, run_id: str, risk: float):
    rows = [stay("a", risk=risk), stay("b", language="es")]
    made = build(rows, [manager("m")], as_of=as_of, run_id=run_id)
    facts = {**describe_caseload(made, policy()), "data_cut_off": as_of.isoformat()}
    return made.worklist, frames(rows)["scores"], facts


def publish_list(home: Path, as_of: dt.date = TODAY, run_id: str = "run-1", risk: float = 0.2, **known) -> Path:
    worklist, scores, facts = make_list(as_of, run_id, risk)
    return publish(home, as_of, run_id, worklist, scores, {**facts, **known})


def read_tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def risks(home: Path) -> list[float]:
    return pd.read_parquet(io.BytesIO(read_current(home).read("worklist.parquet")))["risk"].tolist()


def test_a_published_list_is_found_verified_and_described(tmp_path):
    folder = publish_list(tmp_path)
    assert folder == tmp_path / "published" / "2025-03-31" / "run-1"
    assert (tmp_path / "published" / "current").readlink() == Path("2025-03-31/run-1")
    current = read_current(tmp_path)
    assert (current.as_of, current.run_id) == (TODAY, "run-1")
    assert {name: entry["rows"] for name, entry in current.manifest["files"].items()} == {
        "worklist.parquet": 2,
        "worklist.csv": 2,
        "scores.parquet": 2,
    }
    assert current.manifest["status"] == "published"
    assert current.manifest["tiers"][0] == {"tier": 1, "name": "Intensive", "patient_count": 2}
    assert current.manifest["managers"][0]["heads_used"] == 2
    assert read_status(tmp_path) is None


def test_same_inputs_give_the_same_bytes_in_any_row_order(tmp_path):
    publish_list(tmp_path / "one")
    publish_list(tmp_path / "two")
    rows = [stay("b", language="es"), stay("a")]
    made = build(rows, [manager("m")])
    facts = {"data_cut_off": "2025-03-31", **describe_caseload(made, policy())}
    publish(tmp_path / "three", TODAY, "run-1", made.worklist, frames(rows)["scores"].iloc[::-1], facts)
    one = read_tree(tmp_path / "one")
    assert one == read_tree(tmp_path / "two")
    # row order changes the interned keys of this little builder, nothing that is published of them
    changed = {name for name, data in read_tree(tmp_path / "three").items() if data != one[name]}
    assert not {name for name in changed if "worklist" in name}


def test_publishing_the_same_run_again_changes_nothing(tmp_path):
    publish_list(tmp_path)
    before = read_tree(tmp_path)
    publish_list(tmp_path, created_at="later")
    assert read_tree(tmp_path) == before


def test_a_published_list_never_changes(tmp_path):
    publish_list(tmp_path)
    with pytest.raises(HomewardError, match="already published for that day with other content"):
        publish_list(tmp_path, risk=0.5)
    assert risks(tmp_path) == [0.2, 0.2]


def test_current_never_goes_back_in_time_but_the_older_list_is_there(tmp_path):
    publish_list(tmp_path, TODAY, "today")
    older = publish_list(tmp_path, YESTERDAY, "backfill")
    assert older.is_dir()
    assert read_current(tmp_path).run_id == "today"
    publish_list(tmp_path, TODAY, "again", risk=0.4)
    assert read_current(tmp_path).run_id == "again"


class KilledError(BaseException):
    """Stands for the process being killed: nothing catches it and nothing is cleaned up."""


def kill_at(monkeypatch, step: int) -> list[str]:
    """Let the ``step``-th call that touches the disk (before or after it took effect) be the last one."""
    calls: list[str] = []

    def watch(owner, name):
        real = getattr(owner, name)

        def watched(*args, **kwargs):
            for moment in ("before", "after"):
                calls.append(f"{moment} {name}")
                if len(calls) == step:
                    raise KilledError
                if moment == "before":
                    result = real(*args, **kwargs)
            return result

        monkeypatch.setattr(owner, name, watched)

    for name in ("mkdir", "rename", "replace", "symlink_to", "unlink"):
        watch(Path, name)
    watch(os, "fsync")
    watch(shutil, "rmtree")
    return calls


def count_steps(tmp_path) -> int:
    with pytest.MonkeyPatch.context() as monkeypatch:
        publish_list(tmp_path, YESTERDAY, "old", risk=0.1)
        mark_stale(tmp_path, "contract_failed", "core.encounter is empty", TODAY)
        calls = kill_at(monkeypatch, -1)
        publish_list(tmp_path, TODAY, "new")
    return len(calls)


def test_killed_at_any_step_the_old_list_or_the_whole_new_one_is_read_and_a_rerun_completes(tmp_path):
    steps = count_steps(tmp_path / "count")
    assert steps > 20
    seen = set()
    for step in range(1, steps + 1):
        home = tmp_path / str(step)
        publish_list(home, YESTERDAY, "old", risk=0.1)
        mark_stale(home, "contract_failed", "core.encounter is empty", TODAY)
        with pytest.MonkeyPatch.context() as monkeypatch:
            kill_at(monkeypatch, step)
            with pytest.raises(KilledError):
                publish_list(home, TODAY, "new")
        current = read_current(home)
        seen.add(current.run_id)
        assert [current.read(name) for name in current.manifest["files"]]
        assert risks(home) == ([0.2, 0.1] if current.run_id == "old" else [0.2, 0.2])
        publish_list(home, TODAY, "new")
        assert (read_current(home).run_id, read_status(home)) == ("new", None)
        assert not list(home.rglob("*.tmp"))
    assert seen == {"old", "new"}


def test_stale_says_why_and_a_newer_list_clears_it(tmp_path):
    publish_list(tmp_path, YESTERDAY, "old")
    mark_stale(tmp_path, "contract_failed", "core.encounter: 12 of 80 rows rejected", TODAY)
    status = read_status(tmp_path)
    assert (status.reason_code, status.as_of) == ("contract_failed", "2025-03-31")
    assert read_current(tmp_path).run_id == "old"
    publish_list(tmp_path, YESTERDAY, "repeated")
    assert read_status(tmp_path) == status  # yesterday's list does not make up for today's
    publish_list(tmp_path, TODAY, "new")
    assert read_status(tmp_path) is None


def test_a_status_that_cannot_be_read_counts_as_stale(tmp_path):
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "status.json").write_text("{")
    assert read_status(tmp_path).reason_code == "status_unreadable"


def test_nothing_published_and_broken_publications_are_told_apart(tmp_path):
    with pytest.raises(NothingPublishedError, match="no list has been published yet"):
        read_current(tmp_path)
    folder = publish_list(tmp_path)
    (folder / "worklist.csv").write_text("rank\n1\n")
    with pytest.raises(BrokenPublicationError, match=r"worklist\.csv: differs from its SHA-256"):
        read_current(tmp_path).read("worklist.csv")
    (folder / "worklist.parquet").unlink()
    with pytest.raises(BrokenPublicationError, match="cannot be read"):
        read_current(tmp_path).read("worklist.parquet")
    with pytest.raises(BrokenPublicationError, match="is not in the manifest"):
        read_current(tmp_path).read("passwords.txt")
    (folder / "manifest.json").write_text(json.dumps({"format_version": 99}))
    with pytest.raises(BrokenPublicationError, match="unknown format"):
        read_current(tmp_path)
    shutil.rmtree(folder)
    with pytest.raises(BrokenPublicationError, match=r"manifest\.json: cannot be read"):
        read_current(tmp_path)


def test_a_broken_current_may_be_replaced_by_any_list(tmp_path):
    shutil.rmtree(publish_list(tmp_path, TODAY, "today"))
    publish_list(tmp_path, YESTERDAY, "old")
    assert read_current(tmp_path).run_id == "old"


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", ".hidden", "a b"])
def test_a_run_id_must_be_able_to_name_a_folder(tmp_path, run_id):
    with pytest.raises(UsageError, match="cannot name a folder"):
        publish_list(tmp_path, run_id=run_id)


def test_csv_is_readable_and_safe_in_a_spreadsheet(tmp_path):
    needs = pd.DataFrame(
        [{"stay_key": 1, "domain": "food", "state": "need", "evidence": "=HYPERLINK()", "z_code": "Z5941"}]
    )
    reasons = pd.DataFrame(
        [(1, 2, "lives alone", None, "raises"), (1, 1, "=cmd|' /C calc'!A0", "2", "raises")],
        columns=["stay_key", "position", "words", "value", "direction"],
    )
    made = build(
        [stay("-a", unit="@unit", facility_id="+F", stay_id="s")],
        [manager("m")],
        needs=needs.assign(evidence_date=None, z_code="Z5941"),
        reasons=reasons,
    )
    folder = publish(tmp_path, TODAY, "r", made.worklist, pd.DataFrame({"stay_id": ["s"]}), {})
    row = next(csv.DictReader(io.StringIO((folder / "worklist.csv").read_text(encoding="utf-8"))))
    assert (row["patient_id"], row["unit"], row["facility_id"]) == ("'-a", "'@unit", "'+F")
    assert row["reasons"] == "'=cmd|' /C calc'!A0 (raises); lives alone (raises)"
    assert row["needs"].startswith(
        "food: Arrange meals or a food pantry and screen for SNAP (open, due 2025-03-31, =HYPER"
    )
    assert (row["risk"], row["overdue"], row["visit_due"]) == ("0.2", "false", "2025-04-04")
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_an_empty_list_is_published_and_says_so(tmp_path):
    rows = [stay("a", discharge_date=None, is_scorable=False, risk=None)]
    made = build(rows, [manager("m")])
    publish(tmp_path, TODAY, "r", made.worklist, pd.DataFrame({"stay_id": []}), describe_caseload(made, policy()))
    current = read_current(tmp_path)
    assert current.manifest["status"] == "no_current_stays"
    assert pd.read_parquet(io.BytesIO(current.read("worklist.parquet"))).empty
