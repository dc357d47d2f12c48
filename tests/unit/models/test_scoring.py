"""The scores a run publishes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_contracts.contract import load_contract
from data_contracts.errors import HomewardError
from models.scoring import COLUMNS, current_stays, score
from models.training import TrainingResult

CONTRACTS = Path(__file__).resolve().parents[3] / "data_contracts" / "scores"


@pytest.fixture(scope="module")
def scores(trained: TrainingResult, hospital) -> pd.DataFrame:
    return score(trained.model, *hospital, trained.split)


def test_every_scorable_stay_is_scored_and_says_whether_its_patient_was_trained_on(scores, trained, hospital):
    table = trained.split.table.set_index("stay_key")
    assert set(scores["stay_key"]) == set(hospital[0]["stay_key"])
    assert (scores["is_held_out_patient"] == scores["stay_key"].map(table["is_held_out_patient"])).all()
    assert not set(scores.loc[scores["is_held_out_patient"], "stay_key"]) & set(trained.split.stays("is_training"))
    assert scores["stay_id"].is_monotonic_increasing
    assert set(scores.loc[scores["evaluation"], "stay_key"]) == set(trained.evaluation["stay_key"])


def test_labels_of_evaluation_stays_only(scores, trained):
    assert (scores["readmitted_30d"].notna() == scores["evaluation"]).all()
    judged = scores[scores["evaluation"]]
    assert judged["readmitted_30d"].tolist() == trained.evaluation["readmitted_30d"].tolist()
    np.testing.assert_array_equal(judged["risk"], trained.evaluation[f"risk_{trained.chosen}"])


def test_percentile_is_the_share_with_lower_risk(scores):
    row = scores.iloc[10]
    lower, equal = (scores["risk"] < row["risk"]).sum(), (scores["risk"] == row["risk"]).sum()
    assert row["risk_percentile"] == pytest.approx(100 * (lower + equal / 2) / len(scores))


def test_percentile_is_taken_within_a_prediction_point(trained, hospital):
    matrix, labels = hospital
    half = matrix.assign(prediction_point=np.where(matrix["stay_key"] % 2 == 0, "discharge", "admission"))
    scores = score(trained.model, half, labels, trained.split)
    for _, group in scores.groupby("prediction_point"):
        assert group["risk_percentile"].mean() == pytest.approx(50)


def test_order_of_rows_and_columns_changes_nothing(scores, trained, hospital):
    matrix, labels = hospital
    again = score(
        trained.model, matrix.sample(frac=1, random_state=2)[matrix.columns[::-1]], labels[::-1], trained.split
    )
    pd.testing.assert_frame_equal(again, scores)


def test_scores_may_be_missing(trained, hospital):
    matrix, labels = hospital
    scores = score(trained.model, matrix.assign(lace=np.nan).drop(columns="hospital"), labels, trained.split)
    assert scores["lace"].isna().all() and scores["hospital"].isna().all()
    assert str(scores["lace"].dtype) == "Int64"


def test_contracts_name_the_columns_that_are_made(scores, trained, hospital):
    reasons = trained.model.reasons(current_stays(trained.split, hospital[0]))
    made = {
        "risk": scores,
        "reason": reasons,
        "evaluation": trained.evaluation,
        "split": trained.split.table,
    }
    for stem, frame in made.items():
        contract = load_contract(CONTRACTS / f"{stem}.yaml")
        assert [column.name for column in contract.columns] == list(frame.columns), stem
    assert list(scores.columns) == COLUMNS
    assert scores["features_hash"].str.fullmatch("[0-9a-f]{16}").all()
    assert scores["model_version"].str.fullmatch("(logistic|lightgbm)-[0-9a-f]{8}").all()


def test_reasons_of_the_current_list(trained, hospital):
    current = current_stays(trained.split, hospital[0])
    reasons = trained.model.reasons(current, k=3)
    assert set(reasons["stay_key"]) <= set(trained.split.stays("is_current"))
    assert reasons["position"].max() == 3
    assert set(reasons["direction"]) == {"raises", "lowers"}
    assert ((reasons["contribution"] > 0) == (reasons["direction"] == "raises")).all()


def test_missing_identifier_is_named(trained, hospital):
    with pytest.raises(HomewardError, match="encounter_id"):
        score(trained.model, hospital[0].drop(columns="encounter_id"), hospital[1], trained.split)
