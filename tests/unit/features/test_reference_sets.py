"""The value sets hang together: normalised codes, one target per code, every item that a rule needs."""

import re
from pathlib import Path

import pytest

from reference.build_value_sets import build
from tests.spec.feature_hospital import connection

PROJECT = Path(__file__).parents[3]


def rows(query: str) -> list[tuple[object, ...]]:
    return connection().execute(query).fetchall()


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("ccs_diagnosis", "icd10cm_code"),
        ("ccs_procedure", "icd10pcs_code"),
        ("gem_diagnosis", "icd9cm_code"),
        ("gem_procedure", "icd9pcs_code"),
        ("ms_drg", "ms_drg"),
        ("discharge_disposition", "code"),
        ("sdoh_z_code", "icd10cm_code"),
        ("sdoh_domain", "domain"),
        ("charlson_condition", "condition"),
        ("elixhauser_measure", "part"),
        ("ccs_body_system", "ccs"),
        ("lab_loinc", "loinc_code"),
        ("lab_range", "analyte"),
        ("acute_admission_type", "admission_type"),
        ("transfer_source", "admission_source"),
        ("ccs_label", "(kind, ccs)"),
        ("lab_unit", "(analyte, unit_key)"),
        ("lace_comorbidity", "condition"),
        ("sdoh_question", "(question_loinc, domain)"),
        ("elixhauser_code", "(icd10cm_code, measure)"),
        ("charlson_prefix", "(code_system, condition, code_prefix)"),
        ("condition_flag", "(flag, code_system, code_prefix)"),
        ("chronic_condition", "icd10cm_code"),
        ("hospital_frailty", "icd10_category"),
        ("area_index_quartile", "(index_name, quartile)"),
        ("high_risk_medication", "(medication_class, code_system, code)"),
    ],
)
def test_keys_are_unique_so_that_joins_never_multiply_rows(table: str, key: str) -> None:
    assert rows(f"SELECT {key} FROM reference.{table} GROUP BY ALL HAVING count(*) > 1") == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("ccs_diagnosis", "icd10cm_code"),
        ("gem_diagnosis", "icd10cm_code"),
        ("charlson_prefix", "code_prefix"),
        ("elixhauser_code", "icd10cm_code"),
        ("planned_readmission", "code"),
        ("sdoh_z_code", "icd10cm_code"),
        ("lace_severe_renal_prefix", "code_prefix"),
        ("condition_flag", "code_prefix"),
        ("chronic_condition", "icd10cm_code"),
        ("hospital_frailty", "icd10_category"),
    ],
)
def test_codes_are_upper_case_and_dotless(table: str, column: str) -> None:
    codes = [str(code) for (code,) in rows(f"SELECT DISTINCT {column} FROM reference.{table}")]
    assert [code for code in codes if not re.fullmatch(r"[0-9A-Z]+", code)] == []


def test_dispositions_as_the_definitions_list_them() -> None:
    by_category = dict(
        rows("SELECT category, list(code ORDER BY code) FROM reference.discharge_disposition GROUP BY category")
    )
    assert by_category["died"] == ["20", "40", "41", "42"]
    assert by_category["acute_transfer"] == ["02", "05", "43", "66", "82", "85", "94"]
    assert by_category["against_medical_advice"] == ["07"]
    assert by_category["hospice"] == ["50", "51"]
    twins = rows(
        "SELECT code FROM reference.discharge_disposition"
        " WHERE (planned_twin_of IS NOT NULL) <> (code BETWEEN '81' AND '95')"
    )
    assert twins == []


def test_severe_renal_codes_belong_to_quans_renal_class() -> None:
    outside = rows("""
        SELECT s.code_prefix FROM reference.lace_severe_renal_prefix AS s
        WHERE NOT EXISTS (SELECT 1 FROM reference.charlson_prefix AS p
            WHERE p.condition = 'rend' AND p.code_system = s.code_system
                AND starts_with(s.code_prefix, p.code_prefix))""")
    assert outside == []


def test_lists_refer_to_what_exists() -> None:
    orphans = rows("""
        SELECT 'prefix', condition FROM reference.charlson_prefix
            ANTI JOIN reference.charlson_condition USING (condition)
        UNION ALL SELECT 'measure', measure FROM reference.elixhauser_code AS c
            ANTI JOIN reference.elixhauser_measure AS m ON m.part = c.measure
        UNION ALL SELECT 'domain', domain FROM reference.sdoh_z_code
            ANTI JOIN reference.sdoh_domain USING (domain) WHERE domain IS NOT NULL
        UNION ALL SELECT 'answer domain', domain FROM reference.sdoh_answer
            ANTI JOIN reference.sdoh_domain USING (domain) WHERE domain IS NOT NULL
        UNION ALL SELECT 'question', question_loinc FROM reference.sdoh_answer
            ANTI JOIN reference.sdoh_question USING (question_loinc)
        UNION ALL SELECT 'answer of question', a.question_loinc FROM reference.sdoh_answer AS a
            ANTI JOIN reference.sdoh_question AS q
                ON q.question_loinc = a.question_loinc AND q.domain IS NOT DISTINCT FROM a.domain
            WHERE a.domain IS NOT NULL
        UNION ALL SELECT 'unit', analyte FROM reference.lab_unit ANTI JOIN reference.lab_range USING (analyte)
        UNION ALL SELECT 'loinc', analyte FROM reference.lab_loinc ANTI JOIN reference.lab_unit USING (analyte)
        UNION ALL SELECT 'gem', icd10cm_code FROM reference.gem_diagnosis
            ANTI JOIN reference.ccs_diagnosis USING (icd10cm_code)
        UNION ALL SELECT 'body system', ccs::varchar FROM reference.ccs_label
            ANTI JOIN reference.ccs_body_system USING (ccs) WHERE kind = 'diagnosis'
    """)
    assert [orphan for orphan in orphans if orphan[0] != "gem"] == []
    assert len([orphan for orphan in orphans if orphan[0] == "gem"]) <= 5


def test_every_chronic_condition_has_a_category() -> None:
    """CCS and the chronic condition indicator are of the same year; a code without a category would never count."""
    assert (
        rows("SELECT * FROM reference.chronic_condition ANTI JOIN reference.ccs_diagnosis USING (icd10cm_code)") == []
    )


def test_flags_name_codes_that_exist() -> None:
    """Quan's lists are for the WHO edition: ICD-10-CM lacks F00, F05.1, F20.4 and F41.2. CMS maps 707.2 to nothing."""
    unknown = rows("""
        SELECT code_system, code_prefix FROM reference.condition_flag AS f
        WHERE NOT EXISTS (SELECT 1 FROM reference.ccs_diagnosis AS c
            WHERE f.code_system = 'ICD-10-CM' AND starts_with(c.icd10cm_code, f.code_prefix))
        AND NOT EXISTS (SELECT 1 FROM reference.gem_diagnosis AS g
            WHERE f.code_system = 'ICD-9-CM' AND starts_with(g.icd9cm_code, f.code_prefix))
        ORDER BY ALL""")
    assert unknown == [("ICD-10-CM", "F00"), ("ICD-10-CM", "F051"), ("ICD-10-CM", "F204"), ("ICD-10-CM", "F412"),
                       ("ICD-9-CM", "7072")]  # fmt: skip


def test_medication_groups_hold_whole_classes() -> None:
    query = "SELECT medication_class, list(DISTINCT medication_group) FROM reference.high_risk_medication GROUP BY ALL"
    classes = dict(rows(query))
    sedatives = {"barbiturate", "benzodiazepine", "sedating_antihistamine", "z_drug"}
    assert classes == {name: ["sedative"] if name in sedatives else [name] for name in classes}
    assert sedatives <= classes.keys()


def test_score_points_leave_no_gap_and_no_overlap() -> None:
    gaps = rows("""
        SELECT score, item, from_value FROM (
            SELECT *, lag(to_value) OVER (PARTITION BY score, item ORDER BY from_value) AS previous
            FROM reference.score_point)
        WHERE previous IS NOT NULL AND from_value <> previous + 1""")
    assert gaps == []
    highest = rows("""
        SELECT score, sum(points)
        FROM (SELECT score, item, max(points) AS points FROM reference.score_point GROUP BY ALL)
        WHERE score <> 'hospital_2013' GROUP BY score ORDER BY score""")
    assert highest == [("hospital", 13), ("lace", 19)]


def test_one_target_per_icd9_code_by_the_documented_rule() -> None:
    targets = dict(
        rows(
            "SELECT icd9cm_code, icd10cm_code FROM reference.gem_diagnosis"
            " WHERE icd9cm_code IN ('4280', '25000', '0730')"
        )
    )
    assert targets == {"4280": "I509", "25000": "E119", "0730": "A70"}  # 073.0 is a combination: its first choice list


def test_building_again_gives_the_same_bytes(shared_data: Path, tmp_path: Path) -> None:
    counts = build(shared_data / "value_sets", tmp_path)
    assert counts["gem_diagnosis.csv.gz"] > 14_000
    for name in counts:
        assert (tmp_path / name).read_bytes() == (PROJECT / "reference" / "value_sets" / name).read_bytes(), name
