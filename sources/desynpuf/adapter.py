"""From CMS DE-SynPUF claim files to the landing tables; the mapping rules are in the SQL files beside this one."""

import re
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
    SourceTable("beneficiary_summary", "DE1_0_*_Beneficiary_Summary_File_Sample_*", True, ("desynpuf_id",)),
    SourceTable("inpatient_claims", "DE1_0_*_Inpatient_Claims_Sample_*", True, ("desynpuf_id", "clm_id", "segment")),
    SourceTable("outpatient_claims", "DE1_0_*_Outpatient_Claims_Sample_*", False, ("desynpuf_id", "clm_id", "segment")),
    SourceTable("prescription_drug_events", "DE1_0_*_Prescription_Drug_Events_Sample_*", False, ("desynpuf_id",)),
)
STEPS = ("claim", "claim_code")
LANDING = ("patients", "encounters", "diagnoses", "procedures", "medications", "facilities")
REFERENCE = ("ssa_fips_county", "desynpuf_code")


def to_landing(con: duckdb.DuckDBPyConnection, folder: Path, out: Path) -> SourceReport:
    """Write the landing tables of a folder of DE-SynPUF files, any set of samples.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds ``reference.ssa_fips_county`` and ``reference.desynpuf_code`` (``load_reference``); the schema
        ``source`` in it is made anew.
    folder : Path
        Beneficiary summaries and inpatient claims; outpatient claims and prescription drug events if you have them.
    out : Path
        Receives ``<table>.parquet``, all columns text except ``sequence``.

    Returns
    -------
    SourceReport
        Rows read, written and left out, and what claims of this kind cannot say.

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
    names = tuple(path.name for paths in files.values() for path in paths)
    return SourceReport(
        source="desynpuf",
        source_version=f"DE-SynPUF 1.0, {_name_samples(names)}",
        files=names,
        rows_in=rows_in,
        rows_out=rows_out,
        left_out=read_left_out(con, _read_sql("left_out")),
        missing=read_missing(con, _read_sql("missing")),
    )


def _read_sql(stem: str) -> str:
    return (SQL / f"{stem}.sql").read_text(encoding="utf-8")


def _name_samples(names: tuple[str, ...]) -> str:
    """Say which of the 20 samples the file names belong to."""
    matches = (re.search(r"_sample_(\d+)", name.lower()) for name in names)
    samples = sorted({int(match.group(1)) for match in matches if match})
    return "samples " + ", ".join(str(sample) for sample in samples)
