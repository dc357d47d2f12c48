-- Rule: the code system is the vocabulary of the source concept. Where the concept table does not carry that (public)
--       concept, a code listed in ICD-9-CM volume 3 or ICD-10-PCS is of that list, and five characters that begin with
--       a digit are CPT: the three systems differ in form. HCPCS level II has no place in the landing table.
-- Grain: one row per procedure_occurrence row.
-- Source: OMOP CDM procedure_occurrence, concept; reference.gem_procedure, ccs_procedure.
WITH listed AS (
    SELECT
        procedure.person_id, procedure.visit_occurrence_id, concept.vocabulary_id,
        source.iso_time(procedure.procedure_datetime, procedure.procedure_date) AS performed_at,
        source.dotless(if(
            concept.vocabulary_id IN ('ICD9Proc', 'ICD10PCS', 'CPT4'), concept.concept_code, procedure.procedure_source_value
        )) AS code,
        coalesce(source.is_public(procedure.procedure_source_concept_id), false) AS is_public
    FROM source.procedure_occurrence AS procedure
    LEFT JOIN source.concept AS concept
        ON procedure.procedure_source_concept_id = concept.concept_id AND concept.concept_id <> '0'
),

decided AS (
    SELECT
        *,
        CASE
            WHEN vocabulary_id = 'ICD9Proc' THEN 'ICD-9-PCS'
            WHEN vocabulary_id = 'ICD10PCS' THEN 'ICD-10-PCS'
            WHEN vocabulary_id = 'CPT4' THEN 'CPT'
            WHEN vocabulary_id IS NOT NULL OR NOT is_public THEN NULL
            WHEN code IN (SELECT icd9pcs_code FROM reference.gem_procedure) THEN 'ICD-9-PCS'
            WHEN code IN (SELECT icd10pcs_code FROM reference.ccs_procedure) THEN 'ICD-10-PCS'
            WHEN regexp_full_match(code, '\d{4}[0-9A-Z]') THEN 'CPT'
        END AS code_system
    FROM listed
)

SELECT
    *,
    CASE
        WHEN visit_occurrence_id IS NULL THEN 'no visit'
        WHEN code_system IS NULL AND vocabulary_id IS NOT NULL THEN 'coded in another vocabulary than ICD-9, ICD-10-PCS or CPT'
        WHEN code_system IS NULL AND NOT is_public THEN 'no source concept that names the code system'
        WHEN code_system IS NULL THEN 'code system cannot be told from the code'
    END AS reason
FROM decided
