-- Rule: the code is RxNorm's where the concept table names it, else the NDC, else the source's own value (local). Kind
--       follows the type of record; a prescription is inpatient when written in a hospital visit, else outpatient.
-- Grain: one row per drug_exposure row.
-- Source: OMOP CDM drug_exposure, concept; reference.omop_drug_type, omop_visit_concept.
WITH coded AS (
    SELECT
        drug.*,
        if(standard.vocabulary_id LIKE 'RxNorm%', standard.concept_code, NULL) AS rxnorm,
        CASE
            WHEN own.vocabulary_id = 'NDC' THEN own.concept_code
            WHEN
                own.vocabulary_id IS NULL AND source.is_public(drug.drug_source_concept_id)
                AND regexp_full_match(drug.drug_source_value, '\d{11}') THEN drug.drug_source_value
        END AS ndc,
        coalesce(standard.concept_name, own.concept_name) AS drug_name,
        type.kind AS type_kind,
        visit.encounter_class
    FROM source.drug_exposure AS drug
    LEFT JOIN source.concept AS standard ON drug.drug_concept_id = standard.concept_id AND standard.concept_id <> '0'
    LEFT JOIN source.concept AS own ON drug.drug_source_concept_id = own.concept_id AND own.concept_id <> '0'
    LEFT JOIN reference.omop_drug_type AS type ON drug.drug_type_concept_id = type.concept_id
    LEFT JOIN source.visit AS visit ON drug.visit_occurrence_id = visit.visit_occurrence_id
)

SELECT
    person_id, visit_occurrence_id,
    CASE
        WHEN type_kind IN ('inpatient', 'outpatient', 'discharge') THEN type_kind
        WHEN encounter_class IN (SELECT encounter_class FROM reference.omop_visit_concept WHERE is_hospital) THEN 'inpatient'
        ELSE 'outpatient'
    END AS kind,
    CASE WHEN rxnorm IS NOT NULL THEN 'RxNorm' WHEN ndc IS NOT NULL THEN 'NDC' WHEN drug_source_value IS NOT NULL THEN 'local' END AS code_system,
    coalesce(rxnorm, ndc, trim(drug_source_value)) AS code,
    coalesce(drug_name, if(ndc IS NULL, trim(drug_source_value), NULL)) AS name,
    source.iso_time(drug_exposure_start_datetime, drug_exposure_start_date) AS started_at,
    source.iso_time(drug_exposure_end_datetime, drug_exposure_end_date) AS ended_at
FROM coded
