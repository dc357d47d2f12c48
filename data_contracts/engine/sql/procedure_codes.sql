-- Category of each procedure code: ICD-9-PCS goes through the general equivalence map to ICD-10-PCS, and that to its
-- single-level CCS category. CPT has no map here. A code without a map stays unmapped and is counted.
-- Grain: one row per code system and code the lake has seen. Source: reference.gem_procedure, reference.ccs_procedure.
WITH translated AS (
    SELECT seen.code_system, seen.code,
           CASE seen.code_system WHEN 'ICD-10-PCS' THEN seen.code ELSE gem.icd10pcs_code END AS icd10pcs_code
    FROM seen_code AS seen
    LEFT JOIN reference.gem_procedure AS gem ON gem.icd9pcs_code = seen.code AND seen.code_system = 'ICD-9-PCS'
)
SELECT translated.code_system, translated.code, translated.icd10pcs_code, category.ccs
FROM translated
LEFT JOIN reference.ccs_procedure AS category ON category.icd10pcs_code = translated.icd10pcs_code
