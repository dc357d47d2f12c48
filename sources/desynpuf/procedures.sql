-- Rule: the first ICD-9-CM procedure field (volume 3: two digits and up to two more) and, from outpatient lines, CPT
--       codes. The second to sixth field hold diagnosis codes: of samples 1 to 6 the first field's codes are 99.7 %
--       known procedures, theirs 18 % (and 97 % known diagnoses). They are counted in left_out.sql. No dates are given.
-- Grain: one row per claim and code.
-- Source: CMS DE-SynPUF codebook, ICD9_PRCDR_CD_1 and HCPCS_CD_1 to _45.
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
