-- Rule: the diagnosis codes of a claim in their printed order, 1 the principal one; source codes stay ICD-9-CM.
-- Grain: one row per claim and diagnosis field.
-- Source: CMS DE-SynPUF codebook, ICD9_DGNS_CD_1 to ICD9_DGNS_CD_10.
SELECT
    clm_id AS encounter_id,
    desynpuf_id AS patient_id,
    'ICD-9-CM' AS code_system,
    code,
    position AS sequence
FROM source.claim_code
WHERE kind = 'diagnosis'
ORDER BY encounter_id, sequence, code
