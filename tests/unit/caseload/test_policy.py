"""The policy: every number has an owner, a date and a source; a changed number is a changed version."""

import csv
import io
from pathlib import Path

import pytest
import yaml

from caseload.policy import parse_policy
from data_contracts.errors import UsageError
from tests.unit.caseload.caseload_builder import POLICY_TEXT

REFERENCE = Path(__file__).parents[3] / "reference" / "value_sets"


def test_every_number_stands_in_a_section_with_owner_date_and_source():
    raw = yaml.safe_load(POLICY_TEXT)
    sections = {name: section for name, section in raw.items() if name != "version"}
    assert sections
    for name, section in sections.items():
        assert isinstance(section, dict), name
        assert section["owner"], name
        assert section["source"], name
        assert section["date"].year >= 2026, name


def test_every_relative_risk_reduction_has_an_interval_and_a_citation():
    impact = parse_policy(POLICY_TEXT).impact
    for effect in (impact.default, *impact.groups):
        assert effect.low <= effect.value <= effect.high
        assert effect.citation


def test_every_domain_of_the_clinical_definitions_has_a_pathway():
    expected = "housing food transportation utilities safety financial employment education social_isolation stress"
    assert list(parse_policy(POLICY_TEXT).needs.domains) == [*expected.split(), "language", "insurance", "caregiver"]


def test_community_settings_and_hospice_are_those_of_the_reference_table():
    text = (REFERENCE / "discharge_disposition.csv").read_text(encoding="utf-8")
    codes = list(csv.DictReader(io.StringIO(text)))
    policy = parse_policy(POLICY_TEXT)
    assert policy.community_setting.dispositions == [row["code"] for row in codes if row["is_community"] == "true"]
    assert policy.listing.hospice_dispositions == [row["code"] for row in codes if row["category"] == "hospice"]


def test_a_changed_number_is_a_changed_version_but_a_comment_is_not():
    version = parse_policy(POLICY_TEXT).policy_version
    assert version.startswith("2026.1+")
    assert parse_policy(POLICY_TEXT + "\n# a remark").policy_version == version
    assert parse_policy(POLICY_TEXT.replace("visit_days_high: 7", "visit_days_high: 6")).policy_version != version


@pytest.mark.parametrize(
    ("found", "instead", "named"),
    [
        ("visit_days_high: 7", "visit_days_high: soon", "transitional_care.visit_days_high"),
        ("visit_days_high: 7", "visit_days_high: -1", "transitional_care.visit_days_high"),
        ("visit_days_high: 7", "visit_dayz_high: 7", "transitional_care.visit_dayz_high"),
        ("match: prefer", "match: maybe", "languages.match"),
    ],
)
def test_a_wrong_setting_is_named(found, instead, named):
    with pytest.raises(UsageError, match=named):
        parse_policy(POLICY_TEXT.replace(found, instead))


def test_text_that_is_no_yaml_is_refused():
    with pytest.raises(UsageError, match="not readable as YAML"):
        parse_policy("a: [")
