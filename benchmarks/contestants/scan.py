"""The floors: what nobody who uses these columns, or copies these files, can do without."""

from pathlib import Path

import duckdb

# Columns that a stage's SQL reads, by table.
COHORT = {
    "core.patient": "patient_key birth_date death_date bucket",
    "core.encounter": (
        "encounter_key encounter_id patient_key patient_id encounter_class started_at ended_at started_date ended_date "
        "status facility_id unit service admission_type admission_source discharge_disposition drg_code payer_class"
    ),
    "core.diagnosis": "encounter_key code_system code icd10_code ccs sequence recorded_at",
    "core.procedure": "encounter_key icd10pcs_code ccs",
}
FEATURES = {
    "core.patient": (
        "patient_key birth_date sex race ethnicity language zip_code county_fips census_tract primary_care_provider_id"
    ),
    "core.encounter": (
        "encounter_key patient_key encounter_class started_at ended_at started_date ended_date status facility_id unit "
        "service admission_type admission_source discharge_disposition drg_code payer_class attending_provider_id"
    ),
    "core.diagnosis": (
        "encounter_key patient_key code_system code code_key icd10_code ccs sequence present_on_admission recorded_at"
    ),
    "core.diagnosis_code": "*",
    "core.procedure": "encounter_key code icd10pcs_code ccs performed_at",
    "core.medication": "patient_key kind code_system code name started_at started_date",
    "core.lab_result": "patient_key loinc_code value unit collected_at resulted_at",
    "core.sdoh_screening": "patient_key instrument question_loinc answer_loinc answer_text answer_state screened_at",
    "core.area_sdoh": "area_type area_id index_name vintage value",
    "cohort.stay": "*",
    "cohort.stay_encounter": "*",
    "cohort.index_stay": "*",
}


def scan_cohort(data: Path, _work: Path) -> dict[str, int]:
    """Read what the cohort reads."""
    return _scan(data / "lake", COHORT)


def scan_features(data: Path, _work: Path) -> dict[str, int]:
    """Read what the features read."""
    return _scan(data / "lake", FEATURES)


def copy_csv(data: Path, work: Path) -> dict[str, int]:
    """Copy the CSV files to Parquet with every value as text: no check, no types, no keys, no order."""
    con = duckdb.connect(config={"preserve_insertion_order": False})
    rows = 0
    for path in sorted((data / "landing_csv").glob("*.csv")):
        target = work / f"{path.stem}.parquet"
        con.execute(f"copy (from read_csv('{path}', all_varchar = true)) to '{target}' (format parquet)")
        rows += con.execute(f"select count(*) from '{target}'").fetchall()[0][0]  # noqa: S608  our own names
    return {"rows": rows}


def _scan(lake: Path, tables: dict[str, str]) -> dict[str, int]:
    con = duckdb.connect()
    values = 0
    for table, columns in tables.items():
        source = lake / table.replace(".", "/") / "*.parquet"
        chosen = ", ".join(columns.split())
        counted = f"select count(columns(*)) from (select {chosen} from read_parquet('{source}'))"  # noqa: S608  our own names
        values += sum(con.execute(counted).fetchall()[0])
    return {"values": values}
