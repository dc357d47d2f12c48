-- Rule: procedures whose code system is known (procedure_code.sql), with the time the source gives.
-- Grain: one row per procedure_occurrence row handed on.
-- Source: source.procedure_code.
SELECT visit_occurrence_id AS encounter_id, person_id AS patient_id, code_system, code, performed_at
FROM source.procedure_code
WHERE reason IS NULL
ORDER BY ALL
