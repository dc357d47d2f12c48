-- Rule: each filled code field of a claim is one code; its position is the field's number, a second segment's fields
--       follow the first's. A code keeps its position when the fields before it are empty, so a claim whose
--       ICD9_DGNS_CD_1 is empty has no principal diagnosis.
-- Grain: one row per claim and filled code field.
-- Source: CMS DE-SynPUF codebook (ICD9_DGNS_CD_1 is the principal diagnosis). The admitting diagnosis is not used.
WITH cell AS (
    FROM (
        UNPIVOT (SELECT 'inpatient_claims' AS source_table, * FROM source.inpatient_claims)
        ON COLUMNS('(icd9|hcpcs)_.*') INTO NAME field VALUE code
    )
    UNION ALL BY NAME
    FROM (
        UNPIVOT (SELECT 'outpatient_claims' AS source_table, * FROM source.outpatient_claims)
        ON COLUMNS('(icd9|hcpcs)_.*') INTO NAME field VALUE code
    )
)

SELECT
    source_table, clm_id, desynpuf_id, upper(trim(code)) AS code,
    CASE
        WHEN starts_with(field, 'icd9_dgns') THEN 'diagnosis' WHEN field = 'icd9_prcdr_cd_1' THEN 'procedure'
        WHEN starts_with(field, 'icd9_prcdr') THEN 'further_procedure'
        ELSE 'hcpcs'
    END AS kind,
    -- Ten diagnosis fields a segment.
    regexp_extract(field, '(\d+)$', 1)::INTEGER + 10 * (greatest(try_cast(segment AS INTEGER), 1) - 1) AS position
FROM cell
WHERE trim(code) <> ''
