"""A large made-up core layer, straight to bucket parts: sizes like a hospital system, no clinical truth in it."""

from pathlib import Path

import duckdb

from data_contracts.reference import load_reference

SQL_FOLDER = Path(__file__).parent / "made_up"
PATIENT_LOCAL = ("patient", "encounter", "diagnosis", "procedure", "medication", "lab_result", "sdoh_screening")
GLOBAL = ("area_sdoh", "facility", "table_presence")
ENCOUNTERS_PER_PATIENT = 10

# What the tables draw from, as lists: the value sets of the project, in an order that is not the alphabet.
LISTS = {
    "code": """
        select list(icd10cm_code order by hash(icd10cm_code)) as codes, list(ccs order by hash(icd10cm_code)) as ccs
        from reference.ccs_diagnosis""",
    "procedure_code": """
        select list(icd10pcs_code order by hash(icd10pcs_code)) as codes, list(ccs order by hash(icd10pcs_code)) as ccs
        from reference.ccs_procedure""",
    "lab": """
        select list(loinc_code order by loinc_code) as loincs, list(unit order by loinc_code) as units,
            list(coalesce(low, high) order by loinc_code) as lows
        from (select analyte, min(loinc_code) as loinc_code from reference.lab_loinc group by analyte)
        join reference.lab_range using (analyte)""",
    "question": """
        select question_loinc as question, list(distinct answer_loinc order by answer_loinc) as answers
        from reference.sdoh_answer where answer_loinc is not null group by question_loinc""",
}


def write_core(lake: Path, reference_folder: Path, encounters: int, buckets: int) -> int:
    """Write every core table that cohort and features read.

    Parameters
    ----------
    lake : Path
        Folder of layers; ``core`` is made in it.
    reference_folder : Path
        Value sets, from which codes are drawn.
    encounters : int
        About how many; patients follow.
    buckets : int
        Parts per patient-local table.

    Returns
    -------
    int
        Number of encounters written.
    """
    con = duckdb.connect(config={"preserve_insertion_order": False})
    load_reference(con, reference_folder)
    for name, statement in LISTS.items():
        con.execute(f"create table {name} as {statement}")
    numbers = {"patients": max(buckets, encounters // ENCOUNTERS_PER_PATIENT), "buckets": buckets}
    con.execute(f"create table visit as {_read('visit')}", {"patients": numbers["patients"]})
    for name in PATIENT_LOCAL:
        for bucket in range(buckets):
            _write(con, lake / "core" / name / f"bucket_{bucket:03d}.parquet", name, {**numbers, "bucket": bucket})
    for name in GLOBAL:
        _write(con, lake / "core" / name / "all.parquet", name, {})
    count = con.execute("select count(*) from visit").fetchall()[0][0]
    con.close()
    return int(count)


def _read(name: str) -> str:
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _write(con: duckdb.DuckDBPyConnection, path: Path, name: str, values: dict[str, int]) -> None:
    statement = _read(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    quoted = str(path).replace("'", "''")
    used = {key: value for key, value in values.items() if f"${key}" in statement}
    con.execute(f"copy ({statement}) to '{quoted}' (format parquet)", used)
