"""The mutants of a statement: what is changed, what is left alone, and that each file has some."""

from collections import Counter
from datetime import date

import pytest
import yaml

from features import cohort, features
from features.sql_steps import COMMENT
from tests.mutation.__main__ import EQUIVALENT
from tests.mutation.mutate import mutants_of
from tests.mutation.report import make_row, read_rows, render
from tests.mutation.run import Outcome, changed_steps, sql_files

# statement -> what its mutants say instead, in order
STATEMENTS = [
    ("select x from t where x < 3", ["<=", "4"]),
    ("select x from t where x <> y", ["="]),
    ("select x from t join u on u.key = t.key", []),
    ("select x from t join u on u.key = t.key and u.kind = 'a'", ["<>"]),
    ("select x from t left join u on u.key = t.key", [""]),
    (
        "select x from t where t.x between 1 and y + 2",
        ["(t.x > 1 and t.x <= y + 2)", "(t.x >= 1 and t.x < y + 2)", "-", "2", "3"],
    ),
    ("select x from t where a = 1 and b is null", ["2", "<>", "is not", "or"]),
    ("select a and b from t", []),
    ("select x from t where b is not null", [""]),
    ("select x from t where not t.is_over and is_new", ["", "not is_new", "or"]),
    ("select count(distinct x) from t", [""]),
    ("select max(x), least(a, b) from t", ["greatest", "min"]),
    ("select max(x) filter (where kind = 'a') from t", ["<>"]),
    ("select min(x) filter (where kind = 'a') from t", ["<>", "max"]),
    ("select x from t where x in ('a', 'b')", ["'a'", "'b'", "not in"]),
    ("select coalesce(x, y, 0) from t", ["0", "1", "x"]),
    ("select row_number() over (order by x desc nulls first) from t", ["asc", "last"]),
    ("select coalesce(x, 'infinity') from t", ["'-infinity'", "'infinity'", "x"]),
    ("select x from t where exists (select 1 from u)", ["not exists"]),
    ("select x -- where x < 3\nfrom t", []),
    ("select 'x < 3 and y' from t", []),
]


@pytest.mark.parametrize(("text", "changes"), STATEMENTS)
def test_mutants(text: str, changes: list[str]) -> None:
    assert sorted(mutant.now for mutant in mutants_of(text)) == sorted(changes)


def test_a_mutant_says_where_it_is() -> None:
    (mutant,) = mutants_of("select x\nfrom t\nwhere  x <  y")
    assert (mutant.line, mutant.text) == (3, "select x\nfrom t\nwhere  x <=  y")
    assert mutant.name == "< -> <= in: where  x <  y"


def test_mutants_that_read_the_same_are_numbered_by_place() -> None:
    first, second = mutants_of("select x from t where x = 1 or y = 1")[:2]
    assert (first.name, first.text[-5:]) == ("1 -> 2 in: select x from t where x = 1 or y = 1", "y = 1")
    assert (second.name, second.text[-5:]) == (f"{first.name} (number 2)", "y = 2")


def test_a_page_reads_as_it_was_written() -> None:
    (survivor, *others) = mutants_of("select x from t where x < 3")
    outcome = Outcome("features.lace", Counter({"tests/spec/test_lace.py": len(others)}), [survivor])
    rows = {"features.lace": make_row(outcome, date(2026, 1, 1)), "features.gone": make_row(outcome, date(2026, 1, 1))}
    page = render(rows, {"features.lace": [{"mutant": "x", "reason": "y"}]}, ["features.lace"])
    assert read_rows(page) == {"features.lace": rows["features.lace"]}
    assert "2 mutants, 1 found, 1 survive." in page


def test_the_steps_that_the_tests_run_are_made_of_the_files() -> None:
    """Else a mutant would be put where nobody reads it."""
    stages = (cohort.STEPS, cohort.ACROSS, features.STEPS, features.ACROSS)
    run = {step: COMMENT.sub("", text) for stage in stages for step, text in stage.items()}
    made = {step: text for file, right in sql_files().items() for step, text in changed_steps(file, right).items()}
    assert made.keys() == run.keys() - {"features.matrix", "cohort.stay_drop_rule"}  # these are put together in Python
    assert {step: COMMENT.sub("", text) for step, text in made.items()} == {step: run[step] for step in made}


def test_a_file_that_is_put_in_place_changes_all_its_readers() -> None:
    changes = changed_steps("features.lab_result", "select 1 as changed")
    assert len(changes) > 1
    assert all("select 1 as changed" in text for text in changes.values())


def test_every_file_with_a_comparison_has_mutants() -> None:
    without = {file for file, text in sql_files().items() if not mutants_of(text)}
    assert without == set()


def test_what_is_said_to_be_equivalent_is_still_a_mutant() -> None:
    reasons = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}
    files = sql_files()
    for step, entries in reasons.items():
        names = {mutant.name for mutant in mutants_of(files[step])}
        assert {entry["mutant"] for entry in entries} - names == set(), f"{step}: mend equivalent.yaml"
        assert all(len(entry["reason"]) > 10 for entry in entries)
