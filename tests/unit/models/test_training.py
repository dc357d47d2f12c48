"""Training finds the truth it was given, chooses openly, and gives the same bytes again."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from data_contracts.errors import HomewardError
from models.candidates import blend, choose_candidate, learned_candidates
from models.catalogue import parse_catalogue
from models.metrics import auroc
from models.training import train, training_data
from tests.unit.models.made_up_hospital import (
    AS_OF,
    CATALOGUE,
    make_hospital,
    quick_settings,
    shipped_settings,
    train_quickly,
    true_margin,
)


def folder_bytes(model, folder):
    model.save(folder)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_same_rows_in_another_order_with_more_threads_give_the_same_bytes(trained, hospital, tmp_path):
    matrix, labels = hospital
    shuffled = matrix.sample(frac=1, random_state=5)[matrix.columns[::-1]]
    again = train_quickly(shuffled, labels.sample(frac=1, random_state=6), catalogue=CATALOGUE[::-1], threads=2)
    for name, candidate in trained.candidates.items():
        first = folder_bytes(candidate.model, tmp_path / "first" / name)
        assert first == folder_bytes(again.candidates[name].model, tmp_path / "again" / name)
    assert again.decision == trained.decision
    pd.testing.assert_frame_equal(again.evaluation, trained.evaluation)


def test_another_seed_or_code_version_is_another_model_version(trained, hospital):
    other = train_quickly(*hospital, code_version="2")
    assert other.model.model_version != trained.model.model_version
    assert other.fingerprint == trained.fingerprint


def test_learned_models_beat_the_scores_they_are_compared_with(trained):
    auroc = {name: candidate.metrics["evaluation"]["auroc"] for name, candidate in trained.candidates.items()}
    assert list(auroc) == ["lace", "hospital", "logistic", "lightgbm"]
    assert trained.chosen in ("logistic", "lightgbm")
    assert auroc[trained.chosen] > auroc["hospital"]
    assert 0.8 < trained.candidates[trained.chosen].metrics["evaluation"]["expected_over_observed"] < 1.25
    assert f"{trained.chosen} was chosen" in trained.decision


def test_what_matters_is_what_moves_the_risk(trained, hospital):
    model = trained.candidates["logistic"].model
    visits, failure = ({"visits": 5}, {"heart_failure": 1})
    row = hospital[0][:1].assign(visits=0, heart_failure=0)
    calm = model.predict(row)[0]
    assert model.predict(row.assign(**visits))[0] > 2 * calm
    assert model.predict(row.assign(**failure))[0] > 1.3 * calm


def test_out_of_fold_and_evaluation_tables(trained):
    split = trained.split
    assert trained.training["stay_key"].tolist() == split.stays("is_training").tolist()
    assert trained.evaluation["stay_key"].tolist() == split.stays("is_evaluation").tolist()
    assert trained.evaluation.filter(like="risk_").notna().all().all()
    assert not set(trained.training["patient_id"]) & set(trained.evaluation["patient_id"])


def test_held_out_labels_do_not_reach_the_model(trained, hospital, tmp_path):
    matrix, labels = hospital
    training = set(trained.split.stays("is_training"))
    changed = labels.copy()
    outside = ~changed["stay_key"].isin(training) & changed["readmitted_30d"].notna()
    changed.loc[outside, "readmitted_30d"] = ~changed.loc[outside, "readmitted_30d"]
    again = train_quickly(matrix, changed)
    assert again.model.model_version == trained.model.model_version
    assert folder_bytes(again.model, tmp_path / "a") == folder_bytes(trained.model, tmp_path / "b")


def test_too_few_events_fall_back_to_the_published_table(hospital):
    few = train_quickly(*hospital, config=quick_settings(min_training=100_000))
    assert few.chosen == "lace" and set(few.candidates) == {"lace", "hospital"}
    assert "Too few events" in few.decision and "LACE with its published risk table" in few.decision
    risk = few.model.predict(hospital[0].assign(lace=10))
    np.testing.assert_allclose(risk, 0.122)


def test_too_few_events_to_judge_by_count_too(hospital):
    assert train_quickly(*hospital, config=quick_settings(min_evaluation=100_000)).chosen == "lace"


def test_hospital_stands_in_where_lace_is_missing(hospital):
    matrix, labels = hospital
    few = train_quickly(matrix.assign(lace=np.nan), labels, config=quick_settings(min_training=100_000))
    assert few.chosen == "hospital" and "HOSPITAL" in few.decision
    with pytest.raises(HomewardError, match="neither LACE nor HOSPITAL"):
        train_quickly(matrix.drop(columns=["lace", "hospital"]), labels, config=quick_settings(min_training=100_000))


@pytest.mark.parametrize("stays", [0, 1, 5])
def test_tiny_hospitals_still_get_a_risk(hospital, stays):
    matrix, labels = make_hospital(stays=max(stays, 1))
    if stays == 0:
        with pytest.raises(HomewardError, match="neither LACE nor HOSPITAL"):
            train_quickly(matrix[:0], labels[:0])
        return
    result = train_quickly(matrix, labels)
    assert result.chosen == "lace" and ((result.model.predict(matrix) > 0) & (result.model.predict(matrix) < 1)).all()


def test_single_outcome_or_no_usable_feature_still_train(hospital):
    matrix, labels = hospital
    permissive = quick_settings(min_training=0, min_evaluation=0)
    calm = labels.assign(readmitted_30d=labels["readmitted_30d"] & False)
    assert train_quickly(matrix, calm, config=permissive).model.predict(matrix).max() < 0.05
    blank = matrix.assign(**{entry["name"]: None for entry in CATALOGUE if entry["use"] == "model"})
    result = train_quickly(blank, labels, config=permissive)
    assert "lightgbm" not in result.candidates and result.chosen == "lace"
    assert np.ptp(result.candidates["logistic"].model.predict(blank)) == 0


def test_dtypes_do_not_matter(trained, hospital):
    matrix, labels = hospital
    other = matrix.astype({"visits": "Int64", "heart_failure": "boolean", "service": "object", "lace": "Int8"})
    other["sodium"] = other["sodium"].astype("Float64")
    again = train_quickly(other, labels.assign(readmitted_30d=labels["readmitted_30d"].astype("object")))
    assert again.model.model_version == trained.model.model_version
    np.testing.assert_array_equal(again.model.predict(other), trained.model.predict(matrix))


def test_simpler_candidate_wins_ties():
    outcome = np.array([0, 1, 0, 1])
    better, best = np.array([0.2, 0.8, 0.2, 0.8]), np.array([0.199, 0.801, 0.199, 0.801])
    worse = np.full(4, 0.5)
    fitted = {name: _Judged(risk) for name, risk in {"lace": worse, "logistic": better, "lightgbm": best}.items()}
    assert choose_candidate(fitted, outcome, margin=0.01)[0] == "logistic"
    assert choose_candidate(fitted, outcome, margin=0.0)[0] == "lightgbm"


@dataclasses.dataclass
class _Judged:
    out_of_fold_risk: np.ndarray


def test_blend_takes_the_part_that_knows():
    outcome = np.array([0, 1] * 50)
    knows, guesses = np.where(outcome == 1, 2.0, -2.0), np.tile([1.0, 1.0, -1.0, -1.0], 25)
    assert blend(knows, guesses, outcome)[0] == 0.0
    assert blend(guesses, knows, outcome)[0] == 1.0


@pytest.mark.slow
def test_shipped_settings_recover_most_of_what_can_be_known():
    matrix, labels = make_hospital(stays=4500, seed=3)
    result = train(matrix, labels, CATALOGUE, shipped_settings(), seed=1, as_of=AS_OF, threads=1)
    fresh, outcomes = make_hospital(stays=8000, seed=4)
    known = outcomes["readmitted_30d"].notna().to_numpy()
    happened = outcomes["readmitted_30d"][known].to_numpy(dtype=float)
    best = float(auroc(happened, true_margin(fresh)[known].to_numpy()))
    for name in ("logistic", "lightgbm"):
        risk = result.candidates[name].model.predict(fresh)[known]
        assert float(auroc(happened, risk)) - 0.5 > 0.93 * (best - 0.5)


def test_learned_candidates_never_see_baselines_or_audit_features(hospital, trained):
    settings = quick_settings()
    data = training_data(*hospital, trained.split, settings, seed=1)
    fitted = learned_candidates(data, parse_catalogue(CATALOGUE), settings, seed=1, threads=1)
    for name in ("logistic", "lightgbm"):
        read = {feature for part in fitted[name].parts for feature in part.features}
        assert read == {entry["name"] for entry in CATALOGUE if entry["use"] == "model"}
