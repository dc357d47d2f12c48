"""One table at a time, broken in each way: the load is refused, the table is named, the accepted data stand."""

import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.execution import execute
from pipelines.resource import Homeward
from pipelines.tables import contracts

CORE = {c.source: c for c in contracts().values() if c.layer == "core" and c.source}


def without_required_column(part: Path) -> str:
    column = next(c.name for c in CORE[part.stem].landing_columns if c.must_exist)
    pq.write_table(pq.read_table(part).drop_columns([column]), part)
    return column


def torn(part: Path) -> str:
    part.write_bytes(part.read_bytes()[:-60])
    return part.name


def a_fifth_without_a_value(part: Path) -> str:
    column = next(c.name for c in CORE[part.stem].landing_columns if c.present)
    table = pq.read_table(part)
    values = [None if row % 5 == 0 else value for row, value in enumerate(table[column].to_pylist())]
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, pa.array(values, pa.string())), part)
    return column


def emptied(part: Path) -> str:
    pq.write_table(pq.read_table(part).slice(0, 0), part)
    return "empty"


@pytest.mark.slow
@pytest.mark.parametrize("damage", [without_required_column, torn, a_fifth_without_a_value, emptied])
@pytest.mark.parametrize("table", sorted(CORE))
def test_the_load_is_refused_by_name(
    landing: Path, finished: Path, tmp_path: Path, table: str, damage: Callable[[Path], str]
) -> None:
    broken, home = tmp_path / "landing", tmp_path / "home"
    shutil.copytree(landing, broken)
    (home / "lake").mkdir(parents=True)
    for layer in ("raw", "identity", "core"):
        shutil.copytree(finished / "lake" / layer, home / "lake" / layer)
    ledger = (home / "lake/raw/loads.json").read_bytes()
    core = {p: p.read_bytes() for p in sorted((home / "lake/core").rglob("*.parquet"))}
    words = damage(broken / f"{table}.parquet")
    outcome = execute(Homeward(landing=str(broken), home=str(home)), dg.AssetSelection.groups("raw", "core"))
    assert not outcome.succeeded
    said = " ".join(outcome.problems)
    assert table in said
    assert words in said
    assert (home / "lake/raw/loads.json").read_bytes() == ledger
    assert {p: p.read_bytes() for p in sorted((home / "lake/core").rglob("*.parquet"))} == core
