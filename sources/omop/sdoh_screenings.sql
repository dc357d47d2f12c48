-- Rule: observations that answer a question of the screening value set. The answer is the LOINC code of the value
--       concept, with its words beside it. OMOP has no sign for "declined": a refusal is told by its answer. The
--       instrument is named where the question belongs to one only.
-- Grain: one row per observation row handed on.
-- Source: OMOP CDM observation, concept; reference.sdoh_question.
WITH question AS (
    SELECT question_loinc, if(min(instrument) = max(instrument), min(instrument), NULL) AS instrument
    FROM reference.sdoh_question
    GROUP BY question_loinc
)

SELECT
    observed.person_id AS patient_id,
    observed.visit_occurrence_id AS encounter_id,
    question.instrument,
    question.question_loinc,
    answer.loinc_code AS answer_loinc,
    coalesce(observed.value_as_string, answer.concept_name, observed.value_source_value, observed.value_as_number) AS answer_text,
    source.iso_time(observed.observation_datetime, observed.observation_date) AS screened_at
FROM source.observation AS observed
LEFT JOIN source.loinc AS own ON observed.observation_source_concept_id = own.concept_id
LEFT JOIN source.loinc AS standard ON observed.observation_concept_id = standard.concept_id
INNER JOIN question ON coalesce(own.loinc_code, standard.loinc_code) = question.question_loinc
LEFT JOIN source.loinc AS answer ON observed.value_as_concept_id = answer.concept_id
ORDER BY ALL
