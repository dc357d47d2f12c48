-- Rule: the LOINC code of a measurement or observation is that of its source concept, else of its standard concept.
-- Grain: one row per concept_id of the LOINC vocabulary.
-- Source: OMOP CDM concept.
SELECT DISTINCT concept_id, upper(trim(concept_code)) AS loinc_code, concept_name
FROM source.concept
WHERE vocabulary_id = 'LOINC'
