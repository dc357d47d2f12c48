-- Rule: a prescription drug event is an outpatient fill on its service date; a product that is no 11-digit NDC
--       ("OTHER") keeps its event without a code. Days of supply are not an end date, so none is given.
-- Grain: one row per prescription drug event.
-- Source: CMS DE-SynPUF codebook, Prescription Drug Events.
SELECT
    desynpuf_id AS patient_id,
    'outpatient' AS kind,
    CASE WHEN regexp_full_match(prod_srvc_id, '\d{11}') THEN 'NDC' END AS code_system,
    CASE WHEN regexp_full_match(prod_srvc_id, '\d{11}') THEN prod_srvc_id END AS code,
    source.iso_date(srvc_dt) AS started_at
FROM source.prescription_drug_events
ORDER BY patient_id, started_at, code
