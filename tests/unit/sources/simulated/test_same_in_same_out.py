"""Same arguments, same bytes; and time grows with the number of patients, not faster."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.errors import UsageError
from sources.simulated import simulate, write_landing, write_truth


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_same_seed_gives_the_same_bytes(tmp_path: Path, fmt: str) -> None:
    for folder in ("one", "two"):
        hospital = simulate(patients=300, years=1, seed=3)
        write_landing(hospital, tmp_path / folder / "landing", fmt)
        write_truth(hospital, tmp_path / folder / "truth.csv")
    for path in sorted((tmp_path / "one").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_another_seed_gives_another_hospital() -> None:
    one, other = (simulate(patients=200, years=1, seed=seed).tables["encounters"] for seed in (1, 2))
    assert not one.equals(other)


def test_the_end_is_an_argument() -> None:
    started = (
        simulate(patients=200, years=2, seed=1, end=date(2020, 6, 30))
        .tables["encounters"]
        .query("status == 'finished'")
    )
    assert started["started_at"].min() >= pd.Timestamp("2018-06-30")
    assert started["ended_at"].max() < pd.Timestamp("2020-07-01")


def test_one_patient_is_enough() -> None:
    assert len(simulate(patients=1, years=1, seed=0).tables["patients"]) == 1


@pytest.mark.parametrize("wrong", [{"patients": 0}, {"patients": 5, "years": 0}, {"patients": 5, "dirty_share": 0.9}])
def test_impossible_arguments_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        simulate(**wrong)
