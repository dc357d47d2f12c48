-- Rule: what was read and not handed on, counted by reason.
-- Grain: one row per source table, landing table and reason.
SELECT 'beneficiary_summary' AS source_table, 'patients' AS landing_table,
    'earlier year of the same beneficiary' AS reason, count(*) - count(DISTINCT desynpuf_id) AS rows
FROM source.beneficiary_summary
UNION ALL
SELECT 'inpatient_claims', 'encounters', 'further segment of a claim', count(*) - count(DISTINCT clm_id)
FROM source.inpatient_claims
UNION ALL
SELECT 'outpatient_claims', 'encounters', 'further segment of a claim', count(*) - count(DISTINCT clm_id)
FROM source.outpatient_claims
UNION ALL
SELECT source_table, 'procedures', 'ICD9_PRCDR_CD_1 that is no ICD-9-CM procedure code', count(*)
FROM source.claim_code
WHERE kind = 'procedure' AND NOT regexp_full_match(code, '\d{2,4}')
GROUP BY source_table
UNION ALL
SELECT source_table, 'procedures', 'ICD9_PRCDR_CD_2 to _6, which hold diagnosis codes', count(*)
FROM source.claim_code
WHERE kind = 'further_procedure'
GROUP BY source_table
UNION ALL
SELECT source_table, 'procedures', 'HCPCS_CD that is no CPT code (HCPCS level II)', count(*)
FROM source.claim_code
WHERE kind = 'hcpcs' AND NOT regexp_full_match(code, '\d{4}[0-9A-Z]')
GROUP BY source_table
ORDER BY ALL
