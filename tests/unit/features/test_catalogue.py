"""The catalogue describes exactly what the SQL makes, and so do the contracts and the reference page."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_contracts.contract import Contract
from data_contracts.errors import HomewardError
from features import features as feature_stage
from features.catalogue import Feature, catalogue_entries, load_catalogue, render_catalogue
from pipelines.tables import contracts as all_contracts
from tests.spec.feature_hospital import Hospital, connection

PROJECT = Path(__file__).parents[3]
KEYS = ["point_key", "stay_key", "stay_id", "encounter_id", "patient_key", "patient_id", "discharge_date", "known_at",
        "prediction_point", "facility_id"]  # fmt: skip
INTEGERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT")
SQL_TYPES = dict.fromkeys(INTEGERS, "int") | {"DOUBLE": "float", "VARCHAR": "text", "DATE": "date", "TIMESTAMP": "ts"}
TEXT = ("text", "enum", "code", "id")


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    hospital = Hospital()
    hospital.stay("case", "2024-03-10", "2024-03-14")
    hospital.run()
    return connection()


@pytest.fixture(scope="module")
def catalogue() -> tuple[Feature, ...]:
    return load_catalogue()


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return {name: contract for name, contract in all_contracts().items() if contract.layer == "features"}


def columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}


def test_matrix_is_the_keys_and_the_catalogue(con: duckdb.DuckDBPyConnection, catalogue: tuple[Feature, ...]) -> None:
    assert list(columns(con, "features.matrix")) == KEYS + [feature.name for feature in catalogue]


def test_each_feature_is_a_column_of_its_table(con: duckdb.DuckDBPyConnection, catalogue: tuple[Feature, ...]) -> None:
    for table in feature_stage.SUBJECTS:
        described = [feature.name for feature in catalogue if feature.table == table]
        assert list(columns(con, table)) == ["point_key", *described]


def test_kind_fits_the_column(con: duckdb.DuckDBPyConnection, catalogue: tuple[Feature, ...]) -> None:
    found = columns(con, "features.matrix")
    for feature in catalogue:
        if feature.kind == "category":
            continue
        assert found[feature.name] in (*INTEGERS, "DOUBLE"), feature.name
        assert (feature.unit is None) == (feature.kind == "binary"), feature.name


def test_race_and_ethnicity_never_rank_people(catalogue: tuple[Feature, ...]) -> None:
    uses = {feature.name: feature.use for feature in catalogue}
    assert uses["race"] == uses["ethnicity"] == uses["prapare_tally"] == uses["area_svi_theme3"] == "audit"
    assert uses["lace"] == uses["hospital"] == uses["hospital_2013"] == "baseline"


def test_contracts_list_the_columns_that_are_written(
    con: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]
) -> None:
    assert sorted(contracts) == sorted(feature_stage.PUBLISHED)
    for table, contract in contracts.items():
        found = columns(con, table)
        assert [column.name for column in contract.columns] == list(found), table
        for column in contract.columns:
            made = SQL_TYPES[found[column.name]]
            assert made == column.type or (made == "text" and column.type in TEXT), f"{table}.{column.name}"


def test_reference_page_is_current(catalogue: tuple[Feature, ...]) -> None:
    page = (PROJECT / "docs" / "reference" / "features.md").read_text(encoding="utf-8")
    assert page == render_catalogue(catalogue), "run: python -m features.catalogue"


def test_entries_are_plain_mappings(catalogue: tuple[Feature, ...]) -> None:
    entries = {entry["name"]: entry for entry in catalogue_entries(catalogue)}
    assert entries["age_years"]["table"] == "features.demographic"
    assert entries["age_years"]["missing_when"]


SUBJECT = "{description: d, source: s, window: w, known_when: k, known_from: %s, missing_when: m, features: [%s]}"
ENTRY = "{name: a, label: A, kind: %s, unit: null, reason: r, use: %s}"
GOOD = ENTRY % ("numeric", "model")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SUBJECT % ("admission", f"{GOOD}, {GOOD}"), "describes a twice"),
        (SUBJECT % ("admission", ENTRY % ("number", "model")), "number"),
        (SUBJECT % ("admission", ENTRY % ("numeric", "ranking")), "use 'ranking'"),
        (SUBJECT % ("later", GOOD), "known_from 'later'"),
        (SUBJECT % ("admission", "{name: a}"), "not a valid catalogue"),
        ("{description: d}", "not a valid catalogue"),
        ("[", "not a valid catalogue"),
    ],
)
def test_a_wrong_catalogue_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.yaml").write_text(text)
    with pytest.raises(HomewardError, match=said):
        load_catalogue(tmp_path)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(HomewardError, match="z_code_days"):
        feature_stage.parameters({"look_back_days": 365}, date(2024, 1, 1))
