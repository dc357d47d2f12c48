-- Rule: what was read and not handed on, counted by reason.
-- Grain: one row per source table, landing table and reason.
WITH lab AS (
    SELECT
        coalesce(own.loinc_code, standard.loinc_code) IS NOT NULL AS has_loinc,
        try_cast(measured.value_as_number AS DOUBLE) IS NOT NULL AS has_number
    FROM source.measurement AS measured
    LEFT JOIN source.loinc AS own ON measured.measurement_source_concept_id = own.concept_id
    LEFT JOIN source.loinc AS standard ON measured.measurement_concept_id = standard.concept_id
)

SELECT 'condition_occurrence' AS source_table, 'diagnoses' AS landing_table, reason, count(*) AS rows
FROM source.condition_code
WHERE reason IS NOT NULL
GROUP BY reason
UNION ALL
SELECT 'condition_occurrence', 'diagnoses', 'the same code of the same visit again', count(*) - count(DISTINCT (visit_occurrence_id, person_id, code_system, code))
FROM source.condition_code
WHERE reason IS NULL
UNION ALL
SELECT 'procedure_occurrence', 'procedures', reason, count(*)
FROM source.procedure_code
WHERE reason IS NOT NULL
GROUP BY reason
UNION ALL
SELECT 'measurement', 'lab_results', if(has_loinc, 'no number', 'no LOINC code'), count(*)
FROM lab
WHERE NOT (has_loinc AND has_number)
GROUP BY has_loinc
UNION ALL
SELECT 'observation', 'sdoh_screenings', 'not a question of the screening value set',
    (SELECT count(*) FROM source.observation) - (SELECT count(*) FROM source.landing_sdoh_screenings)
UNION ALL
SELECT 'visit_detail', 'encounters', 'detail of a visit, not emergency time of its own', (SELECT count(*) FROM source.visit_detail)
    - (SELECT coalesce(sum(details), 0) FROM source.emergency_part)
UNION ALL
SELECT 'visit_detail', 'encounters', 'emergency time that continues an earlier detail', coalesce(sum(details) - count(*), 0)
FROM source.emergency_part
ORDER BY ALL
