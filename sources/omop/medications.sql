-- Rule: every drug exposure, in the kind and with the code that drug.sql gives it.
-- Grain: one row per drug_exposure row.
-- Source: source.drug.
SELECT person_id AS patient_id, visit_occurrence_id AS encounter_id, kind, code_system, code, name, started_at, ended_at
FROM source.drug
ORDER BY ALL
