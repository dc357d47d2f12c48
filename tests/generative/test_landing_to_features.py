"""From files to features: rows that arrive in another order, or twice, change no stay, label or feature."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import cohort, features
from features.bucket_runner import run_across, run_stage
from features.cohort.measure import load_measure
from sources.simulated import simulate, write_landing
from tests.contract.landing import load, read
from tests.generative.core_tables import Rows
from tests.generative.sql_stage import REFERENCE

CUT_OFF = date(2030, 1, 1)
COMPARED = ("cohort.stay", "cohort.index_stay", "cohort.label", "features.matrix", "features.sdoh_need")


def build(landing: Path, lake: Path) -> dict[str, Rows]:
    """Load a landing and run cohort and features bucket by bucket, as the pipeline does."""
    load(landing, lake)
    measure = load_measure(REFERENCE / "measures", "hwr_adapted").model_dump()
    rules = cohort.parameters(measure, CUT_OFF)
    run_stage(lake, cohort.STEPS, rules, REFERENCE, transient=cohort.TRANSIENT)
    numbers = features.read_parameters(REFERENCE, CUT_OFF, features.PREDICTION_POINTS)
    run_stage(lake, features.FIRST_HALF, numbers, REFERENCE, transient=features.TRANSIENT)
    run_across(lake, features.ACROSS, numbers)
    run_stage(lake, features.SECOND_HALF, numbers, REFERENCE, transient=features.TRANSIENT)
    return {table: read(lake, table) for table in COMPARED}


def rewrite(landing: Path, out: Path, arrange: Callable[[list[int]], list[int]]) -> Path:
    """Write every file of a landing again, with its rows chosen by number."""
    out.mkdir()
    for part in landing.glob("*.parquet"):
        table = pq.read_table(part)
        pq.write_table(table.take(pa.array(arrange(list(range(len(table)))))), out / part.name)
    return out


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital") / "landing"
    write_landing(simulate(patients=150, years=2, seed=3), folder)
    return folder


@pytest.fixture(scope="module")
def right(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    return build(landing, tmp_path_factory.mktemp("lake"))


ARRANGED = {
    "turned round": lambda rows: rows[::-1],
    "shuffled": lambda rows: Random(1).sample(rows, len(rows)),
    "every row twice": lambda rows: rows + rows,
    "some rows three times, shuffled": lambda rows: Random(2).sample(rows + rows[::3] * 2, len(rows + rows[::3] * 2)),
}


@pytest.mark.parametrize("arrange", ARRANGED.values(), ids=ARRANGED)
def test_order_and_duplicates_change_nothing(
    landing: Path, right: dict[str, Rows], tmp_path: Path, arrange: Callable[[list[int]], list[int]]
) -> None:
    found = build(rewrite(landing, tmp_path / "landing", arrange), tmp_path / "lake")
    for table in COMPARED:
        assert found[table] == right[table], table
    assert len(right["features.matrix"]) > 100


def test_a_missing_row_is_noticed(landing: Path, right: dict[str, Rows], tmp_path: Path) -> None:
    found = build(rewrite(landing, tmp_path / "landing", lambda rows: rows[::2] + rows[1::4]), tmp_path / "lake")
    assert found["cohort.stay"] != right["cohort.stay"]
