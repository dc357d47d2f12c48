"""Settings: precedence, and refusals that name what is wrong."""

import datetime as dt

import pytest

from data_contracts.errors import UsageError
from pipelines.settings import load_measure, load_settings, merge, parse_as_of


def test_command_line_beats_environment_beats_file() -> None:
    assert load_settings().seed == 20260101
    assert load_settings(environment={"HOMEWARD_SEED": "5"}).seed == 5
    assert load_settings({"seed": "6"}, {"HOMEWARD_SEED": "5"}).seed == 6


def test_a_dotted_policy_key_changes_the_policy_and_nothing_else() -> None:
    settings = load_settings({"policy.capacity.default_points": "30"})
    assert settings.policy == {"capacity": {"default_points": 30}}
    assert merge({"capacity": {"default_points": 40, "default_heads": 20}}, settings.policy) == {
        "capacity": {"default_points": 30, "default_heads": 20}
    }


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"sead": "1"}, "sead"),
        ({"seed": "many"}, "seed"),
        ({"measure": "hrrp"}, "hwr_adapted"),
        ({"measure": "feature_parameters"}, "no measure"),
        ({"site_timezone": "Boston"}, "America/New_York"),
        ({"follow_up_convention": "weeks"}, "follow_up_convention"),
    ],
)
def test_wrong_settings_are_refused_by_name(overrides: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_settings(overrides)


def test_the_follow_up_convention_can_be_set_over_the_measure() -> None:
    assert load_measure(load_settings())["follow_up_convention"] == "calendar_days"
    assert load_measure(load_settings({"follow_up_convention": "hours"}))["follow_up_convention"] == "hours"


def test_as_of_is_an_iso_date_or_empty() -> None:
    assert parse_as_of("2025-02-28") == dt.date(2025, 2, 28)
    assert parse_as_of("") is None
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_as_of("28.2.2025")
