-- Category of each diagnosis code: ICD-9-CM goes through the general equivalence map to ICD-10-CM, and that to its
-- single-level CCS category. A code without a map stays unmapped and is counted.
-- Grain: one row per code system and code the lake has seen. Source: reference.gem_diagnosis, reference.ccs_diagnosis.
WITH translated AS (
    SELECT seen.code_key, seen.code_system, seen.code,
           CASE WHEN seen.code_system = 'ICD-10-CM' THEN seen.code ELSE gem.icd10cm_code END AS icd10_code
    FROM seen_code AS seen
    LEFT JOIN reference.gem_diagnosis AS gem ON gem.icd9cm_code = seen.code AND seen.code_system = 'ICD-9-CM'
)
SELECT translated.code_key, translated.code_system, translated.code, translated.icd10_code, category.ccs
FROM translated
LEFT JOIN reference.ccs_diagnosis AS category ON category.icd10cm_code = translated.icd10_code
