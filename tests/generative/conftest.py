"""One connection with the value sets, and the naive value sets, for all generative tests."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.generative.sql_stage import REFERENCE, connect
from tests.naive import ValueSets, read_value_sets


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that has reference.*; each run replaces core, cohort and features."""
    with connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def sets() -> ValueSets:
    """Give the value sets of the naive loops."""
    return read_value_sets(REFERENCE / "value_sets")
