-- Category of each diagnosis code: ICD-9-CM goes through the general equivalence map to ICD-10-CM, and that to its
-- single-level CCS category. A code without a map stays unmapped and is counted.
-- Grain: one row per code system and code in use. Source: reference.gem_diagnosis, reference.ccs_diagnosis.
WITH translated AS (
    SELECT used.code_key, used.code_system, used.code,
           CASE WHEN used.code_system = 'ICD-10-CM' THEN used.code ELSE gem.icd10cm_code END AS icd10_code
    FROM used_code AS used
    LEFT JOIN reference.gem_diagnosis AS gem ON gem.icd9cm_code = used.code AND used.code_system = 'ICD-9-CM'
)
SELECT translated.code_key, translated.code_system, translated.code, translated.icd10_code, category.ccs
FROM translated
LEFT JOIN reference.ccs_diagnosis AS category ON category.icd10cm_code = translated.icd10_code
