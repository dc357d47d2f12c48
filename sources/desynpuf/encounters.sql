-- Rule: every claim is an encounter, from admission to discharge date (outpatient: claim from and through date).
--       Claims that overlap or begin on the day another ends are kept as they are: stitching is the cohort's work.
--       A diagnosis-related group that is no three-digit group ("OTH", "000") is missing. Everything here is paid by Medicare.
-- Grain: one row per claim (CLM_ID).
-- Source: CMS DE-SynPUF codebook. Status, disposition, admission type and source are not in these files.
SELECT
    clm_id AS encounter_id,
    desynpuf_id AS patient_id,
    encounter_class,
    source.iso_date(started) AS started_at,
    source.iso_date(ended) AS ended_at,
    prvdr_num AS facility_id,
    CASE WHEN regexp_full_match(clm_drg_cd, '\d{3}') AND clm_drg_cd <> '000' THEN clm_drg_cd END AS drg_code,
    'medicare' AS payer_class,
    at_physn_npi AS attending_provider_id
FROM source.claim
ORDER BY encounter_id, encounter_class
