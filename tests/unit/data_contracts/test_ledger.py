"""The ledger of accepted loads: increasing ids, atomic, and nothing else counts."""

from pathlib import Path

import pytest

from data_contracts.engine.failures import ContractFailure, TableFailure
from data_contracts.engine.ledger import (
    Part,
    StagedLoad,
    accept_load,
    next_load_id,
    pack_arrival,
    read_accepted,
    refuse_load,
)


def staged(load_id: str) -> StagedLoad:
    return StagedLoad(load_id, parts=(Part("patients", load_id, 1, "patients.csv", "abc", 3),), tables=("patients",))


def test_ids_count_accepted_loads_and_accepting_twice_changes_nothing(tmp_path: Path) -> None:
    assert next_load_id(tmp_path) == "0001"
    for _ in range(2):
        accept_load(tmp_path, staged("0001"))
    accept_load(tmp_path, StagedLoad("0002"))
    assert [part.load_id for part in read_accepted(tmp_path)] == ["0001"]
    assert next_load_id(tmp_path) == "0002"
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["loads.json"]


def test_refusing_an_accepted_load_removes_nothing(tmp_path: Path) -> None:
    part = tmp_path / "raw" / "patients" / "0001-1.parquet"
    part.parent.mkdir(parents=True)
    part.touch()
    accept_load(tmp_path, staged("0001"))
    refuse_load(tmp_path, staged("0001"))
    assert part.exists()


def test_a_load_with_known_files_only_brings_nothing() -> None:
    assert StagedLoad("0002", known_files=(("patients", "patients.csv"),)).brings_nothing
    assert not staged("0001").brings_nothing
    assert not StagedLoad("0001", failures=(TableFailure("patients", "is empty", "export it"),)).brings_nothing


@pytest.mark.parametrize(
    ("earlier", "later"), [((1, 1, 9), (1, 1, 10)), ((1, 1, 2**36 - 1), (1, 2, 1)), ((1, 4095, 5), (2, 1, 1))]
)
def test_arrivals_sort_by_load_then_part_then_line(earlier: tuple[int, int, int], later: tuple[int, int, int]) -> None:
    assert pack_arrival(*earlier) < pack_arrival(*later) < 2**63


def test_a_failure_says_what_where_how_many_which_rule_and_what_next() -> None:
    failure = ContractFailure([
        TableFailure("labs", "rejected", "mend the extract", "labs.csv", "unreadable_time", "collected_at", 1200, 6000),
        TableFailure("diagnoses", "is required and not in the landing folder", "add diagnoses.csv"),
    ])  # fmt: skip
    assert failure.message.splitlines() == [
        "2 tables cannot be loaded; nothing was taken in",
        "  diagnoses: is required and not in the landing folder; next: add diagnoses.csv",
        "  labs (labs.csv): 1,200 of 6,000 rows: rejected; most of them unreadable_time in collected_at;"
        " next: mend the extract",
    ]
    assert failure.exit_code == 1
