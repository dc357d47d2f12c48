"""From OMOP CDM 5.3 or 5.4 tables to the landing tables; the mapping rules are in the SQL files beside this one."""

from pathlib import Path

import duckdb

from sources.adapter import (
    SourceReport,
    SourceTable,
    add_step,
    read_left_out,
    read_missing,
    read_source,
    require_reference,
    write_landing,
)

SQL = Path(__file__).parent
TABLES = (
    SourceTable("person", "person", True, ("person_id", "year_of_birth")),
    SourceTable("visit_occurrence", "visit_occurrence", True, ("visit_occurrence_id", "person_id", "visit_concept_id")),
    SourceTable("condition_occurrence", "condition_occurrence", True, ("person_id", "condition_source_value")),
    SourceTable("concept", "concept", False, ("concept_id", "vocabulary_id", "concept_code")),
    SourceTable("visit_detail", "visit_detail", False, ("visit_detail_id", "visit_occurrence_id")),
    SourceTable("death", "death", False, ("person_id", "death_date")),
    SourceTable("procedure_occurrence", "procedure_occurrence", False, ("person_id", "procedure_source_value")),
    SourceTable("drug_exposure", "drug_exposure", False, ("person_id", "drug_concept_id")),
    SourceTable("measurement", "measurement", False, ("person_id", "measurement_concept_id")),
    SourceTable("observation", "observation", False, ("person_id", "observation_concept_id")),
    SourceTable("care_site", "care_site", False, ("care_site_id",)),
    SourceTable("location", "location", False, ("location_id",)),
    SourceTable("payer_plan_period", "payer_plan_period", False, ("person_id",)),
    SourceTable("cdm_source", "cdm_source"),
)
STEPS = ("visit_place", "visit_payer", "visit", "emergency_part", "condition_code", "procedure_code", "drug", "loinc")
LANDING = (
    "patients",
    "encounters",
    "diagnoses",
    "procedures",
    "medications",
    "lab_results",
    "sdoh_screenings",
    "facilities",
)
REFERENCE = (
    "omop_visit_concept",
    "omop_visit_source",
    "omop_discharge",
    "omop_person",
    "omop_condition_position",
    "omop_drug_type",
    "omop_payer",
    "sdoh_question",
    "ccs_diagnosis",
    "gem_diagnosis",
    "ccs_procedure",
    "gem_procedure",
)


def to_landing(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> SourceReport:
    """Write the landing tables of a folder of OMOP tables.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds the value sets named in ``REFERENCE`` (``load_reference``); the schema ``source`` is made anew.
    folder : Path
        ``person``, ``visit_occurrence`` and ``condition_occurrence``, and what else there is of the CDM; CSV
        (comma), gzipped CSV or Parquet; file and column names in any case.
    out : Path
        Receives ``<table>.parquet``; ids and times are text, so 64-bit and negative ids pass unchanged.

    Returns
    -------
    SourceReport
        Rows read, written and left out, and what this source cannot say.

    Raises
    ------
    UsageError
        A required file or a value set is missing.
    HomewardError
        A file cannot be read.
    """
    require_reference(con, REFERENCE)
    files, rows_in = read_source(con, folder, TABLES, _read_sql("source_tables"))
    for step in STEPS:
        add_step(con, step, _read_sql(step))
    rows_out = write_landing(con, SQL, LANDING, out)
    version = con.execute("SELECT coalesce(max(cdm_version), 'not stated') FROM source.cdm_source").fetchall()[0][0]
    return SourceReport(
        source="omop",
        source_version=f"OMOP CDM {version}",
        files=tuple(path.name for paths in files.values() for path in paths),
        rows_in=rows_in,
        rows_out=rows_out,
        left_out=read_left_out(con, _read_sql("left_out")),
        missing=read_missing(con, _read_sql("missing")),
    )


def _read_sql(stem: str) -> str:
    return (SQL / f"{stem}.sql").read_text(encoding="utf-8")
