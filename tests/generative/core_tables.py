"""A history as core.* tables in a DuckDB connection, with the columns and interned keys that conforming makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from tests.naive import History

N_BUCKETS = 3

CORE_COLUMNS: dict[str, str] = {
    "patient": "patient_key INTEGER, patient_id VARCHAR, birth_date DATE, sex VARCHAR, race VARCHAR, ethnicity VARCHAR,"
    " language VARCHAR, zip_code VARCHAR, county_fips VARCHAR, census_tract VARCHAR, death_date DATE,"
    " primary_care_provider_id VARCHAR, bucket INTEGER",
    "encounter": "encounter_key INTEGER, encounter_id VARCHAR, patient_key INTEGER, patient_id VARCHAR,"
    " encounter_class VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP, started_date DATE, ended_date DATE,"
    " status VARCHAR, facility_id VARCHAR, unit VARCHAR, service VARCHAR, admission_type VARCHAR,"
    " admission_source VARCHAR, discharge_disposition VARCHAR, drg_code VARCHAR, payer_class VARCHAR,"
    " attending_provider_id VARCHAR, source_updated_at TIMESTAMP",
    "diagnosis": "encounter_key INTEGER, patient_key INTEGER, code_system VARCHAR, code VARCHAR, code_key INTEGER,"
    " icd10_code VARCHAR, ccs INTEGER, sequence INTEGER, present_on_admission VARCHAR, recorded_at TIMESTAMP",
    "diagnosis_code": "code_key INTEGER, code_system VARCHAR, code VARCHAR, icd10_code VARCHAR, ccs INTEGER",
    "procedure": "encounter_key INTEGER, patient_key INTEGER, code_system VARCHAR, code VARCHAR, icd10pcs_code VARCHAR,"
    " ccs INTEGER, performed_at TIMESTAMP, performed_date DATE",
    "medication": "patient_key INTEGER, encounter_key INTEGER, kind VARCHAR, code_system VARCHAR, code VARCHAR,"
    " name VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP, started_date DATE",
    "lab_result": "patient_key INTEGER, encounter_key INTEGER, loinc_code VARCHAR, value DOUBLE, unit VARCHAR,"
    " collected_at TIMESTAMP, resulted_at TIMESTAMP",
    "sdoh_screening": "patient_key INTEGER, encounter_key INTEGER, instrument VARCHAR, question_loinc VARCHAR,"
    " answer_loinc VARCHAR, answer_text VARCHAR, answer_state VARCHAR, screened_at TIMESTAMP",
    "area_sdoh": "area_type VARCHAR, area_id VARCHAR, index_name VARCHAR, vintage INTEGER, value DOUBLE",
    "facility": "facility_id VARCHAR, name VARCHAR, kind VARCHAR, system_id VARCHAR",
    "intervention": "patient_key INTEGER, encounter_key INTEGER, kind VARCHAR, started_at TIMESTAMP,"
    " ended_at TIMESTAMP, outcome VARCHAR",
    "table_presence": "table_name VARCHAR, is_present BOOLEAN, row_count BIGINT",
}

ARROW_TYPES = {
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
}

Rows = list[dict[str, Any]]


def intern(ids: Iterable[str]) -> dict[str, int]:
    """Give every text id its key: its place in the order of the ids, from 1."""
    return {text_id: key for key, text_id in enumerate(sorted(set(ids)), start=1)}


def number_codes(diagnoses: Rows) -> Rows:
    """Give every diagnosis row its code_key; returns the rows of core.diagnosis_code."""
    codes: dict[tuple[str, str], dict[str, Any]] = {}
    for row in diagnoses:
        new = {name: row[name] for name in ("code_system", "code", "icd10_code", "ccs")} | {"code_key": len(codes) + 1}
        row["code_key"] = codes.setdefault((row["code_system"], row["code"]), new)["code_key"]
    return list(codes.values())


def bucket_of(patient_id: str) -> int:
    """Put a patient in one of a few buckets; any stable function serves."""
    return sum(patient_id.encode()) % N_BUCKETS


def core_rows(history: History) -> dict[str, Rows]:
    """Turn a history into the rows of the core tables that it feeds."""
    patient_keys = intern(patient.patient_id for patient in history.patients)
    encounter_keys = intern(encounter.encounter_id for encounter in history.encounters)
    owner = {one.encounter_id: patient_keys[one.patient_id] for one in history.encounters}

    def coded(row: Any) -> dict[str, Any]:
        return vars(row) | {"encounter_key": encounter_keys[row.encounter_id], "patient_key": owner[row.encounter_id]}

    def timed(row: Any) -> dict[str, Any]:
        keys = {"patient_key": patient_keys[row.patient_id], "encounter_key": encounter_keys.get(row.encounter_id)}
        return vars(row) | keys

    diagnoses = [coded(one) for one in history.diagnoses]
    return {
        "patient": [
            vars(one) | {"patient_key": patient_keys[one.patient_id], "bucket": bucket_of(one.patient_id)}
            for one in history.patients
        ],
        "encounter": [
            vars(one) | {"encounter_key": encounter_keys[one.encounter_id], "patient_key": patient_keys[one.patient_id]}
            for one in history.encounters
        ],
        "diagnosis": diagnoses,
        "diagnosis_code": number_codes(diagnoses),
        "procedure": [coded(one) for one in history.procedures],
        "lab_result": [timed(one) for one in history.labs],
        "medication": [timed(one) for one in history.medications],
        "sdoh_screening": [timed(one) for one in history.screenings],
        "facility": [vars(one) for one in history.facilities],
    }


def load_core(
    con: duckdb.DuckDBPyConnection,
    history: History,
    bucket: int | None = None,
    arrange: Callable[[Rows], Rows] = list,
) -> None:
    """Create every core table from a history.

    Parameters
    ----------
    con : connection
    history : History
    bucket : int, optional
        Load the patients of this bucket only, with the keys they have in the whole.
    arrange : function
        Puts the rows of each table in another order.
    """
    rows = core_rows(history)
    mine = {row["patient_key"] for row in rows["patient"] if bucket in (None, row["bucket"])}
    con.execute("CREATE SCHEMA IF NOT EXISTS core")
    for name, columns in CORE_COLUMNS.items():
        kept = [row for row in rows.get(name, []) if "patient_key" not in row or row["patient_key"] in mine]
        if name == "table_presence":
            kept = _presence(rows)
        _create(con, name, columns, arrange(kept))


def _presence(rows: Mapping[str, Rows]) -> Rows:
    """Say that every source exists that a history has rows for."""
    return [
        {"table_name": name, "is_present": bool(rows.get(name)), "row_count": len(rows.get(name, []))}
        for name in CORE_COLUMNS
        if name != "table_presence"
    ]


def _create(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Rows) -> None:
    """Create one core table and fill it."""
    typed = [column.strip().split(" ") for column in columns.split(",")]
    con.execute(f"CREATE OR REPLACE TABLE core.{name} ({columns})")
    if rows:
        schema = pa.schema([(column, ARROW_TYPES[kind]) for column, kind in typed])
        filled = [{column: row.get(column) for column, _ in typed} for row in rows]
        con.register("incoming", pa.Table.from_pylist(filled, schema=schema))
        con.execute(f"INSERT INTO core.{name} SELECT * FROM incoming")  # noqa: S608
        con.unregister("incoming")
