-- Rule: a claim is one encounter; its first segment holds the dates, provider and codes. Further segments of the same
--       CLM_ID carry no through date, no codes, and often another provider number: they add nothing.
--       An outpatient claim is an emergency encounter when a line bears an emergency department visit code
--       (reference.desynpuf_code, CPT 99281-99285), else an outpatient one; it spans CLM_FROM_DT to CLM_THRU_DT.
-- Grain: one row per CLM_ID.
-- Source: CMS DE-SynPUF codebook; emergency codes: value set.
WITH emergency AS (
    SELECT DISTINCT line.clm_id
    FROM (UNPIVOT source.outpatient_claims ON COLUMNS('hcpcs_cd_.*') INTO NAME field VALUE code) AS line
    INNER JOIN reference.desynpuf_code AS visit
        ON visit.field = 'HCPCS_CD' AND visit.code = line.code AND visit.target_value = 'emergency'
),

segment AS (
    SELECT
        'inpatient_claims' AS source_table, 'inpatient' AS encounter_class, clm_id, desynpuf_id, segment,
        clm_admsn_dt AS started, nch_bene_dschrg_dt AS ended, prvdr_num, at_physn_npi, clm_drg_cd
    FROM source.inpatient_claims
    UNION ALL BY NAME
    SELECT
        'outpatient_claims' AS source_table, if(emergency.clm_id IS NULL, 'outpatient', 'emergency') AS encounter_class,
        claims.clm_id, claims.desynpuf_id, claims.segment,
        claims.clm_from_dt AS started, claims.clm_thru_dt AS ended, claims.prvdr_num, claims.at_physn_npi
    FROM source.outpatient_claims AS claims
    LEFT JOIN emergency ON claims.clm_id = emergency.clm_id
)

SELECT *
FROM segment
QUALIFY row_number() OVER (
    PARTITION BY source_table, clm_id ORDER BY try_cast(segment AS INTEGER), started, ended, prvdr_num, desynpuf_id
) = 1
