-- Rule: class and admission type come from the source's own visit type where reference.omop_visit_source knows it (some
--       mappings to standard concepts lose whether a patient was admitted), else from the standard visit concept; an
--       unknown concept is "other". "Emergency room and inpatient visit" (262) is one inpatient encounter, admission
--       type emergency. Disposition: the source's word, the UB-04 code of the concept, else the concept's mapping.
-- Grain: one row per visit_occurrence_id as the file has them.
-- Source: OMOP CDM visit_occurrence 5.3 and 5.4; reference.omop_visit_source, omop_visit_concept, omop_discharge.
WITH visit AS (
    SELECT
        *,
        coalesce(admitted_from_source_value, admitting_source_value) AS from_value,
        coalesce(admitted_from_concept_id, admitting_source_concept_id) AS from_concept_id,
        coalesce(discharged_to_source_value, discharge_to_source_value) AS to_value,
        coalesce(discharged_to_concept_id, discharge_to_concept_id) AS to_concept_id
    FROM source.visit_occurrence
)

SELECT
    visit.visit_occurrence_id, visit.person_id, visit.provider_id, visit.visit_concept_id,
    coalesce(own.encounter_class, standard.encounter_class, 'other') AS encounter_class,
    if(own.concept_name IS NULL, standard.admission_type, own.admission_type) AS admission_type,
    coalesce(visit.from_value, from_concept.concept_name) AS admission_source,
    coalesce(
        word.disposition, if(to_concept.vocabulary_id = 'UB04 Pt dis status', to_concept.concept_code, NULL),
        if(regexp_full_match(visit.to_value, '\d{2}'), visit.to_value, NULL), mapped.disposition
    ) AS discharge_disposition,
    source.iso_time(visit.visit_start_datetime, visit.visit_start_date) AS started_at,
    source.iso_time(visit.visit_end_datetime, visit.visit_end_date) AS ended_at,
    coalesce(visit.to_value IS NOT NULL OR visit.to_concept_id <> '0', false) AS has_destination
FROM visit
LEFT JOIN source.concept AS type ON visit.visit_source_concept_id = type.concept_id
LEFT JOIN reference.omop_visit_source AS own
    ON
        type.vocabulary_id = own.vocabulary_id AND type.concept_name = own.concept_name
        AND (NOT own.only_with_admitting_source OR visit.from_value IS NOT NULL)
LEFT JOIN reference.omop_visit_concept AS standard ON visit.visit_concept_id = standard.concept_id
LEFT JOIN source.concept AS from_concept ON visit.from_concept_id = from_concept.concept_id AND from_concept.concept_id <> '0'
LEFT JOIN source.concept AS to_concept ON visit.to_concept_id = to_concept.concept_id
LEFT JOIN reference.omop_discharge AS word ON upper(trim(visit.to_value)) = word.source_value
LEFT JOIN reference.omop_discharge AS mapped ON visit.to_concept_id = mapped.concept_id
