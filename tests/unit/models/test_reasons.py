"""Contributions in words."""

import pandas as pd
import pytest

from models.catalogue import Feature
from models.reasons import format_number, put_into_words, write_reason

VISITS = Feature("visits", "numeric", label="Visits", reason="{value} (visit|visits) before")
FAILURE = Feature("heart_failure", "binary", label="Heart failure", reason="Heart failure")
UNIT = Feature("unit", "category", label="Unit")
SINCE = Feature("days_since", "numeric", label="Days since the last discharge", missing_when="no stay before")


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        (VISITS, "3", "3 visits before"),
        (VISITS, "1", "1 visit before"),
        (Feature("to", "category", reason="Discharged to: {value}"), "home_health", "Discharged to: home health"),
        (VISITS, None, "Visits: no value (not recorded)"),
        (SINCE, None, "Days since the last discharge: no value (no stay before)"),
        (SINCE, "12", "Days since the last discharge: 12"),
        (FAILURE, "yes", "Heart failure"),
        (FAILURE, "no", "Heart failure: no"),
        (UNIT, "5 West", "Unit: 5 West"),
        (Feature("plain", "binary"), "yes", "plain"),
    ],
)
def test_words(feature, value, words):
    assert write_reason(feature, value) == words


@pytest.mark.parametrize(
    ("number", "written"), [(3.0, "3"), (0.0, "0"), (12.345, "12.3"), (1.234, "1.23"), (-0.5, "-0.5"), (1e6, "1000000")]
)
def test_numbers(number, written):
    assert format_number(number) == written


def test_largest_first_with_direction_value_and_stable_ties():
    matrix = pd.DataFrame(
        {"stay_key": [11, 12], "visits": [3, None], "heart_failure": [1, 0], "unit": ["5 West", None]}
    ).astype({"unit": "str"})
    contributions = pd.DataFrame({"heart_failure": [-0.2, 0.0], "unit": [0.2, 0.1], "visits": [0.5, 0.0]})
    told = put_into_words(matrix, contributions, [VISITS, FAILURE, UNIT], k=2)
    rows = told[["stay_key", "position", "feature", "direction", "words"]].values.tolist()
    assert rows == [
        [11, 1, "visits", "raises", "3 visits before"],
        [11, 2, "heart_failure", "lowers", "Heart failure"],  # as large as unit: the earlier name comes first
        [12, 1, "unit", "raises", "Unit: no value (not recorded)"],
    ]
    assert told["value"].isna().tolist() == [False, False, True]
