"""The oracle is honest: what it says will happen happens that often, by the definition the pipeline counts with."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from data_contracts.errors import UsageError
from sources.simulated import SimulatedHospital, write_landing, write_truth
from tests.unit.sources.simulated.naive_cohort import VALUE_SETS, follow_stays, load_groups


def surprise(part: pd.DataFrame, risk: str = "true_risk") -> float:
    """Observed minus expected returns in standard errors: given the past, each return is a coin of that probability."""
    spread = np.sqrt((part[risk] * (1 - part[risk])).sum())
    return float((part["returned_30d"].sum() - part[risk].sum()) / spread)


@pytest.mark.skipif(not (VALUE_SETS / "planned_readmission.csv.gz").exists(), reason="value sets are not built yet")
def test_what_the_definitions_count_is_what_was_drawn(hospital: SimulatedHospital) -> None:
    counted = follow_stays(hospital.tables, load_groups()).set_index("encounter_id")
    truth = hospital.truth[hospital.truth["window_complete"]].set_index("encounter_id")
    assert truth.index.isin(counted.index).all()
    drawn = truth["outcome"].replace("died", "none")  # a death is no return
    pd.testing.assert_series_equal(counted.loc[truth.index, "first"], drawn, check_names=False)
    assert (counted.loc[truth.index, "count"] == truth["encounter_count"]).all()
    assert set(truth["outcome"]) == {"unplanned", "planned", "died", "none"}


def test_expected_equals_observed_within_chance(discharges: pd.DataFrame) -> None:
    assert len(discharges) > 20_000
    assert abs(surprise(discharges)) < 3
    assert abs(surprise(discharges, "true_risk_with_frailty")) < 3
    assert 0.13 < discharges["returned_30d"].mean() < 0.17


def test_expected_equals_observed_in_every_tenth_of_risk(discharges: pd.DataFrame) -> None:
    tenths = discharges.groupby(pd.qcut(discharges["true_risk"], 10))
    assert tenths.apply(surprise).abs().max() < 3.5


def drift(part: pd.DataFrame) -> float:
    """Mean difference between the two risks in standard errors, people being independent of one another."""
    by_person = (part["true_risk_with_frailty"] - part["true_risk"]).groupby(part["patient_id"]).sum()
    return float(by_person.sum() / np.sqrt((by_person**2).sum()))


def test_the_oracle_averages_over_what_it_cannot_know(discharges: pd.DataFrame) -> None:
    """Whoever is enrolled or frail, and however often a person came back before: right on average.

    Frailty shows in earlier returns; an oracle that did not learn from them would be too low for those who returned.
    """
    ordered = discharges.sort_values(["patient_id", "discharged_at"])
    returned = ordered["returned_30d"].astype(int)
    returned_before = (returned.groupby(ordered["patient_id"]).cumsum() - returned).clip(upper=3)
    assert abs(drift(ordered)) < 3
    assert ordered.groupby(returned_before)[list(ordered)].apply(drift).abs().max() < 3.5
    assert ordered.groupby(returned_before)[list(ordered)].apply(surprise).abs().max() < 3.5
    last_year = ordered[ordered["discharged_at"] >= "2025-01-01"]  # enrolment exists in the last year only
    assert 0.05 < last_year["was_enrolled"].mean() < 0.2
    assert abs(drift(last_year)) < 3


def test_frailty_is_there_and_modest(discharges: pd.DataFrame) -> None:
    oracle, all_knowing = (
        roc_auc_score(discharges["returned_30d"], discharges[name]) for name in ("true_risk", "true_risk_with_frailty")
    )
    assert 0.72 < oracle < 0.775
    assert 0.002 < all_knowing - oracle < 0.02


def test_not_more_stays_than_a_hospital_has(discharges: pd.DataFrame) -> None:
    assert len(discharges) / 25_000 < 1.5
    assert 0.01 < discharges["was_transfer"].mean() < 0.05
    assert set(discharges["outcome"].unique()) == {"unplanned", "planned", "died", "none"}


def test_truth_has_one_row_per_discharge_alive(hospital: SimulatedHospital) -> None:
    truth = hospital.truth
    assert truth["encounter_id"].is_unique
    assert truth[["true_risk", "true_risk_with_frailty"]].gt(0).all(axis=None)
    assert truth[["true_risk", "true_risk_with_frailty"]].lt(1).all(axis=None)
    encounters = hospital.tables["encounters"].set_index("encounter_id").loc[truth["encounter_id"]]
    assert (encounters["ended_at"].to_numpy() == truth["discharged_at"].to_numpy()).all()
    assert not encounters["discharge_disposition"].isin(["20", "40", "41", "42"]).any()


def test_landing_folder_does_not_hold_the_truth(hospital: SimulatedHospital, tmp_path: Path) -> None:
    written = write_landing(hospital, tmp_path / "landing")
    assert {path.stem for path in written} == set(hospital.tables)
    assert sorted(written) == sorted((tmp_path / "landing").iterdir())
    secret = {"true_risk", "true_risk_with_frailty", "outcome", "frailty"}
    for name, frame in hospital.tables.items():
        assert not (secret - {"outcome"} if name == "interventions" else secret) & set(frame), name
    with pytest.raises(UsageError, match="landing folder"):
        write_truth(hospital, tmp_path / "landing" / "truth.parquet")
    assert write_truth(hospital, tmp_path / "truth.parquet").exists()
