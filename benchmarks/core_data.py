"""A large made-up core layer, straight to bucket parts: sizes like a hospital system, no clinical truth in it.

Only the people and the place of their encounters in the numbering are held for the whole; the rest is made a bucket
at a time, so that memory follows the bucket.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.reference import load_reference

SQL_FOLDER = Path(__file__).parent / "made_up"
PATIENT_LOCAL = ("patient", "encounter", "diagnosis", "procedure", "medication", "lab_result", "sdoh_screening")
GLOBAL = ("diagnosis_code", "area_sdoh", "facility", "table_presence")
WORKERS = 2
ENCOUNTERS_PER_PATIENT = 10
ENCOUNTERS_PER_VISIT = 1.162  # a stay may begin in the emergency department and go on in another hospital
GOLDEN = 0.6180339887

# What the tables draw from, by place: the value sets of the project, in an order that is not the alphabet.
LISTS = {
    "code": """
        select row_number() over (order by hash(icd10cm_code)) - 1 as place, icd10cm_code as code, ccs,
            row_number() over (order by icd10cm_code)::integer as code_key
        from reference.ccs_diagnosis""",
    "procedure_code": """
        select row_number() over (order by hash(icd10pcs_code)) - 1 as place, icd10pcs_code as code, ccs
        from reference.ccs_procedure""",
    "lab": """
        select row_number() over (order by loinc_code) - 1 as place, loinc_code, unit, coalesce(low, high) as typical
        from (select analyte, min(loinc_code) as loinc_code from reference.lab_loinc group by analyte)
        join reference.lab_range using (analyte)""",
    "question": """
        select question_loinc as question, list(distinct answer_loinc order by answer_loinc) as answers
        from reference.sdoh_answer where answer_loinc is not null group by question_loinc""",
}


@dataclass(frozen=True)
class Shape:
    """How the encounters lie on the people: evenly, many on each (`visits_each`), or a share on one shared id."""

    visits_each: int = 0
    shared_share: float = 0.0


SHAPES = {
    "even": Shape(),
    "dense": Shape(visits_each=round(2000 / ENCOUNTERS_PER_VISIT)),
    "shared_unknown": Shape(shared_share=0.04),
}


def write_core(lake: Path, reference_folder: Path, encounters: int, buckets: int, shape: Shape = SHAPES["even"]) -> int:
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
    shape : Shape
        How the encounters lie on the people.

    Returns
    -------
    int
        Number of encounters written.
    """
    # One thread a query: buckets are made side by side.
    con = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
    load_reference(con, reference_folder)
    for name, statement in LISTS.items():
        con.execute(f"create table {name} as {statement}")
    numbers = {"patients": _count_patients(encounters, buckets, shape), "visits_each": shape.visits_each}
    numbers["shared_visits"] = round(encounters * shape.shared_share / ENCOUNTERS_PER_VISIT)
    con.execute(f"create table person as {_read('person')}", numbers)
    con.execute(f"create view step as {_read('step')}")
    con.execute(f"create table place as {_read('place')}")
    total = int(con.execute("select any_value(all_encounters) from place").fetchall()[0][0])
    numbers |= {"buckets": buckets, "encounters": total, "stride": _find_stride(total)}
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        list(pool.map(lambda bucket: _write_bucket(con.cursor(), lake, {**numbers, "bucket": bucket}), range(buckets)))
    for name in GLOBAL:
        _write(con, lake / "core" / name / "all.parquet", name, {})
    con.close()
    return total


def _count_patients(encounters: int, buckets: int, shape: Shape) -> int:
    each = shape.visits_each * ENCOUNTERS_PER_VISIT or ENCOUNTERS_PER_PATIENT
    return max(buckets, round(encounters * (1 - shape.shared_share) / each))


def _find_stride(total: int) -> int:
    """Give a step that visits each of ``total`` places once and leaves neighbours far apart."""
    return next(step for step in range(round(total * GOLDEN), 2 * total + 2) if math.gcd(step, total) == 1)


def _write_bucket(con: duckdb.DuckDBPyConnection, lake: Path, values: dict[str, int]) -> None:
    _execute(con, f"create temp table visit as {_read('visit')}", values)
    for name in PATIENT_LOCAL:
        _write(con, lake / "core" / name / f"bucket_{values['bucket']:03d}.parquet", name, values)
    con.close()


def _read(name: str) -> str:
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _write(con: duckdb.DuckDBPyConnection, path: Path, name: str, values: dict[str, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    quoted = str(path).replace("'", "''")
    _execute(con, f"copy ({_read(name)}) to '{quoted}' (format parquet)", values)


def _execute(con: duckdb.DuckDBPyConnection, statement: str, values: dict[str, int]) -> None:
    con.execute(statement, {key: value for key, value in values.items() if f"${key}" in statement})
