"""Reading a source folder, whatever its format: parts, cases, broken files."""

import gzip
from pathlib import Path

import duckdb
import pytest

from data_contracts.errors import HomewardError, UsageError
from sources.adapter import SourceTable, read_source, require_reference, write_landing
from tests.unit.sources.text_tables import write_table

PERSON = SourceTable("person", "person", required=True, columns=("person_id",))
DEFINITIONS = "CREATE TABLE source.person (person_id VARCHAR, city VARCHAR)"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _rows(con: duckdb.DuckDBPyConnection) -> list[tuple[str | None, ...]]:
    return con.execute("FROM source.person ORDER BY ALL").fetchall()


def test_parts_in_a_folder_and_files_beside_it_are_read_together(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "PERSON").mkdir()
    write_table(tmp_path / "PERSON", "part-0.csv", "Person_Id | City\n0017 | Ulm")
    write_table(tmp_path / "PERSON", "part-1.csv.gz", "CITY | other | PERSON_ID\nBonn | x | -9223372036854775808")
    write_table(tmp_path, "Person.csv", "person_id\n18")
    con.sql("SELECT 19 AS person_id").write_parquet(str(tmp_path / "person.parquet"))
    files, rows_in = read_source(con, tmp_path, [PERSON], DEFINITIONS)
    assert _rows(con) == [("-9223372036854775808", "Bonn"), ("0017", "Ulm"), ("18", None), ("19", None)]
    assert rows_in == {"person": 4}
    assert len(files["person"]) == 4


def test_other_files_are_left_alone(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_table(tmp_path, "person.csv", "person_id\n1")
    write_table(tmp_path, "person_old.csv", "person_id\n2")
    (tmp_path / "person.txt").write_text("person_id\n3\n")
    read_source(con, tmp_path, [PERSON], DEFINITIONS)
    assert _rows(con) == [("1", None)]


def test_a_table_of_header_only_is_empty_and_an_absent_one_is_not_counted(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_table(tmp_path, "person.csv", "person_id | city")
    definitions = f"{DEFINITIONS}; CREATE TABLE source.visit (visit_id VARCHAR)"
    _, rows_in = read_source(con, tmp_path, [PERSON, SourceTable("visit", "visit")], definitions)
    assert rows_in == {"person": 0}


def test_tab_separated_vocabulary_files_are_read_as_such(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text('PERSON_ID\tCITY\n1\tThe "Wells", lower\n')
    read_source(con, tmp_path, [PERSON], DEFINITIONS)
    assert _rows(con) == [("1", 'The "Wells", lower')]


@pytest.mark.parametrize("broken", ["truncated.gz", "not gzip", "not parquet"])
def test_a_broken_file_is_refused_by_name_without_its_values(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, broken: str
) -> None:
    text = "person_id,city\n" + "".join(f"{number},Planted{number}\n" for number in range(5_000))
    if broken == "truncated.gz":
        (tmp_path / "person.csv.gz").write_bytes(gzip.compress(text.encode())[:-4_000])
    elif broken == "not gzip":
        (tmp_path / "person.csv.gz").write_bytes(text.encode())
    else:
        (tmp_path / "person.parquet").write_bytes(text.encode())
    with pytest.raises(HomewardError, match=r"person\.\w+.*: cannot be read") as refused:
        read_source(con, tmp_path, [PERSON], DEFINITIONS)
    assert "Planted" not in refused.value.message


def test_a_ragged_file_is_refused_without_its_values(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text("person_id,city\n1,Planted\n2,Planted,Planted,Planted\n")
    with pytest.raises(HomewardError) as refused:
        read_source(con, tmp_path, [PERSON], DEFINITIONS)
    assert "Planted" not in refused.value.message


def test_what_is_not_there_is_said(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        read_source(con, tmp_path / "nowhere", [PERSON], DEFINITIONS)
    with pytest.raises(UsageError, match="no file matches person"):
        read_source(con, tmp_path, [PERSON], DEFINITIONS)
    with pytest.raises(UsageError, match="value sets not loaded: ccs_diagnosis"):
        require_reference(con, ["ccs_diagnosis"])


def test_required_landing_tables_are_written_even_without_rows(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("CREATE SCHEMA source")
    sql, out = tmp_path / "sql", tmp_path / "out"
    sql.mkdir()
    for table in ("patients", "medications"):
        (sql / f"{table}.sql").write_text("SELECT 1 AS patient_id WHERE false\n")
    assert write_landing(con, sql, ["patients", "medications"], out) == {"patients": 0}
    assert [path.name for path in out.iterdir()] == ["patients.parquet"]
