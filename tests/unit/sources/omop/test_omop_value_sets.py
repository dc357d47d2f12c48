"""The value sets the OMOP and claims adapters join: one meaning per key, and only words the contracts know."""

from pathlib import Path

import pandas as pd
import pytest

from data_contracts.contract import load_contracts

KEYS = {
    "omop_visit_concept": [["concept_id"]],
    "omop_visit_source": [["vocabulary_id", "concept_name"]],
    "omop_discharge": [["concept_id"], ["source_value"]],
    "omop_person": [["kind", "concept_id"], ["kind", "source_value"]],
    "omop_condition_position": [["concept_id"]],
    "omop_drug_type": [["concept_id"]],
    "omop_payer": [["kind", "value"]],
    "desynpuf_code": [["field", "code", "target"]],
}
WORDS = {
    ("omop_visit_concept", "encounter_class"): ("core.encounter", "encounter_class"),
    ("omop_visit_concept", "admission_type"): ("core.encounter", "admission_type"),
    ("omop_visit_source", "encounter_class"): ("core.encounter", "encounter_class"),
    ("omop_visit_source", "admission_type"): ("core.encounter", "admission_type"),
    ("omop_payer", "payer_class"): ("core.encounter", "payer_class"),
}


def _read(reference_folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(reference_folder / "value_sets" / f"{name}.csv", dtype=str)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_means_one_thing(reference_folder: Path, name: str) -> None:
    table = _read(reference_folder, name)
    for key in KEYS[name]:
        assert not table.dropna(subset=key).duplicated(key).any(), key


@pytest.mark.parametrize(("name", "column"), WORDS)
def test_words_are_those_of_the_contract(reference_folder: Path, name: str, column: str) -> None:
    table, contract_column = WORDS[(name, column)]
    contract = load_contracts(reference_folder.parent / "data_contracts" / "core")[table]
    allowed = next(c.values for c in contract.columns if c.name == contract_column)
    assert set(_read(reference_folder, name)[column].dropna()) <= set(allowed or ())


def test_dispositions_are_ub_04_codes(reference_folder: Path) -> None:
    known = set(_read(reference_folder, "discharge_disposition")["code"])
    assert set(_read(reference_folder, "omop_discharge")["disposition"]) <= known


def test_counties_have_five_digits_and_one_target(reference_folder: Path) -> None:
    table = pd.read_csv(reference_folder / "value_sets" / "ssa_fips_county.csv.gz", dtype=str)
    assert table["ssa_county"].is_unique
    assert table[["ssa_county", "county_fips"]].map(lambda code: code.isdigit() and len(code) == 5).all().all()
