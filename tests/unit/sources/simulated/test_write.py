"""What lies in the landing folder: Parquet with types, CSV with ISO dates, leading zeros kept."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import UsageError
from sources.simulated import SimulatedHospital, simulate, write_landing, write_truth
from sources.simulated.parameters import load_parameters


@pytest.fixture(scope="module")
def small() -> SimulatedHospital:
    return simulate(patients=250, years=1, seed=2)


def test_parquet_has_the_contracts_types(small: SimulatedHospital, tmp_path: Path) -> None:
    write_landing(small, tmp_path)
    schema = pq.read_schema(tmp_path / "encounters.parquet")
    assert pa.types.is_timestamp(schema.field("started_at").type)
    assert schema.field("started_at").type.tz is None
    assert pa.types.is_string(schema.field("facility_id").type)
    assert pa.types.is_date32(pq.read_schema(tmp_path / "patients.parquet").field("birth_date").type)
    assert pa.types.is_boolean(pq.read_schema(tmp_path / "case_managers.parquet").field("active").type)


def test_csv_reads_back_as_it_was(small: SimulatedHospital, tmp_path: Path) -> None:
    write_landing(small, tmp_path, "csv")
    encounters = pd.read_csv(tmp_path / "encounters.csv", dtype="str")
    assert encounters["facility_id"].str.len().eq(6).all()
    assert encounters["started_at"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d").all()
    patients = pd.read_csv(tmp_path / "patients.csv", dtype="str")
    assert patients["zip_code"].dropna().str.fullmatch(r"00\d{3}").all()
    assert patients["birth_date"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert patients["county_fips"].dropna().str.fullmatch(r"99\d{3}").all()
    pd.testing.assert_series_equal(encounters["encounter_id"], small.tables["encounters"]["encounter_id"])


def test_ids_are_text_some_with_letters(small: SimulatedHospital) -> None:
    assert small.tables["patients"]["patient_id"].str.fullmatch(r"P\d{7}").all()
    assert small.tables["facilities"]["facility_id"].str.startswith("00").all()
    assert small.tables["facilities"]["facility_id"].str.contains("[A-Z]").any()


def test_truth_reads_back(small: SimulatedHospital, tmp_path: Path) -> None:
    for name in ("truth.csv", "truth.parquet"):
        path = write_truth(small, tmp_path / "apart" / name)
        back = pd.read_csv(path) if name.endswith("csv") else pd.read_parquet(path)
        assert back["true_risk"].sum() == pytest.approx(small.truth["true_risk"].sum())


def test_an_unknown_format_is_refused(small: SimulatedHospital, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xlsx"):
        write_landing(small, tmp_path, "xlsx")


def test_missing_numbers_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"risk"):
        load_parameters(tmp_path)
