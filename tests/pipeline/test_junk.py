"""Junk in random cells of every table: rows are quarantined or the load is refused by name; nothing crashes."""

import json
import random
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.execution import execute
from pipelines.resource import Homeward

JUNK = (
    "", " ", "NULL", "-999", "-1", "9999-12-31", "2024-02-30", "1e309", "nan", "é" * 70, 'a,b"c', "line\nbreak", "\t",
    "0", "'; drop table x;--", "2024-01-01T00:00:00+14:00", "999999999999999999999", "2024-13-01", "inpatient",
    "1850-01-01",
)  # fmt: skip


def spoil(table: pa.Table, chance: random.Random, share: float) -> pa.Table:
    cells = {name: [None if v is None else str(v) for v in table[name].to_pylist()] for name in table.column_names}
    for _ in range(round(table.num_rows * table.num_columns * share)):
        cells[chance.choice(table.column_names)][chance.randrange(table.num_rows)] = chance.choice(JUNK)
    return pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()})


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_junk_never_crashes_a_run(landing: Path, tmp_path: Path, seed: int) -> None:
    chance, spoiled = random.Random(seed), tmp_path / "landing"
    spoiled.mkdir()
    for part in sorted(landing.glob("*.parquet")):
        pq.write_table(spoil(pq.read_table(part), chance, share=0.004 if seed % 2 else 0.001), spoiled / part.name)
    stages = dg.AssetSelection.groups("raw", "core", "cohort", "features")
    outcome = execute(Homeward(landing=str(spoiled), home=str(tmp_path / "home")), stages)
    said = " ".join(outcome.problems)
    assert "unexpected" not in said
    assert outcome.succeeded or "rejected, more than the limit" in said
    if outcome.succeeded:
        report = json.loads((tmp_path / "home/lake/core/load_report.json").read_text())
        assert report["reconciles"]
        assert sum(table["quarantined"] for table in report["tables"]) > 0
