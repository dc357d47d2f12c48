"""A value means the same whatever dtype it arrives in; encoders pool what is rare and drop what does not vary."""

import decimal

import numpy as np
import pandas as pd
import pytest

from data_contracts.errors import HomewardError
from models.catalogue import Feature, catalogue_version, model_features, parse_catalogue
from models.columns import row_hashes, to_level, to_number
from models.encoding import FeatureReader, fit_terms, level_codes, linear_table
from models.settings import EncodingSettings

ENCODING = EncodingSettings(min_level_count=3, max_levels=50, clip_quantile=0.0, log_skewness=1.5)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 0, None], dtype="Int64"),
        pd.Series([True, False, None], dtype="boolean"),
        pd.Series([True, False, None], dtype="object"),
        pd.Series([1.0, 0.0, np.inf]),
        pd.Series(["1", "0", None], dtype="str"),
        pd.Series([decimal.Decimal(1), decimal.Decimal(0), None], dtype="object"),
        pd.Series([1, 0, None], dtype="float32"),
    ],
)
def test_numbers_of_any_dtype(column):
    np.testing.assert_array_equal(to_number(column), [1.0, 0.0, np.nan])


def test_words_in_a_number_column_are_an_error_without_the_words():
    with pytest.raises(HomewardError, match="1 of 3 values of column 'sodium' are not numbers") as failure:
        to_number(pd.Series(["138", "Smith", None], dtype="str", name="sodium"))
    assert "Smith" not in str(failure.value)


@pytest.mark.parametrize(
    "column",
    [pd.Series([1, 2, None], dtype="Int64"), pd.Series([1.0, 2.0, np.nan]), pd.Series(["1", "2", None], dtype="str")],
)
def test_levels_of_any_dtype(column):
    levels = to_level(column)
    assert levels.tolist()[:2] == ["1", "2"] and pd.isna(levels.iloc[2])


def test_rare_levels_are_pooled_and_missing_stays_missing():
    column = pd.Series(["b"] * 4 + ["a"] * 4 + ["c"] * 5 + ["rare"] + [None], dtype="str", name="service")
    reader = FeatureReader.fit(column.to_frame(), [Feature("service", "category")], ENCODING)
    assert reader.levels["service"] == ["c", "a", "b"]  # by count, then text; the rare one is not stored
    new = pd.Series(["a", "never seen", None], dtype="str")
    np.testing.assert_array_equal(level_codes(new, reader.levels["service"]), [1.0, 3.0, np.nan])


def test_what_does_not_vary_gives_no_term():
    frame = pd.DataFrame({"null": np.nan, "same": 5, "number": range(12)})
    features = [Feature(name, "numeric") for name in frame]
    reader = FeatureReader.fit(frame, features, ENCODING)
    terms = fit_terms(frame, features, reader, ENCODING)
    assert [(term.feature, term.form) for term in terms] == [("number", "value")]
    table = linear_table(frame, terms, reader)
    assert table.mean() == pytest.approx(0) and table.std() == pytest.approx(0.5)  # two standard deviations are 1


def test_missing_has_its_own_term_and_does_not_move_the_value_term():
    frame = pd.DataFrame({"sodium": [130.0, 140.0] * 4 + [np.nan] * 4})
    features = [Feature("sodium", "numeric")]
    reader = FeatureReader.fit(frame, features, ENCODING)
    terms = fit_terms(frame, features, reader, ENCODING)
    assert [term.form for term in terms] == ["missing", "value"]
    table = linear_table(frame, terms, reader)
    assert table[8:, 1].tolist() == [0.0] * 4
    assert table[:, 0].tolist() == pytest.approx([-1 / 3] * 8 + [2 / 3] * 4)


def test_row_hash_ignores_dtype_and_column_order_but_not_values_or_names():
    features = [Feature("visits", "numeric"), Feature("unit", "category")]
    frame = pd.DataFrame({"visits": [1, 2, 1], "unit": ["a", None, "a"]})
    same = pd.DataFrame({"unit": pd.Series(["a", None, "a"], dtype="str"), "visits": [1.0, 2.0, 1.0]})
    hashes = row_hashes(frame, features)
    assert hashes == row_hashes(same, features[::-1])
    assert hashes[0] == hashes[2] != hashes[1] and all(len(one) == 16 for one in hashes)
    swapped = [Feature("visits", "numeric"), Feature("other", "category")]
    assert row_hashes(frame.rename(columns={"unit": "other"}), swapped)[0] != hashes[0]
    assert row_hashes(pd.DataFrame({"visits": [-0.0], "unit": ["a"]}), features) == row_hashes(
        pd.DataFrame({"visits": [0.0], "unit": ["a"]}), features
    )


def test_row_hash_is_written_down():
    # A change of this value means that every published features_hash changes: say so in the changelog.
    assert row_hashes(pd.DataFrame({"visits": [3], "unit": ["a"]}), [Feature("visits", "numeric")]) == [
        "202463c924e61ee7"
    ]


def test_audit_features_are_left_out_and_file_order_does_not_matter():
    entries = [{"name": "race", "kind": "category", "use": "audit"}, {"name": "age", "kind": "numeric", "use": "model"}]
    features = parse_catalogue(entries)
    assert [feature.name for feature in model_features(features)] == ["age"]
    assert catalogue_version(features) == catalogue_version(parse_catalogue(entries[::-1]))


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([{"name": "age", "kind": "text"}], "age"),
        ([{"name": "age", "kind": "numeric", "use": "both"}], "both"),
        ([{"name": "age", "kind": "numeric"}, {"name": "age", "kind": "numeric"}], "described twice"),
    ],
)
def test_broken_catalogues_are_refused(entries, words):
    with pytest.raises(HomewardError, match=words):
        parse_catalogue(entries)
