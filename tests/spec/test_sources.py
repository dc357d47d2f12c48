"""Optional sources: what is absent is said to be absent, what is not spoken of is taken as present."""

import pytest

from features import features
from tests.generative.sql_stage import read_table, run_steps
from tests.spec.feature_hospital import Hospital, Row, connection

STEP = "features.source_presence"
# table or class of encounters -> the column that says whether there is any
SOURCES = [
    ("procedure", "has_procedures"),
    ("medication", "has_medications"),
    ("lab_result", "has_labs"),
    ("sdoh_screening", "has_screenings"),
    ("area_sdoh", "has_areas"),
    ("encounter:emergency", "has_emergency"),
    ("encounter:observation", "has_observation"),
]


def presence(**hospital: tuple[str, ...]) -> Row:
    con = connection()
    Hospital(**hospital).load(con)
    run_steps(con, {STEP: features.STEPS[STEP]}, {})
    (row,) = read_table(con, STEP)
    return row


def test_all_present() -> None:
    assert set(presence().values()) == {True}


@pytest.mark.parametrize(("source", "column"), SOURCES)
def test_one_absent(source: str, column: str) -> None:
    assert [name for name, is_there in presence(absent=(source,)).items() if not is_there] == [column]


@pytest.mark.parametrize(("source", "column"), SOURCES)
def test_only_one_present(source: str, column: str) -> None:
    others = tuple(name for name, _ in SOURCES if name != source)
    assert [name for name, is_there in presence(absent=others).items() if is_there] == [column]


def test_unsaid_is_present() -> None:
    assert set(presence(unsaid=tuple(name for name, _ in SOURCES)).values()) == {True}


def test_every_source_is_in_the_table() -> None:
    assert set(presence()) == {column for _, column in SOURCES}
