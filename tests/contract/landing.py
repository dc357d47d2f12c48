"""Small landing folders for the tests: one good row per table to start from, CSV out, a lake to load them into."""

import csv
import gzip
import io
from collections.abc import Mapping
from pathlib import Path

import duckdb

from data_contracts.contract import Contract, load_contracts
from data_contracts.engine import BuildSettings, ContractFailure, LoadReport, accept_load, build_core, refuse_load
from data_contracts.lake_table import relation
from sources.canonical import stage_load

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = load_contracts(ROOT / "data_contracts" / "core")
BY_SOURCE = {c.source: c for c in CONTRACTS.values() if c.source}

Row = dict[str, str]
Tables = dict[str, list[Row]]

GOOD: dict[str, Row] = {
    "patients": {
        "patient_id": "P1", "birth_date": "1950-03-01", "sex": "female", "race": "white", "ethnicity": "not hispanic",
        "language": "en", "zip_code": "02139", "county_fips": "25017", "census_tract": "25017352300",
        "death_date": "2024-12-30", "primary_care_provider_id": "D9", "name": "Ada Planted", "mrn": "MRN-777",
        "phone": "555-0100",
    },
    "encounters": {
        "encounter_id": "E1", "patient_id": "P1", "encounter_class": "inpatient", "started_at": "2024-01-05T10:00:00",
        "ended_at": "2024-01-09T12:00:00", "status": "finished", "facility_id": "F1", "unit": "4W",
        "service": "medicine",
        "admission_type": "emergency", "admission_source": "home", "discharge_disposition": "01", "drg_code": "065",
        "payer_class": "medicare", "attending_provider_id": "D1", "source_updated_at": "2024-01-10T00:00:00",
    },
    "diagnoses": {
        "encounter_id": "E1", "patient_id": "P1", "code_system": "ICD-10-CM", "code": "I50.9", "sequence": "1",
        "present_on_admission": "Y", "recorded_at": "2024-01-06T08:00:00",
    },
    "procedures": {
        "encounter_id": "E1", "patient_id": "P1", "code_system": "ICD-10-PCS", "code": "02703ZZ",
        "performed_at": "2024-01-06T09:00:00",
    },
    "medications": {
        "patient_id": "P1", "encounter_id": "E1", "kind": "discharge", "code_system": "RxNorm", "code": "197361",
        "name": "amlodipine", "started_at": "2024-01-09T11:00:00", "ended_at": "2024-02-09T11:00:00",
    },
    "lab_results": {
        "patient_id": "P1", "encounter_id": "E1", "loinc_code": "2951-2", "value": "138", "unit": "mmol/L",
        "collected_at": "2024-01-08T06:00:00", "resulted_at": "2024-01-08T07:00:00",
    },
    "sdoh_screenings": {
        "patient_id": "P1", "encounter_id": "E1", "instrument": "PRAPARE", "question_loinc": "93033-9",
        "answer_loinc": "LA33-6", "answer_text": "yes", "answer_state": "answered",
        "screened_at": "2024-01-06T10:00:00",
    },
    "interventions": {
        "patient_id": "P1", "encounter_id": "E1", "kind": "call", "started_at": "2024-01-10T10:00:00",
        "ended_at": "2024-01-10T10:20:00", "outcome": "reached",
    },
    "area_sdoh": {
        "area_type": "zip", "area_id": "02139", "index_name": "svi_overall", "vintage": "2022", "value": "0.41",
    },
    "facilities": {"facility_id": "F1", "name": "North", "kind": "acute", "system_id": "S1"},
    "case_managers": {
        "case_manager_id": "M1", "name": "Lee", "role": "nurse", "facility_ids": "F1; F2", "units": "4W",
        "languages": "en;es", "skills": "", "capacity_points": "40", "capacity_heads": "20", "active": "true",
    },
    "resources": {
        "resource_id": "R1", "domain": "food", "name": "Pantry", "zip_codes": "02139;02140", "languages": "en",
        "contact": "555",
    },
}  # fmt: skip


def good(table: str, **changes: str) -> Row:
    """The good row of a table with some values changed."""
    return {**GOOD[table], **changes}


def good_tables() -> Tables:
    """One good row in every table."""
    return {table: [dict(row)] for table, row in GOOD.items()}


def csv_bytes(rows: list[Row], header: list[str] | None = None) -> bytes:
    """Rows as CSV; the header is that of the first row unless given."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header or list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def write_landing(folder: Path, tables: Mapping[str, list[Row] | bytes]) -> Path:
    """Write NAME.csv for each table (or NAME as it is, when the name has a suffix); other files there are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for table, rows in tables.items():
        content = rows if isinstance(rows, bytes) else csv_bytes(rows)
        (folder / (table if "." in table else f"{table}.csv")).write_bytes(content)
    return folder


def gzipped(rows: list[Row]) -> bytes:
    return gzip.compress(csv_bytes(rows), mtime=0)


def tolerant(contracts: Mapping[str, Contract] = CONTRACTS) -> dict[str, Contract]:
    """The same contracts without a limit on rejected rows."""
    return {name: c.model_copy(update={"reject_limit": 1.0}) for name, c in contracts.items()}


def load(
    landing: Path, lake: Path, contracts: Mapping[str, Contract] | None = None, settings: BuildSettings | None = None
) -> LoadReport:
    """Stage, build, and accept or refuse, as the pipeline does."""
    contracts = contracts or tolerant()
    staged = stage_load(landing, lake, contracts)
    try:
        report = build_core(lake, contracts, ROOT / "reference", staged, settings or BuildSettings(n_buckets=2))
    except ContractFailure:
        refuse_load(lake, staged)
        raise
    accept_load(lake, staged)
    assert report.reconciles
    return report


def read(lake: Path, table: str) -> list[dict[str, object]]:
    """All rows of a table of the lake (core.patient, quarantine.patients, identity.patient), in order."""
    layer, name = table.split(".")
    con = duckdb.connect()
    try:
        result = con.execute(f"SELECT * FROM {relation(lake / layer / name)} ORDER BY ALL")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    finally:
        con.close()


def lake_content(lake: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables of core, quarantine and identity, whatever part they lie in."""
    folders = [
        p for layer in ("core", "quarantine", "identity") for p in sorted((lake / layer).glob("*")) if p.is_dir()
    ]
    with duckdb.connect() as con:
        return {
            str(folder.relative_to(lake)): con.execute(f"FROM {relation(folder)} ORDER BY ALL").fetchall()
            for folder in folders
            if any(folder.glob("all.parquet")) or any(folder.glob("bucket_*.parquet"))
        }
