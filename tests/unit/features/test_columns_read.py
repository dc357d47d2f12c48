"""Which columns of a table a statement may read: never too few; and what is left out because none does."""

import duckdb
import pytest

from features.sql_steps import columns_read, narrow

COLUMNS = ("patient_key", "code", "recorded_at", "unit")


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("select d.patient_key, c.code from core.diagnosis as d join core.diagnosis_code as c on true", "patient_key"),
        ("select code from core.diagnosis", "code"),
        ("select code from core.diagnosis as d join other as o on o.unit = d.unit", "code unit"),
        ("select diagnosis.unit from core.diagnosis", "unit"),
        ("select core.diagnosis.unit from core.diagnosis", "unit"),
        ("select count(*) from core.diagnosis where recorded_at > 1 -- by patient_key", "recorded_at"),
        ("select o.* from core.diagnosis as d join other as o on o.code = d.code", "code"),
        ("select d.* from core.diagnosis as d", "patient_key code recorded_at unit"),
        ("select * from core.diagnosis", "patient_key code recorded_at unit"),
        ("select distinct * from core.diagnosis", "patient_key code recorded_at unit"),
        ("select 1 where 2 in (from core.diagnosis)", "patient_key code recorded_at unit"),
        ("select d.code from core.diagnosis as d join core.diagnosis as e on e.unit = d.code", "code unit"),
        ("with a as (select code from core.diagnosis) select *, 2 * 3 from a join b on true", "code"),
        ("select *, f(1, g(2)) from a join core.diagnosis on true", "patient_key code recorded_at unit"),
        ("select code.name from core.diagnosis as d join codes as code on code.unit = d.unit", "unit"),
        ("with code as (select 1) select d.patient_key from core.diagnosis as d join code on true", "patient_key"),
        ("select code from core.diagnosis_code", ""),
    ],
)
def test_columns_under_a_name_of_the_table_or_under_none(statement: str, read: str) -> None:
    words = columns_read([statement], "core.diagnosis")
    assert {column for column in COLUMNS if words is None or column in words} == set(read.split())


MADE = "select 1 as visit_key, 2 as code, 3 as unit, 4 as value"


@pytest.mark.parametrize(
    ("readers", "columns"),
    [
        (["select code from cohort.visit"], "visit_key code"),
        (["select v.code from cohort.visit as v", "select unit from cohort.visit"], "visit_key code unit"),
        (["select v.code from cohort.visit as v", "select * from cohort.visit"], "visit_key code unit value"),
        (["select count(*) from cohort.visit"], "visit_key"),
    ],
)
def test_a_step_has_its_keys_and_what_others_may_read(readers: list[str], columns: str) -> None:
    steps = {"cohort.visit": MADE} | {f"cohort.reader_{n}": text for n, text in enumerate(readers)}
    made = duckdb.sql(narrow(steps, {"cohort.visit"})["cohort.visit"])
    assert made.columns == columns.split()
