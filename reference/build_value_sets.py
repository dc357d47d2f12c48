"""Carry the shared public value sets over into reference/value_sets, normalised and reproducible byte for byte.

Codes become upper-case and dotless, columns get the names of reference/catalogue.yaml, rows are sorted, and the
General Equivalence Mappings (GEMs) are cut to one target per ICD-9 code. Run once, when a source file changes:

    python reference/build_value_sets.py ../shared/data/value_sets reference/value_sets

Small tables that were written by hand (points, weights, items) are not touched.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import duckdb

# What a public list leaves out and another names; README.md says why.
ADDITIONS = Path(__file__).parent / "additions"
# target file -> SELECT over the source file; $folder is the folder of the sources, $additions that of the additions.
QUERIES = {
    "ccs_diagnosis.csv.gz": """
        SELECT upper(replace(icd10cm_code, '.', '')) AS icd10cm_code, ccs::INTEGER AS ccs
        FROM read_csv($folder || '/ccs_icd10cm_2019_1.csv.gz', all_varchar = true) ORDER BY 1""",
    "ccs_procedure.csv.gz": """
        SELECT upper(icd10pcs_code) AS icd10pcs_code, ccs::INTEGER AS ccs
        FROM read_csv($folder || '/ccs_icd10pcs_2019_1.csv.gz', all_varchar = true) ORDER BY 1""",
    "ccs_label.csv": """
        SELECT kind, ccs::INTEGER AS ccs, trim(label) AS label
        FROM read_csv($folder || '/ccs_labels.csv', all_varchar = true) ORDER BY 1, 2""",
    "charlson_prefix.csv": """
        SELECT DISTINCT code_system, condition, upper(replace(code_prefix, '.', '')) AS code_prefix
        FROM read_csv($folder || '/charlson_quan_2005_prefixes.csv', all_varchar = true) ORDER BY 1, 2, 3""",
    "elixhauser_code.csv": """
        SELECT DISTINCT upper(replace(icd10cm_code, '.', '')) AS icd10cm_code, measure
        FROM read_csv($folder || '/elixhauser_ahrq_2026.csv', all_varchar = true) ORDER BY 1, 2""",
    "hwr_exclusion.csv": """
        SELECT category, diagnosis_ccs::INTEGER AS diagnosis_ccs
        FROM read_csv($folder || '/hwr_exclusion_ccs.csv', all_varchar = true) ORDER BY 1, 2""",
    "hwr_specialty_cohort.csv.gz": """
        SELECT DISTINCT cohort, system, upper(replace(code, '.', '')) AS code
        FROM read_csv($folder || '/hwr_specialty_cohort.csv.gz', all_varchar = true) ORDER BY 1, 2, 3""",
    "planned_readmission.csv.gz": """
        SELECT DISTINCT list, system, upper(replace(code, '.', '')) AS code
        FROM (FROM read_csv($folder || '/planned_readmission_v4.csv.gz', all_varchar = true)
              UNION ALL BY NAME FROM read_csv($additions || '/planned_readmission.csv', all_varchar = true))
        ORDER BY 1, 2, 3""",
    "ms_drg.csv": """
        SELECT lpad(ms_drg, 3, '0') AS ms_drg, nullif(trim(mdc), '') AS mdc,
               nullif(lower(trim(medical_surgical)), '') AS medical_surgical, trim(title) AS title
        FROM read_csv($folder || '/ms_drg.csv', all_varchar = true) ORDER BY 1""",
}

# One target per ICD-9 code. Single-code maps are preferred to combinations; of a combination only its lowest
# scenario's first choice list is considered (the later lists are the companion codes). Among the candidates the one
# whose CCS category is the most frequent wins, ties go to the smallest CCS, then the smallest code. Codes flagged
# no_map go nowhere.
GEM = """
    WITH gem AS (
        SELECT upper(replace({source}, '.', '')) AS source_code, upper(replace({target}, '.', '')) AS target_code,
               combination::INTEGER AS combination, scenario::INTEGER AS scenario, choice_list::INTEGER AS choice_list
        FROM read_csv($folder || '/{file}', all_varchar = true)
        WHERE no_map = '0'),
    candidate AS (
        SELECT DISTINCT source_code, target_code
        FROM gem
        QUALIFY rank() OVER (PARTITION BY source_code ORDER BY combination, scenario, choice_list) = 1),
    weighed AS (
        SELECT c.source_code, c.target_code, ccs.ccs,
               count(*) OVER (PARTITION BY c.source_code, ccs.ccs) AS votes
        FROM candidate AS c
        LEFT JOIN read_csv($folder || '/{ccs}', all_varchar = true) AS ccs ON ccs.{target_code} = c.target_code)
    SELECT source_code AS {source_code}, target_code AS {target_code}
    FROM weighed
    QUALIFY row_number() OVER (
        PARTITION BY source_code
        ORDER BY (ccs IS NULL), votes DESC, ccs::INTEGER, target_code) = 1
    ORDER BY 1"""


def gem_query(kind: str) -> str:
    """Return the one-target query for the diagnosis or the procedure map."""
    cm_or_pcs = "cm" if kind == "diagnosis" else "pcs"
    return GEM.format(
        source=f"icd9{cm_or_pcs}",
        target=f"icd10{cm_or_pcs}",
        file=f"gem_icd9{cm_or_pcs}_to_icd10{cm_or_pcs}_2018.csv.gz",
        ccs=f"ccs_icd10{cm_or_pcs}_2019_1.csv.gz",
        source_code=f"icd9{cm_or_pcs}_code",
        target_code=f"icd10{cm_or_pcs}_code",
    )


def write_csv(con: duckdb.DuckDBPyConnection, query: str, folder: str, target: Path) -> int:
    """Write one value set, gzipped without a time stamp when its name says so; return its row count."""
    places = {"folder": folder, "additions": str(ADDITIONS)}
    frame = con.execute(query, {name: place for name, place in places.items() if f"${name}" in query}).df()
    text = frame.to_csv(index=False, lineterminator="\n").encode()
    target.write_bytes(gzip.compress(text, 9, mtime=0) if target.suffix == ".gz" else text)
    return len(frame)


def build(source: Path, target: Path) -> dict[str, int]:
    """Build every value set of ``source`` into ``target``; return the row counts by file."""
    queries = QUERIES | {f"gem_{kind}.csv.gz": gem_query(kind) for kind in ("diagnosis", "procedure")}
    with duckdb.connect() as con:
        return {name: write_csv(con, query, str(source), target / name) for name, query in queries.items()}


if __name__ == "__main__":
    for name, rows in build(Path(sys.argv[1]), Path(sys.argv[2])).items():
        sys.stdout.write(f"{name}: {rows} rows\n")
