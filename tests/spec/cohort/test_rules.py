"""Every example of the rule book holds, for the SQL and for the naive loops."""

from collections.abc import Iterator

import duckdb
import pytest

from features.cohort.measure import DROP_RULES
from tests.generative.compare import named_rules, read_ids, read_with_ids
from tests.generative.sql_stage import REFERENCE, connect, read_table, run_cohort
from tests.naive import ValueSets, answer, read_value_sets
from tests.spec.cohort.before import as_text, read_history, read_settings
from tests.spec.cohort.rule_book import RULE_BOOK, read_rules, read_sql_rules, render
from tests.spec.tables import Example, Table

AFTER = {
    "stays": "stay",
    "stay_encounters": "stay_encounter",
    "conditions": "condition",
    "stay_drops": "stay_drop",
    "index_stays": "index_stay",
    "labels": "label",
    "attrition": "attrition",
    "attrition_by_facility": "attrition_by_facility",
    "attrition_by_month": "attrition_by_month",
    "return_rates": "return_rate",
}
BEFORE = {"settings", "patients", "facilities", "encounters", "diagnoses", "procedures"}
EXAMPLES = [example for _, examples in read_rules() for example in examples]

by_title = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def sets() -> ValueSets:
    return read_value_sets(REFERENCE / "value_sets")


def as_shown(wanted: Table, rows: list[dict[str, object]]) -> Table:
    """Write rows with the columns, and as far as they agree in the order, of the example's table."""
    names = list(wanted[0])
    shown = [{name: as_text(row[name]) for name in names} for row in rows]
    return sorted(shown, key=lambda row: (wanted.index(row) if row in wanted else len(wanted), str(row)))


@by_title
def test_example_is_complete(example: Example) -> None:
    assert example.text
    assert "encounters" in example.tables
    assert AFTER.keys() & example.tables.keys()
    assert example.tables.keys() <= BEFORE | AFTER.keys()
    assert example.sql


@by_title
def test_sql_follows_the_rule(con: duckdb.DuckDBPyConnection, example: Example) -> None:
    run_cohort(con, read_history(example), read_settings(example))
    for name, table in AFTER.items():
        if wanted := example.tables.get(name):
            assert as_shown(wanted, read_with_ids(con, table, read_ids(con))) == wanted


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.file.startswith("1_")], ids=lambda example: example.title
)
def test_sql_follows_the_rule_with_the_rows_turned_round(con: duckdb.DuckDBPyConnection, example: Example) -> None:
    run_cohort(con, read_history(example), read_settings(example), arrange=lambda rows: rows[::-1])
    for name, table in AFTER.items():
        if wanted := example.tables.get(name):
            assert as_shown(wanted, read_with_ids(con, table, read_ids(con))) == wanted


@by_title
def test_loops_follow_the_rule(sets: ValueSets, example: Example) -> None:
    result = answer(read_history(example), read_settings(example), sets)
    found = {**vars(result), "stay": named_rules(result.stay)}
    for name, table in AFTER.items():
        if wanted := example.tables.get(name):
            assert as_shown(wanted, found[table]) == wanted


def test_every_drop_rule_has_an_example() -> None:
    """In a table of index stays, except for one that only stays still in progress can break."""
    shown = {row["drop_reason"] for example in EXAMPLES for row in example.tables.get("index_stays", [])}
    assert set(DROP_RULES) - shown == {"not_finished"}


def test_every_sql_file_has_an_example() -> None:
    """And no example names a file that is not there."""
    assert {name for example in EXAMPLES for name in example.sql} == {rule.name for rule in read_sql_rules()}


def test_every_sql_file_says_its_rule_its_grain_and_its_source() -> None:
    for rule in read_sql_rules():
        assert rule.words, rule.name
        assert rule.grain.startswith("one row per"), rule.name
        assert rule.source, rule.name


def test_prefixes_of_conditions_have_the_characters_that_the_sql_joins_on(sets: ValueSets) -> None:
    assert min(len(one.code_prefix) for codes in sets.condition_codes.values() for one in codes) == 3


def test_rule_book_is_current() -> None:
    current = RULE_BOOK.read_text(encoding="utf-8") if RULE_BOOK.exists() else ""
    assert current == render(), "run: python -m tests.spec.cohort.rule_book"


def test_a_wrong_table_is_noticed(con: duckdb.DuckDBPyConnection) -> None:
    """The examples can fail: with one cell changed they do."""
    example = next(one for one in EXAMPLES if one.title == "30 days exactly, and 31")
    run_cohort(con, read_history(example), read_settings(example))
    wanted = [dict(row) for row in example.tables["labels"]]
    wanted[0]["days_to_readmission"] = "31"
    assert as_shown(wanted, read_table(con, "cohort.label")) != wanted
