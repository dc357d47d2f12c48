"""Models are read back as they were written, find features by name, and their reasons add up."""

import numpy as np
import pandas as pd
import pytest

from data_contracts.errors import HomewardError
from models.points import published_part
from models.risk_model import RiskModel
from tests.unit.models.made_up_hospital import shipped_settings

NAMES = ("lace", "hospital", "logistic", "lightgbm")


@pytest.mark.parametrize("name", NAMES)
def test_saved_and_loaded_is_the_same_model(trained, hospital, tmp_path, name):
    matrix, model = hospital[0], trained.candidates[name].model
    model.save(tmp_path)
    again = RiskModel.load(tmp_path)
    np.testing.assert_array_equal(again.predict(matrix[matrix.columns[::-1]]), model.predict(matrix))
    pd.testing.assert_frame_equal(again.reasons(matrix[:20]), model.reasons(matrix[:20]))
    assert (again.model_version, again.metadata) == (model.model_version, model.metadata)
    assert not [file for file in tmp_path.iterdir() if file.suffix not in (".json", ".txt")]


def test_blended_model_has_both_parts(trained):
    assert 0 < trained.candidates["lightgbm"].tuned["tree_share"] < 1


@pytest.mark.parametrize("name", NAMES)
def test_reasons_sum_to_the_margin(trained, hospital, name):
    rows = hospital[0][:200]
    model = trained.candidates[name].model
    values, base = model.contributions(rows)
    np.testing.assert_allclose(values.sum(axis=1) + base, model.margin(rows), atol=1e-9)
    assert list(values.columns) == model.features


@pytest.mark.parametrize("name", NAMES)
def test_audit_features_never_enter(trained, hospital, name):
    matrix, model = hospital[0], trained.candidates[name].model
    assert "race" not in model.features
    np.testing.assert_array_equal(model.predict(matrix.assign(race="c")), model.predict(matrix.drop(columns="race")))


def test_missing_columns_are_named(trained, hospital):
    with pytest.raises(HomewardError, match="2 column.* missing: sodium, visits"):
        trained.candidates["lightgbm"].model.predict(hospital[0].drop(columns=["sodium", "visits"]))


def test_unseen_levels_infinite_and_null_values_give_a_risk(trained, hospital):
    rows = hospital[0][:4].copy()
    rows["service"] = pd.Series(["never seen", None, "medicine", "surgery"], dtype="str")
    rows["visits"] = [np.inf, np.nan, -1e300, 5]
    rows["sodium"] = pd.Series([None] * 4, dtype="object")
    rows["heart_failure"] = pd.array([True, None, False, True], dtype="boolean")
    for name in NAMES:
        risk = trained.candidates[name].model.predict(rows)
        assert ((risk > 0) & (risk < 1)).all()


def test_no_rows_give_no_risks(trained, hospital):
    for name in NAMES:
        model = trained.candidates[name].model
        assert model.predict(hospital[0][:0]).shape == (0,)
        assert model.reasons(hospital[0][:0]).empty


def test_published_lace_table():
    part = published_part("lace", shipped_settings().point_scores["lace"], pd.DataFrame({"lace": [0, 10, 19]}))
    risk = 1 / (1 + np.exp(-part.margin(pd.DataFrame({"lace": [0, 10, 19]}))))
    np.testing.assert_allclose(risk, [0.020, 0.122, 0.437])  # van Walraven 2010


def test_every_published_table_covers_its_range_and_rises():
    for score in shipped_settings().point_scores.values():
        assert len(score.published_risk_prob) == score.points_max + 1
        assert list(score.published_risk_prob) == sorted(score.published_risk_prob)


def test_points_are_shared_over_the_components():
    settings = shipped_settings().point_scores["lace"]
    rows = pd.DataFrame({"lace": [10, 0], **{name: [0, 0] for name in settings.components}})
    rows["lace_acute_points"], rows["lace_comorbidity_points"], rows["lace_length_of_stay_points"] = (
        [3, 0],
        [5, 0],
        [2, 0],
    )
    part = published_part("lace", settings, rows)
    values, base = part.contributions(rows)
    total = part.margin(rows)[0] - base
    assert values.loc[0, "lace_comorbidity_points"] == pytest.approx(total / 2)
    assert values.loc[0, "lace"] == pytest.approx(0)
    assert values.loc[1].abs().sum() == 0


def test_a_folder_without_model_says_what_to_do(tmp_path):
    with pytest.raises(HomewardError, match="train a model first"):
        RiskModel.load(tmp_path)
    (tmp_path / "model.json").write_text('{"format": 0}', encoding="utf-8")
    with pytest.raises(HomewardError, match="train again"):
        RiskModel.load(tmp_path)
