-- Rule: measurements with a LOINC code and a number. Unit: the code of the unit concept (UCUM), else the source's word.
-- Grain: one row per measurement row handed on.
-- Source: OMOP CDM measurement, concept. The CDM has one time for a measurement, taken as the time of collection.
SELECT
    measured.person_id AS patient_id,
    measured.visit_occurrence_id AS encounter_id,
    coalesce(own.loinc_code, standard.loinc_code) AS loinc_code,
    try_cast(measured.value_as_number AS DOUBLE) AS value,
    coalesce(unit.concept_code, measured.unit_source_value) AS unit,
    source.iso_time(measured.measurement_datetime, measured.measurement_date) AS collected_at
FROM source.measurement AS measured
LEFT JOIN source.loinc AS own ON measured.measurement_source_concept_id = own.concept_id
LEFT JOIN source.loinc AS standard ON measured.measurement_concept_id = standard.concept_id
LEFT JOIN source.concept AS unit ON measured.unit_concept_id = unit.concept_id AND unit.concept_id <> '0'
WHERE coalesce(own.loinc_code, standard.loinc_code) IS NOT NULL AND try_cast(measured.value_as_number AS DOUBLE) IS NOT NULL
ORDER BY ALL
