-- Rule: ICD-9-CM volume 3 codes (two digits and up to two more) and, from outpatient lines, CPT codes. Other content of
--       the procedure fields cannot be a procedure code and is counted in left_out.sql. No date is given for any.
-- Grain: one row per claim and code.
-- Source: CMS DE-SynPUF codebook, ICD9_PRCDR_CD_1 to _6 and HCPCS_CD_1 to _45.
SELECT
    clm_id AS encounter_id,
    desynpuf_id AS patient_id,
    CASE kind WHEN 'procedure' THEN 'ICD-9-PCS' ELSE 'CPT' END AS code_system,
    code
FROM source.claim_code
WHERE
    (kind = 'procedure' AND regexp_full_match(code, '\d{2,4}'))
    OR (kind = 'hcpcs' AND regexp_full_match(code, '\d{4}[0-9A-Z]'))
ORDER BY encounter_id, code_system, code
