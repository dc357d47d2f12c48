"""Staging: what is found, what is passed over, what each part of the lake carries."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_contracts.engine import accept_load
from data_contracts.errors import UsageError
from sources.canonical import discover, stage_load
from tests.contract.landing import CONTRACTS, csv_bytes, good, good_tables, write_landing


def test_discover_finds_tables_parts_and_strangers(tmp_path: Path) -> None:
    write_landing(tmp_path, {"patients": [good("patients")], "notes.txt": b"", "labs.csv": b"a\n", ".DS_Store": b""})
    folder = tmp_path / "encounters"
    folder.mkdir()
    for name in ("b.parquet", "a.csv", "_SUCCESS", "readme.md"):
        (folder / name).touch()
    found = discover(tmp_path, ["patients", "encounters", "diagnoses"])
    assert [file.name for file in found.files] == ["patients.csv", "encounters/a.csv", "encounters/b.parquet"]
    assert found.tables == ("patients", "encounters")
    assert found.unknown_files == ("labs.csv", "notes.txt", "encounters/readme.md")
    with pytest.raises(UsageError, match="no such folder"):
        discover(tmp_path / "gone", [])


def test_raw_parts_say_where_each_row_came_from_and_hold_no_identity(tmp_path: Path) -> None:
    landing = write_landing(tmp_path / "landing", good_tables())
    lake = tmp_path / "lake"
    staged = stage_load(landing, lake, CONTRACTS)
    raw = pq.read_table(lake / "raw" / "patients" / "0001-1.parquet").to_pylist()
    assert [(row["load_id"], row["file"], row["line"]) for row in raw] == [("0001", "patients.csv", 2)]
    assert not {"name", "mrn", "phone"} & set(raw[0])
    identity = pq.read_table(lake / "identity" / "patients" / "0001-1.parquet").to_pylist()
    assert identity[0]["arrival"] == raw[0]["arrival"]
    assert (
        identity[0] | {"patient_id": "P1", "name": "Ada Planted", "mrn": "MRN-777", "phone": "555-0100"} == identity[0]
    )
    assert {part.table for part in staged.parts} == set(good_tables())


def test_a_column_the_file_lacks_is_missing_in_every_row(tmp_path: Path) -> None:
    tables = good_tables()
    del tables["patients"][0]["race"], tables["patients"][0]["name"]
    stage_load(write_landing(tmp_path / "landing", tables), tmp_path / "lake", CONTRACTS)
    raw = pq.read_table(tmp_path / "lake" / "raw" / "patients" / "0001-1.parquet").to_pylist()
    assert raw[0]["race"] is None


def test_files_accepted_before_and_second_copies_are_passed_over(tmp_path: Path) -> None:
    landing, lake = tmp_path / "landing", tmp_path / "lake"
    write_landing(landing, good_tables())
    (landing / "patients.csv").unlink()
    (landing / "patients").mkdir()
    for name in ("a.csv", "b.csv"):
        (landing / "patients" / name).write_bytes(csv_bytes([good("patients")]))
    first = stage_load(landing, lake, CONTRACTS)
    assert first.known_files == (("patients", "patients/b.csv"),)
    # Not accepted yet: staging again starts afresh, under the same number.
    assert stage_load(landing, lake, CONTRACTS) == first
    accept_load(lake, first)
    again = stage_load(landing, lake, CONTRACTS)
    assert (again.load_id, again.brings_nothing, len(again.known_files)) == ("0002", True, 13)


def test_every_missing_required_table_and_column_is_named(tmp_path: Path) -> None:
    landing = write_landing(
        tmp_path / "landing", {"encounters": [{"encounter_id": "E1"}], "procedures": [{"code": "X"}]}
    )
    failures = stage_load(landing, tmp_path / "lake", CONTRACTS).failures
    assert sorted(f"{f.table}: {f.what}" for f in failures) == [
        "diagnoses: is required and not in the landing folder",
        "encounters: has no column patient_id, encounter_class, started_at, facility_id, which is required",
        "patients: is required and not in the landing folder",
        "procedures: has no column encounter_id, patient_id, code_system, which is required",
    ]


def test_more_parts_than_an_arrival_can_count_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.canonical.stage.MAX_PARTS", 0)
    landing = write_landing(tmp_path / "landing", good_tables())
    assert "patients has more than 0 files" in [
        f"{f.table} {f.what}" for f in stage_load(landing, tmp_path / "lake", CONTRACTS).failures
    ]
