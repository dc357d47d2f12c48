"""Value sets become tables; a catalogue and a file that disagree are told apart at once."""

import gzip
from pathlib import Path

import duckdb
import pytest

from data_contracts.errors import HomewardError
from data_contracts.reference import load_catalogue, load_reference
from tests.contract.landing import ROOT

CATALOGUE = """
- {name: code_weight, file: code_weight.csv, source: a paper, version: 1, licence: none, description: Weights.,
   columns: {code: VARCHAR, weight: INTEGER}}
- {name: label, file: label.csv.gz, source: a paper, version: 1, licence: none, description: Labels.,
   columns: [{name: code}, {name: label, type: text}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "value_sets").mkdir()
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    (tmp_path / "value_sets" / "code_weight.csv").write_text('code,weight\n007,3\n"A,1",\n')
    (tmp_path / "label.csv.gz").write_bytes(gzip.compress(b"code,label\n007,seven\n"))
    return tmp_path


def test_tables_have_the_types_of_the_catalogue_and_keep_leading_zeros(folder: Path) -> None:
    with duckdb.connect() as con:
        assert load_reference(con, folder) == ["code_weight", "label"]
        assert con.execute("FROM reference.code_weight ORDER BY code").fetchall() == [("007", 3), ("A,1", None)]
        assert con.execute("FROM reference.label").fetchall() == [("007", "seven")]


def test_only_what_is_asked_for_is_loaded(folder: Path) -> None:
    with duckdb.connect() as con:
        assert load_reference(con, folder, only={"label"}) == ["label"]


def refusal(folder: Path) -> str:
    """Why a folder is refused. A kept exception would keep the connection, which DuckDB complains of at the end."""
    with duckdb.connect() as con:
        try:
            load_reference(con, folder)
        except HomewardError as error:
            return error.message
    return ""


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("weight: INTEGER", "points: INTEGER", "the columns of code_weight.csv are code, weight"),
        ("code_weight.csv", "gone.csv", "its file gone.csv is not there"),
        ("INTEGER", "NUMBER", "unknown column types NUMBER"),
        ("licence: none, ", "", "not a valid catalogue"),
    ],
)
def test_what_does_not_agree_is_refused(folder: Path, before: str, after: str, reason: str) -> None:
    catalogue = folder / "catalogue.yaml"
    catalogue.write_text(catalogue.read_text().replace(before, after))
    assert reason in refusal(folder)


def test_a_folder_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HomewardError, match="not a valid catalogue"):
        load_catalogue(tmp_path)


def test_the_maps_used_on_load_have_one_target_per_code() -> None:
    with duckdb.connect() as con:
        keys = {"gem_diagnosis": "icd9cm_code", "gem_procedure": "icd9pcs_code",
                "ccs_diagnosis": "icd10cm_code", "ccs_procedure": "icd10pcs_code"}  # fmt: skip
        load_reference(con, ROOT / "reference", only=set(keys))
        for table, key in keys.items():
            assert con.execute(f"SELECT {key} FROM reference.{table} GROUP BY 1 HAVING count(*) > 1").fetchall() == []
