"""The floor: a plain Parquet scan, by DuckDB with two threads, of exactly the columns that W needs.

``run`` reads diagnoses by the number that core gives each code, ``run_text`` as the source words them, with what they
map to: what W needs of a lake that numbers no codes.

Every column is aggregated, so that every value is decoded: the largest of a number or time, the summed length of a
text.
"""

from pathlib import Path

import duckdb

THREADS = 2
COLUMNS = {
    "patient": "patient_key birth_date",
    "encounter": (
        "encounter_key patient_key encounter_class started_at ended_at started_date ended_date status facility_id "
        "discharge_disposition"
    ),
    "diagnosis": "encounter_key code_key sequence recorded_at",
    "diagnosis_code": "code_key code_system code icd10_code ccs",
    "procedure": "encounter_key icd10pcs_code ccs",
    "medication": "patient_key kind code name started_at started_date",
    "lab_result": "patient_key loinc_code value unit collected_at resulted_at",
}


def run(data: Path, _work: Path) -> dict[str, int]:
    """Read every column of `COLUMNS`; gives the rows of each table."""
    return _scan_all(data, COLUMNS)


def run_text(data: Path, _work: Path) -> dict[str, int]:
    """Read every column of `COLUMNS`, but diagnoses as text; gives the rows of each table."""
    return _scan_all(
        data, {**COLUMNS, "diagnosis": "encounter_key code_system code icd10_code ccs sequence recorded_at"}
    )


def _scan_all(data: Path, columns: dict[str, str]) -> dict[str, int]:
    con = duckdb.connect(config={"threads": THREADS})
    rows = {table: _scan(con, data / "lake" / "core" / table, names.split()) for table, names in columns.items()}
    con.close()
    return rows


def _scan(con: duckdb.DuckDBPyConnection, folder: Path, names: list[str]) -> int:
    source = f"read_parquet('{folder}/*.parquet')"
    types = {row[0]: row[1] for row in con.execute(f"describe from {source}").fetchall()}
    decoded = [f"sum(strlen({name}))" if types[name] == "VARCHAR" else f"max({name})" for name in names]
    return int(con.execute(f"select count(*), {', '.join(decoded)} from {source}").fetchall()[0][0])
